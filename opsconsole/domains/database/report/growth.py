"""Where servers go: load and sessions over the period, size and when it will have doubled."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.document import Block, Cell, Chart, Field, Line, Paragraph, Section, Table
from opsconsole.domains.database.mysql import health as mysql
from opsconsole.domains.database.mysql.storage import SCHEMA
from opsconsole.domains.database.postgres import overview
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.report.reading import kind_of, reached
from opsconsole.evidence import Evidence
from opsconsole.model import Quantity, Row
from opsconsole.ports import Point
from opsconsole.spec import Probe, Recorded
from opsconsole.spelling import counted, spelled
from opsconsole.trend import DAY, ENOUGH_DAYS, ENOUGH_POINTS, Growth, growth

CHARTS = 8
"""Courses that are drawn: those that have doubled first, then the largest."""

_SIZES: tuple[tuple[Probe[Any], str], ...] = (
    (overview.SIZE, "all databases"),
    (SCHEMA, "schema"),
    (OVERVIEW, "memory"),
)  # Any: each probe has a reading type of its own

_SHARED = (
    ("connections_percent", "Connections"),
    ("sessions_active", "Sessions at work"),
    ("cache_hit_percent", "Cache hit"),
    ("replication_lag_s", "Replication lag"),
)
_COURSES: tuple[tuple[Probe[Any], tuple[tuple[str, str], ...]], ...] = (
    (overview.HEALTH, (*_SHARED, ("transactions_per_s", "Transactions"))),
    (
        mysql.HEALTH,
        (*_SHARED, ("transactions_per_s", "Transactions"), ("queries_per_s", "Queries")),
    ),
    (OVERVIEW, (*_SHARED, ("commands_per_s", "Commands"))),
)  # Any: as above

PAST = (
    *(Recorded(probe.id, "size_bytes", 35, 140) for probe, _ in _SIZES),
    *(Recorded(probe.id, key) for probe, keys in _COURSES for key, _ in keys),
)


@dataclass(frozen=True, slots=True)
class Store:
    """What one server keeps, or one schema of it."""

    target: str
    name: str
    now: float
    """Bytes."""
    points: tuple[tuple[float, float], ...]
    line: Growth | None

    @property
    def to_double(self) -> float | None:
        """Days until it is twice what it is now; None where it does not grow, or nobody knows."""
        if self.line is None or not self.line.grows or self.now <= 0:
            return None
        return self.line.days_to(self.line.now + self.now)


def stores(evidence: Evidence) -> list[Store]:
    """All that is kept: first what will have doubled first, then the largest."""
    found: list[Store] = []
    for probe, name in _SIZES:
        place = probe.index("size_bytes")
        for target in reached(evidence, kind_of(probe)):
            for row in evidence.rows(probe.id, target):
                now = row[place]
                if isinstance(now, int | float):
                    points = tuple(
                        (one.at, one.mean)
                        for one in evidence.points(probe.id, target, row, "size_bytes")
                    )
                    what = " ".join((name, *(str(part) for part in evidence.key_of(probe.id, row))))
                    found.append(Store(target, what, float(now), points, growth(points)))
    return sorted(found, key=_order)


def _order(one: Store) -> tuple[float, float, str, str]:
    days = one.to_double
    return (math.inf if days is None else days, -one.now, one.target, one.name)


_FIELDS = (
    Field("target", "Server"),
    Field("what", "What"),
    Field("now_bytes", "Now", Quantity.BYTES),
    Field("bytes_per_day", "A day"),
    Field("percent_per_week", "A week", Quantity.PERCENT),
    Field("days_to_double", "Days to double", Quantity.COUNT),
    Field("rests_on_days", "Rests on days", Quantity.NUMBER),
    Field("sureness", "How sure"),
    Field("course", "Course"),
)


def section(evidence: Evidence) -> Section:
    """Size and its growth, with where it leads."""
    found = stores(evidence)
    table = Table(_FIELDS, tuple(map(_row, found)), empty="No server said how much it keeps.")
    return Section("Growth and forecast", (Paragraph(_told(found)), table, *_charts(found)))


def _told(found: list[Store]) -> str:
    grown = [one for one in found if one.to_double is not None]
    short = sum(one.line is None for one in found)
    parts: list[str] = []
    if grown:
        parts.append(f"{first_doubled(grown[0])}.")
    elif len(found) > short:
        parts.append("Nothing will have doubled within two years if it goes on like this.")
    if short:
        parts.append(
            f"Of {short} of {len(found)} nothing is said: a line needs {ENOUGH_DAYS:.0f} days and"
            f" {ENOUGH_POINTS} recorded stretches."
        )
    return " ".join(parts)


def first_doubled(one: Store) -> str:
    """What will have doubled, and when."""
    days = counted(int(one.to_double or 0), "day")
    return f"First to have doubled: {one.name} on {one.target}, in {days}"


def _row(one: Store) -> tuple[Cell, ...]:
    line = one.line
    steady = line is not None and line.noise
    per_day = None if line is None else 0.0 if steady else line.per_day
    days = one.to_double
    return (
        clean(one.target),
        clean(one.name, 100),
        one.now,
        None if per_day is None else _signed(Quantity.BYTES, per_day),
        None if per_day is None or one.now <= 0 else round(700 * per_day / one.now, 1) + 0.0,
        None if days is None else int(days),
        round(line.days, 1) if line else None,
        _sureness(one),
        tuple(value for _, value in one.points),
    )


def _signed(unit: Quantity, value: float) -> Clean:
    return clean(f"{'-' if value < 0 else '+'}{spelled(unit, abs(value))}")


def _sureness(one: Store) -> Clean:
    if one.line is None:
        days = (one.points[-1][0] - one.points[0][0]) / DAY if one.points else 0.0
        return clean(f"not enough history: {days:.1f} days")
    if one.line.noise:
        return Clean("does not grow")
    return clean(f"{one.line.sureness} (R² {one.line.fit:.2f})")


def _charts(found: list[Store]) -> Iterator[Chart]:
    """Recorded courses; of one that grows, also where it leads in as long again."""
    for one in [each for each in found if each.line][:CHARTS]:
        since, until = one.points[0][0], one.points[-1][0]
        lines = [Line("measured", one.points)]
        if one.line and one.line.grows:
            end = until + (until - since)
            goal = one.line.now + one.line.per_day * (end - until) / DAY
            lines.append(Line("if it goes on", ((until, one.line.now), (end, goal))))
            until = end
        yield Chart(f"{one.target}: {one.name}", Quantity.BYTES, since, until, tuple(lines))


_LOAD = (
    Field("target", "Server"),
    Field("what", "What"),
    Field("now", "Now"),
    Field("mean", "Mean"),
    Field("peak", "Peak"),
    Field("per_week", "Growth a week"),
    Field("course", "7 days"),
)


def load(evidence: Evidence) -> Section:
    """Sessions, throughput, cache and lag: now, over the period, and where they go."""
    rows = tuple(line for probe, keys in _COURSES for line in _lines(evidence, probe, keys))
    about = "Mean and peak are of the period; growth is of the recorded days, where it is no noise."
    blocks: tuple[Block, ...] = (Paragraph(about), Table(_LOAD, rows, empty="No server answered."))
    return Section("Load", blocks)


def _lines(
    evidence: Evidence,
    probe: Probe[Any],  # Any: as above
    keys: tuple[tuple[str, str], ...],
) -> Iterator[tuple[Cell, ...]]:
    for target in reached(evidence, kind_of(probe)):
        for row in evidence.rows(probe.id, target):
            for key, title in keys:
                yield from _line(evidence, probe, target, row, (key, title))


def _line(
    evidence: Evidence,
    probe: Probe[Any],  # Any: as above
    target: str,
    row: Row,
    what: tuple[str, str],
) -> Iterator[tuple[Cell, ...]]:
    key, title = what
    value, kind = row[probe.index(key)], probe.columns[probe.index(key)].quantity
    points = evidence.points(probe.id, target, row, key)
    mean, peak = _over([one for one in points if evidence.since <= one.at])
    if value is None and mean is None:
        return
    yield (
        clean(target),
        clean(title),
        *(clean(spelled(kind, one)) for one in (value, mean, peak)),
        _a_week(points, kind),
        evidence.course(probe.id, target, row, key),
    )


def _over(points: list[Point]) -> tuple[float | None, float | None]:
    known = [point for point in points if math.isfinite(point.mean)]
    if not known:
        return None, None
    return math.fsum(point.mean for point in known) / len(known), max(one.high for one in known)


def _a_week(points: tuple[Point, ...], kind: Quantity) -> Clean:
    line = growth([(point.at, point.mean) for point in points])
    if line is None:
        return Clean("not enough history")
    return Clean("steady") if line.noise else _signed(kind, 7 * line.per_day)
