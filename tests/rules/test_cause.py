"""One alert, not forty: what depends on something wrong calls nobody."""

import re
from collections.abc import Callable

from opsconsole.alert import Phase
from opsconsole.model import Fault, Level, Sample, Target
from opsconsole.rule import Bound
from opsconsole.rulebook import Override, Rulebook
from tests.rules.scene import GONE, START, Rows, World, a_rule, cpu, mounts

CPU = a_rule(warn=Bound(85, 75))
MEMORY = a_rule(id="box.memory", column="memory_percent", title="Memory", warn=Bound(90, 80))
DISK = a_rule(
    id="box.disk-full", probe="box.disk", column="used_percent", title="Disk", warn=Bound(90, 80)
)
V, D = ("box.vitals", "a"), ("box.disk", "a")


def busy(_at: float) -> Rows:
    return [(99.0, 99.0, 0, 1e6)]


def test_a_dead_host_raises_one_alert() -> None:
    world = World([CPU, MEMORY, DISK])
    dead = 200

    def until(rows: Rows) -> Callable[[float], Rows]:
        return lambda at: rows if at < dead else GONE if at < dead + 4 else None

    full = mounts(**{f"disk{number}": 95.0 for number in range(40)})
    world.play(180, {V: until(busy(0)), D: until(full)})
    assert len(world.calling()) == 42
    world.play(60, {V: until(busy(0)), D: until(full)})
    assert world.calling() == ["box.silent:a"]
    silent = world.alerts["box.silent:a"]
    assert silent.level is Level.WARN
    assert re.fullmatch(r"no answer for \d+ s: no route to host", silent.why)
    assert 8 <= silent.since - START - dead <= 10
    others = [a for a in world.alerts.values() if a.id != silent.id]
    assert {(a.phase, a.cause) for a in others} == {(Phase.UNKNOWN, "box.silent:a")}
    assert len(others) == 42
    world.play(120, {V: until(busy(0)), D: until(full)})
    assert world.alerts["box.silent:a"].level is Level.CRIT
    assert [one.kind for one in world.occurred].count("watch") == 2


def test_it_comes_back_as_it_was() -> None:
    world = World([CPU])
    world.play(10, {V: busy})
    world.play(60, {V: lambda _: GONE})
    assert world.alerts["box.cpu:a"].cause == "box.silent:a"
    world.play(4, {V: busy})
    assert world.open() == ["box.cpu:a"]
    assert world.calling() == ["box.cpu:a"]
    assert world.alerts["box.silent:a"].why == "it answers again"
    assert world.alerts["box.cpu:a"].since == START


def test_who_never_answered_is_silent_too() -> None:
    world = World([CPU])
    world.play(59, {})
    assert world.told == [], "it may not have been its turn yet"
    world.play(3, {})
    assert world.calling() == ["box.silent:a"]


def test_who_was_busy_calls_nobody_silent() -> None:
    world = World([CPU])
    world.play(10, {V: busy})
    world.now += 25
    world.tick()
    world.play(8, {V: busy})
    assert world.calling() == ["box.cpu:a"]
    assert [one.rule for one in world.told if one.rule != "box.cpu"] == []


def test_an_old_answer_that_is_told_again_ends_no_silence() -> None:
    world = World([CPU])
    world.play(10, {V: busy})
    kept = Sample("box.vitals", "a", world.now - 2, cpu(1), None, 2.0)
    world.play(30, {})
    assert world.calling() == ["box.silent:a"]
    world.engine.hear([kept])
    world.tick()
    assert world.calling() == ["box.silent:a"]
    assert world.alerts["box.cpu:a"].phase is Phase.UNKNOWN


def test_one_probe_without_an_answer_is_no_silence() -> None:
    world = World([CPU, DISK])
    fault = Fault("unsupported", GONE.message, GONE.remedy)
    world.play(300, {V: lambda _: cpu(1), D: lambda _: fault})
    assert world.told == []


def test_a_rule_names_what_explains_it() -> None:
    world = World([CPU, a_rule(**{**_fields(MEMORY), "depends_on": ("box.cpu",)})])
    world.play(4, {V: busy})
    assert world.alerts["box.memory:a"].cause == "box.cpu:a"
    assert world.calling() == ["box.cpu:a"]
    world.play(4, {V: lambda _: [(1.0, 99.0, 0, 1e6)]})
    assert world.alerts["box.memory:a"].cause == ""
    assert world.calling() == ["box.memory:a"]


def _fields(rule: object) -> dict[str, object]:
    return {name: getattr(rule, name) for name in type(rule).__slots__}  # type: ignore[attr-defined]


def rack() -> list[Target]:
    hosts = [Target(f"h{n:02}", "box", "test", depends_on=("switch",)) for n in range(40)]
    switch = Target("switch", "box", "test", depends_on=("ups",))
    return [*hosts, switch, Target("ups", "box", "test")]


def test_a_dead_switch_explains_its_hosts_and_none_of_them_calls_before_it() -> None:
    world = World([CPU], rack())
    called: set[str] = set()
    alive = {("box.vitals", t.id): busy for t in world.targets if t.id == "ups"}
    for _ in range(120):
        world.play(1, alive)
        called |= set(world.calling())
    silent = {a.id: a.cause for a in world.alerts.values() if a.rule == "box.silent"}
    assert len(silent) == 41
    assert silent.pop("box.silent:switch") == ""
    assert set(silent.values()) == {"box.silent:switch"}
    assert called == {"box.cpu:ups", "box.silent:switch"}


def test_a_ups_on_battery_explains_the_rack_it_takes() -> None:
    battery = a_rule(id="box.battery", column="kills", crit=Bound(1, 0), title="On battery")
    world = World([CPU, battery], rack())

    def on_battery(at: float) -> Rows:
        return [(1.0, 1.0, 1 if at >= 20 else 0, 1e6)]

    def down(at: float) -> Rows:
        return [(99.0, 1.0, 0, 1e6)] if at < 40 else None

    answers = {("box.vitals", t.id): on_battery if t.id == "ups" else down for t in world.targets}
    world.play(120, answers)
    assert world.calling() == ["box.battery:ups"]
    causes = {a.cause for a in world.alerts.values() if a.id != "box.battery:ups"}
    assert causes == {"box.battery:ups"}
    assert len(world.open()) == 1 + 2 * 41


def test_the_estate_may_let_silence_be() -> None:
    book = Rulebook(overrides=(Override("e", "box.silent", None, {}, enabled=False),))
    world = World([CPU], book=book)
    world.play(100, {})
    assert world.told == []


def test_of_several_feeds_none_explains_a_silence() -> None:
    def fed(name: str, *feeds: str) -> Target:
        below = tuple(dict.fromkeys(feed.partition("/")[0] for feed in feeds))
        return Target(name, "box", "test", depends_on=below, fed_by=feeds)

    one, both = fed("one", "ups-a/1", "ups-a/2"), fed("both", "ups-a", "ups-b")
    targets = [fed("ups-a"), fed("ups-b"), one, both]
    world = World([a_rule(crit=Bound(85, 75))], targets)
    world.play(10, {("box.vitals", target.id): busy for target in targets[:1]})
    told: dict[tuple[str, str], Callable[[float], Rows]] = {
        ("box.vitals", target.id): lambda _: GONE for target in (one, both)
    }
    told |= {("box.vitals", "ups-a"): busy, ("box.vitals", "ups-b"): lambda _: cpu(1)}
    world.play(200, told)
    assert world.alerts["box.silent:one"].cause == "box.cpu:ups-a"
    assert world.alerts["box.silent:both"].cause == ""
    assert "box.silent:both" in world.calling()
