"""Who goes dark when a source is out: over feeds that stand in for each other, and in order."""

import math

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.model import Target
from opsconsole.power import NEVER, End, Power


def fed(name: str, *feeds: str, on: tuple[str, ...] = ()) -> Target:
    below = dict.fromkeys((*on, *(feed.partition("/")[0] for feed in feeds)))
    return Target(name, "host", "ssh", f"{name}.example", depends_on=tuple(below), fed_by=feeds)


ROOM = (
    fed("ups-a"),
    fed("ups-b"),
    fed("pdu-a", "ups-a"),
    fed("pdu-b", "ups-b"),
    fed("one", "pdu-a/3"),
    fed("two", "pdu-a/4", "pdu-b/4"),
    fed("app", on=("two",)),
    fed("site", on=("one", "app")),
)


def told(ends: list[End]) -> list[tuple[str, float, str, tuple[str, ...]]]:
    return [(end.target, end.seconds, end.through, end.kept) for end in ends]


def test_what_has_one_feed_goes_dark_with_it_and_what_has_two_keeps_the_other() -> None:
    assert told(Power(ROOM).ends({"ups-a": 60.0})) == [
        ("pdu-a", 60, "ups-a", ()),
        ("one", 60, "pdu-a/3", ()),
        ("site", 60, "one", ()),
        ("two", NEVER, "pdu-a/4", ("pdu-b/4",)),
    ]


def test_of_two_that_end_the_longer_one_counts_for_what_has_both() -> None:
    ends = told(Power(ROOM).ends({"ups-a": 60.0, "ups-b": 900.0}))
    assert [(name, seconds) for name, seconds, *_ in ends] == [
        ("pdu-a", 60), ("one", 60), ("site", 60), ("pdu-b", 900), ("two", 900), ("app", 900),
    ]  # fmt: skip


def test_an_outlet_takes_down_what_hangs_on_it_and_what_names_none() -> None:
    power = Power((*ROOM, fed("old", on=("pdu-a",)), fed("whole", "pdu-a")))
    assert {end.target for end in power.ends({"pdu-a/3": 0.0}) if end.dark} == {
        "one", "site", "old", "whole",
    }  # fmt: skip
    assert [end.target for end in power.ends({"pdu-a/9": 0.0}) if end.dark] == ["old", "whole"]
    assert power.ends({"nowhere": 0.0}) == []
    assert power.ends({}) == []


def test_a_machine_that_ends_takes_what_runs_on_it_along() -> None:
    host = Target("h", "host", "ssh", "h.example", depends_on=("ups-a",), fed_by=("ups-a",))
    known = (fed("ups-a"), host, Target("db", "postgres", "postgres", "h.example"))
    assert [end.target for end in Power(known).ends({"ups-a": 5.0})] == ["h", "db"]


def test_a_ups_goes_on_without_the_host_that_tells_of_it() -> None:
    known = (
        Target("ups-a", "nut", "nut", "nut.example"),
        Target("ups-b", "nut", "nut", "nut.example"),
        Target("nut-1", "host", "ssh", "nut.example", depends_on=("ups-a",), fed_by=("ups-a",)),
        fed("other", "ups-b"),
    )
    assert [end.target for end in Power(known).ends({"ups-a": 5.0})] == ["nut-1"]


@given(
    st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=8, max_size=8),
    st.dictionaries(st.integers(0, 7), st.floats(0, 1e6), max_size=4),
)
def test_nobody_ends_before_its_first_source(feeds: list[list[int]], out: dict[int, float]) -> None:
    """Circles too, which the estate refuses."""
    known = [fed(str(at), *(str(one) for one in ons)) for at, ons in enumerate(feeds)]
    for end in Power(known).ends({str(name): left for name, left in out.items()}):
        assert end.seconds == math.inf or end.seconds >= min(out.values())
        assert end.dark or end.kept
