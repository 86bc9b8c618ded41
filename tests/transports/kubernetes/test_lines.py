"""Lines of a stream, however it is cut."""

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.transports.kubernetes.lines import Lines


@given(st.lists(st.binary(max_size=12)), st.integers(1, 9))
def test_lines_are_the_same_however_they_are_cut(lines: list[bytes], step: int) -> None:
    sent = [line.replace(b"\n", b"") for line in lines]
    whole = b"".join(line + b"\n" for line in sent)
    cut = Lines()
    heard = [one for at in range(0, len(whole), step) for one in cut.feed(whole[at : at + step])]
    assert heard == [line for line in sent if line]
    assert cut.skipped == 0


def test_half_a_line_waits_for_its_rest() -> None:
    cut = Lines()
    assert cut.feed(b'{"a":') == []
    assert cut.feed(b"1") == []
    assert cut.feed(b'}\n{"b"') == [b'{"a":1}']
    assert cut.feed(b":2}\n") == [b'{"b":2}']


@given(st.integers(1, 30))
def test_what_is_too_long_is_left_out_and_counted_once(step: int) -> None:
    whole = b"one\n" + b"x" * 100 + b"\ntwo\n"
    cut = Lines(longest=10)
    heard = [one for at in range(0, len(whole), step) for one in cut.feed(whole[at : at + step])]
    assert heard == [b"one", b"two"]
    assert cut.skipped == 1


def test_a_line_of_the_longest_size_is_none_too_long() -> None:
    cut = Lines(longest=4)
    assert cut.feed(b"aaaa\nbbbbb\nc\n") == [b"aaaa", b"c"]
    assert cut.skipped == 1
