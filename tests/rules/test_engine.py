"""Levels, durations, guards and measures: when an alert comes, and when it goes."""

import math
from functools import partial

import pytest

from opsconsole.alert import Phase
from opsconsole.clean import clean
from opsconsole.errors import Refused
from opsconsole.model import Level, Row, Target
from opsconsole.rule import Bound, Condition, Measure
from tests.rules.scene import GONE, START, Answers, Rows, World, a_rule, cpu, mounts


def _always(rows: Rows, _at: float) -> Rows:
    return rows


WARN, CRIT = Bound(85, 75), Bound(95, 85)
V = ("box.vitals", "a")
D = ("box.disk", "a")


def test_levels_are_raised_and_cleared_each_at_its_own_value() -> None:
    world = World([a_rule(warn=WARN, crit=CRIT)])
    seen: list[tuple[float, str]] = []
    for value in (84, 85, 80, 95, 86, 85, 76, 75, 84):
        world.hear("box.vitals", cpu(value))
        world.tick()
        world.tick()
        alert = world.alerts.get("box.cpu:a")
        told = "none" if alert is None else f"{alert.level.name} {alert.phase}"
        seen.append((value, told))
    assert [told for _, told in seen] == [
        "none",
        "WARN open",
        "WARN open",
        "CRIT open",
        "CRIT open",
        "WARN open",
        "WARN open",
        "WARN resolved",
        "WARN resolved",
    ]


def test_low_can_be_bad() -> None:
    world = World([a_rule(column="uptime_s", warn=Bound(300, 301))])
    world.hear("box.vitals", [(1.0, 1.0, 0, 299.0)])
    world.tick()
    assert world.open() == ["box.cpu:a"]
    assert world.alerts["box.cpu:a"].why == "uptime 5 min, limit 5 min"
    world.hear("box.vitals", [(1.0, 1.0, 0, 301.0)])
    world.tick()
    assert world.open() == []


@pytest.mark.parametrize("period", [2.0, 5.0, 7.0, 29.0])
def test_for_is_kept_to_within_one_interval(period: float) -> None:
    slow = Target("a", "box", "test", intervals={"fast": period})
    world = World([a_rule(warn=WARN, for_s=60)], [slow])
    world.play(300, {V: lambda at: cpu(90 if at >= 100 else 10)}, {"box.vitals": period})
    raised = world.alerts["box.cpu:a"].since - START
    first = math.ceil(100 / period) * period
    assert first + 60 <= raised <= first + 60 + period


def test_one_right_value_begins_the_wait_anew() -> None:
    world = World([a_rule(warn=WARN, for_s=60)])
    world.play(300, {V: lambda at: cpu(10 if at % 50 == 0 else 99)})
    assert world.told == []


def test_clear_for_holds_it_open() -> None:
    world = World([a_rule(warn=WARN, clear_for_s=30)])
    world.play(20, {V: lambda _: cpu(90)})
    world.play(26, {V: lambda _: cpu(10)})
    assert world.open() == ["box.cpu:a"]
    world.play(10, {V: lambda _: cpu(10)})
    assert world.open() == []
    assert [one.kind for one in world.occurred] == ["alert", "clear"]


FULL = a_rule(
    id="box.disk-full",
    title="Disk is full",
    probe="box.disk",
    column="used_percent",
    warn=Bound(90, 88),
    crit=Bound(98, 96, (Condition("available_bytes", "<", 5e9),)),
)


def test_a_disk_fills_and_is_emptied() -> None:
    world = World([FULL])

    def fill(at: float) -> list[Row]:
        used = 50 + at / 60 if at < 3000 else 60
        return mounts(var=used, srv=40)

    world.play(2990, {D: fill, V: lambda _: cpu(1)})
    alert = world.alerts["box.disk-full:a:/var"]
    levels = [(one.level, one.kind) for one in world.occurred]
    assert world.open() == ["box.disk-full:a:/var"]
    assert (alert.object, alert.key, alert.level) == ("/var", ("/var",), Level.CRIT)
    assert alert.why == "used 99.5 %, limit 98 %, available 477 MB"
    assert 0 < len(alert.course) <= 40
    assert list(alert.course) == sorted(alert.course)
    assert levels == [(Level.WARN, "alert"), (Level.CRIT, "alert")]
    world.play(60, {D: fill, V: lambda _: cpu(1)})
    assert world.open() == []


