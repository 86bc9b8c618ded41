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


class Plan:
    """The rules of one probe, made ready once for all targets that are ruled alike."""

    __slots__ = ("everything", "flush", "means", "others", "plain", "rulings")

    def __init__(self, rulings: tuple[Ruling, ...]) -> None:
        self.rulings = rulings
        self.everything = range(len(rulings))
        self.plain: list[tuple[int, float, float, int]] = []
        """Of probes with one row: place of the value, between which numbers it is right, and the
        number of the ruling."""
        self.others: list[int] = []
        """Of probes with one row: what is neither plain nor a mean."""
        self.means: list[tuple[int, int]] = []
        """Of probes with one row: place of the value, number of the ruling. Sums are kept, and
        given on a few times per bucket."""
        self.flush = math.inf
        for number, ruling in enumerate(rulings):
            if ruling.plain and not ruling.key:
                low = -math.inf if ruling.high else ruling.first
                high = ruling.first if ruling.high else math.inf
                self.plain.append((ruling.place, low, high, number))
            elif ruling.rule.measure is Measure.MEAN and not ruling.key:
                self.means.append((ruling.place, number))
                self.flush = min(self.flush, ruling.rule.window_s / (2 * BUCKETS))
            else:
                self.others.append(number)


_NO_SUMS: list[float] = []
_NO_TIMES: list[int] = []
"""Of the many lanes without a mean."""


class _Lane:
    """One probe of a target. Judges are made when there is something to keep."""

    __slots__ = (
        "_flush_at",
        "_owner",
        "_sums",
        "_times",
        "at",
        "lost",
        "made",
        "period",
        "plan",
    )

    def __init__(self, plan: Plan, owner: "Watched", now: float) -> None:
        self.plan = plan
        self.made: dict[int, Judge] = {}
        """Judges by number of their ruling."""
        self._owner = owner
        self._sums: list[float] = [0.0] * len(plan.means) if plan.means else _NO_SUMS
        self._times: list[int] = [0] * len(plan.means) if plan.means else _NO_TIMES
        self._flush_at = 0.0
        self.at = now - 1.0
        self.period = 0.0
        self.lost = False

    def judge(self, number: int) -> Judge:
        """The judge of a ruling, made when there is none."""
        found = self.made.get(number)
        if found is None:
            owner = self._owner
            found = self.made[number] = Judge(self.plan.rulings[number], owner.id, owner.told)
        return found

    def take(self, rows: Sequence[Row], at: float) -> None:
        """Judge all rows of an answer."""
        plan = self.plan
        if len(rows) != 1 or not (plan.plain or plan.means):
            for number in plan.everything:
                self._feed(number, rows, at)
            return
        row = rows[0]
        self._take_plain(rows, row, at)
        if plan.means:
            self._add(row, at)
        for number in plan.others:
            if plan.rulings[number].measured:
                self.judge(number).take_one(row, at)
            else:
                self._feed(number, rows, at)

    def _take_plain(self, rows: Sequence[Row], row: Row, at: float) -> None:
        made = self.made
        for place, low, high, number in self.plan.plain:
            value = row[place]
            if value is None:
                continue
            # Most values of most hosts are right, and end here.
            judge = made.get(number)
            if judge is None or not judge.states:
                if low < value < high:  # type: ignore[operator]
                    continue
            elif (state := judge.states.get(())) and state.low < value < state.high:  # type: ignore[operator]
                state.go_on(value, row, at)
                continue
            self.judge(number).take(rows, at)

    def _feed(self, number: int, rows: Sequence[Row], at: float) -> None:
        judge = self.made.get(number)
        if judge is None:
            ruling = self.plan.rulings[number]
            if not ruling.remembers and not ruling.hot(rows):
                return
            judge = self.judge(number)
        judge.take(rows, at)

    def _add(self, row: Row, at: float) -> None:
        plan, sums, times = self.plan, self._sums, self._times
        for number, (place, _) in enumerate(plan.means):
            value = row[place]
            if value is not None:
                sums[number] += value  # type: ignore[operator]
                times[number] += 1
        if self._flush_at - plan.flush < at < self._flush_at:  # else the clock was set back
            return
        self._flush_at = at + plan.flush
        for number, (place, ruling) in enumerate(plan.means):
            if times[number] and row[place] is not None:
                self.judge(ruling).take_sum(sums[number], times[number], row, at)
                sums[number], times[number] = 0.0, 0

    @property
    def limit(self) -> float:
        """Seconds after which what it said last is not known any more."""
        return max(LOST_PERIODS * self.period, LOST_AT_LEAST)

    def lose(self, at: float) -> None:
        """Forget what was pending, and say of alerts that nobody knows."""
        self.lost = True
        if self.plan.means:
            self._sums = [0.0] * len(self._sums)
            self._times = [0] * len(self._times)
        for judge in self.made.values():
            if judge.states:
                judge.lose(at)


