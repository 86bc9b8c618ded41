"""Back-off and adaptive periods, as arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.collector.pace import Backoff, Pace
from opsconsole.errors import Denied, Lost, TargetError, Unreachable, Untrusted


def top(_: float, high: float) -> float:
    return high


@pytest.mark.parametrize("error", [Unreachable("x"), Lost("x"), TargetError("x")])
def test_attempts_double_from_one_second_to_a_minute(error: TargetError) -> None:
    backoff = Backoff(top)
    assert [backoff.next(error) for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    backoff.reset()
    assert backoff.next(error) == 1


@pytest.mark.parametrize("error", [Denied("x"), Untrusted("x")])
def test_who_was_refused_waits_longer(error: TargetError) -> None:
    backoff = Backoff(top)
    assert [backoff.next(error) for _ in range(6)] == [30, 60, 120, 240, 300, 300]


@given(st.integers(0, 2000))
def test_it_never_gives_up_and_jitters_within_half(failures: int) -> None:
    backoff = Backoff()
    for _ in range(failures):
        assert 0.5 <= backoff.next(Lost("x")) <= 60
    assert Backoff(lambda low, high: low + high).next(Lost("x")) == 1.5


def test_a_slow_answer_doubles_the_period_and_three_quick_ones_halve_it() -> None:
    pace = Pace(30.0)
    pace.answered(15.0)
    assert (pace.period, pace.slowed) == (30.0, False)
    pace.answered(15.1)
    assert (pace.period, pace.slowed) == (60.0, True)
    pace.answered(7.0)
    pace.answered(8.0)  # not quick enough to be sure
    pace.answered(7.0)
    pace.answered(7.0)
    assert pace.period == 60.0
    pace.answered(7.0)
    assert (pace.period, pace.slowed) == (30.0, False)


@given(st.floats(0.5, 3600), st.lists(st.floats(0, 60), max_size=50))
def test_an_answer_never_takes_more_than_half_of_the_next_period(
    every: float, answers: list[float]
) -> None:
    pace = Pace(every)
    for took in answers:
        pace.answered(took)
        assert took <= pace.period / 2
        assert every <= pace.period <= max(every, 4 * 60)
