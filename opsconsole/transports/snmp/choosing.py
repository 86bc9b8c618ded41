"""Asks an agent what suits it, and what is known not to change or not to be there only rarely."""

import asyncio
import random
from collections.abc import Sequence

from opsconsole.errors import Malformed
from opsconsole.question import Part, SnmpChoice, SnmpChosen
from opsconsole.table import ROWS
from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.agent import PER_GET, Agent
from opsconsole.transports.snmp.asking import Column, Item, Refusing, got, next_rows, split
from opsconsole.varbind import END, NO_INSTANCE, NO_OBJECT, NULL, bindings

PER_COLUMN = 4_000
"""Rows of a column at most: what is more is left out."""

LIMIT = 40_000
"""Objects of one answer at most."""

_NOTHING = frozenset({END, NO_INSTANCE, NO_OBJECT, NULL})


class Chosen:
    """One question whose objects depend on the agent, and what is remembered of its answers."""

    def __init__(self, question: SnmpChosen) -> None:
        """Raises `ValueError` for a name that is none."""
        self._question = question
        self._first = tuple(map(ber.name, question.first))
        self._tells = frozenset(map(ber.name, question.tells))
        self._clock = ber.name(question.clock)
        self._choice: SnmpChoice | None = None
        self._device: frozenset[bytes] = frozenset()
        self._present = b""
        self._began = -1
        self._objects: dict[bytes, bool] = {}
        """Whether each was there."""
        self._columns: dict[bytes, bool] = {}
        self._slow = b""
        self._good_until = 0.0

    async def answer(self, agent: Agent) -> Part:
        """Everything that is known of the agent; raises a `TargetError`."""
        now = asyncio.get_running_loop().time()
        stale = self._choice is None or now >= self._good_until
        there = [name for name, found in self._objects.items() if found or stale]
        items = await read_objects(agent, (*self._first, *there))
        if self._changed(items):
            await self._choose(agent, items)
            stale, there = True, list(self._objects)
            items = [*self._system(items), *await read_objects(agent, there)]
        columns = [root for root, found in self._columns.items() if found or stale]
        rows = await read_columns(agent, columns)
        if stale:
            await self._learn(agent, items, rows, now)
        bodies = [item.raw for item in (*items, *rows)]
        return Part(ROWS, b"".join((*bodies, self._present, self._slow)))

    def _system(self, items: Sequence[Item]) -> list[Item]:
        return [item for item in items if item.name in self._first]

    def _changed(self, items: Sequence[Item]) -> bool:
        """Whether it is another device than before, or has begun anew; and note that."""
        system = self._system(items)
        device = frozenset(item.raw for item in system if item.name in self._tells)
        ticks = _ticks(system, self._clock)
        changed = self._choice is None or device != self._device or ticks < self._began
        self._device, self._began = device, ticks
        return changed

    async def _choose(self, agent: Agent, items: Sequence[Item]) -> None:
        """Find out what there is, and decide by that."""
        question = self._question
        self._choice = None  # until all of it is known
        roots = tuple(map(ber.name, question.present()))
        found = await peek(agent, roots)
        self._present = b"".join(item.raw for item in found)
        system = b"".join(item.raw for item in self._system(items))
        choice = question.choose(system + self._present)
        mine = set(self._first)
        names = map(ber.name, choice.objects)
        self._objects = {name: True for name in names if name not in mine}
        self._columns = {ber.name(root): True for root in choice.columns}
        self._slow = b""
        self._choice = choice

    async def _learn(
        self, agent: Agent, items: Sequence[Item], rows: Sequence[Item], now: float
    ) -> None:
        """Note what is there, and ask for what hardly changes."""
        assert self._choice is not None
        have = {item.name for item in items}
        self._objects = {name: name in have for name in self._objects}
        self._columns = _there(self._columns, rows)
        slow = await read_objects(agent, [ber.name(name) for name in self._choice.slow_objects])
        slow += await read_columns(agent, [ber.name(root) for root in self._choice.slow_columns])
        self._slow = b"".join(item.raw for item in slow)
        # A fleet that began at once must not ask for its rare things at once for ever.
        self._good_until = now + self._question.keep * random.uniform(0.8, 1.2)  # noqa: S311


def _ticks(items: Sequence[Item], clock: bytes) -> int:
    raw = next((item.raw for item in items if item.name == clock), b"")
    value = bindings(raw)[0].value if raw else 0
    return value if isinstance(value, int) else 0


def _there(columns: dict[bytes, bool], rows: Sequence[Item]) -> dict[bytes, bool]:
    heads = {len(root) for root in columns}
    found = {item.name[:size] for item in rows for size in heads}
    return {root: root in found for root in columns}


async def read_objects(agent: Agent, names: Sequence[bytes]) -> list[Item]:
    """Those of these objects that are there; one that the agent refuses is not."""
    if not names:
        return []
    try:
        found = split(await got(agent, tuple(names)))
    except Refusing as error:
        if len(names) == 1:
            return []
        at = error.place - 1 if 0 < error.place <= min(PER_GET, len(names)) else -1
        if at >= 0 and len(names) <= PER_GET:
            return await read_objects(agent, [*names[:at], *names[at + 1 :]])
        half = len(names) // 2
        return [*await read_objects(agent, names[:half]), *await read_objects(agent, names[half:])]
    return [item for item in found if item.tag not in _NOTHING]


async def read_columns(agent: Agent, roots: Sequence[bytes]) -> list[Item]:
    """All below these names, side by side; one that the agent refuses is empty."""
    columns = [Column(root, root) for root in roots]
    found: list[Item] = []
    together = True
    while live := [column for column in columns if not column.over]:
        some = live[: max(1, agent.budget)] if together else live[:1]
        try:
            items = await next_rows(agent, some)
        except Refusing as error:
            if len(some) == 1 or 0 < error.place <= len(some):
                some[max(0, error.place - 1) if len(some) > 1 else 0].over = True
            else:
                together = False
            continue
        found += items
        for column in some:
            column.over = column.over or len(column.seen) >= PER_COLUMN
        if len(found) > LIMIT:
            raise Malformed(
                f"{agent.target}: more than {LIMIT} objects of what was asked for",
                "does it go on without end? then its firmware is at fault",
            )
    return found


async def peek(agent: Agent, roots: Sequence[bytes]) -> list[Item]:
    """The first object below each of these names, if there is any."""
    columns = [Column(root, root) for root in roots]
    found: list[Item] = []
    while live := [column for column in columns if not column.over and not column.seen]:
        some = live[: max(1, agent.budget)]
        try:
            found += await next_rows(agent, some)
        except Refusing as error:
            some[error.place - 1 if 0 < error.place <= len(some) else 0].over = True
    return found
