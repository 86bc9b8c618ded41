"""A server as its probes show it, and somebody who acts on it."""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from opsconsole.clean import Clean
from opsconsole.domains.database.mysql import INTEGRATION
from opsconsole.domains.database.mysql.asking import QUESTIONS
from opsconsole.executor import Executor, Ground
from opsconsole.model import Row, Target
from opsconsole.plan import Approval, Outcome, Plan, Request, Thing, Waiting, digest
from opsconsole.policy import Policy
from opsconsole.ports import Upward
from opsconsole.registry import Transports
from opsconsole.spec import Integration
from opsconsole.transports.mysql import MysqlTransport
from tests.servers.sampler import Heard

PROBES = {probe.id: probe for probe in INTEGRATION.probes}

Table = list[dict[str, object]]
Words = Mapping[str, str] | None
"""What an action is told."""


def table(probe: str, rows: list[Row]) -> Table:
    """Rows by column."""
    keys = [column.key for column in PROBES[probe].columns]
    return [dict(zip(keys, row, strict=True)) for row in rows]


def rows_of(probe: str, now: bytes, before: bytes | None = None) -> Table:
    """What a probe shows of an answer, and of the one before it."""
    known = PROBES[probe]
    was = known.read(before) if before is not None else None
    return table(probe, known.rows(known.read(now), was))


async def payloads(target: Target, exchange: str, times: int = 1) -> list[bytes]:
    """Answers of a server."""
    transport, heard = MysqlTransport(), Heard()
    try:
        session = await transport.open(target, QUESTIONS, 1.0, heard)
        for _ in range(times):
            session.ask(exchange)  # one after another, over the only connection
        await heard.until(lambda heard: len(heard.answers) == times)
        return heard.of(exchange)
    finally:
        await transport.close()


async def shown(target: Target, *probes: str) -> dict[str, Table]:
    """What probes show of it, all of the same exchange; rates included."""
    (exchange,) = {PROBES[probe].exchange for probe in probes}
    before, now = await payloads(target, exchange, 2)
    return {name: rows_of(name, now, before) for name in probes}


async def until(target: Target, probe: str, true: Callable[[Table], bool]) -> Table:
    """What a probe shows as soon as it is as expected."""
    async with asyncio.timeout(60):
        for _ in itertools.count():
            (payload,) = await payloads(target, PROBES[probe].exchange)
            if true(rows := rows_of(probe, payload)):
                return rows
            await asyncio.sleep(0.1)
    raise AssertionError("out of time")


@dataclass
class Log:
    """An audit log in memory."""

    kinds: list[str] = field(default_factory=list[str])

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        self.kinds.append(kind)
        return f"{len(self.kinds):064x}"


class Second:
    """A second person who says yes."""

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        return "somebody else"


class Operator:
    """Somebody with an executor, on some servers."""

    def __init__(self, *targets: Target, of: Integration = INTEGRATION) -> None:
        self.log, self.ways = Log(), Transports()
        ground = Ground(
            targets={target.id: target for target in targets},
            actions={of.kind: {action.id: action for action in of.actions}},
            policy=Policy(free=True, per_minute=1000),
            transports=self.ways,
            audit=self.log,
            publish=self._hear,
            witness=Second(),
        )
        self.executor = Executor(ground)
        self.executor.arm(3600, "")

    def _hear(self, _message: Upward) -> None:
        return None

    async def propose(
        self,
        action: str,
        target: Target,
        /,
        *,
        said: Mapping[str, str] | None = None,
        **pins: object,
    ) -> tuple[Plan, bytes]:
        """The plan of an action on one object, which is told `said`."""
        named = tuple((key, str(value)) for key, value in pins.items())
        thing = Thing(target.id, named, Clean(named[0][1]))
        body = await self.executor.propose(Request(action, (thing,), dict(said or {})))
        return msgspec.msgpack.decode(body, type=Plan), body

    async def approve(self, plan: Plan, body: bytes) -> Outcome:
        """Say yes to it."""
        return await self.executor.approve(Approval(digest(body), plan.confirm, "a test"))

    async def act(
        self,
        action: str,
        target: Target,
        /,
        *,
        said: Mapping[str, str] | None = None,
        **pins: object,
    ) -> Outcome:
        """Both."""
        return await self.approve(*await self.propose(action, target, said=said, **pins))

    async def undo(self, done: Outcome) -> Outcome:
        """Take it back, as it proposes."""
        (back,) = done.undo
        body = await self.executor.propose(Request(back.action, back.things, back.arguments))
        return await self.approve(msgspec.msgpack.decode(body, type=Plan), body)

    async def close(self) -> None:
        await self.executor.idle()
        self.executor.arm(0, "")
        await self.ways.close()
