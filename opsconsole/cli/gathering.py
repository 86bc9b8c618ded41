"""Collects what a pane asks for from samples as they come, and knows when that is all."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from opsconsole import fleet
from opsconsole.clean import clean
from opsconsole.cli.asking import Question
from opsconsole.cli.result import Cells, Told, fit_to_print
from opsconsole.errors import Lost
from opsconsole.model import Fault, Quantity, Row, Sample, State, Value
from opsconsole.spec import Probe, View
from opsconsole.store import Pair, Standing, Store

RATES = frozenset(
    {
        Quantity.PERCENT,
        Quantity.PER_S,
        Quantity.BYTES_PER_S,
        Quantity.BITS_PER_S,
        Quantity.MILLISECONDS,
    }
)
"""What may need two answers, so that None in the first one does not mean "not known"."""

RATE_PERIOD = 10.0
"""Seconds: nobody is kept waiting for the second answer of so slow an exchange."""


class Gathering:
    """The newest sample of each pair that a pane needs."""

    def __init__(
        self,
        question: Question,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._question = question
        self._shown = question.shown
        self._probes = {probe.id: probe for probe in question.shown.probes}
        self._clock = clock
        self._store = Store(question.shown.probes, clock=clock, wall=wall)
        self._progress = clock()
        self._answers: dict[Pair, int] = {}
        self._first: dict[Pair, float] = {}
        self.pairs: list[Pair] = [
            (probe, target.id)
            for target in question.estate.targets
            for probe in self._probes
            if probe.partition(".")[0] == target.kind
        ]
        """Every pair to ask for: a pane of several kinds asks each target what it can answer."""
        self._wanted = frozenset(self.pairs)

    def take(self, samples: Iterable[Sample]) -> list[Sample]:
        """Keep the samples that belong here, and return them; none at all says that a long list is
        being loaded.
        """
        samples = list(samples)
        if not samples:
            self._progress = self._clock()
        mine = [sample for sample in samples if (sample.probe, sample.target) in self._wanted]
        self._store.put(mine)
        for sample in mine:
            pair = (sample.probe, sample.target)
            if pair not in self._first:
                self._first[pair] = self._progress = self._clock()
            self._answers[pair] = self._answers.get(pair, 0) + (sample.rows is not None)
        return mine

    def deadline(self, patience: float) -> float | None:
        """Until when there is something to wait for; None when all is there.

        Who has not answered is given up when nobody new has for `patience` seconds: thousands of
        handshakes take their time. A second answer, where a rate needs one, gets two periods.
        """
        waits = [self._wait(pair, self._progress + patience) for pair in self.pairs]
        return max((wait for wait in waits if wait is not None), default=None)

    def _wait(self, pair: Pair, first: float) -> float | None:
        period = self._store.period(*pair)
        if period is None:
            return first
        fault = self._store.state(*pair).fault
        if fault is not None:
            # Lost in the handshake is what a busy sshd does to the many; the collector tries again.
            return first if fault.kind == Lost.kind else None
        if self._answers[pair] > 1 or period >= RATE_PERIOD or not self._lacks_rate(pair):
            return None
        return self._first[pair] + 2 * period

    def _lacks_rate(self, pair: Pair) -> bool:
        keys = {column.key for column in self._question.columns if column.quantity in RATES}
        columns = self._probes[pair[0]].columns
        places = [place for place, column in enumerate(columns) if column.key in keys]
        return any(row[place] is None for row in self._store.rows(*pair) for place in places)

    def told(self) -> list[Told]:
        """What each target said so far, in the estate's order."""
        return [self.told_by(target.id) for target in self._question.estate.targets]

    def told_by(self, target: str) -> Told:
        """What one target said so far."""
        stands = [self._store.state(probe, target) for probe in self._probes]
        state = _worst(stands)
        fault = next((stand.fault for stand in stands if stand.fault is not None), None)
        age = max((stand.age_s for stand in stands if stand.age_s is not None), default=None)
        if self._shown.pane.view is View.FLEET:
            rows = self._joined(target, fault, age, stale=state is State.STALE)
        else:
            rows = [
                self._cells(probe, row)
                for probe in self._shown.probes
                for row in self._store.rows(probe.id, target)
            ]
        return Told(target, state, age, fault and fit_to_print(fault), rows)

    def _joined(
        self, target: str, fault: Fault | None, age: float | None, *, stale: bool
    ) -> list[Cells]:
        """The fleet's line: one row from the first row of each probe, judged."""
        parts = self._store.joined(list(self._probes), [target])[target]
        if all(part is None for part in parts):
            return []
        probes = self._shown.probes
        line, _ = fleet.line(target, probes, parts, fault, stale=stale, age_s=age)
        values = dict(zip((column.key for column in fleet.columns(probes)), line, strict=True))
        return [{column.key: _said(values[column.key]) for column in self._question.columns}]

    def _cells(self, probe: Probe[Any], row: Row) -> Cells:
        """A row by column key; what only another probe of the pane knows is None."""
        known = {column.key: value for column, value in zip(probe.columns, row, strict=True)}
        return {column.key: _said(known.get(column.key)) for column in self._question.columns}


def _said(value: Value) -> Value:
    """A value as it may leave the app: text of a probe that forgot to clean it ends here."""
    return clean(value, len(value)) if isinstance(value, str) else value


def _worst(stands: Iterable[Standing]) -> State:
    """One word for several probes: a fault first, and waiting only while nobody has answered."""
    there = {stand.state for stand in stands} - {State.WAITING}
    for state in (State.FAULT, State.STALE, State.LIVE, State.EMPTY):
        if state in there:
            return state
    return State.WAITING
