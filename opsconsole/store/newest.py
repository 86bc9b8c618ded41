"""Newest sample per probe and target: what panes draw, and how old it is."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from opsconsole.model import Fault, Row, Sample, State
from opsconsole.spec import Probe
from opsconsole.store.history import History, plan_of
from opsconsole.store.tally import Course, Tally

Pair = tuple[str, str]
"""(probe id, target id)."""

BUDGET = 20 * 1024 * 1024
"""Bytes of history."""

STALE_PERIODS = 3
STALE_AT_LEAST = 5.0
"""Seconds. Data is stale when older than that many periods, but never sooner than this."""

KEPT = 300.0
"""Seconds that an on-demand answer is kept when nobody asks any more."""

_NO_ROWS: list[Row] = []


class Standing(NamedTuple):
    """What a pane can say of a probe on a target."""

    state: State
    age_s: float | None
    """Age of the last rows; None while there are none."""
    fault: Fault | None


class _Entry:
    """The last answer of one pair, and the fault since, if any."""

    __slots__ = ("at", "fault", "heard", "period", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] | None = None
        self.at = 0.0
        self.heard = 0.0
        self.fault: Fault | None = None
        self.period = 0.0


class Store:
    """The console's memory. Ages are measured by this side's monotonic clock."""

    def __init__(
        self,
        probes: Iterable[Probe[Any]],
        *,
        budget: int = BUDGET,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        known = list(probes)
        self._plans = {probe.id: plan for probe in known if (plan := plan_of(probe))}
        self._lasting = {p.id for p in known if not p.on_demand and not p.quiet}
        self._history = History(budget)
        self._tally = Tally(known)
        self._entries: dict[Pair, _Entry] = {}
        self._clock = clock
        self._wall = wall
        self._swept = clock()

    def put(self, samples: Iterable[Sample]) -> set[Pair]:
        """Keep each sample; returns the pairs that have something new to show."""
        now, wall = self._clock(), self._wall()
        changed: set[Pair] = set()
        for sample in samples:
            pair = (sample.probe, sample.target)
            entry = self._entries.get(pair)
            if entry is None:
                entry = self._entries[pair] = _Entry()
            entry.heard = now
            entry.period = sample.period
            entry.fault = sample.fault
            # The collector's clock only says how long the sample was under way: a clock that is
            # set while we watch ages nothing.
            at = now - max(0.0, wall - sample.at)
            plan = self._plans.get(sample.probe)
            if sample.rows is None:
                if plan is not None:
                    self._history.interrupt(pair, plan, at)
            else:
                entry.rows, entry.at = sample.rows, at
                self._tally.record(pair, sample.rows, at, sample.period)
                if plan is not None:
                    self._history.record(pair, plan, sample.rows, at)
            changed.add(pair)
        if now - self._swept > KEPT / 5:
            self._sweep(now)
        return changed

    def _sweep(self, now: float) -> None:
        """Forget on-demand answers that nobody asks for any more."""
        self._swept = now
        for pair, entry in list(self._entries.items()):
            if pair[0] not in self._lasting and now - entry.heard > max(KEPT, 3 * entry.period):
                del self._entries[pair]
                if plan := self._plans.get(pair[0]):
                    self._history.forget(pair, plan)

    def state(self, probe: str, target: str, now: float | None = None) -> Standing:
        """Say where a probe on a target stands at `now` (by the store's clock)."""
        entry = self._entries.get((probe, target))
        if entry is None:
            return Standing(State.WAITING, None, None)
        now = self._clock() if now is None else now
        age = None if entry.rows is None else max(0.0, now - entry.at)
        if entry.fault is not None:
            return Standing(State.FAULT, age, entry.fault)
        if age is None:
            return Standing(State.WAITING, None, None)
        if age > max(STALE_PERIODS * entry.period, STALE_AT_LEAST):
            return Standing(State.STALE, age, None)
        return Standing(State.LIVE if entry.rows else State.EMPTY, age, None)

    def rows(self, probe: str, target: str) -> list[Row]:
        """The last rows, also those from before a fault; not to be changed by the caller."""
        entry = self._entries.get((probe, target))
        return _NO_ROWS if entry is None or entry.rows is None else entry.rows

    def period(self, probe: str, target: str) -> float | None:
        """Seconds between samples as the last one said; None before the first."""
        entry = self._entries.get((probe, target))
        return None if entry is None else entry.period

    def joined(self, probes: Sequence[str], targets: Iterable[str]) -> dict[str, list[Row | None]]:
        """For each target the first row of each probe, None where there is none (yet)."""
        entries = self._entries
        parts: dict[str, list[Row | None]] = {}
        for target in targets:
            found = [entries.get((probe, target)) for probe in probes]
            parts[target] = [entry.rows[0] if entry and entry.rows else None for entry in found]
        return parts

    def trend(self, probe: str, target: str, key: Row, column: str, points: int) -> list[float]:
        """At most `points` values of a history column, oldest first, one per period.

        `key` holds the row's values of `Probe.key`, `()` for a single row. NaN stands where there
        was no answer or no number. Empty when nothing is known.
        """
        plan = self._plans.get(probe)
        entry = self._entries.get((probe, target))
        if plan is None or entry is None:
            return []
        return self._history.tail((probe, target), plan, key, column, points, entry.period)

    def course(self, probe: str, target: str, key: Row, column: str) -> Course | None:
        """How often each value of a tallied column was seen of the row with that key."""
        return self._tally.course((probe, target), key, column)

    @property
    def now(self) -> float:
        """The store's clock."""
        return self._clock()

    @property
    def history_depth(self) -> int:
        """Points kept of each series at present; falls as series are added."""
        return self._history.depth

    @property
    def history_bytes(self) -> int:
        """Bytes the history holds by now."""
        return self._history.bytes
