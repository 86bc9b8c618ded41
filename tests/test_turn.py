"""What a watched list says is framed, and taken apart again."""

import pytest

from opsconsole.errors import Malformed
from opsconsole.turn import Phase, Turn, framed, unframed


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("body", [b"", b'{"a":1}\n{"b":2}\n', b"\n\n"])
def test_what_is_framed_comes_apart(phase: Phase, body: bytes) -> None:
    assert unframed(framed(phase, body)) == (phase, body)


@pytest.mark.parametrize("payload", [b"", b"first", b"never\n", b"\xff\n", b"first " * 9 + b"\n"])
def test_what_has_no_phase_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed, match="phase"):
        unframed(payload)


def test_those_that_went_stand_in_the_place_of_those_that_are_there() -> None:
    turn = Turn(Phase.EVENTS, ("a",), ("b", "c"))
    assert turn.departed == Turn(Phase.EVENTS, ("b", "c"))
