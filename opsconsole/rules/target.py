"""One target: the judges of its rules by probe, and whether it answers at all."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opsconsole.clean import Clean
from opsconsole.model import Column, Fault, Level, Quantity, Row, Sample, Target, Value
from opsconsole.rule import Measure, Rule
from opsconsole.rules import wording
from opsconsole.rules.judge import Judge, Told
from opsconsole.rules.ruling import Ruling
from opsconsole.rules.window import BUCKETS
from opsconsole.spec import Probe

REACHING = 50.0
"""Seconds more for a target that has not answered since we started: a thousand of them are reached
one after another."""

LOST_PERIODS, LOST_AT_LEAST = 5.0, 60.0
"""Periods and seconds without an answer after which an alert is not known any more."""


LATE_PERIODS, LATE_AT_LEAST = 2.0, 5.0
"""Periods and seconds after which an answer is late: others that are silent may tell why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A target with the rules that hold for it."""

    target: Target
    probes: Mapping[str, Probe[Any]]
    """Of its integration, by id."""
    rules: tuple[Rule, ...]
    """Only those in force; `rulebook.effective` names them."""
    period: float
    """Seconds between its most frequent answers."""
    probe: str = ""
    """The probe that answers so often."""


class _Lane:
    """One probe of a target."""

    __slots__ = (
        "_flush",
        "_flush_at",
        "_means",
        "_others",
        "_plain",
        "_sums",
        "_times",
        "at",
        "judges",
        "lost",
        "period",
    )

    def __init__(self, now: float) -> None:
        self.judges: list[Judge] = []
        self._plain: list[tuple[int, float, float, Judge]] = []
        """Of probes with one row: place of the value, between which numbers it is right."""
        self._others: list[Judge] = []
        self._means: list[tuple[int, Judge]] = []
        """Of probes with one row: sums are kept here, and given on a few times per bucket."""
        self._sums: list[float] = []
        self._times: list[int] = []
        self._flush = math.inf
        self._flush_at = 0.0
        self.at = now - 1.0
        self.period = 0.0
        self.lost = False

    def add(self, judge: Judge) -> None:
        """Judge by this one too."""
        self.judges.append(judge)
        ruling = judge.ruling
        if judge.plain and not ruling.key:
            low = -math.inf if ruling.high else ruling.first
            high = ruling.first if ruling.high else math.inf
            self._plain.append((ruling.place, low, high, judge))
        elif ruling.rule.measure is Measure.MEAN and not ruling.key:
            self._means.append((ruling.place, judge))
            self._sums.append(0.0)
            self._times.append(0)
            self._flush = min(self._flush, ruling.rule.window_s / (2 * BUCKETS))
        else:
            self._others.append(judge)

    def take(self, rows: Sequence[Row], at: float) -> None:
        """Judge all rows of an answer."""
        if len(rows) != 1 or not (self._plain or self._means):
            for judge in self.judges:
                judge.take(rows, at)
            return
        row = rows[0]
        for place, low, high, judge in self._plain:
            value = row[place]
            if value is None:
                continue
            # Most values of most hosts are right, and end here.
            if not judge.states:
                if low < value < high:  # type: ignore[operator]
                    continue
            elif (state := judge.states.get(())) and state.low < value < state.high:  # type: ignore[operator]
                state.go_on(value, row, at)
                continue
            judge.take(rows, at)
        if self._means:
            self._add(row, at)
        for judge in self._others:
            judge.take_one(row, at)

    def _add(self, row: Row, at: float) -> None:
        sums, times = self._sums, self._times
        for number, (place, _) in enumerate(self._means):
            value = row[place]
            if value is not None:
                sums[number] += value  # type: ignore[operator]
                times[number] += 1
        if self._flush_at - self._flush < at < self._flush_at:  # else the clock was set back
            return
        self._flush_at = at + self._flush
        for number, (place, judge) in enumerate(self._means):
            if times[number] and row[place] is not None:
                judge.take_sum(sums[number], times[number], row, at)
                sums[number], times[number] = 0.0, 0

    @property
    def limit(self) -> float:
        """Seconds after which what it said last is not known any more."""
        return max(LOST_PERIODS * self.period, LOST_AT_LEAST)

    def lose(self, at: float) -> None:
        """Forget what was pending, and say of alerts that nobody knows."""
        self.lost = True
        self._sums = [0.0] * len(self._sums)
        self._times = [0] * len(self._times)
        for judge in self.judges:
            if judge.states:
                judge.lose(at)


Rulings = dict[tuple[int, str], Ruling]
"""Rulings by identity of their rule and probe: most targets share them."""


class Watched:
    """What the engine knows of a target."""

    def __init__(self, subject: Subject, told: Told, now: float, rulings: Rulings) -> None:
        self.id = subject.target.id
        self.period = subject.period
        self.fault: Fault | None = None
        self.lanes: dict[str, _Lane] = {}
        self.silent: Judge | None = None
        self.patience = 0.0
        """Seconds without an answer before it may be called silent."""
        self._answered = now
        self._known = False
        """Whether it ever answered; it may not have been its turn to be reached yet."""
        for rule in subject.rules:
            if not rule.column:
                ruling = Ruling(rule, _SILENCE, subject.probe)
                self.silent = Judge(ruling, self.id, told, self._say)
                self.patience = ruling.first * self.period
            elif (probe := subject.probes.get(rule.probe)) is not None:
                found = (id(rule), probe.id)
                if found not in rulings:
                    rulings[found] = Ruling(rule, probe)
                lane = self.lanes.setdefault(rule.probe, _Lane(now))
                lane.add(Judge(rulings[found], self.id, told))

    def take(self, sample: Sample) -> None:
        """Judge one sample."""
        at, lane = sample.at, self.lanes.get(sample.probe)
        if sample.rows is None:
            self.fault = sample.fault
            if lane is not None and not lane.lost:
                lane.lose(at)
            return
        # What was told before is told again to somebody who begins to look.
        if at > self._answered:
            self._known, self._answered, self.fault = True, at, None
            if self.silent is not None and self.silent.states:
                self.silent.take([(0.0,)], at)
        if lane is None or at <= lane.at:
            return
        lane.at, lane.period, lane.lost = at, sample.period, False
        lane.take(sample.rows, at)

    def tick(self, now: float) -> None:
        """Note that it has not answered for too long."""
        age = now - self._answered
        if age < self.patience or self.silent is None:
            return
        if self._known or age >= self.patience + REACHING:
            self._call_silent(self.silent, age, now)

    @property
    def silent_since(self) -> float | None:
        """When it was called silent; None while it is not."""
        state = self.silent.states.get(()) if self.silent is not None else None
        return state.since if state is not None and state.active else None

    def missing_since(self, now: float) -> float | None:
        """When an answer was due that has not come; None while it answers, or none is awaited."""
        since, age = self.silent_since, now - self._answered
        if since is not None and not self._known:
            return since - self.patience + self.period  # as before a restart
        late = max(LATE_PERIODS * self.period, LATE_AT_LEAST) if self._known else self.patience
        missing = since is not None or (self.silent is not None and age >= late)
        return self._answered + self.period if missing else None

    def look(self, now: float) -> None:
        """Note which probes have not answered for too long; every few seconds will do."""
        for lane in self.lanes.values():
            if not lane.lost and now - lane.at > LOST_AT_LEAST:
                self._check(lane, now)

    def _call_silent(self, silent: Judge, age: float, now: float) -> None:
        was = bool(silent.states)
        silent.take([(age / self.period,)], now)
        if silent.states and not was:
            for lane in self.lanes.values():
                lane.lose(now)

    def _check(self, lane: _Lane, now: float) -> None:
        if now - lane.at > lane.limit:
            lane.lose(now)

    def stale(self, judge: Judge, heard: float, now: float) -> bool:
        """Whether an alert is too old to be known, though its probe may answer."""
        lane = self.lanes.get(judge.ruling.probe)
        return lane is not None and now - heard > lane.limit

    def _say(self, value: Value, _row: Row, level: Level) -> Clean:
        if level is Level.OK or not isinstance(value, int | float) or value < 1:
            return Clean("it answers again")
        words = (self.fault.message.removeprefix(f"{self.id}: "),) if self.fault else ()
        return wording.silence(float(value), self.period, words)

    def judges(self) -> Iterable[Judge]:
        """All judges."""
        if self.silent is not None:
            yield self.silent
        for lane in self.lanes.values():
            yield from lane.judges

    def forgive(self, seconds: float, now: float) -> None:
        """Leave out seconds in which we did not listen."""
        self._answered = min(now, self._answered + seconds)

    def shift(self, seconds: float) -> None:
        """Move what is measured in durations: the clock was set, or we stood still."""
        self._answered += seconds
        for lane in self.lanes.values():
            lane.at += seconds
        for judge in self.judges():
            judge.shift(seconds)

    def forget_past(self, now: float) -> None:
        """Let go of alerts that are too long ago to count."""
        for judge in self.judges():
            if judge.past:
                judge.forget_past(now)


def _no_reading(_payload: bytes) -> None:
    """Nothing is read: the rows are made here."""


def _no_rows(_now: None, _before: None) -> list[Row]:
    return []


_SILENCE: Probe[None] = Probe(
    id="",
    title="Silence",
    exchange="",
    columns=(Column("", "SILENCE", Quantity.COUNT, "periods without any answer"),),
    key=(),
    read=_no_reading,
    rows=_no_rows,
)
