"""How often each value of a column was seen of a row, since the row was first seen."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any, NamedTuple

from opsconsole.clean import Clean
from opsconsole.model import Row, Value
from opsconsole.spec import Probe

ROWS = 4000
"""Rows that are remembered, of all probes and targets; who was not seen for longest gives way."""

VALUES = 16
"""Values of a row that are told apart; the rest is counted together."""

GAP = 3.0
"""Periods between two samples of a row after which it is not known what was between."""

REST = Clean("others")


class Times(NamedTuple):
    """How often one value was seen."""

    value: Value
    samples: int
    share: float
    """Of all samples of the row, 0 to 1."""
    longest_s: float
    """Seconds from the first to the last sample of the longest row of samples that had it."""
    last: float
    """When it was seen last, by the store's clock."""


class Course(NamedTuple):
    """What was seen of a column of a row."""

    first: float
    last: float
    samples: int
    times: tuple[Times, ...]
    """Most often first."""


class _Track:
    """One column of one row."""

    __slots__ = ("began", "first", "found", "last", "samples", "value")

    def __init__(self, at: float) -> None:
        self.first = self.last = self.began = at
        self.samples = 0
        self.value: Value = None
        self.found: dict[Value, list[float]] = {}
        """Count, longest, last."""

    def add(self, value: Value, at: float, period: float) -> None:
        if value not in self.found and len(self.found) >= VALUES - 1:
            value = REST
        if self.samples == 0 or value != self.value or at - self.last > GAP * period:
            self.began = at
        self.value, self.last = value, at
        self.samples += 1
        times = self.found.setdefault(value, [0, 0.0, at])
        times[0] += 1
        times[1] = max(times[1], at - self.began)
        times[2] = at

    def course(self) -> Course:
        found = sorted(self.found.items(), key=lambda item: (-item[1][0], -item[1][2]))
        times = [
            Times(value, int(count), count / self.samples, longest, last)
            for value, (count, longest, last) in found
        ]
        return Course(self.first, self.last, self.samples, tuple(times))


class Tally:
    """Counts the columns of some probes that are to be counted. Outlives the panes that show them:
    a row that is away for a while, as a session that is idle, goes on where it was.
    """

    def __init__(self, probes: Iterable[Probe[Any]], rows: int = ROWS) -> None:
        known = list(probes)
        self._plans = {
            probe.id: (counted, tuple(probe.index(key) for key in probe.key))
            for probe in known
            if (counted := tuple(i for i, one in enumerate(probe.columns) if one.tallied))
        }
        self._columns = {
            probe.id: {
                probe.columns[i].key: place for place, i in enumerate(self._plans[probe.id][0])
            }
            for probe in known
            if probe.id in self._plans
        }
        self._rows = rows
        self._tracks: OrderedDict[tuple[str, str, Row], tuple[_Track, ...]] = OrderedDict()

    def __len__(self) -> int:
        """Rows that are remembered."""
        return len(self._tracks)

    def record(self, pair: tuple[str, str], rows: Iterable[Row], at: float, period: float) -> None:
        """Count one sample."""
        plan = self._plans.get(pair[0])
        if plan is None:
            return
        counted, keys = plan
        for row in rows:
            name = (*pair, tuple([row[i] for i in keys]))
            tracks = self._tracks.get(name)
            if tracks is None:
                tracks = self._tracks[name] = tuple(_Track(at) for _ in counted)
                if len(self._tracks) > self._rows:
                    self._tracks.popitem(last=False)
            else:
                self._tracks.move_to_end(name)
            for track, index in zip(tracks, counted, strict=True):
                track.add(row[index], at, period)

    def course(self, pair: tuple[str, str], key: Row, column: str) -> Course | None:
        """What was seen of a column of the row with that key; None of one that was not."""
        place = self._columns.get(pair[0], {}).get(column)
        tracks = self._tracks.get((*pair, key))
        return None if place is None or tracks is None else tracks[place].course()
