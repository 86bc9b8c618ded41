"""How long a supply lasts, from courses whose answer is known."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from opsconsole.domains.desktop.report.wear import (
    means,
    per_percent,
    since_refill,
    since_reset,
    wear,
)
from opsconsole.ports import Point

DAY = 86_400.0


def course(*values: float, every: float = DAY / 4) -> tuple[tuple[float, float], ...]:
    return tuple((at * every, value) for at, value in enumerate(values))


TWENTY = range(80)
"""Twenty days, four stretches a day."""

PAGES = course(*(10_000 + 25.0 * at for at in TWENTY))
"""A hundred pages a day."""

LEVEL = course(*(90 - at / 2 for at in TWENTY))
"""Two percent a day: fifty pages for each."""


def test_pages_of_a_percent_and_of_a_day_are_days() -> None:
    found = per_percent(LEVEL, PAGES)
    assert found is not None
    assert found == pytest.approx((50, 39.5))
    lasts = wear(50, LEVEL, PAGES)
    assert lasts.pages == pytest.approx(2500)
    assert lasts.days == pytest.approx(25)
    assert lasts.how == "good: 100 pages a day, 40 % used"


def test_only_what_was_used_since_the_last_change_counts() -> None:
    changed = course(*(40 - at / 2 for at in range(60)), *(100 - at for at in range(20)))
    assert since_refill(changed)[0] == (60 * DAY / 4, 100)
    assert since_refill(course(50, 53, 52, 51)) == course(50, 53, 52, 51)
    lasts = wear(81, changed, PAGES)
    assert lasts.pages == pytest.approx(81 * 25)
    assert lasts.how == "poor: 100 pages a day, 19 % used"


def test_a_cartridge_that_was_just_changed_says_nothing_yet() -> None:
    fresh = course(*(20.0 for _ in range(76)), 100, 100, 99, 99)
    lasts = wear(99, fresh, PAGES)
    assert (lasts.days, lasts.pages) == (None, None)
    assert lasts.how == "less than 5 % used since it was changed"


def test_pages_of_a_full_one_stand_where_nothing_is_measured() -> None:
    lasts = wear(99, course(99.0), PAGES, yielded=2600)
    assert lasts.pages == pytest.approx(2574)
    assert lasts.days == pytest.approx(25.74)
    assert lasts.how == "good: 100 pages a day, pages of a full one"


def test_a_counter_that_began_anew_is_no_printing_backwards() -> None:
    anew = course(*(9000 + 25.0 * at for at in range(20)), *(25.0 * at for at in range(60)))
    assert since_reset(anew)[0] == (20 * DAY / 4, 0)
    lasts = wear(50, LEVEL, anew)
    assert lasts.days == pytest.approx(25, rel=0.05)


def test_without_a_counter_of_pages_the_level_goes_by_the_calendar() -> None:
    lasts = wear(50, LEVEL, ())
    assert lasts.days == pytest.approx(25)
    assert lasts.pages is None
    assert lasts.how == "good: level over time"
    flat = wear(50, course(*(50.0 for _ in TWENTY)), ())
    assert (flat.days, flat.how) == (None, "does not fall")


def test_too_little_is_told_with_how_much_there_is() -> None:
    assert wear(50, LEVEL[:5], ()).how == "not enough history: 1.0 days"
    assert wear(50, LEVEL[:5], PAGES[:5]).how == "not enough history: 1.0 days"
    assert wear(50, (), ()).how == "not enough history: 0.0 days"
    idle = course(*(10_000.0 for _ in TWENTY))
    assert wear(50, LEVEL, idle, yielded=1000).how == "no page a day that could be told"


def test_levels_and_pages_recorded_at_other_moments_meet_on_the_line() -> None:
    late = tuple((at + 1000, level) for at, level in LEVEL)
    found = per_percent(late, PAGES)
    assert found is not None
    assert found[0] == pytest.approx(50)


def test_gaps_are_left_out() -> None:
    points = [Point(1, 5, 5, 5), Point(2, math.nan, math.nan, math.nan), Point(3, 4, 4, 4)]
    assert means(points) == ((1, 5), (3, 4))


_ODD = some.lists(some.floats(-1e12, 1e12), max_size=20).map(lambda found: course(*found))


@given(some.floats(0, 100), _ODD, _ODD, some.none() | some.floats(1, 1e9))
def test_whatever_was_recorded_nothing_lasts_less_than_no_time(
    left: float, levels: tuple[tuple[float, float], ...], pages: tuple[tuple[float, float], ...],
    yielded: float | None,
) -> None:  # fmt: skip
    lasts = wear(left, levels, pages, yielded)
    assert lasts.how
    assert lasts.days is None or lasts.days >= 0
    assert lasts.pages is None or lasts.pages >= 0
