"""Somebody who acts on a real server, as several roles, with an audit log that is kept here."""

from dataclasses import replace

from opsconsole.clean import Clean
from opsconsole.domains.database.postgres import INTEGRATION
from opsconsole.executor import Executor, Ground
from opsconsole.plan import Approval, Outcome, Pins, Plan, Progress, Request, Thing, digest
from opsconsole.policy import Policy
from opsconsole.ports import Upward
from opsconsole.registry import Transports
from opsconsole.spec import Action
from tests.domains.system.host.action.operator import Log, Second, read
from tests.servers.postgres import Server


def _within(action: Action, seconds: float) -> Action:
    """The action, given up sooner if it has to prove itself within so many seconds."""
    return replace(action, verify=replace(action.verify, within_s=seconds)) if seconds else action


class Operator:
    """One server, reached as some of its roles: targets of their names."""

    def __init__(self, server: Server, *roles: str, within_s: float = 0.0) -> None:
        self.log, self.output = Log(), list[str]()
        self.ways = Transports()
        each = roles or ("ops", "watch", "bare")
        self.targets = {role: replace(server.target(role), id=role) for role in each}
        ground = Ground(
            targets=self.targets,
            actions={"postgres": {one.id: _within(one, within_s) for one in INTEGRATION.actions}},
            policy=Policy(free=True, per_minute=1000),
            transports=self.ways,
            audit=self.log,
            publish=self._hear,
            witness=Second(),
        )
        self.executor = Executor(ground)
        self.executor.arm(3600, "")

    async def close(self) -> None:
        await self.executor.idle()
        self.executor.arm(0, "")
        await self.ways.close()

    def _hear(self, message: Upward) -> None:
        if isinstance(message, Progress) and message.output:
            self.output.append(message.text)

    async def plan(self, action: str, role: str = "ops", pins: Pins = (), **given: str) -> Plan:
        """What would be done."""
        return read(await self._propose(action, role, pins, given))

    async def act(self, action: str, role: str = "ops", pins: Pins = (), **given: str) -> Outcome:
        """Plan it and say yes."""
        body = await self._propose(action, role, pins, given)
        return await self.executor.approve(Approval(digest(body), read(body).confirm, "a test"))

    async def _propose(self, action: str, role: str, pins: Pins, given: dict[str, str]) -> bytes:
        thing = Thing(role, pins, Clean(pins[0][1] if pins else role))
        return await self.executor.propose(Request(f"postgres.{action}", (thing,), given))
