"""The splitter: whole answers, however the bytes arrive, in bounded time and memory."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed
from opsconsole.transports.framing import LIMIT, Splitter

WIRE = b"cpu 1 2 3\nmem 4\n--opsconsole vitals--\n--opsconsole empty--\n\n--opsconsole vitals--\n"
ANSWERS = [("vitals", b"cpu 1 2 3\nmem 4\n"), ("empty", b""), ("vitals", b"\n")]


def split(*chunks: bytes) -> list[tuple[str, bytes]]:
    splitter = Splitter({})
    return [answer for chunk in chunks for answer in splitter.feed(chunk)]


def test_one_chunk_holds_all() -> None:
    assert split(WIRE) == ANSWERS


def test_every_single_cut_gives_the_same_answers() -> None:
    for at in range(len(WIRE) + 1):
        assert split(WIRE[:at], WIRE[at:]) == ANSWERS, at


def test_byte_by_byte_gives_the_same_answers() -> None:
    assert split(*(WIRE[i : i + 1] for i in range(len(WIRE)))) == ANSWERS


LINES = st.lists(
    st.sampled_from(
        [b"", b"x 1", b"--opsconsole", b" --opsconsole a--", b"--opsconsol", b"--", b"\xff\x00\r"]
    )
)


@given(
    st.lists(st.tuples(st.sampled_from(["vitals", "a", "disk.io_2"]), LINES)),
    st.lists(st.integers(0, 400)),
)
def test_any_answers_cut_anywhere_come_back(
    said: list[tuple[str, list[bytes]]], cuts: list[int]
) -> None:
    answers = [(name, b"".join(line + b"\n" for line in lines)) for name, lines in said]
    wire = b"".join(payload + f"--opsconsole {name}--\n".encode() for name, payload in answers)
    edges = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    chunks = [wire[a:b] for a, b in pairwise(edges)]
    assert split(*chunks) == answers


@pytest.mark.parametrize(
    "line",
    [
        b"--opsconsole UPPER--\n",
        b"--opsconsole --\n",
        b"--opsconsole a b--\n",
        b"--opsconsole vitals\n",
        b"--opsconsole " + b"x" * 60,
        b"--opsconsole \x1b[2J--\n",
    ],
)
def test_a_marker_with_a_bad_name_is_malformed(line: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        split(b"payload\n" + line)
    assert "\x1b" not in str(caught.value)


def test_an_answer_without_end_is_malformed_and_memory_stays_bounded() -> None:
    splitter = Splitter({})
    chunk = b"y" * 65535 + b"\n"
    for _ in range(LIMIT // len(chunk) - 1):
        assert splitter.feed(chunk) == []
    with pytest.raises(Malformed, match="8192 KiB"):
        splitter.feed(chunk * 2)
    assert len(splitter.waiting) <= LIMIT + 2 * len(chunk)


def test_an_answer_just_under_the_limit_passes() -> None:
    payload = (b"z" * 1023 + b"\n") * (LIMIT // 1024 - 1)
    assert split(payload, b"--opsconsole big--\n") == [("big", payload)]


def test_names_a_target_invents_are_not_remembered_without_end() -> None:
    names: dict[bytes, str] = {}
    splitter = Splitter(names)
    for n in range(2000):
        assert splitter.feed(f"--opsconsole n{n}--\n".encode()) == [(f"n{n}", b"")]
    assert len(names) <= 256


def test_what_came_after_the_last_marker_can_be_read() -> None:
    splitter = Splitter({})
    splitter.feed(b"a\n--opsconsole x--\nsh: not found\n")
    assert splitter.waiting == b"sh: not found\n"
