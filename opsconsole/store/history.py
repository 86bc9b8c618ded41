"""Recent values of the columns that keep a history, within a fixed number of bytes."""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from opsconsole.model import Row, Value
from opsconsole.spec import Probe

DEEPEST = 1800
"""Points kept of a series when there is room: an hour at two seconds."""

SHALLOWEST = 30
"""Points below which a series is not worth its room: no further series are begun."""

OVERHEAD = 500
"""Bytes a track costs before its first point: objects, keys, slack of the allocator."""

SLACK = 1.25
"""How far a track grows over its depth before it is cut: one move per many points."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns of a probe are kept, and which identify a row."""

    kept: tuple[int, ...]
    key: tuple[int, ...]
    places: dict[str, int]
    """Place of a column among the kept ones, by key."""


def plan_of(probe: Probe[Any]) -> Plan | None:
    """Return what to keep of a probe, or None when none of its columns has a history."""
    kept = tuple(i for i, column in enumerate(probe.columns) if column.history)
    if not kept:
        return None
    places = {probe.columns[i].key: place for place, i in enumerate(kept)}
    return Plan(kept, tuple(probe.index(key) for key in probe.key), places)


class Track:
    """Points of one row: a time, and a float32 per kept column; NaN where there is no number."""

    __slots__ = ("at", "gap", "values")

    def __init__(self) -> None:
        self.at = array("d")
        self.values = array("f")
        self.gap = False
        """Whether the last point says that there was no answer."""

    def append(self, at: float, point: Sequence[float], depth: int) -> None:
        """Add a point; cut the oldest when far more than `depth` are there."""
        self.at.append(at)
        self.values.extend(point)
        over = len(self.at) - depth
        if over > depth * (SLACK - 1):
            del self.at[:over]
            del self.values[: over * len(point)]

    def tail(self, place: int, width: int, points: int, period: float) -> list[float]:
        """The newest `points` values of a column, one per period, NaN where one is missing."""
        start = max(0, len(self.at) - points)
        values = self.values[start * width + place :: width]
        if not values or self.at[-1] - self.at[start] <= (len(values) - 0.5) * period:
            return values.tolist()
        spread: list[float] = []
        later = self.at[-1]
        for at, value in zip(reversed(self.at[start:]), reversed(values), strict=True):
            missing = round((later - at) / period) - 1
            spread.extend([math.nan] * min(missing, points - len(spread)))
            if len(spread) >= points:
                break
            spread.append(value)
            later = at
        spread.reverse()
        return spread


Tracks = dict[Row, Track]


class History:
    """Tracks per (probe, target) and row; their depth follows from how many there are."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._tracks: dict[tuple[str, str], Tracks] = {}
        self._count = 0
        self._point_bytes = 0

    @property
    def depth(self) -> int:
        """Points kept of each series."""
        return self._depth(self._count, self._point_bytes)

    def _depth(self, count: int, point_bytes: int) -> int:
        if not point_bytes:
            return DEEPEST
        room = self.budget - count * OVERHEAD
        return max(0, min(DEEPEST, int(room / (SLACK * point_bytes))))

    def record(self, pair: tuple[str, str], plan: Plan, rows: Iterable[Row], at: float) -> None:
        """Add a point for each row; forget rows that are gone."""
        tracks = self._tracks.setdefault(pair, {})
        depth = max(SHALLOWEST, self.depth)
        seen: set[Row] = set()
        for row in rows:
            key = tuple([row[i] for i in plan.key])
            track = tracks.get(key) or self._begin(tracks, key, plan)
            if track is None or key in seen:
                continue
            seen.add(key)
            track.append(at, [_number(row[i]) for i in plan.kept], depth)
            track.gap = False
        if len(seen) < len(tracks):
            for key in [key for key in tracks if key not in seen]:
                self._end(tracks, key, plan)

    def interrupt(self, pair: tuple[str, str], plan: Plan, at: float) -> None:
        """Note that there was no answer; once is enough until the next one."""
        for track in self._tracks.get(pair, {}).values():
            if not track.gap:
                track.append(at, [math.nan] * len(plan.kept), max(SHALLOWEST, self.depth))
                track.gap = True

    def forget(self, pair: tuple[str, str], plan: Plan) -> None:
        """Drop all tracks of a pair."""
        tracks = self._tracks.pop(pair, {})
        for key in list(tracks):
            self._end(tracks, key, plan)

    def tail(
        self, pair: tuple[str, str], plan: Plan, key: Row, column: str, points: int, period: float
    ) -> list[float]:
        """See `Store.trend`."""
        track = self._tracks.get(pair, {}).get(key)
        if track is None or column not in plan.places:
            return []
        return track.tail(plan.places[column], len(plan.kept), points, period)

    @property
    def bytes(self) -> int:
        """What the tracks hold by now, overhead included."""
        points = sum(
            len(track.at) * track.at.itemsize + len(track.values) * track.values.itemsize
            for tracks in self._tracks.values()
            for track in tracks.values()
        )
        return points + self._count * OVERHEAD

    def _begin(self, tracks: Tracks, key: Row, plan: Plan) -> Track | None:
        more = 8 + 4 * len(plan.kept)
        if self._depth(self._count + 1, self._point_bytes + more) < SHALLOWEST:
            return None
        self._count += 1
        self._point_bytes += more
        track = tracks[key] = Track()
        return track

    def _end(self, tracks: Tracks, key: Row, plan: Plan) -> None:
        del tracks[key]
        self._count -= 1
        self._point_bytes -= 8 + 4 * len(plan.kept)


def _number(value: Value) -> float:
    return math.nan if value is None or isinstance(value, str) else value
