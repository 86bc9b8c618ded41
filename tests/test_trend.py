"""Growth: a line where there is one, nothing where there is too little, noise is not growth."""

import math
import random

import pytest

from opsconsole.trend import DAY, ENOUGH_POINTS, growth

HOUR = 3600.0


def _line(
    per_day: float, start: float, days: float, step: float = 6 * HOUR
) -> list[tuple[float, float]]:
    return [
        (place * step, start + per_day * place * step / DAY)
        for place in range(int(days * DAY / step) + 1)
    ]


def test_a_straight_line_is_found() -> None:
    found = growth(_line(2.0, 40.0, 10))
    assert found is not None
    assert found.per_day == pytest.approx(2.0)
    assert found.now == pytest.approx(60.0)
    assert found.fit == pytest.approx(1.0)
    assert (found.days, found.points, found.sureness) == (10.0, 41, "good")
    assert found.days_to(80) == pytest.approx(10.0)
    assert found.days_to(60) == 0.0
    assert found.days_to(50) == 0.0


@pytest.mark.parametrize("points", [[], _line(2, 40, 1.5), _line(2, 40, 30, 6 * DAY)])
def test_too_little_is_no_history(points: list[tuple[float, float]]) -> None:
    assert len(points) < ENOUGH_POINTS or points[-1][0] < 2 * DAY
    assert growth(points) is None


def test_gaps_are_no_values() -> None:
    points = _line(2.0, 40.0, 10)
    holes = [
        (at, math.nan if 10 < place < 22 else value) for place, (at, value) in enumerate(points)
    ]
    found = growth(holes)
    assert found is not None
    assert found.per_day == pytest.approx(2.0)
    assert found.points == len(points) - 11


def test_noise_and_shrinking_and_far_futures_are_no_growth() -> None:
    pick = random.Random(4)
    noise = growth([(at, 50 + pick.uniform(-5, 5)) for at, _ in _line(0, 0, 10)])
    assert noise is not None
    assert not noise.grows
    assert noise.days_to(100) is None
    shrinking = growth(_line(-1.0, 90, 10))
    assert shrinking is not None
    assert shrinking.days_to(100) is None
    slow = growth(_line(0.01, 10, 10))
    assert slow is not None
    assert slow.grows
    assert slow.days_to(100) is None
    still = growth(_line(0.0, 41.0, 10))
    assert still is not None
    assert (still.grows, still.fit) == (False, 1.0)


def test_the_rhythm_of_a_day_hides_no_growth() -> None:
    wave = [(at, value + 30 * math.sin(at / DAY * 2 * math.pi)) for at, value in _line(0.5, 20, 30)]
    found = growth(wave)
    assert found is not None
    assert found.grows
    assert found.per_day == pytest.approx(0.5, rel=0.05)
    still = growth([(at, 30 * math.sin(at / DAY * 2 * math.pi)) for at, _ in _line(0, 0, 30)])
    assert still is not None
    assert not still.grows


def test_sureness_falls_with_noise_and_shortness() -> None:
    short = growth(_line(2.0, 40.0, 2.5))
    assert short is not None
    assert short.sureness == "poor"
    pick = random.Random(9)
    rough = growth([(at, value + pick.uniform(-15, 15)) for at, value in _line(2, 40, 10)])
    assert rough is not None
    assert rough.sureness == "fair"
