"""The console's line to its collector: what came, and what is wanted."""

from collections.abc import Callable, Iterable, Set

from opsconsole.alert import Alerts
from opsconsole.errors import BusClosed
from opsconsole.plan import Progress, Standing
from opsconsole.ports import (
    ConsoleEnd,
    Hello,
    Interest,
    Ledger,
    Patches,
    Recording,
    Refresh,
    Samples,
    Upward,
)
from opsconsole.store import Store
from screens.shell.act.runs import Runs
from screens.shell.alarm.known import Alarms
from screens.shell.target import Pair


class Feed:
    """Takes messages off the bus into the store; never waits for a screen."""

    def __init__(
        self, bus: ConsoleEnd, store: Store, greeted: Callable[[int], None] = lambda _: None
    ) -> None:
        """`greeted` is called with the process id of each collector that begins."""
        self._bus = bus
        self._greeted = greeted
        self.store = store
        self.ledger: Ledger | None = None
        """What the collector costs, as it last said."""
        self.recording: Recording | None = None
        """How the flight recorder stands, as it last said."""
        self.runs = Runs()
        """What was approved here, and what may be done."""
        self.alarms = Alarms()
        """What the collector said of alerts."""
        self.also: set[Pair] = set()
        """Pairs to look at besides those on screen: what guards of a runbook need."""
        self.listeners: list[Callable[[Upward], None]] = []
        """Who else is told all that comes; must not block."""
        self._fresh: set[Pair] = set()
        self._wanted: tuple[set[Pair], Set[tuple[str, str, str]]] = set(), frozenset()

    async def run(self) -> None:
        """Receive until this side closes; a collector that dies is replaced below us."""
        try:
            while True:
                message = await self._bus.receive()
                for listener in self.listeners:
                    listener(message)
                self._take(message)
        except BusClosed:
            return

    def _take(self, message: Upward) -> None:
        match message:
            case Samples():
                self._fresh |= self.store.put(message.samples)
            case Patches():
                self._fresh |= self.store.patch(message.patches)
            case Recording():
                self.recording = message
            case Ledger():
                self.ledger = message
            case Alerts():
                self.alarms.hear(message)
            case Progress():
                self.runs.hear(message)
            case Standing():
                self.runs.standing = message
            case Hello():
                self.runs.standing = None
                self._greeted(message.pid)
            case _:  # replies went to who called; the rest is for listeners
                pass

    @property
    def waits(self) -> bool:
        """Whether a pair has something new since the last call of `take_fresh`."""
        return bool(self._fresh)

    def take_fresh(self) -> set[Pair]:
        """Pairs with something new since the last call."""
        fresh, self._fresh = self._fresh, set()
        return fresh

    def look_at(self, pairs: set[Pair], subjects: Set[tuple[str, str, str]] = frozenset()) -> None:
        """Tell the collector what is looked at, and of which of many it is, when that changed."""
        wanted = pairs | self.also, subjects
        if wanted != self._wanted:
            self._wanted = wanted
            self._bus.send(Interest(sorted(wanted[0]), sorted(subjects)))

    def refresh(self, targets: Iterable[str]) -> None:
        """Ask these targets again at once."""
        self._bus.send(Refresh(list(targets)))

    def close(self) -> None:
        """Let the collector go; it ends by that."""
        self._bus.close()
