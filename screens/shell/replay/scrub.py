"""The time machine of a console: where in the recording it stands, and how it moves."""

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from opsconsole.clean import Clean, clean
from opsconsole.errors import Unrecorded, UsageError
from opsconsole.model import Level
from opsconsole.moment import moment
from opsconsole.recorder import Archive
from opsconsole.spec import Probe
from opsconsole.store import Pair, Store
from screens.shell.alarm.known import Alarms
from screens.shell.replay.load import Frame, Moment, alarms_at, fill, history, newest, store_at
from widgets.format import ages_by

Found = TypeVar("Found")

STEP_S = 10.0
"""Seconds that a key steps."""

FRAME_S = 0.5
"""Seconds between two frames of a play."""

LEAP_S = 60.0
"""Seconds of recorded time a frame, from which on a play leaps instead of taking all between."""

FASTEST = 3600.0

BARRED = "REPLAY shows what is over: nothing can be done there; R leads back to live"


@dataclass(frozen=True, slots=True)
class Reel:
    """A recording to look at."""

    open: Callable[[], Archive]
    """Called in a thread, once; raises `Unrecorded`."""
    alone: bool = False
    """There is nothing live beside it: a file that was exported."""
    span: tuple[float, float] | None = None
    """What it holds, when that is known."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What replay needs of the console."""

    run: Callable[[Coroutine[Any, Any, None]], object]
    """Run in the background."""
    shown: Callable[[], Collection[Pair]]
    """What is drawn now: it is loaded first."""
    looked: Callable[[], Collection[Pair]]
    """What is looked at: its courses are loaded, too."""
    listed: Callable[[], Collection[str]]
    """Probes of lists with a course."""
    turned: Callable[[], None]
    """Called when another moment is to be drawn, also when it is live again."""
    tell: Callable[[Clean, Level], None]