def test_a_guard_keeps_a_large_disk_from_crying() -> None:
    world = World([FULL])
    row = (clean("/big"), 99.0, 80_000_000_000, clean("ok"))
    world.hear("box.disk", [row], period=30)
    world.tick()
    assert world.alerts["box.disk-full:a:/big"].level is Level.WARN
    world.hear("box.disk", [(clean("/big"), 99.0, None, clean("ok"))], period=30)
    world.tick()
    assert world.alerts["box.disk-full:a:/big"].level is Level.WARN


def test_a_row_that_vanishes_resolves_and_a_fault_does_not() -> None:
    world = World([FULL])
    world.hear("box.disk", mounts(var=95, srv=95))
    world.tick()
    world.hear("box.disk", GONE)
    world.tick()
    assert {a.phase for a in world.alerts.values()} == {Phase.UNKNOWN}
    world.hear("box.disk", mounts(srv=95))
    world.tick()
    assert world.open() == ["box.disk-full:a:/srv"]
    gone = world.alerts["box.disk-full:a:/var"]
    assert (gone.phase, gone.why) == (Phase.RESOLVED, "it is not there any more")
    assert world.alerts["box.disk-full:a:/srv"].phase is Phase.OPEN


def test_words_and_what_was_before() -> None:
    down = a_rule(
        id="box.down",
        probe="box.disk",
        column="state",
        words={"down": Level.WARN, "dead": Level.CRIT},
        after=("up",),
    )
    world = World([down])

    def say(**words: str) -> None:
        world.hear("box.disk", [(clean(k), 1.0, 1, clean(w)) for k, w in words.items()])
        world.tick()

    say(eth0="up", eth1="down")
    say(eth0="down", eth1="down")
    assert world.open() == ["box.down:a:eth0"]
    assert world.alerts["box.down:a:eth0"].why == "state down"
    say(eth0="dead", eth1="up")
    assert world.alerts["box.down:a:eth0"].level is Level.CRIT
    say(eth0="up", eth1="down")
    assert world.open() == ["box.down:a:eth1"]


def test_a_mean_needs_most_of_its_window() -> None:
    rule = a_rule(warn=WARN, measure=Measure.MEAN, window_s=600)
    world = World([rule])
    world.play(530, {V: lambda _: cpu(100)})
    assert world.told == []
    world.play(20, {V: lambda _: cpu(100)})
    assert world.open() == ["box.cpu:a"]
    assert world.alerts["box.cpu:a"].why == "cpu 100 % on average of 10 min, limit 85 %"


def test_a_mean_crosses_when_the_true_mean_does() -> None:
    world = World([a_rule(warn=WARN, measure=Measure.MEAN, window_s=600)])
    world.play(2000, {V: lambda at: cpu(100 if at >= 1000 else 10)})
    # 10 + 90 x share >= 85 at 500 s of the window, give or take one bucket of 20 s.
    raised = world.alerts["box.cpu:a"].since - START
    assert 1500 <= raised <= 1520 + 2


def test_an_increase_is_kept_for_its_window_and_counts_once() -> None:
    rule = a_rule(
        column="kills", warn=Bound(1, 1), measure=Measure.INCREASE, window_s=1800, for_s=0
    )
    world = World([rule])
    world.play(1700, {V: lambda at: [(1.0, 1.0, 1 if at == 100 else 0, 1.0)]})
    assert world.open() == ["box.cpu:a"]
    assert world.alerts["box.cpu:a"].why == "kills 1 within 30 min, limit 1"
    world.play(300, {V: lambda at: [(1.0, 1.0, 0, 1.0)]})
    assert world.open() == []
    assert len([one for one in world.occurred if one.kind == "alert"]) == 1


