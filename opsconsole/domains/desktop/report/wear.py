"""How long a supply lasts: from the pages it printed and the pages of a day; pure functions."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from opsconsole.ports import Point
from opsconsole.trend import FAR_DAYS, Growth, growth

Course = tuple[tuple[float, float], ...]
"""(Unix time, value), oldest first."""

REFILL = 5.0
"""Percent by which a level rises when somebody changed the cartridge; less is a second thought of
the printer."""

USED = 5.0
"""Percent that must have been used up before the pages of one percent are believed."""

SURE_USED = 20.0
"""Percent from which a change of the level by one step is of no consequence any more."""


@dataclass(frozen=True, slots=True)
class Wear:
    """When it is empty, and how that is known."""

    days: float | None
    """Days until nothing is left; None where that cannot be said."""
    pages: float | None
    """Pages until then; None where no pages are counted."""
    how: str
    """What it rests on, or why nothing is said."""


def means(points: Sequence[Point]) -> Course:
    """What was recorded, without gaps."""
    return tuple((point.at, point.mean) for point in points if math.isfinite(point.mean))


def since_refill(levels: Course) -> Course:
    """The course since the last time that somebody filled it up."""
    begin = 0
    for at in range(1, len(levels)):
        if levels[at][1] - levels[at - 1][1] >= REFILL:
            begin = at
    return levels[begin:]


def since_reset(pages: Course) -> Course:
    """The course of a counter since it last began anew."""
    begin = 0
    for at in range(1, len(pages)):
        if pages[at][1] < pages[at - 1][1]:
            begin = at
    return pages[begin:]


def rate(pages: Course) -> Growth | None:
    """Pages of a day; None while there is too little recorded."""
    return growth(since_reset(pages))


def per_percent(levels: Course, pages: Course) -> tuple[float, float] | None:
    """Pages that one percent lasts for, and the percent that this rests on.

    None while less than `USED` was used up since the last refill, or no pages were printed.
    """
    counter = since_reset(pages)
    counted = ((_between(counter, at), level) for at, level in since_refill(levels))
    both = [(count, level) for count, level in counted if count is not None]
    if not both:
        return None
    used, printed = both[0][1] - both[-1][1], both[-1][0] - both[0][0]
    return (printed / used, used) if used >= USED and printed > 0 else None


def _between(course: Course, at: float) -> float | None:
    """The value at a moment, on the line between its neighbours; None outside of the course."""
    place = bisect_left(course, (at, -math.inf))
    if place < len(course) and course[place][0] == at:
        return course[place][1]
    if not 0 < place < len(course):
        return None
    (left, low), (right, high) = course[place - 1], course[place]
    return low + (high - low) * (at - left) / (right - left)


def wear(left: float, levels: Course, pages: Course, yielded: float | None = None) -> Wear:
    """How long `left` percent last.

    `yielded`: pages of a full one, where the printer itself tells. Without a counter of pages the
    level goes by the calendar.
    """
    line = rate(pages)
    if not pages:
        return _by_calendar(left, levels)
    measured = per_percent(levels, pages)
    each = measured[0] if measured else None if yielded is None else yielded / 100
    if each is None:
        return Wear(
            None, None, "less than 5 % used since it was changed" if line else _short(pages)
        )
    if line is None:
        return Wear(None, left * each, _short(pages))
    if not line.grows:
        return Wear(None, left * each, "no page a day that could be told")
    days = left * each / line.per_day
    sure = line.sureness if measured is None or measured[1] >= SURE_USED else "poor"
    source = "pages of a full one" if measured is None else f"{measured[1]:.0f} % used"
    told = f"{sure}: {line.per_day:.0f} pages a day, {source}"
    return Wear(days if days <= FAR_DAYS else None, left * each, told)


def _by_calendar(left: float, levels: Course) -> Wear:
    """The level itself goes on falling as it did."""
    line = growth([(at, 100 - level) for at, level in since_refill(levels)])
    if line is None:
        return Wear(None, None, _short(levels))
    if not line.grows:
        return Wear(None, None, "does not fall")
    days = left / line.per_day
    return Wear(days if days <= FAR_DAYS else None, None, f"{line.sureness}: level over time")


def _short(course: Course) -> str:
    days = (course[-1][0] - course[0][0]) / 86_400 if course else 0.0
    return f"not enough history: {days:.1f} days"