class Replay:
    """Loads in threads, so that no key waits; only the newest wish is fulfilled."""

    def __init__(
        self,
        reel: Reel | None,
        catalog: Mapping[str, Probe[Any]],
        stage: Stage,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._reel = reel
        self._catalog = catalog
        self._stage = stage
        self._wall = wall
        self._past: Archive | None = None
        self._span = reel.span if reel else None
        self._clock = Moment(0.0)
        self._wanted: float | None = None
        self._heading: float | None = None
        self._busy = False
        self._deep: frozenset[Pair] = frozenset()
        self._fresh: set[Pair] = set()
        self.store: Store | None = None
        """What panes draw; None while the console is live."""
        self.alarms: Alarms | None = None
        """Alerts that stood then; None while the console is live."""
        self.speed = 0.0
        """Seconds of recorded time a second; 0 stands still."""

    # -- where it stands ------------------------------------------------------------------------

    @property
    def on(self) -> bool:
        """Whether the console shows what is over."""
        return self.store is not None

    @property
    def alone(self) -> bool:
        """Whether there is nothing live to go back to."""
        return self._reel is not None and self._reel.alone

    @property
    def at(self) -> float:
        """Unix time that is shown."""
        return self._clock.at

    @property
    def end(self) -> float:
        """Unix time of the end: now, or where the file ends."""
        if self.alone and self._span is not None:
            return self._span[1]
        return self._wall()

    def take_fresh(self) -> set[Pair]:
        """Pairs with something new since the last call."""
        fresh, self._fresh = self._fresh, set()
        return fresh

    async def read(self, ask: Callable[[Archive], Found]) -> Found:
        """Ask the recording something, in a thread; raises `UsageError` without one."""
        self._need_reel()
        return await asyncio.to_thread(lambda: ask(self._opened()))

    # -- moving ---------------------------------------------------------------------------------

    def go_to(self, text: str) -> None:
        """Go to a moment as operators write it; raises `UsageError`."""
        self._need_reel()
        now = self.end
        wanted = moment(text, now)
        if wanted >= now and not self.alone:
            self.leave()
        else:
            self.go(min(wanted, now))

    def go(self, at: float) -> None:
        """Show a moment, as soon as it is loaded."""
        self._need_reel()
        self._wanted = at
        if not self._busy:
            self._busy = True
            self._stage.run(self._load())

    def step(self, seconds: float) -> None:
        """Go on, or back, from what is shown or on its way; past the end it is live."""
        way = self._wanted if self._wanted is not None else self._heading
        start = way if way is not None else self.at if self.on else self.end
        wanted = start + seconds
        if wanted >= self.end and not self.alone:
            self.leave()
        else:
            self.go(min(wanted, self.end))

    def toggle(self) -> None:
        """Leave for live; or enter where one was last, or now."""
        if self.on and not self.alone:
            self.leave()
        else:
            self.go(self.at if self.at and not self.on else self.end)

    def leave(self) -> None:
        """Live again, at once, whatever is being loaded."""
        self._wanted, self._heading, self.speed = None, None, 0.0
        if self.store is not None and not self.alone:
            self.store = self.alarms = None
            ages_by()
            self._stage.turned()

    def play(self, speed: float) -> None:
        """Let time pass, so many times as fast; 0 stands still. Raises `UsageError`."""
        self._need_reel()
        if not 0 <= speed <= FASTEST:
            raise UsageError(f"a speed is 0 to {FASTEST:g}")
        if not self.on and speed:
            raise UsageError("nothing to play: go to a moment first, :at -15m")
        was = self.speed
        self.speed = speed
        if speed and not was:
            self._stage.run(self._play())
        self._stage.turned()

    def look(self) -> None:
        """Once a tick: load the history of what was turned to."""
        if self.on and not self._busy and not self.speed:
            looked = frozenset(self._stage.looked())
            if not looked <= self._deep:
                self.go(self.at)

    def _need_reel(self) -> None:
        if self._reel is None:
            raise UsageError("nothing is recorded here: the estate or the console says so")

    # -- loading --------------------------------------------------------------------------------

    async def _load(self) -> None:
        try:
            while self._wanted is not None:
                at = self._heading = self._wanted
                self._wanted = None
                shown = sorted(self._stage.shown())
                frame = await asyncio.to_thread(self._newest, at, shown)
                if self._left() or (self._outdated() and self.on):
                    continue
                self._heading = None
                self._turn(at, frame, frozenset())
                if not self._outdated() and self.on and not self.speed:
                    await self._deepen(at)
        except Unrecorded as error:
            self._wanted = None
            self._stage.tell(clean(str(error), 300), Level.WARN)
        finally:
            self._busy, self._heading = False, None

    def _left(self) -> bool:
        """Whether the moment that is being loaded is not wanted any more."""
        return self._heading is None

    def _outdated(self) -> bool:
        """Whether another moment is wanted by now."""
        return self._wanted is not None

    async def _deepen(self, at: float) -> None:
        """The same moment again: all of it, with the courses up to it."""
        looked, listed = frozenset(self._stage.looked()), self._stage.listed()
        frame = await asyncio.to_thread(self._whole, at, looked, listed)
        if self._wanted is None and self.on and self.at == at:
            self._turn(at, frame, looked)

    def _turn(self, at: float, frame: Frame, deep: frozenset[Pair]) -> None:
        samples = frame.samples
        if not samples and not self.on:
            self._stage.tell(self._nothing(), Level.WARN)
            return
        clock = Moment(at)
        store = store_at(clock, self._catalog)
        fill(store, samples)
        self._clock, self.store, self._deep = clock, store, deep
        ages_by(lambda: clock.at)
        self.alarms = alarms_at(clock, frame)
        if not samples:
            self._stage.tell(self._nothing(), Level.WARN)
        self._stage.turned()

    def _nothing(self) -> Clean:
        if self._span is None:
            return Clean("nothing is recorded yet")
        return Clean(f"nothing was recorded then; the recording begins {spelt(self._span[0])}")

    # In a thread; one at a time.

    def _opened(self) -> Archive:
        if self._past is None:
            assert self._reel is not None
            self._past = self._reel.open()
        return self._past

    def _newest(self, at: float, shown: Sequence[Pair]) -> Frame:
        past = self._opened()
        if self._span is None or at < self._span[0]:
            self._span = past.span
        some = newest(past, at, self._catalog, shown)
        return Frame(some or newest(past, at, self._catalog), past.alerts(at))

    def _whole(self, at: float, looked: Collection[Pair], listed: Collection[str]) -> Frame:
        past = self._opened()
        more = history(past, at, self._catalog, looked, listed)
        known = {(one.probe, one.target, one.at) for one in more}
        every = newest(past, at, self._catalog)
        rest = [s for s in every if (s.probe, s.target, s.at) not in known]
        return Frame([*more, *rest], past.alerts(at))

    def _between(self, since: float, until: float) -> Frame:
        past = self._opened()
        samples = [s for s in past.between(since, until) if s.probe in self._catalog]
        return Frame(samples, past.alerts(until))

    # -- playing --------------------------------------------------------------------------------

    async def _play(self) -> None:
        before = time.monotonic()
        while self.speed and self.on:
            await asyncio.sleep(FRAME_S)
            now = time.monotonic()
            seconds, before = (now - before) * self.speed, now
            if not self.speed or not self.on:
                return
            if self.at + seconds >= self.end:
                self._reach_end()
                return
            if seconds >= LEAP_S or self._busy:
                self.go(self.at + seconds)
            else:
                await self._roll(self.at + seconds)

    async def _roll(self, until: float) -> None:
        """Take all that came up to a moment."""
        clock, store = self._clock, self.store
        try:
            frame = await asyncio.to_thread(self._between, clock.at, until)
        except Unrecorded as error:
            self.speed = 0.0
            self._stage.tell(clean(str(error), 300), Level.WARN)
            return
        if store is not None and self.store is store and self.speed:
            clock.at = until
            self._fresh |= store.put(frame.samples)
            if self.alarms is not None and frame.alerts is not None:
                self.alarms.hear(frame.alerts)

    def _reach_end(self) -> None:
        self.speed = 0.0
        if self.alone:
            self._stage.tell(Clean("the recording ends here"), Level.OK)
            self.go(self.end)
        else:
            self.leave()
            self._stage.tell(Clean("the replay has reached what is live"), Level.OK)

    def close(self) -> None:
        """Let go of the recording."""
        self._wanted, self.speed = None, 0.0
        if self._past is not None:
            self._past.close()


def spelt(at: float) -> str:
    """A moment in words, local: `Sat 2026-11-28 02:13:20`."""
    return time.strftime("%a %Y-%m-%d %H:%M:%S", time.localtime(at))


def ago(seconds: float) -> str:
    """How long ago, in two units."""
    whole = max(0, int(seconds))
    for size, unit, small, name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // small} {name} ago"
    return f"{whole // 60} min {whole % 60} s ago" if whole >= 60 else f"{whole} s ago"


def banner_words(replay: Replay) -> tuple[str, ...]:
    """What the band across the screen says; nothing while the console is live."""
    if not replay.on:
        return ()
    pace = f"playing x{replay.speed:g}" if replay.speed else "still"
    return (
        "<< REPLAY <<",
        spelt(replay.at),
        ago(replay.end - replay.at),
        pace,
        "" if replay.alone else "R live",
        "no action",
        "[ ] step  P play",
    )
