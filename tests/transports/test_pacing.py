"""What holds writes to their map: clamp, steps and pauses, and the way back."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Refused
from opsconsole.fieldmap.clamp import Clamp
from opsconsole.reading import Physical
from opsconsole.transports.pacing import Writings, wanted


def test_nothing_says_where_a_value_may_be_but_of_temperatures() -> None:
    assert Clamp().ends(Physical.TEMPERATURE) == (18, 27)
    assert Clamp(low=20).ends(Physical.TEMPERATURE) == (20, 27)
    assert Clamp(low=20).ends(Physical.LEVEL) is None
    assert Clamp(low=20, high=30).ends(Physical.LEVEL) == (20, 30)


@pytest.mark.parametrize(
    ("clamp", "why"),
    [
        (Clamp(), "without a clamp"),
        (Clamp(low=2, high=1), "below high"),
        (Clamp(low=0, high=1e99), "below high"),
        (Clamp(low=0, high=1, step=0), "step"),
        (Clamp(low=0, high=1, pause_s=-1), "pause_s"),
    ],
)
def test_a_clamp_that_makes_no_sense_is_none(clamp: Clamp, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        clamp.check(clamp.ends(Physical.LEVEL))


@given(st.floats() | st.floats(17, 28))
def test_what_is_outside_is_refused(said: float) -> None:
    if 18 <= said <= 27:
        assert wanted("t", "k", str(said), (18, 27), "°C") == said
    else:
        with pytest.raises(Refused, match="outside of 18 to 27 °C"):
            wanted("t", "k", str(said), (18, 27), "°C")


@given(st.text(max_size=9))
def test_what_is_no_number_is_outside_too(said: str) -> None:
    with contextlib.suppress(Refused):
        assert 18 <= wanted("t", "k", said, (18, 27), "°C") <= 27


def test_steps_and_pauses_hold_but_on_the_way_back() -> None:
    writings, clamp = Writings(), Clamp(low=0, high=100, step=3)
    writings.paced("t", "k", clamp, 23, 20)
    with pytest.raises(Refused, match="more than 3"):
        writings.paced("t", "k", clamp, 24, 20)
    writings.note("t", "k", 20)
    assert 0 < writings.pause("t", "k", clamp) <= 60
    assert writings.pause("t", "other", clamp) == 0
    with pytest.raises(Refused, match=r"wants \d+ s more"):
        writings.paced("t", "k", clamp, 24, 23)
    writings.paced("t", "k", clamp, 20, 99)
