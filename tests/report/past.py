"""A recording in memory: courses by formula, and what happened."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from opsconsole.alert import Alerts, Occurrence
from opsconsole.model import Row, Sample
from opsconsole.ports import Point

Course = Callable[[float], float]
"""Value at a Unix time; NaN where nothing was recorded."""


class MemoryPast:
    """As `ports.Past` says."""

    def __init__(
        self,
        courses: Mapping[tuple[str, str, Row, str], Course],
        span: tuple[float, float] | None,
        occurrences: Sequence[Occurrence] = (),
        samples: Sequence[Sample] = (),
    ) -> None:
        self._courses = courses
        self._span = span
        self._occurrences = occurrences
        self._samples = samples

    @property
    def span(self) -> tuple[float, float] | None:
        return self._span

    def pairs(self) -> list[tuple[str, str]]:
        return sorted({(probe, target) for probe, target, _, _ in self._courses})

    def at(self, moment: float, pairs: Sequence[tuple[str, str]] | None = None) -> list[Sample]:
        newest = {(one.probe, one.target): one for one in self._samples if one.at <= moment}
        return [one for pair, one in newest.items() if pairs is None or pair in pairs]

    def between(
        self, since: float, until: float, pairs: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[Sample]:
        for one in self._samples:
            if since < one.at <= until and (pairs is None or (one.probe, one.target) in pairs):
                yield one

    def series(
        self,
        probe: str,
        target: str,
        key: Row,
        column: str,
        since: float,
        until: float,
        points: int,
    ) -> list[Point]:
        course = self._courses.get((probe, target, key, column))
        if course is None or self._span is None:
            return []
        step = (until - since) / points
        found: list[Point] = []
        for place in range(points):
            at = since + place * step
            value = course(at) if self._span[0] <= at <= self._span[1] else math.nan
            if math.isfinite(value):
                found.append(Point(at, value, value * 0.98, value * 1.02))
        return found

    def occurrences(self, since: float, until: float) -> list[Occurrence]:
        return [one for one in self._occurrences if since <= one.at <= until]

    def alerts(self, at: float) -> Alerts | None:
        return None
