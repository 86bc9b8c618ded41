"""The console under the hostile corpus: each frame is looked at, and what was done is told."""

import time
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle, islice

from rich.cells import cell_len

from opsconsole import registry
from opsconsole.clean import Clean, clean
from opsconsole.errors import BusClosed
from opsconsole.model import Fault, Quantity, Row, Sample, Target
from opsconsole.ports import Call, Samples
from screens.shell.witness.lookout import Desk
from tests.screens.shell.hostile import corpus
from tests.screens.shell.stage import PERIOD, Stage, stage
from tests.screens.shell.wire import Wired, broken, foreign
from widgets.table import LiveTable

CLEANED = 500
"""Texts that are shown a second time, as `clean` leaves them."""

WORDS = (Quantity.TEXT, Quantity.STATE)


def texts() -> list[Clean]:
    """All of the corpus as by a probe that forgot to clean, then the first of it cleaned."""
    return [*map(Clean, corpus()), *map(clean, corpus(CLEANED))]


def lines(source: Iterable[str], width: int) -> Iterator[Clean]:
    """Texts side by side, as many as fit into a line of that width; one that does not, alone."""
    line, room = "", width
    for text in source:
        size = cell_len(text) + 1
        if line and size > room:
            yield Clean(line)
            line, room = "", width
        line += f" {text}"
        room -= size
    yield Clean(line)


def groups(source: Iterable[Clean], size: int) -> Iterator[list[Clean]]:
    """The source in pieces of that size."""
    source = iter(source)
    while group := list(islice(source, size)):
        yield group


def words(probe_id: str) -> list[str]:
    """Keys of the columns of a probe that hold text."""
    return [c.key for c in registry.probes()[probe_id].columns if c.quantity in WORDS]


def rows(probe_id: str, source: Iterable[Clean]) -> Iterator[Row]:
    """Rows of a probe, with the next texts of the source in every column that holds text."""
    probe = registry.probes()[probe_id]
    count = len(words(probe_id))
    for at, batch in enumerate(groups(source, count)):
        left = cycle(batch)
        yield tuple(next(left) if c.quantity in WORDS else at for c in probe.columns)


class Trial:
    """A stage whose every frame must be harmless."""

    def __init__(self, on: Stage, app: Wired) -> None:
        self.on = on
        self.app = app
        self.frames = 0

    def tell(self, probe: str, target: str, said: Sequence[Row]) -> None:
        """Publish one answer of a probe."""
        sample = Sample(probe, target, time.time(), list(said), None, PERIOD)
        self.on.bus.publish(Samples([sample]))

    def fail(self, probe: str, target: str, message: Clean, remedy: Clean) -> None:
        """Publish one fault of a probe."""
        fault = Fault(message, message, remedy)
        self.on.bus.publish(Samples([Sample(probe, target, time.time(), None, fault, PERIOD)]))

    async def look(self) -> None:
        """Draw what was told; everything sent is ours and every line has the screen's width."""
        await self.on.settle()
        self.judge()

    def judge(self) -> None:
        """What was sent is ours, and what is on screen fits and acts on nothing."""
        sent = self.app.take_sent()
        self.frames += bool(sent)
        strangers = foreign(sent)
        assert not strangers, f"sent to the terminal: {strangers[:3]}"
        faults = broken(self.on.strips, self.app.size.width)
        assert not faults, f"on screen: {faults[:3]}"

    async def leaf_through(self, table: LiveTable) -> int:
        """Look at every page of a list; returns how many rows were in sight."""
        seen = 0
        table.action_top()
        while True:
            await self.on.quiet()
            self.judge()
            seen = max(seen, table.top + table.page)
            if seen >= len(table.data.order):
                return len(table.data.order)
            table.action_page(1)

    async def calls(self) -> list[Call]:
        """Everything the console asked its collector to do, once the console has ended."""
        found: list[Call] = []
        try:
            while True:
                message = await self.on.bus.receive()
                if isinstance(message, Call):
                    found.append(message)
        except BusClosed:
            return found


@asynccontextmanager
async def trial(
    *targets: Target,
    size: tuple[int, int] = (160, 50),
    notices: tuple[Clean, ...] = (),
    desk: Desk | None = None,
) -> AsyncGenerator[Trial]:
    """Open the console; when it ends, nothing was done that the trial did not ask for."""
    # No bell: it would be found among what is sent.
    async with stage(
        *targets, size=size, console=Wired, notices=notices, desk=desk, bell=None
    ) as on:
        assert isinstance(on.app, Wired)
        one = Trial(on, on.app)
        one.judge()
        yield one
        await one.look()
    assert await one.calls() == []
