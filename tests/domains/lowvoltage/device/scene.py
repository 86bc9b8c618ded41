"""Devices of the test and their objects, and actions on them as the executor does them."""

import asyncio
from pathlib import Path

from opsconsole.clean import Clean
from opsconsole.domains.lowvoltage.device import INTEGRATION
from opsconsole.errors import Gone
from opsconsole.executor import Executor, Ground
from opsconsole.model import Target
from opsconsole.plan import Approval, Outcome, Plan, Request, Thing, digest
from opsconsole.policy import Policy
from opsconsole.registry import Transports
from opsconsole.spec import Action, Arguments, Facts
from opsconsole.transports.snmp import SnmpTransport, ber
from opsconsole.varbind import NAME, OCTETS
from tests.domains.system.host.action.operator import Log, Second, read
from tests.servers.agent import Object
from tests.servers.obeying import Obeying
from tests.servers.port import PORT
from tests.transports.doing import done
from tests.transports.snmp.scene import secret


def text(oid: str, said: str) -> Object:
    return ber.name(oid), ber.packed(OCTETS, said.encode())


def number(oid: str, value: int) -> Object:
    return ber.name(oid), ber.number(value)


def system(oid: str, ticks: int = 360_000) -> list[Object]:
    return [
        text("1.3.6.1.2.1.1.1.0", "a card"),
        (ber.name("1.3.6.1.2.1.1.2.0"), ber.packed(NAME, ber.name(oid))),
        (ber.name("1.3.6.1.2.1.1.3.0"), ber.number(ticks, 0x43)),
        text("1.3.6.1.2.1.1.5.0", "ups-b"),
        text("1.3.6.1.2.1.1.6.0", "room 2"),
    ]


def target(address: str, folder: Path) -> Target:
    return Target(
        "ups-1", "device", "snmp", address=address, port=PORT,
        settings={"community": secret(folder, "public")},
    )  # fmt: skip


def outlet(name: str) -> Thing:
    return Thing("ups-1", (("outlet", name),), Clean(name))


ITSELF = Thing("ups-1", (), Clean("ups-1"))


class Operator:
    """Somebody who acts through the executor, on a device that hosts are fed by."""

    def __init__(self, to: Target, *others: Target) -> None:
        self.log, self.ways = Log(), Transports()
        self.executor = Executor(
            Ground(
                targets={one.id: one for one in (to, *others)},
                actions={"device": {one.id: one for one in INTEGRATION.actions}},
                policy=Policy(free=True),
                transports=self.ways,
                audit=self.log,
                publish=lambda _: None,
                witness=Second(),
            )
        )
        self.executor.arm(3600, "")

    async def plan(self, action: str, one: Thing) -> tuple[bytes, Plan]:
        body = await self.executor.propose(Request(f"device.{action}", (one,)))
        return body, read(body)

    async def act(self, action: str, one: Thing) -> Outcome:
        body, plan = await self.plan(action, one)
        return await self.executor.approve(Approval(digest(body), plan.confirm, "a test"))

    async def close(self) -> None:
        await self.executor.idle()
        self.executor.arm(0, "")
        await self.ways.close()


class Person:
    """Looks and acts as the executor would, over one transport."""

    def __init__(self, device: Obeying, folder: Path) -> None:
        self.transport = SnmpTransport()
        self.to = target(device.agent.address, folder)

    async def looked(self, action: Action, one: Thing = ITSELF) -> Facts | None:
        """The object now, with all further looks; None when it is gone."""
        facts: dict[str, str] = {}
        looks = [action.look]
        while looks:
            look = looks.pop()
            status, out = await done(self.transport, self.to, *look.argv(one))
            try:
                facts.update(look.read(one, status, out))
            except Gone:
                return None
            looks += look.then(one, facts)
        return facts

    async def acted(
        self, action: Action, one: Thing = ITSELF, arguments: Arguments | None = None
    ) -> str:
        """Look, do, and wait until it is verified; why it is barred, or what refused it."""
        given = arguments or {}
        before = await self.looked(action, one)
        assert before is not None
        if bar := action.bars(one, before, given):
            return bar
        assert action.effect(one, before, given)
        for step in action.steps(one, before, given):
            assert not step.root
            status, out = await done(self.transport, self.to, *step.argv)
            if status:
                assert action.says is not None
                return action.says(status, out)
        async with asyncio.timeout(60):
            while not action.verify.held(before, await self.looked(action, one), given):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return ""
