"""Lines keep their numbers, pass filters, are found, and give way when there are too many."""

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import clean
from widgets.text.finder import Finder, finder
from widgets.text.lines import Lines, TextLine


def lines(*texts: str) -> list[TextLine]:
    return [TextLine(clean(text)) for text in texts]


def shown(found: Lines) -> list[str]:
    return [found[number].text for number in found.shown]


def test_a_filter_holds_for_what_comes_later() -> None:
    found = Lines()
    found.add(lines("one", "two"))
    found.set_filter("o")
    found.add(lines("three", "four"))
    assert shown(found) == ["one", "two", "four"]
    found.set_filter("")
    assert shown(found) == ["one", "two", "three", "four"]


def test_the_oldest_give_way_and_numbers_stay() -> None:
    found = Lines(limit=100_000)
    found.set_filter("7")
    found.add(lines(*map(str, range(1000))))
    assert found.dropped > 0
    assert found[999].text == "999"
    assert shown(found) == [str(n) for n in range(found.dropped, 1000) if "7" in str(n)]
    try:
        found[0]
    except IndexError:
        return
    raise AssertionError("a line that went is still there")


@given(st.lists(st.text("ab", max_size=3), max_size=12), st.integers(-2, 14), st.booleans())
def test_finding_goes_round_once(texts: list[str], start: int, down: bool) -> None:
    found = Lines()
    found.add(lines(*texts))
    by = 1 if down else -1
    hit = found.find(Finder("b"), start, by)
    at = {number for number, text in enumerate(texts) if "b" in text}
    if hit is None:
        assert not at
        return
    later = [n for n in sorted(at) if n > start] if down else [n for n in sorted(at) if n < start]
    rest = sorted(at)
    expected = (later or rest)[0] if down else (later or rest)[-1]
    assert hit == expected


def test_capitals_count_only_when_there_are_some() -> None:
    assert Finder("err")("an ERROR")
    assert not Finder("Err")("an ERROR")


def test_a_pattern_is_looked_for_in_linear_time_and_bad_ones_as_text() -> None:
    assert Finder("a.c")("abc")
    assert not Finder("(a+)+$")("a" * 5000 + "!")
    assert Finder("a(")("a(b")
    assert finder("") is None


def test_where_it_stands() -> None:
    assert Finder("ab").spans("xABxab") == [(1, 3), (4, 6)]
    assert Finder("a.").spans("xab") == [(0, 3)]
    assert Finder("i").spans("İi") == []
