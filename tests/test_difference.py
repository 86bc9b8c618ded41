"""What is different between two inventories, and how it is told."""

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean
from opsconsole.difference import MOST, Change, changed, difference
from opsconsole.model import Row


def rows(*things: tuple[str, str, str]) -> list[Row]:
    return [tuple(map(Clean, thing)) for thing in things]


def test_new_gone_and_other_values() -> None:
    before = rows(("package", "a", "1"), ("package", "b", "1"), ("user", "eve", "7"))
    now = rows(("user", "eve", "7"), ("package", "b", "2"), ("package", "c", "1"))
    found = difference(before, now)
    assert [one.words for one in found] == [
        "package b: 1 -> 2",
        "package c is new: 1",
        "package a is gone: 1",
    ]
    assert found[0] == Change(Clean("package"), Clean("b"), Clean("1"), Clean("2"))


def test_a_kind_that_one_side_does_not_know_is_no_change() -> None:
    assert difference(rows(("package", "a", "1")), rows(("user", "eve", "7"))) == []


def test_lines_of_the_timeline_keep_both_values() -> None:
    [one] = changed("web-1", 5.0, rows(("sysctl", "x", "1")), rows(("sysctl", "x", "2")))
    assert (one.kind, one.target, one.object) == ("change", "web-1", "sysctl x")
    assert (one.before, one.after) == ("1", "2")


def test_an_upgrade_of_everything_is_told_up_to_a_point() -> None:
    many = [("package", str(at), "1") for at in range(MOST + 25)]
    found = changed("web-1", 5.0, rows(*many), rows(*((k, n, "2") for k, n, _ in many)))
    assert len(found) == MOST + 1
    assert found[-1].text == "and 25 more changes"


THINGS = st.dictionaries(
    st.tuples(st.sampled_from("kl"), st.sampled_from("abc")), st.sampled_from("12")
)


@given(THINGS, THINGS)
def test_there_and_back_is_the_same_turned_round(
    one: dict[tuple[str, str], str], other: dict[tuple[str, str], str]
) -> None:
    first = rows(*((k, n, v) for (k, n), v in one.items()))
    second = rows(*((k, n, v) for (k, n), v in other.items()))
    there = {(c.kind, c.name, c.before, c.after) for c in difference(first, second)}
    back = {(c.kind, c.name, c.after, c.before) for c in difference(second, first)}
    assert there == back
    assert difference(first, first) == []
