"""Many values of a course, gathered into the few that a plot has room for."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from operator import mul
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
    step = (until - since) / points
    begins = [since + place * step for place in range(points)]
    found: dict[float, tuple[Point, int]] = {}
    for course in _end_to_end(courses):
        told = _gathered(course, begins)
        if not found:
            found = told
            continue
        for begin, (point, weight) in told.items():
            one, before = found.get(begin, (point, 0))
            found[begin] = _joined(one, before, point, weight), before + weight
    return [found[begin][0] for begin in sorted(found)]


def _end_to_end(courses: Sequence[Course]) -> Iterator[Course]:
    """Fewer and longer courses: single values that go on where others end are one course."""
    times: list[float] = []
    values: list[float] = []
    for course in courses:
        if course.weights:
            yield course
        elif course.times:
            if times and times[-1] > course.times[0]:
                yield Course(times, values, values, values, ())
                times, values = [], []
            times += course.times
            values += course.means
    if times:
        yield Course(times, values, values, values, ())


def _gathered(course: Course, begins: Sequence[float]) -> dict[float, tuple[Point, int]]:
    """What was in each stretch, and how many values that is, by its beginning."""
    times, means, lows, highs, counts = course
    starts = [bisect_left(times, begin) for begin in begins]
    spans = zip(begins, starts, [*starts[1:], len(times)], strict=True)
    if not counts:
        return {
            begin: (Point(begin, sum(some) / len(some), min(some), max(some)), len(some))
            for begin, start, end in spans
            if (some := means[start:end])
        }
    found: dict[float, tuple[Point, int]] = {}
    for begin, start, end in spans:
        if start < end:
            weight = sum(counts[start:end]) or 1
            mean = sum(map(mul, means[start:end], counts[start:end])) / weight
            low, high = min(lows[start:end]), max(highs[start:end])
            found[begin] = Point(begin, mean, low, high), weight
    return found


def _joined(one: Point, weight: int, other: Point, more: int) -> Point:
    mean = (one.mean * weight + other.mean * more) / (weight + more)
    return Point(one.at, mean, min(one.low, other.low), max(one.high, other.high))
