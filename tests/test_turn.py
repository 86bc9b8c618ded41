"""What a watched list says is framed, and taken apart again."""

import pytest

from opsconsole.errors import Malformed
from opsconsole.turn import Phase, Turn, body_of, framed, keyed, phase_of, settled, unframed


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("body", [b"", b'{"a":1}\n{"b":2}\n', b"\n\n"])
def test_what_is_framed_comes_apart(phase: Phase, body: bytes) -> None:
    assert unframed(framed(phase, body)) == (phase, body)
    assert (phase_of(framed(phase, body)), bytes(body_of(framed(phase, body)))) == (phase, body)


@pytest.mark.parametrize("payload", [b"", b"first", b"never\n", b"\xff\n", b"first " * 9 + b"\n"])
def test_what_has_no_phase_is_refused(payload: bytes) -> None:
    with pytest.raises(Malformed, match="phase"):
        unframed(payload)


def test_those_that_went_stand_in_the_place_of_those_that_are_there() -> None:
    turn = Turn(Phase.EVENTS, ("a",), ("b", "c"))
    assert turn.departed == Turn(Phase.EVENTS, ("b", "c"))


def test_the_phase_alone_is_read_without_the_body() -> None:
    assert phase_of(framed(Phase.EVENTS, b"x" * 1000)) is Phase.EVENTS
    with pytest.raises(Malformed, match="phase"):
        phase_of(b"first" + b" " * 1000 + b"\n")


def test_of_each_object_the_last_event_counts() -> None:
    events = [("a", 1, True), ("b", 2, True), ("a", 3, False), ("c", 4, False), ("c", 5, True)]
    assert settled(events) == ([2, 5], [3])


@pytest.mark.parametrize(("places", "key"), [((), ()), ((1,), (2,)), ((2, 0), (3, 1))])
def test_a_key_is_taken_from_a_row(places: tuple[int, ...], key: tuple[int, ...]) -> None:
    assert keyed(places)((1, 2, 3)) == key
