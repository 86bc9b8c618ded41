"""Newest sample per probe and target: what panes draw, and how old it is."""

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from opsconsole.garbage import Aside, Portions
from opsconsole.model import Fault, Row, Sample, State
from opsconsole.ports import Patch
from opsconsole.spec import Probe
from opsconsole.store.history import History, Plan, plan_of
from opsconsole.store.listed import Changes, Listed
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
    loading: int | None = None
    """Rows of a watched list that are there while more is to come."""


class _Entry:
    """The last answer of one pair, and the fault since, if any."""

    __slots__ = ("at", "fault", "heard", "listed", "loading", "period", "replaced", "rows")

    def __init__(self) -> None:
        self.rows: list[Row] | None = None
        self.listed: Listed | None = None
        """Rows of a watched list; `rows` are None then."""
        self.loading = self.replaced = False
        """Whether more of it is to come; whether it began anew since all was there."""
        self.at = 0.0
        self.heard = 0.0
        self.fault: Fault | None = None
        self.period = 0.0

    @property
    def all(self) -> list[Row]:
        """The rows, however they came."""
        if self.listed is not None:
            return self.listed.rows
        return _NO_ROWS if self.rows is None else self.rows

    @property
    def count(self) -> int | None:
        """How many; None before there was an answer."""
        if self.listed is not None:
            return len(self.listed)
        return None if self.rows is None else len(self.rows)


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
        self._version = itertools.count(1)
        self._aside, self._portions = Aside(), Portions()

    def put(self, samples: Iterable[Sample]) -> set[Pair]:
        """Keep each sample; returns the pairs that have something new to show."""
        now, wall = self._clock(), self._wall()
        changed: set[Pair] = set()
        for sample in samples:
            pair, entry, at = self._heard(sample, now, wall)
            entry.fault = sample.fault
            plan = self._plans.get(sample.probe)
            if sample.rows is None:
                if plan is not None:
                    self._history.interrupt(pair, plan, at)
            else:
                entry.rows, entry.at = sample.rows, at
                entry.listed, entry.loading = None, False
                self._tally.record(pair, sample.rows, at, sample.period)
                if plan is not None:
                    self._history.record(pair, plan, sample.rows, at)
            changed.add(pair)
        if now - self._swept > KEPT / 5:
            self._sweep(now)
        return changed

    def _heard(self, word: Sample | Patch, now: float, wall: float) -> tuple[Pair, _Entry, float]:
        """The entry of what was heard of, and when that was."""
        pair = (word.probe, word.target)
        entry = self._entries.get(pair)
        if entry is None:
            entry = self._entries[pair] = _Entry()
        entry.heard = now
        entry.period = word.period
        # The collector's clock only says how long the word was under way: a clock that is set while
        # we watch ages nothing.
        return pair, entry, now - max(0.0, wall - word.at)

    def patch(self, patches: Iterable[Patch]) -> set[Pair]:
        """Lay each patch over what is there; returns the pairs that have something new to show."""
        now, wall = self._clock(), self._wall()
        changed: set[Pair] = set()
        for patch in patches:
            pair, entry, at = self._heard(patch, now, wall)
            version = next(self._version)
            if entry.listed is None:
                entry.listed = Listed(patch.key, entry.rows or (), version)
                entry.rows = None
            plan = self._plans.get(patch.probe)
            moved = entry.listed.differing(patch.rows, plan.kept) if plan else ()
            entry.listed.lay(patch, version)
            self._portions.note(len(patch.rows))
            if plan is not None:
                self._note(pair, plan, entry, patch, moved, at)
            if entry.loading and not patch.loading:
                self._aside.note(len(entry.listed))
            entry.replaced = (patch.whole or entry.replaced) and patch.loading
            entry.at, entry.fault, entry.loading = at, None, patch.loading
            changed.add(pair)
        return changed

    def _note(
        self,
        pair: Pair,
        plan: Plan,
        entry: _Entry,
        patch: Patch,
        moved: Sequence[Row],
        at: float,
    ) -> None:
        """Keep the history of the rows that moved, and of nothing that went."""
        history = self._history
        history.drop(pair, plan, patch.gone)
        history.note(pair, plan, moved, at, patch.period)
        if patch.loading:
            return
        if entry.listed is not None and (patch.whole or entry.replaced):
            history.keep(pair, plan, entry.listed.keys)
        if entry.fault is not None:
            history.resume(pair, at)

    def changes(self, probe: str, target: str, since: int) -> Changes | None:
        """What changed in a watched list since that version; None when all is to be drawn anew."""
        entry = self._entries.get((probe, target))
        return None if entry is None or entry.listed is None else entry.listed.since(since)

    def version(self, probe: str, target: str) -> int:
        """The version that the rows of a watched list are of; 0 of any other."""
        entry = self._entries.get((probe, target))
        return 0 if entry is None or entry.listed is None else entry.listed.version

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
        count = entry.count
        age = None if count is None else max(0.0, now - entry.at)
        loading = count if entry.loading else None
        if entry.fault is not None:
            return Standing(State.FAULT, age, entry.fault)
        if age is None or (loading is not None and not count):
            return Standing(State.WAITING, None, None, loading)
        if age > max(STALE_PERIODS * entry.period, STALE_AT_LEAST):
            return Standing(State.STALE, age, None)
        return Standing(State.LIVE if count else State.EMPTY, age, None, loading)

    def rows(self, probe: str, target: str) -> list[Row]:
        """The last rows, also those from before a fault; not to be changed by the caller."""
        entry = self._entries.get((probe, target))
        return _NO_ROWS if entry is None else entry.all

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
            parts[target] = [entry.all[0] if entry and entry.count else None for entry in found]
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
        until = None if entry.listed is None else entry.at
        return self._history.tail((probe, target), plan, key, column, points, entry.period, until)

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
