"""What holds for every course of values: no alert without data, hysteresis, restarts."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.alert import Alert, Phase
from opsconsole.model import Fault, Level
from opsconsole.rule import Bound
from tests.rules.scene import GONE, World, a_rule, cpu

VALUE = st.one_of(st.floats(0, 100), st.sampled_from([75.0, 85.0, 95.0]), st.none(), st.just(GONE))
COURSE = st.lists(VALUE, max_size=60)
SECONDS = st.sampled_from([0, 2, 7, 30])

WARN, CRIT = Bound(85, 75), Bound(95, 85)


def feed(world: World, value: float | Fault | None) -> Alert | None:
    world.hear("box.vitals", value if isinstance(value, Fault) else cpu(value))
    world.tick()
    world.tick()
    return world.alerts.get("box.cpu:a")


@given(COURSE, SECONDS, SECONDS)
@settings(deadline=None)
def test_never_an_alert_without_a_value_that_raises_it(
    course: Sequence[float | Fault | None], for_s: int, clear_for_s: int
) -> None:
    world = World([a_rule(warn=WARN, crit=CRIT, for_s=for_s, clear_for_s=clear_for_s)])
    before: Alert | None = None
    for number, value in enumerate(course):
        alert = feed(world, value)
        if alert is not None and before is None:
            assert isinstance(value, float)
            assert value >= 85
            wrong = [v for v in course[: number + 1] if isinstance(v, float)]
            assert wrong[-1] >= 85
        if before is not None and alert is not None and before.phase is not alert.phase:
            # A phase changes with an observation, a fault included, or when data stopped.
            assert value is not None or alert.phase is Phase.UNKNOWN
            if alert.phase is Phase.RESOLVED:
                assert isinstance(value, float)
                assert value <= 75
        there = alert is not None and alert.phase is Phase.OPEN
        if there and isinstance(value, float) and clear_for_s == 0:
            assert value > 75
        before = alert


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
@settings(deadline=None)
def test_worse_values_are_never_judged_better(course: list[float]) -> None:
    """Monotone: the same course with every value a little worse has at least its levels."""
    one, two = (World([a_rule(warn=WARN, crit=CRIT)]) for _ in range(2))
    for value in course:
        low = feed(one, value)
        high = feed(two, min(100.0, value + 3))
        assert level(high) >= level(low)


def level(alert: Alert | None) -> Level:
    return Level.OK if alert is None or alert.phase is Phase.RESOLVED else alert.level


@given(st.lists(st.floats(76, 84), min_size=1, max_size=40))
@settings(deadline=None)
def test_between_clear_and_raise_nothing_changes(course: list[float]) -> None:
    for first, expected in ((90.0, Level.WARN), (70.0, Level.OK)):
        world = World([a_rule(warn=WARN)])
        feed(world, first)
        for value in course:
            assert level(feed(world, value)) is expected


@given(COURSE)
@settings(deadline=None)
def test_levels_come_and_go_with_a_line_each(course: list[float | Fault | None]) -> None:
    world = World([a_rule(warn=WARN, crit=CRIT)])
    for value in course:
        feed(world, value)
    kinds = [one.kind for one in world.occurred if one.level is not Level.UNKNOWN]
    assert kinds.count("clear") <= kinds.count("alert")
    assert set(world.open()) <= {"box.cpu:a", "box.silent:a"}
