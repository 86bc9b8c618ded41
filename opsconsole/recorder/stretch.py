"""Many values of a course, gathered into the few that a plot has room for."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple, cast

from opsconsole.model import Value
from opsconsole.ports import Point


class Course(NamedTuple):
    """Values in order of time: each for itself, or means, lowest and highest of some."""

    times: Sequence[float]
    means: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    weights: Sequence[int]
    """Of how many values each is; empty when each is of one."""


def course_of(times: Sequence[float], cells: Sequence[Value]) -> Course:
    """The numbers among cells."""
    numbers = cast("Sequence[float]", cells)
    if set(map(type, cells)) - {int, float} or math.isnan(sum(numbers)):
        told = [
            (at, cell)
            for at, cell in zip(times, cells, strict=True)
            if isinstance(cell, int | float) and not math.isnan(cell)
        ]
        times, numbers = [at for at, _ in told], [cell for _, cell in told]
    return Course(times, numbers, numbers, numbers, ())


def stretches(courses: Sequence[Course], since: float, until: float, points: int) -> list[Point]:
    """At most `points` stretches of equal length; those without a value are left out."""
    if points < 1 or until <= since:
        return []
    step, last = (until - since) / points, points - 1
    found: dict[int, Point] = {}
    weights: dict[int, int] = {}
    for times, means, lows, highs, counts in courses:
        at, end = bisect_left(times, since), len(times)
        while at < end:
            place = min(last, int((times[at] - since) / step))
            begin = since + place * step
            upto = bisect_left(times, begin + step, at + 1) if place < last else end
            some = means[at:upto]
            weight = upto - at
            total = sum(some)
            if counts:
                weight = sum(counts[at:upto]) or 1
                total = sum(map(float.__mul__, some, map(float, counts[at:upto])))
            point = Point(begin, total / weight, min(lows[at:upto]), max(highs[at:upto]))
            if place in found:
                point = _joined(found[place], weights[place], point, weight)
            found[place], weights[place] = point, weights.get(place, 0) + weight
            at = upto
    return [found[place] for place in sorted(found)]


def _joined(one: Point, weight: int, other: Point, more: int) -> Point:
    mean = (one.mean * weight + other.mean * more) / (weight + more)
    return Point(one.at, mean, min(one.low, other.low), max(one.high, other.high))
