"""The capacity plan: when each file system, memory and link is full, if it goes on like this."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from opsconsole import chapter
from opsconsole.clean import Clean, clean
from opsconsole.document import (
    Cell,
    Chart,
    Document,
    Field,
    Line,
    Mark,
    Paragraph,
    Section,
    Table,
)
from opsconsole.domains.system.host import filesystem, health, interface, vitals
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Quantity, Row
from opsconsole.ports import Point
from opsconsole.spec import Recorded, Report
from opsconsole.spelling import counted, spelled
from opsconsole.trend import DAY, ENOUGH_DAYS, ENOUGH_POINTS, Growth, growth

SOON = 80.0
"""Percent from which buying, cleaning or moving should be under way."""
CHARTS = 8
"""Courses that are drawn: those that are full first."""
URGENT_DAYS, NEAR_DAYS = 14.0, 60.0

PAST = (
    Recorded(filesystem.PROBE.id, "used_percent", 35, 140),
    Recorded(health.PROBE.id, "filesystem_used_percent", 35, 140),
    Recorded(vitals.PROBE.id, "memory_used_percent", 35, 140),
    Recorded(interface.PROBE.id, "utilisation_percent", 35, 140),
)


@dataclass(frozen=True, slots=True)
class Stock:
    """One thing that can fill up."""

    target: str
    name: str
    now: float
    """Percent."""
    points: tuple[tuple[float, float], ...]
    line: Growth | None
    whole: float | None = None
    """Bytes or bits per second that 100 % are; None where that is not known."""
    unit: Quantity = Quantity.BYTES

    @property
    def to_soon(self) -> float | None:
        """Days to `SOON` percent."""
        return 0.0 if self.now >= SOON else self._days(SOON)

    @property
    def to_full(self) -> float | None:
        """Days to 100 percent."""
        return 0.0 if self.now >= 100 else self._days(100)

    def _days(self, goal: float) -> float | None:
        return self.line.days_to(goal) if self.line else None

    @property
    def level(self) -> Level:
        """How near its end is."""
        soonest = self.to_full if self.to_full is not None else math.inf
        if soonest <= URGENT_DAYS:
            return Level.CRIT
        if soonest <= NEAR_DAYS or self.now >= SOON:
            return Level.WARN
        return Level.OK if self.line else Level.UNKNOWN

    @property
    def order(self) -> tuple[float, float, float, str, str]:
        """Worst first."""
        far = math.inf
        full = far if self.to_full is None else self.to_full
        soon = far if self.to_soon is None else self.to_soon
        return (full, soon, -self.now, self.target, self.name)


def stocks(evidence: Evidence) -> list[Stock]:
    """All that can fill up, worst first."""
    found = [
        stock
        for target in evidence.targets
        for part in (_disks, _memory, _links)
        for stock in part(evidence, target.id)
    ]
    return sorted(found, key=lambda stock: stock.order)


def _means(points: tuple[Point, ...]) -> tuple[tuple[float, float], ...]:
    return tuple((point.at, point.mean) for point in points)


def _busiest(points: tuple[Point, ...]) -> tuple[tuple[float, float], ...]:
    """The busiest stretch of each day: a link must be wide enough for that one."""
    days: dict[int, Point] = {}
    for point in points:
        day = int(point.at // DAY)
        if day not in days or point.mean > days[day].mean:
            days[day] = point
    # The oldest day is rarely whole: its busiest stretch may not be there.
    return _means(tuple(days[day] for day in sorted(days)[1:]))


def _disks(evidence: Evidence, target: str) -> Iterator[Stock]:
    probe = filesystem.PROBE
    at = {column.key: place for place, column in enumerate(probe.columns)}
    for row in evidence.rows(probe.id, target):
        used, size, state = row[at["used_percent"]], row[at["size_bytes"]], row[at["state"]]
        if not isinstance(used, int | float) or state != filesystem.OK:
            continue
        points = evidence.points(probe.id, target, row, "used_percent")
        if not points:
            points = _fullest(evidence, target, str(row[at["mount"]]))
        whole = float(size) if isinstance(size, int | float) else None
        means = _means(points)
        yield Stock(target, f"file system {row[at['mount']]}", used, means, growth(means), whole)


def _fullest(evidence: Evidence, target: str, mount: str) -> tuple[Point, ...]:
    """The course of the fullest file system, which is always recorded, if that is the one."""
    for row in evidence.rows(health.PROBE.id, target):
        if row[health.PROBE.index("fullest_filesystem")] == mount:
            return evidence.points(health.PROBE.id, target, row, "filesystem_used_percent")
    return ()


def _memory(evidence: Evidence, target: str) -> Iterator[Stock]:
    probe = vitals.PROBE
    for row in evidence.rows(probe.id, target):
        used, total = row[probe.index("memory_used_percent")], _total(row)
        if isinstance(used, int | float):
            means = _means(evidence.points(probe.id, target, row, "memory_used_percent"))
            yield Stock(target, "memory", used, means, growth(means), total)


def _total(row: Row) -> float | None:
    total = row[vitals.PROBE.index("memory_total_bytes")]
    return float(total) if isinstance(total, int | float) else None


def _links(evidence: Evidence, target: str) -> Iterator[Stock]:
    probe = interface.PROBE
    for row in evidence.rows(probe.id, target):
        used, speed = (row[probe.index(key)] for key in ("utilisation_percent", "speed_bits_per_s"))
        if not isinstance(used, int | float) or not isinstance(speed, int | float):
            continue
        busy = _busiest(evidence.points(probe.id, target, row, "utilisation_percent"))
        line = growth(busy)
        now = busy[-1][1] if busy else float(used)
        yield Stock(
            *(target, f"link {row[0]}", now, busy, line),
            *(float(speed), Quantity.BITS_PER_S),
        )


_FIELDS = (
    Field("state", "State", Quantity.STATE),
    Field("target", "Host"),
    Field("what", "What"),
    Field("now_percent", "Now", Quantity.PERCENT),
    Field("growth_percent_per_week", "A week", Quantity.PERCENT),
    Field("growth_per_week", "That is"),
    Field("days_to_80", "Days to 80 %", Quantity.COUNT),
    Field("days_to_full", "Days to full", Quantity.COUNT),
    Field("rests_on_days", "Rests on days", Quantity.NUMBER),
    Field("sureness", "How sure"),
    Field("course", "Course"),
)


def section(evidence: Evidence) -> Section:
    """The plan as a part of another document."""
    found = stocks(evidence)
    level = max((stock.level for stock in found), default=Level.UNKNOWN)
    return Section(
        "Capacity plan",
        (
            Paragraph(_said(found)),
            Table(_FIELDS, tuple(map(_row, found)), empty="Nothing that can fill up answered."),
            *_charts(found),
        ),
        level,
    )


def _row(stock: Stock) -> tuple[Cell, ...]:
    line = stock.line
    week = 7 * line.per_day if line else None
    amount = None if week is None or stock.whole is None else week * stock.whole / 100
    return (
        stock.level,
        clean(stock.target),
        clean(stock.name),
        stock.now,
        None if week is None else round(week, 1) + 0.0,
        None if amount is None else _signed(stock.unit, amount),
        _days(stock.to_soon),
        _days(stock.to_full),
        round(line.days, 1) if line else None,
        _sureness(stock),
        tuple(value for _, value in stock.points),
    )


def _signed(unit: Quantity, value: float) -> Clean:
    return clean(f"{'-' if value < 0 else '+'}{spelled(unit, abs(value))}")


def _days(days: float | None) -> int | None:
    return None if days is None else int(days)


def _sureness(stock: Stock) -> Clean:
    if stock.line is None:
        days = (stock.points[-1][0] - stock.points[0][0]) / DAY if stock.points else 0.0
        return clean(f"not enough history: {days:.1f} days")
    if not stock.line.grows:
        return Clean("does not grow")
    return clean(f"{stock.line.sureness} (R² {stock.line.fit:.2f})")


def _said(found: list[Stock]) -> str:
    """What it comes to, in a sentence or two."""
    full = [stock for stock in found if stock.to_full is not None]
    near = [stock for stock in full if (stock.to_full or 0.0) <= NEAR_DAYS]
    over = sum(stock.now >= SOON for stock in found)
    short = sum(stock.line is None for stock in found)
    parts = [
        f"Of {len(found)} file systems, memories and links {len(near)} will be full within"
        f" {NEAR_DAYS:.0f} days if it goes on like this; over {SOON:.0f} % now: {over}."
    ]
    if near:
        parts.append(f"{first_full(near[0])}.")
    if short:
        parts.append(
            f"Of {short} nothing is said: a line needs {ENOUGH_DAYS:.0f} days and"
            f" {ENOUGH_POINTS} recorded stretches."
        )
    return " ".join(parts)


def first_full(stock: Stock) -> str:
    """What will be full first, and when."""
    days = counted(_days(stock.to_full) or 0, "day")
    return f"First to be full: {stock.name} on {stock.target}, in {days}"


def _charts(found: list[Stock]) -> Iterator[Chart]:
    """The courses of what is full first; of a line, also where it leads."""
    drawn = [one for one in found if one.line and (one.to_full is not None or one.now >= SOON)]
    for stock in drawn[:CHARTS]:
        since, until = stock.points[0][0], stock.points[-1][0]
        lines = [Line("measured", stock.points)]
        ahead = min(stock.to_full or 0.0, (until - since) / DAY)
        if stock.line and stock.line.grows and ahead > 0:
            end = until + ahead * DAY
            goal = stock.line.now + stock.line.per_day * ahead
            lines.append(Line("if it goes on", ((until, stock.line.now), (end, goal))))
            until = end
        yield Chart(
            f"{stock.target}: {stock.name}",
            Quantity.PERCENT,
            since,
            until,
            tuple(lines),
            (Mark("plan from", SOON),),
            100.0,
        )


def build(evidence: Evidence) -> Document:
    """The plan alone, for the month."""
    plan = section(evidence)
    return Document(
        "system.capacity",
        "Capacity plan",
        *(evidence.now, evidence.since, evidence.until),
        (*chapter.unreached(evidence), plan, chapter.basis(evidence)),
        plan.level,
    )


REPORT = Report(
    id="system.capacity",
    title="Capacity plan",
    about="When each file system, memory and link will be full, for who plans the month.",
    kinds=("host",),
    probes=(filesystem.PROBE.id, health.PROBE.id, vitals.PROBE.id, interface.PROBE.id),
    past=PAST,
    build=build,
    hours=35 * 24,
)
