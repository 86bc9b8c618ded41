"""A restart keeps what is known of alerts, and a broken file harms nobody."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean
from opsconsole.model import Row
from opsconsole.rule import Bound, Measure
from opsconsole.rules import memory
from tests.rules.scene import World, a_rule, cpu, mounts, restarted
from tests.rules.test_property import CRIT, WARN, feed

V, D = ("box.vitals", "a"), ("box.disk", "a")


def whole(world: World) -> dict[str, Alert]:
    return {alert.id: alert for alert in world.engine.whole()}


def test_open_alerts_acknowledgements_and_silences_are_kept() -> None:
    disk = a_rule(id="box.full", probe="box.disk", column="used_percent", warn=Bound(90, 80))
    world = World([a_rule(warn=WARN), disk])
    world.play(31, {V: lambda _: cpu(90), D: lambda _: mounts(var=95)})
    world.engine.acknowledge(["box.full:a:/var"], "ops", "moving logs", 3600)
    world.engine.silence("rule:box.cpu", 600, "ops", "load test")
    world.tick()
    again = restarted(world)
    again.tick()
    assert whole(again) == whole(world)
    assert again.engine.hush.all == world.engine.hush.all
    assert again.calling() == []
    again.play(10, {V: lambda _: cpu(10)})
    assert again.open() == ["box.full:a:/var"]


def test_what_people_call_an_object_is_told_and_kept() -> None:
    hot = a_rule(id="box.hot", probe="box.sensor", column="value", warn=Bound(30, 25))
    world = World([hot])
    rows: list[Row] = [
        (Clean("1.3.6.1"), Clean("Rack 1"), 35.0),
        (Clean("1.3.6.2"), Clean(""), 36.0),
    ]
    world.play(31, {("box.sensor", "a"): lambda _: rows})
    named, bare = whole(world)["box.hot:a:1.3.6.1"], whole(world)["box.hot:a:1.3.6.2"]
    assert (named.object, named.thing) == ("1.3.6.1", "Rack 1")
    assert (bare.object, bare.thing) == ("1.3.6.2", "1.3.6.2")
    assert "Rack 1" not in named.why
    assert whole(restarted(world)) == whole(world)


def test_a_mean_is_not_unknown_while_its_window_fills_again() -> None:
    world = World([a_rule(warn=WARN, measure=Measure.MEAN, window_s=600)])
    world.play(700, {V: lambda _: cpu(100)})
    again = restarted(world)
    again.play(500, {V: lambda _: cpu(100)})
    assert again.alerts["box.cpu:a"].phase is Phase.OPEN
    assert len([one for one in again.occurred if one.kind == "alert"]) == 1
    again.play(700, {V: lambda _: cpu(10)})
    assert again.open() == []


def test_nothing_heard_after_a_restart_makes_it_unknown() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(10, {V: lambda _: cpu(90)})
    again = restarted(world)
    again.play(70, {})
    assert again.alerts["box.cpu:a"].phase is Phase.UNKNOWN
    assert again.calling() == ["box.silent:a"]


def test_flapping_is_kept() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(400, {V: lambda at: cpu(90 if at % 60 < 20 else 10)})
    assert world.alerts["box.cpu:a"].flapping
    again = restarted(world)
    told = len(again.occurred)
    again.play(300, {V: lambda at: cpu(90 if at % 60 < 20 else 10)})
    assert again.alerts["box.cpu:a"].flapping
    assert len(again.occurred) == told
    calm = restarted(World([a_rule(warn=WARN)]))
    calm.engine.targets["a"].lanes["box.vitals"].judge(0).recall((), [calm.now] * 5)
    restarted(calm).play(4, {V: lambda _: cpu(90)})
    assert calm.alerts["box.cpu:a"].flapping


def test_what_has_no_rule_any_more_is_let_go() -> None:
    world = World([a_rule(warn=WARN)])
    world.play(4, {V: lambda _: cpu(90)})
    content = memory.remember(world.engine)
    other = World([a_rule(id="box.other", warn=WARN)])
    memory.recall(other.engine, msgspec.json.decode(content, type=memory.Kept))
    other.tick()
    assert other.engine.whole() == []


@given(st.lists(st.one_of(st.floats(0, 100), st.none()), max_size=40), st.integers(0, 40))
@settings(deadline=None)
def test_a_restart_at_any_moment_changes_nothing(course: list[float | None], moment: int) -> None:
    rules = [a_rule(warn=WARN, crit=CRIT)]
    one, two = World(rules), World(rules)
    for number, value in enumerate(course):
        feed(one, value)
        if number == moment:
            two = restarted(two)
        feed(two, value)
        shown = [
            {a.id: (a.level, a.phase, a.since, a.why) for a in w.engine.whole()} for w in (one, two)
        ]
        assert shown[0] == shown[1]


def test_a_file_is_written_whole_and_read_back(tmp_path: Path) -> None:
    world = World([a_rule(warn=WARN)])
    world.play(4, {V: lambda _: cpu(90)})
    path = tmp_path / "state" / "alerts.json"
    memory.save(path, memory.remember(world.engine))
    kept, told = memory.load(path)
    assert told == ""
    assert kept is not None
    assert [one.rule for one in kept.alerts] == ["box.cpu"]
    assert [one.name for one in path.parent.iterdir()] == ["alerts.json"]
    assert path.stat().st_mode & 0o077 == 0
    assert memory.load(tmp_path / "none.json") == (None, "")


def test_a_file_by_somebody_else_names_no_object_that_a_rule_cannot_have() -> None:
    world = World([a_rule(warn=Bound(85, 75))])
    world.hear("box.vitals", cpu(90))
    world.tick()
    kept = msgspec.json.decode(memory.remember(world.engine), type=memory.Kept)
    odd = [msgspec.structs.replace(one, key=("a", 1)) for one in kept.alerts]
    again = World([a_rule(warn=Bound(85, 75))])
    memory.recall(again.engine, msgspec.structs.replace(kept, alerts=odd))
    assert not again.engine.open
    again.hear("box.vitals", cpu(90))
    again.tick()
    assert again.open() == ["box.cpu:a"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"form":9,"at":0,"alerts":[],"past":[],"silences":[]}']
)
def test_a_broken_file_is_set_aside_and_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "alerts.json"
    path.write_bytes(content)
    kept, told = memory.load(path)
    assert kept is None
    assert "alerts of before are lost" in told
    aside = [one for one in tmp_path.iterdir() if one.name.startswith("alerts.json.broken-")]
    assert [one.read_bytes() for one in aside] == [content]
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "alerts.json").mkdir()
    with pytest.raises(IsADirectoryError):
        memory.save(tmp_path / "alerts.json", b"{}")
    assert [one.name for one in tmp_path.iterdir()] == ["alerts.json"]


def test_each_estate_has_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSCONSOLE_ALERTS", raising=False)
    one, two = Path("/etc/a.toml"), Path("/etc/b.toml")
    names = {memory.default_path(source).name for source in ([], [one], [two], [one, two])}
    assert len(names) == 4
    assert memory.default_path([two, one]) == memory.default_path([one, two])
    monkeypatch.setenv("OPSCONSOLE_ALERTS", "/tmp/here.json")
    assert memory.default_path([one]) == Path("/tmp/here.json")
