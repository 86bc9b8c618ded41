"""Recent values of the columns that keep a history, within a fixed number of bytes."""

import math
from array import array
from collections.abc import Iterable, Sequence, Set
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
"""How far the room of a track may be from its depth: it moves once for many tracks that come."""

WATCHED = 2000
"""Rows of one watched list that have a track: a cluster must not shorten what all others keep."""

FIRST = 15
"""Points a new track has room for."""


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
    """Points of one row: a time, and a float32 per kept column; NaN where there is no number.

    Two rings. Their room is taken in large steps and then kept: a thousand tracks that grew and
    shrank with every few points would leave the process's memory in pieces.
    """

    __slots__ = ("_at", "_count", "_next", "_room", "_values", "_width", "gap")

    def __init__(self, width: int) -> None:
        """`width` is the number of kept columns."""
        self._width = width
        self._room = self._count = self._next = 0
        self._at = array("d")
        self._values = array("f")
        self.gap = False
        """Whether the last point says that there was no answer."""

    def append(self, at: float, point: Sequence[float], depth: int) -> None:
        """Add a point; the oldest gives way when there is no room and `depth` allows no more."""
        room = self._room
        if room > depth * SLACK:
            self._take_room(depth)
        elif self._count == room and (room < FIRST or room * SLACK <= depth):
            self._take_room(min(depth, max(FIRST, 2 * room)))
        place, width = self._next, self._width
        self._at[place] = at
        self._values[place * width : (place + 1) * width] = array("f", point)
        self._next = (place + 1) % self._room
        self._count = min(self._count + 1, self._room)

    def tail(self, place: int, points: int, period: float) -> list[float]:
        """The newest `points` values of a column, one per period, NaN where one is missing."""
        times, all_values = self._newest(min(points, self._count))
        values = all_values[place :: self._width]
        if not values or times[-1] - times[0] <= (len(values) - 0.5) * period:
            return values.tolist()
        spread: list[float] = []
        later = times[-1]
        for at, value in zip(reversed(times), reversed(values), strict=True):
            missing = round((later - at) / period) - 1
            spread.extend([math.nan] * min(missing, points - len(spread)))
            if len(spread) >= points:
                break
            spread.append(value)
            later = at
        spread.reverse()
        return spread

    def settle(self, at: float, point: Sequence[float], depth: int, period: float) -> None:
        """Add a point that holds until the next one; several in one period are one."""
        if self._count and at - self._at[self._next - 1] < period:
            place, width = (self._next - 1) % self._room, self._width
            self._values[place * width : (place + 1) * width] = array("f", point)
        else:
            self.append(at, point, depth)
        self.gap = False

    def resume(self, at: float, depth: int) -> None:
        """After a gap: what was said before it holds again."""
        _, values = self._newest(min(2, self._count))
        self.append(at, values[: self._width], depth)
        self.gap = False

    def steps(self, place: int, points: int, period: float, until: float) -> list[float]:
        """The newest values of a column whose points hold until the next, one per period."""
        times, values = self._newest(self._count)
        at = len(times) - 1
        spread: list[float] = []
        for slot in range(points):
            while at >= 0 and times[at] > until - slot * period:
                at -= 1
            if at < 0:
                break
            spread.append(values[at * self._width + place])
        spread.reverse()
        return spread

    @property
    def bytes(self) -> int:
        """Room taken, whether points are there yet or not."""
        return self._room * (self._at.itemsize + self._width * self._values.itemsize)

    def _newest(self, count: int) -> "tuple[array[float], array[float]]":
        """The last points, oldest first: their times, and the values of all columns."""
        end, width = self._next, self._width
        start = end - count
        if start >= 0:
            return self._at[start:end], self._values[start * width : end * width]
        start += self._room
        return (
            self._at[start:] + self._at[:end],
            self._values[start * width :] + self._values[: end * width],
        )

    def _take_room(self, room: int) -> None:
        """Move the newest points to rings with that much room."""
        count = min(self._count, room)
        times, values = self._newest(count)
        self._at = array("d", bytes(room * times.itemsize))
        self._values = array("f", bytes(room * self._width * values.itemsize))
        self._at[:count], self._values[: count * self._width] = times, values
        self._room, self._count, self._next = room, count, count % room


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
        """Points kept of each series, within `SLACK`."""
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

    def note(
        self, pair: tuple[str, str], plan: Plan, rows: Iterable[Row], at: float, period: float
    ) -> None:
        """Add a point for each row of a watched list that changed; it holds until the next one."""
        tracks = self._tracks.setdefault(pair, {})
        depth = max(SHALLOWEST, self.depth)
        for row in rows:
            key = tuple([row[i] for i in plan.key])
            track = tracks.get(key)
            if track is None and len(tracks) < WATCHED:
                track = self._begin(tracks, key, plan)
            if track is not None:
                track.settle(at, [_number(row[i]) for i in plan.kept], depth, period)

    def drop(self, pair: tuple[str, str], plan: Plan, keys: Iterable[Row]) -> None:
        """Forget rows of a watched list that went."""
        tracks = self._tracks.get(pair, {})
        for key in keys:
            if key in tracks:
                self._end(tracks, key, plan)

    def keep(self, pair: tuple[str, str], plan: Plan, keys: Set[Row]) -> None:
        """Forget all rows but these."""
        self.drop(pair, plan, self._tracks.get(pair, {}).keys() - keys)

    def resume(self, pair: tuple[str, str], at: float) -> None:
        """Note that a watched list stands again after there was no answer."""
        depth = max(SHALLOWEST, self.depth)
        for track in self._tracks.get(pair, {}).values():
            if track.gap:
                track.resume(at, depth)

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
        self,
        pair: tuple[str, str],
        plan: Plan,
        key: Row,
        column: str,
        points: int,
        period: float,
        until: float | None = None,
    ) -> list[float]:
        """See `Store.trend`; of a watched list, whose points hold, up to `until`."""
        track = self._tracks.get(pair, {}).get(key)
        if track is None or column not in plan.places:
            return []
        if until is not None:
            return track.steps(plan.places[column], points, period, until)
        return track.tail(plan.places[column], points, period)

    @property
    def bytes(self) -> int:
        """What the tracks hold by now, overhead included."""
        points = sum(track.bytes for tracks in self._tracks.values() for track in tracks.values())
        return points + self._count * OVERHEAD

    def _begin(self, tracks: Tracks, key: Row, plan: Plan) -> Track | None:
        more = 8 + 4 * len(plan.kept)
        if self._depth(self._count + 1, self._point_bytes + more) < SHALLOWEST:
            return None
        self._count += 1
        self._point_bytes += more
        track = tracks[key] = Track(len(plan.kept))
        return track

    def _end(self, tracks: Tracks, key: Row, plan: Plan) -> None:
        del tracks[key]
        self._count -= 1
        self._point_bytes -= 8 + 4 * len(plan.kept)


def _number(value: Value) -> float:
    return math.nan if value is None or isinstance(value, str) else value
