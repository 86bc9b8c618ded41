"""A console on a small estate at a moment that stands still, and an incident on it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from opsconsole.alert import Alert, Occurrence, Phase
from opsconsole.clean import Clean
from opsconsole.model import Level, Target
from screens.shell.recall.screen import TimelineScreen
from tests.screens.shell.stage import Stage, stage
from tests.timeline.scene import T0, TARGETS, alert, clear, it

NOW = T0 + 900.0

INCIDENT: Sequence[Occurrence] = (
    it(-1500, "note", "", "alice: armed", Level.OK),
    it(-600, "change", "db-1", "package postgresql 15.4 -> 15.5", Level.OK, "postgresql"),
    alert(60, "db-1", "IO wait is high: 62 % over 40 %"),
    alert(100, "db-2", "Replication lags: 41 s over 30 s"),
    it(130, "unit", "api-1", "orders.service failed: exit-code", thing="orders.service"),
    alert(140, "api-1", "Errors: 12 % over 5 %"),
    alert(141, "api-2", "Errors: 11 % over 5 %"),
    alert(150, "far-1", "Swap is read: 40 MB/s"),
    it(300, "action", "api-1", "alice: restart service orders.service", Level.OK,
       "orders.service", "f00d"),
    it(312, "action", "api-1", "restart service orders.service: verified", Level.OK,
       "orders.service", "f00e"),
    clear(400, "db-1", "IO wait is high: 62 % over 40 %"),
    it(500, "watch", "web-2", "no answer: unreachable", Level.CRIT),
    it(560, "watch", "web-2", "answers again, after 60 s", Level.OK),
)  # fmt: skip


@asynccontextmanager
async def told(
    *targets: Target,
    size: tuple[int, int] = (160, 50),
    happened: Sequence[Occurrence] = INCIDENT,
) -> AsyncGenerator[Stage]:
    """The console, with all of that told."""
    async with stage(*(targets or TARGETS), size=size) as on:
        on.app.chronicle.clock = lambda: NOW
        on.app.chronicle.add(happened)
        yield on


def timeline(on: Stage) -> TimelineScreen:
    """The timeline that is open."""
    assert isinstance(on.app.screen, TimelineScreen)
    return on.app.screen


def raised(
    name: str, target: str, *, phase: Phase = Phase.OPEN, level: Level = Level.CRIT, at: float = 0.0
) -> Alert:
    """An alert as it comes over the bus."""
    return Alert(
        f"host.{name}|{target}", f"host.{name}", target, Clean("/var"), (Clean("/var"),),
        "host.filesystem", "used_percent", level, phase, T0, T0 + at, Clean("Disk is full"),
        Clean("used 99 % over 98 %"), 99.0, 98.0, (), Clean("here"),
    )  # fmt: skip