def test_hours_until_it_is_full_by_the_slope() -> None:
    rule = a_rule(
        probe="box.disk",
        column="used_percent",
        measure=Measure.HOURS,
        window_s=3600,
        warn=Bound(8, 48),
        crit=Bound(2, 24),
    )
    world = World([rule])
    # 10 % an hour from 10 %: 8 h left at 20 %, 2 h at 80 %.
    fill: Answers = {D: lambda at: mounts(var=10 + at / 360), V: lambda _: cpu(1)}
    world.play(3000, fill)
    assert world.told == []
    world.play(1000, fill)
    alert = world.alerts["box.cpu:a:/var"]
    assert (alert.level, alert.phase) == (Level.WARN, Phase.OPEN)
    assert alert.value == pytest.approx(8, abs=0.2)
    assert "used at 100 % in 7." in alert.why
    assert "limit 8 h" in alert.why
    world.play(22000, fill)
    assert world.alerts["box.cpu:a:/var"].level is Level.CRIT
    full = world.now - START
    stop: Answers = {D: lambda _: mounts(var=10 + full / 360), V: lambda _: cpu(1)}
    world.play(2400, stop)
    assert world.open() == ["box.cpu:a:/var"]
    world.play(1800, stop)
    assert world.open() == []
    cleared = world.alerts["box.cpu:a:/var"]
    assert cleared.value is not None
    assert cleared.value >= 48
    assert cleared.why == f"used at 100 % in {cleared.value:.1f} h"


def test_a_ratio_needs_a_past_to_compare_with() -> None:
    rule = a_rule(measure=Measure.RATIO, window_s=600, warn=Bound(3, 2))
    world = World([rule])
    world.play(100, {V: lambda at: cpu(60 if at > 90 else 10)})
    assert world.told == []
    world.play(400, {V: lambda _: cpu(10)})
    world.play(10, {V: lambda _: cpu(60)})
    assert world.open() == ["box.cpu:a"]
    assert "times its mean of 10 min, limit 3" in world.alerts["box.cpu:a"].why
    world.play(10, {V: lambda _: cpu(10)})
    assert world.open() == []


def test_a_rise_is_told_while_it_goes_on_and_one_wrong_answer_is_none() -> None:
    rule = a_rule(measure=Measure.RISE, window_s=900, crit=Bound(5, 3), for_s=60)
    world = World([rule])
    world.play(900, {V: lambda at: cpu(0 if 300 <= at < 308 else 24)})
    world.play(60, {V: lambda at: cpu(99 if at < 10 else 24)})
    assert world.told == []
    world.play(3600, {V: lambda at: cpu(24 + at / 360)})
    assert world.told == [], "2.5 within 15 minutes"
    world.play(600, {V: lambda at: cpu(34 + at / 60)})
    assert world.open() == ["box.cpu:a"]
    assert "above its lowest of 15 min, limit 5" in world.alerts["box.cpu:a"].why
    world.play(900, {V: lambda _: cpu(44)})
    assert world.open() == [], "it rises no more: how hot it is, is for another rule"


def test_an_unknown_value_is_no_observation() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(10, {V: lambda _: cpu(90)})
    phases: list[Phase] = []
    for seconds, value in ((50, None), (20, None), (4, 90.0)):
        rows = cpu(value)
        world.play(seconds, {V: partial(_always, rows)})
        phases.append(world.alerts["box.cpu:a"].phase)
    assert phases == [Phase.OPEN, Phase.UNKNOWN, Phase.OPEN]
    lost = next(one for one in world.occurred if one.level is Level.UNKNOWN)
    assert START + 60 < lost.at < START + 80, "when it was lost, and not when it was last known"
    assert world.alerts["box.cpu:a"].since == START


def test_flapping_is_told_once_and_kept_open_until_it_calms_down() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(1200, {V: lambda at: cpu(90 if at % 60 < 20 else 10)})
    kinds = [one.kind for one in world.occurred]
    assert kinds == ["alert", "clear"] * 5 + ["alert"]
    alert = world.alerts["box.cpu:a"]
    assert (alert.flapping, alert.phase, alert.times) == (True, Phase.OPEN, 20)
    world.play(1700, {V: lambda _: cpu(10)})
    assert world.open() == ["box.cpu:a"]
    world.play(200, {V: lambda _: cpu(10)})
    assert world.open() == []


def test_flapping_between_two_levels_is_told_no_more_either() -> None:
    world = World([a_rule(warn=WARN, crit=CRIT)])
    world.play(1200, {V: lambda at: cpu(99 if at % 60 < 20 else 80)})
    alert = world.alerts["box.cpu:a"]
    assert (alert.level, alert.flapping) == (Level.CRIT, True)
    told = len(world.occurred)
    assert told == 11
    world.play(1700, {V: lambda _: cpu(80)})
    assert len(world.occurred) == told
    world.play(200, {V: lambda _: cpu(80)})
    alert = world.alerts["box.cpu:a"]
    assert (alert.level, alert.phase, alert.flapping) == (Level.WARN, Phase.OPEN, False)


