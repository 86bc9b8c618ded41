"""What is told at a tick: changes at once, new values in turn when there are many."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.alert import Alert
from opsconsole.clean import clean
from opsconsole.model import Fault, Level, Row, Target
from opsconsole.rule import Bound, Condition, Measure, Rule
from opsconsole.rules import news
from opsconsole.rules.state import Move, State
from tests.rules.scene import GONE, World, a_rule, cpu

HOSTS = [Target(f"h{number}", "box", "test") for number in range(50)]


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "AT_ONCE", 20)


def hear_all(world: World, value: float) -> None:
    for host in HOSTS:
        world.hear("box.vitals", cpu(value), host.id)


def told(world: World) -> list[Alert]:
    """What the next tick tells."""
    before = len(world.told)
    world.tick()
    return world.told[before:]


def test_all_that_is_raised_is_told_in_the_tick_it_is_raised_in() -> None:
    world = World([a_rule(warn=Bound(85, 75))], HOSTS)
    hear_all(world, 90)
    assert {one.target for one in told(world)} == {host.id for host in HOSTS}


def test_new_values_of_many_are_told_in_turn_and_none_is_left_out() -> None:
    world = World([a_rule(warn=Bound(85, 75))], HOSTS)
    hear_all(world, 90)
    told(world)
    counts: list[int] = []
    for second in range(30):
        hear_all(world, 91 + second % 2)
        counts.append(len(told(world)))
    assert max(counts) == 20
    assert {alert.value for alert in world.alerts.values()} <= {91.0, 92.0}
    # Each of them every few seconds: nobody starves behind the others.
    newest = {host.id: 0 for host in HOSTS}
    for alert in world.told:
        newest[alert.target] += 1
    assert min(newest.values()) >= 5


def test_a_change_does_not_wait_for_its_turn() -> None:
    world = World([a_rule(warn=Bound(85, 75), crit=Bound(95, 85))], HOSTS)
    hear_all(world, 90)
    told(world)
    hear_all(world, 91)
    world.now += 6
    world.hear("box.vitals", cpu(97), HOSTS[-1].id)
    worse = [one for one in told(world) if one.level is Level.CRIT]
    assert [one.target for one in worse] == [HOSTS[-1].id]


def test_a_silence_tells_what_it_covers_and_nothing_else() -> None:
    world = World([a_rule(warn=Bound(85, 75))], HOSTS)
    hear_all(world, 90)
    told(world)
    silence = world.engine.silence("target:h1", 60, "me", "tests")
    covered = told(world)
    assert [(one.target, one.silenced) for one in covered] == [("h1", silence.id)]
    world.engine.unsilence(silence.id)
    assert [(one.target, one.silenced) for one in told(world)] == [("h1", "")]


MOUNT = st.tuples(
    st.one_of(st.floats(0, 100), st.sampled_from([75.0, 85.0, 90.0, 95.0]), st.none()),
    st.sampled_from([1e9, 3e9, 9e9, None]),
    st.sampled_from(["ok", "hung", "slow"]),
)
ANSWER = st.one_of(
    st.just(GONE), st.none(), st.dictionaries(st.sampled_from(["a", "b", "c"]), MOUNT, max_size=3)
)
ENOUGH = (Condition("available_bytes", "<", 5e9),)
DISK = {"probe": "box.disk", "column": "used_percent"}
HIGH, LOW = {"warn": Bound(85, 75), "crit": Bound(95, 85)}, {"warn": Bound(20, 40)}
RULES = [
    a_rule(id="box.used", **DISK, **HIGH, for_s=4, clear_for_s=6),
    a_rule(id="box.short", **DISK, warn=Bound(85, 75), crit=Bound(90, 80, ENOUGH)),
    a_rule(id="box.guarded", **DISK, **HIGH, guards=ENOUGH),
    a_rule(id="box.empty", **DISK, **LOW),
    a_rule(id="box.mean", **DISK, **HIGH, measure=Measure.MEAN, window_s=20.0),
    a_rule(
        id="box.state",
        probe="box.disk",
        column="state",
        words={"hung": Level.CRIT, "slow": Level.WARN},
    ),
]


def rows(answer: dict[str, tuple[float | None, float | None, str]]) -> list[Row]:
    return [(clean(name), used, free, clean(word)) for name, (used, free, word) in answer.items()]


Answer = Fault | None | dict[str, tuple[float | None, float | None, str]]


def played(answers: Sequence[Answer]) -> World:
    world = World(RULES)
    for answer in answers:
        heard = rows(answer) if isinstance(answer, dict) else answer
        for _ in range(2):  # said twice: the second time it may change nothing
            world.hear("box.disk", heard)
            world.tick()
            world.tick()
    return world


def never(_up: Level, _kept: Level) -> bool:
    """Of `State.steady`: nothing is."""
    return False


@given(st.lists(ANSWER, max_size=30))
@settings(deadline=None)
def test_the_short_way_of_what_changes_nothing_leads_to_the_same(answers: list[Answer]) -> None:
    short = played(answers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(State, "steady", property(lambda _: never))
        long = played(answers)
    assert short.told == long.told
    assert short.occurred == long.occurred
    assert short.engine.whole() == long.engine.whole()


def test_a_large_outage_takes_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stays wrong is not judged in full again at each answer."""
    world = World(RULES)
    full = rows({"a": (97.0, 1e9, "hung"), "b": (88.0, 9e9, "slow")})
    for _ in range(20):
        world.hear("box.disk", full)
        world.tick()
    assert len(world.open()) == 9
    judged: list[object] = []
    observe = State.observe

    def counted(self: State, rule: Rule, up: Level, kept: Level, at: float) -> Move:
        judged.append(self)
        return observe(self, rule, up, kept, at)

    monkeypatch.setattr(State, "observe", counted)
    world.hear("box.disk", rows({"a": (98.0, 1e9, "hung"), "b": (89.0, 9e9, "slow")}))
    assert not judged
    world.tick()
    world.hear("box.disk", rows({"a": (20.0, 1e9, "ok"), "b": (89.0, 9e9, "slow")}))
    assert judged