class Shared:
    """What targets that are ruled alike have in common."""

    def __init__(self) -> None:
        self._rulings: dict[tuple[int, str, str], Ruling] = {}
        self._plans: dict[tuple[Ruling, ...], Plan] = {}
        self._kept: list[Rule] = []

    def ruling(self, rule: Rule, probe: Probe[Any], named: str = "") -> Ruling:
        """A rule made ready for a probe; `named` as `Ruling` takes it."""
        name = (id(rule), probe.id, named)
        if name not in self._rulings:
            self._rulings[name] = Ruling(rule, probe, named)
            self._kept.append(rule)  # what is known by its identity must stay
        return self._rulings[name]

    def plan(self, rulings: tuple[Ruling, ...]) -> Plan:
        """Rulings of one probe."""
        if rulings not in self._plans:
            self._plans[rulings] = Plan(rulings)
        return self._plans[rulings]


class Watched:
    """What the engine knows of a target."""

    __slots__ = (
        "_answered",
        "_known",
        "_silence",
        "fault",
        "id",
        "lanes",
        "patience",
        "period",
        "silent",
        "told",
    )

    def __init__(self, subject: Subject, told: Told, now: float, shared: Shared) -> None:
        self.id = subject.target.id
        self.period = subject.period
        self.told = told
        self.fault: Fault | None = None
        self.lanes: dict[str, _Lane] = {}
        self.silent: Judge | None = None
        """Of its silence, once there was one."""
        self._silence: Ruling | None = None
        self.patience = 0.0
        """Seconds without an answer before it may be called silent."""
        self._answered = now
        self._known = False
        """Whether it ever answered; it may not have been its turn to be reached yet."""
        rulings: dict[str, list[Ruling]] = {}
        for rule in subject.rules:
            if not rule.column:
                self._silence = shared.ruling(rule, _SILENCE, subject.probe)
                self.patience = self._silence.first * self.period
            elif (probe := subject.probes.get(rule.probe)) is not None:
                rulings.setdefault(probe.id, []).append(shared.ruling(rule, probe))
        for name, found in rulings.items():
            self.lanes[name] = _Lane(shared.plan(tuple(found)), self, now)

    def judge(self, rule: str) -> Judge | None:
        """The judge of a rule by its id; None where that is not in force."""
        if self._silence is not None and self._silence.rule.id == rule:
            return self._judge_silence(self._silence)
        for lane in self.lanes.values():
            for number, ruling in enumerate(lane.plan.rulings):
                if ruling.rule.id == rule:
                    return lane.judge(number)
        return None

    def _judge_silence(self, ruling: Ruling) -> Judge:
        if self.silent is None:
            self.silent = Judge(ruling, self.id, self.told, self._say)
        return self.silent

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
        if age < self.patience or self._silence is None:
            return
        if self._known or age >= self.patience + REACHING:
            self._call_silent(self._judge_silence(self._silence), age, now)

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
        missing = since is not None or (self._silence is not None and age >= late)
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
        """Those that have something to keep."""
        if self.silent is not None:
            yield self.silent
        for lane in self.lanes.values():
            yield from lane.made.values()

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
