"""Many sources, one order: each thing once, a window of it, and never more than is bearable."""

from hypothesis import given
from hypothesis import strategies as st

from opsconsole.model import Level
from opsconsole.relation import Relations
from opsconsole.timeline import KINDS, Bin, Course, density, gathered, incidents, kind
from opsconsole.timeline.course import TWIN_S
from tests.timeline.scene import T0, TARGETS, alert, it


def test_what_two_sources_tell_is_one_thing() -> None:
    live = alert(10, "db-1", "Disk is full")
    course = Course([live])
    assert course.add([alert(10 + TWIN_S, "db-1", "Disk is full")]) == []
    assert course.add([alert(9, "db-1", "Disk is full")]) == []
    later = alert(16, "db-1", "Disk is full")
    other = alert(10, "db-2", "Disk is full")
    assert course.add([later, other]) == [other, later]
    assert list(course) == [live, other, later]
    assert course.span == (T0 + 10, T0 + 16)


def test_a_silence_that_a_rule_judges_later_is_the_same_silence() -> None:
    course = Course([it(0, "watch", "a", "no answer: lost")])
    rule = it(15, "watch", "a", "Host is silent", Level.WARN, ref="host.silent|a")
    assert course.add([rule, it(16, "watch", "a", "answers again", Level.OK)])[0].text == (
        "answers again"
    )
    assert course.add([it(40, "watch", "a", "no answer: lost")])


def test_two_runs_of_an_action_are_two_things() -> None:
    runs = [it(at, "action", "db-1", "bob restarts x", Level.OK, ref=str(at)) for at in (0, 1)]
    assert Course(runs).add(runs) == []
    assert len(Course(runs)) == 2


def test_late_news_stand_where_they_belong() -> None:
    course = Course([alert(10, "a", "x"), alert(30, "a", "y")])
    course.add([alert(20, "a", "z"), alert(0, "a", "w")])
    assert [one.text for one in course] == ["w", "x", "z", "y"]


def test_a_window_and_a_scope() -> None:
    course = Course(alert(at, name, "x") for at in (0, 10, 20) for name in ("db-1", "far-1", ""))
    assert len(course.between(T0 + 10, T0 + 20)) == 6
    assert [one.target for one in course.between(T0, T0, {"db-1"})] == ["db-1", ""]
    assert course.between(T0 + 11, T0 + 12) == []


def test_the_oldest_go_first() -> None:
    course = Course(most=3)
    course.add(alert(at * 10, "a", "x") for at in range(5))
    assert [one.at - T0 for one in course] == [20, 30, 40]
    # What was forgotten is news again, and forgotten at once: it is older than all that is kept.
    course.add([alert(0, "a", "x")])
    assert [one.at - T0 for one in course] == [20, 30, 40]
    course.add([alert(50, "a", "x")])
    assert [one.at - T0 for one in course] == [30, 40, 50]


def test_an_upgrade_is_one_line() -> None:
    many = [it(5, "change", "a", f"package p{at}: 1 -> 2", Level.OK) for at in range(9)]
    other = [it(5, "change", "b", "package p1: 1 -> 2", Level.OK), alert(6, "a", "x")]
    found = gathered([*many, *other])
    assert [one.text for one in found] == [
        "9 changes: package p0: 1 -> 2, package p1: 1 -> 2, package p2: 1 -> 2, …",
        "package p1: 1 -> 2",
        "x",
    ]
    assert found[1:] == other
    assert gathered(many[:3]) == many[:3]
    assert gathered(other[1:]) is not gathered([])


def test_density_counts_all_and_keeps_the_worst() -> None:
    happened = [alert(0, "a", "x"), it(1, "note", "a", "y", Level.OK), alert(10, "a", "z")]
    assert density(happened, T0, T0 + 10, 5) == (
        Bin(2, Level.CRIT),
        Bin(),
        Bin(),
        Bin(),
        Bin(1, Level.CRIT),
    )
    assert density(happened, T0, T0, 5) == density(happened, T0, T0 + 1, 0) == ()


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from("ab"), st.sampled_from("xy"))))
def test_the_order_of_arrival_does_not_matter_to_the_order_of_time(
    told: list[tuple[int, str, str]],
) -> None:
    course = Course()
    for at, target, text in told:
        course.add([alert(at, target, text)])
    times = [one.at for one in course]
    assert times == sorted(times)
    assert {(o.target, o.text) for o in course} == {(target, text) for _, target, text in told}
    assert sum(b.count for b in density(list(course), T0, T0 + 300, 7)) == len(course)


def test_a_hundred_thousand_are_gathered_by_looking_at_each_once() -> None:
    looked = 0

    class Counted(Relations):
        def below(self, target: str) -> dict[str, int]:
            nonlocal looked
            looked += 1
            return dict(super().below(target))

    names = ("db-1", "db-2", "api-1", "web-1", "far-1")
    course = Course(alert(at, names[at % 5], f"{at % 50}") for at in range(100_000))
    found = incidents(course, Counted(TARGETS))
    assert looked == len(course) == 100_000
    assert sum(len(one.signs) for one in found) == 100_000


def test_each_kind_is_told_apart_without_colour() -> None:
    assert len({one.ascii for one in KINDS.values()}) == len(KINDS)
    assert len({one.glyph for one in KINDS.values()}) == len(KINDS)
    assert kind(it(0, "weather", "a", "it rains")).word == "other"