def test_what_stays_wrong_does_not_flap_any_more() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(380, {V: lambda at: cpu(90 if at % 60 < 20 else 10)})
    assert world.alerts["box.cpu:a"].flapping
    world.play(3700, {V: lambda _: cpu(90)})
    alert = world.alerts["box.cpu:a"]
    assert (alert.phase, alert.flapping) == (Phase.OPEN, False)


def test_a_clock_that_is_set_raises_nothing_and_loses_nothing() -> None:
    world = World([a_rule(warn=WARN, for_s=60), FULL])
    world.hear("box.disk", mounts(var=95), period=30)
    world.play(30, {V: lambda _: cpu(90)})
    before = dict(world.alerts)
    for step in (7200.0, -9000.0):
        world.now += step
        world.play(4, {V: lambda _: cpu(90)})
        assert world.open() == list(before)
        assert {one.phase for one in world.alerts.values()} == {Phase.OPEN}
    world.play(40, {V: lambda _: cpu(90)})
    assert "box.cpu:a" in world.open()


def test_rows_that_are_not_what_they_promise_harm_nothing_else() -> None:
    world = World([a_rule(warn=WARN), FULL])
    world.hear("box.vitals", [(clean("x"), 1.0, 1, 1.0)])
    world.hear("box.disk", mounts(var=95))
    world.tick()
    assert world.open() == ["box.disk-full:a:/var"]


def test_an_acknowledgement_holds_until_its_time_or_the_end() -> None:
    world = World([a_rule(warn=WARN)])
    say: Answers = {V: lambda _: cpu(90)}
    world.play(4, say)
    world.engine.acknowledge(["box.cpu:a"], "ops", "on it", 60)
    world.play(2, say)
    taken = world.alerts["box.cpu:a"].acknowledged
    assert taken is not None
    assert (taken.who, taken.note, taken.until - taken.at) == ("ops", "on it", 60)
    assert world.calling() == []
    world.play(62, say)
    assert world.calling() == ["box.cpu:a"]
    world.engine.acknowledge(["box.cpu:a"], "ops", "", 0)
    world.engine.release(["box.cpu:a"])
    world.tick()
    assert world.calling() == ["box.cpu:a"]
    with pytest.raises(Refused, match="no open alert"):
        world.engine.acknowledge(["box.cpu:a", "box.cpu:b"], "ops", "", 0)


def test_only_what_changed_is_told() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(4, {V: lambda _: cpu(90)})
    told = len(world.told)
    world.play(50, {V: lambda _: cpu(90)})
    assert len(world.told) == told
    world.play(60, {V: lambda at: cpu(90 + at % 5)})
    assert told + 5 <= len(world.told) <= told + 13


def test_what_is_right_leaves_nothing_behind() -> None:
    """A rule is held once for all targets, and a judge made when there is something to keep."""
    rules = [
        a_rule(warn=WARN),
        a_rule(id="box.memory", column="memory_percent", warn=WARN),
        a_rule(id="box.mean", measure=Measure.MEAN, window_s=600, warn=WARN),
        a_rule(id="box.full", probe="box.disk", column="used_percent", warn=WARN),
        a_rule(
            id="box.state",
            probe="box.disk",
            column="state",
            words={"hung": Level.CRIT},
            after=("ok",),
        ),
    ]
    world = World(rules, targets=[Target(name, "box", "test") for name in "abc"])
    for name in "abc":
        world.hear("box.vitals", cpu(50), name)
        world.hear("box.disk", mounts(var=50), name)
    a, b, c = (world.engine.targets[name] for name in "abc")
    plans = [lane.plan for lane in a.lanes.values()]
    assert [lane.plan for lane in b.lanes.values()] == plans
    assert sorted(judge.ruling.rule.id for judge in a.judges()) == ["box.mean", "box.state"]
    world.tick()
    world.hear("box.disk", mounts(var=90), "b")
    made = sorted(judge.ruling.rule.id for judge in b.judges())
    assert made == ["box.full", "box.mean", "box.state"]
    assert len([*c.judges()]) == 2
