"""Windows say what a list of all values would, give or take one bucket."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.rules.window import BUCKETS, Window

START = 1_700_000_000.0

VALUES = st.lists(st.floats(0, 1000), min_size=1, max_size=200)


@given(VALUES, st.sampled_from([60.0, 600.0, 3600.0]), st.floats(0.5, 40))
@settings(deadline=None)
def test_the_mean_is_that_of_values_within_the_window(
    values: list[float], seconds: float, period: float
) -> None:
    window = Window(seconds)
    kept: list[tuple[float, float]] = []
    for number, value in enumerate(values):
        at = START + number * period
        window.add(at, value)
        kept.append((at, value))
        mean = window.mean(at)
        if at - START < 0.9 * seconds:
            assert mean is None
        elif mean is not None:
            wide = [v for t, v in kept if t > at - seconds * (1 + 1 / BUCKETS) - period]
            assert min(wide) - 1e-3 <= mean <= max(wide) + 1e-3
    width = seconds / BUCKETS
    slot = int(kept[-1][0] / width)
    inside = [v for t, v in kept if int(t / width) >= slot - BUCKETS]
    if period < seconds / 2:
        assert window.total == pytest.approx(sum(inside), rel=1e-4, abs=1e-2)


@given(st.floats(-1e-2, 1e-2), st.floats(0, 100))
@settings(deadline=None)
def test_the_slope_of_a_line_is_its_slope(slope: float, begin: float) -> None:
    window = Window(3600)
    at = START
    while at < START + 5000:
        window.add(at, begin + slope * (at - START))
        at += 30
    assert window.slope(at) == pytest.approx(slope, abs=2e-6, rel=1e-2)


@pytest.mark.parametrize("step", [3600.0, -3600.0, 1e7, 100.0, -17.0])
def test_a_clock_that_is_set_changes_nothing(step: float) -> None:
    window = Window(600)
    for number in range(400):
        window.add(START + 2 * number, float(number))
    at = START + 800
    before = window.mean(at)
    window.shift(step)
    assert window.mean(at + step) == before
    window.add(at + step, 400.0)
    after = window.mean(at + step)
    assert before is not None
    assert after is not None
    assert abs(after - before) < 15


def test_half_a_window_without_values_begins_anew() -> None:
    window = Window(600)
    for number in range(400):
        window.add(START + 2 * number, 100.0)
    window.add(START + 800 + 400, 1.0)
    assert window.mean(START + 1200) is None
    assert window.total == 1.0


def test_memory_does_not_grow() -> None:
    window = Window(60)
    sizes: set[int] = set()
    for number in range(100_000):
        window.add(START + number / 7, 1.0)
        if number % 1000 == 0:
            sizes.add(sum(sys.getsizeof(getattr(window, one)) for one in ("_sums", "_counts")))
    assert len(sizes) == 1
    assert sizes.pop() < 600


def test_what_is_no_number_passes() -> None:
    window = Window(60)
    for number in range(30):
        window.add(START + number, float("nan") if number == 3 else 5.0)
    for number in range(30, 200):
        window.add(START + number, 5.0)
    assert window.mean(START + 199) == 5.0


def test_zeros_take_no_room_and_count_all_the_same() -> None:
    window = Window(60.0)
    for second in range(90):
        window.add(START + second, 0.0)
    at = START + 89
    assert (window.mean(at), window.total, window.slope(at)) == (0.0, 0.0, 0.0)
    assert window._sums is None
    window.add(at, 61.0)
    assert window.total == 61.0
    assert 0.9 < (window.mean(at) or 0.0) < 1.1
    for second in range(90, 180):
        window.add(START + second, 0.0)
    assert window.total == 0.0
    window.shift(1000.0)
    assert window.mean(START + 1179) == 0.0


def test_the_lowest_is_that_of_two_buckets_besides_the_one_that_is_filled() -> None:
    window = Window(300.0)
    found: list[float | None] = []
    for second in range(0, 60, 10):
        window.add(START + second, 20.0 + second)
        found.append(window.lowest())
    assert found == [None, None, 30.0, 30.0, 30.0, 30.0]
    window.add(START + 60, 3.0)
    window.add(START + 70, 50.0)
    assert window.lowest() == 20.0, "one that is lower alone is none"
    window.shift(1000.0)
    window.add(START + 1080, 50.0)
    assert window.lowest() == 20.0
    window.add(START + 5000, 50.0)
    assert window.lowest() is None
