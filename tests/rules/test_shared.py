"""Two engines over one file: what one says the other hears, and nothing is lost between them."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean
from opsconsole.model import Target
from opsconsole.rule import Bound
from opsconsole.rules import memory, shared
from opsconsole.rules.others import Others
from tests.notify.scene import alert
from tests.rules.scene import World, a_rule, cpu

IDS = {name: f"box.cpu:{name}" for name in "abc"}
TARGETS = [Target(name, "box", "test") for name in IDS]


class Desk:
    """One collector of two: its engine, and when it saw the file last."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.world = World([a_rule(warn=Bound(85, 75))], TARGETS)
        self.others = Others()
        self.seen: shared.Look | None = None

    def hear(self, target: str, value: float) -> None:
        self.world.hear("box.vitals", cpu(value), target)
        self.world.tick()

    def write(self) -> None:
        ours = shared.mine(self.world.engine, self.others)
        kept, self.seen = shared.exchange(self.path, ours, self.seen)
        self._heed(kept)

    def read(self) -> None:
        kept, self.seen = shared.news(self.path, self.seen)
        self._heed(kept)

    def _heed(self, kept: memory.Kept | None) -> None:
        if kept is not None:
            shared.heed(self.world.engine, self.others, kept)
        self.world.tick()

    def note(self, target: str) -> str | None:
        taken = self.world.alerts[IDS[target]].acknowledged
        return taken.note if taken else None

    def acknowledge(self, target: str, note: str) -> None:
        self.world.engine.acknowledge([IDS[target]], "ann", note, 0)

    def release(self, target: str) -> None:
        self.world.engine.release([IDS[target]])


@pytest.fixture
def desks(tmp_path: Path) -> tuple[Desk, Desk]:
    one, two = Desk(tmp_path / "alerts.json"), Desk(tmp_path / "alerts.json")
    for desk in (one, two):
        desk.hear("a", 90)
        desk.hear("b", 90)
    return one, two


def test_what_both_say_at_once_is_kept_and_heard_by_both(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.acknowledge("a", "mine")
    two.acknowledge("b", "yours")
    made = [desk.world.engine.silence(f"target:{desk.path.name}", 60, "x", "y") for desk in desks]
    one.write()
    two.write()
    one.read()
    for desk in desks:
        assert (desk.note("a"), desk.note("b")) == ("mine", "yours")
        assert {s.id for s in desk.world.engine.hush.said} == {s.id for s in made}


def test_what_is_taken_back_is_taken_back_everywhere(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.acknowledge("a", "mine")
    silence = one.world.engine.silence("target:b", 600, "x", "y")
    one.write()
    two.read()
    assert two.world.alerts[IDS["b"]].silenced == silence.id
    two.release("a")
    two.world.engine.unsilence(silence.id)
    two.write()
    one.write()  # it has not heard of that yet, and must not bring it back
    two.read()
    for desk in desks:
        assert desk.note("a") is None
        assert desk.world.engine.hush.said == []
        assert desk.world.alerts[IDS["b"]].silenced == ""


def test_what_was_taken_on_for_a_while_is_over_in_both(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.world.engine.acknowledge([IDS["a"]], "ann", "soon", 5)
    one.write()
    two.read()
    assert two.note("a") == "soon"
    for _ in range(6):
        one.world.tick()
        two.world.tick()
    two.write()
    one.write()
    two.read()
    two.read()
    assert (one.note("a"), two.note("a")) == (None, None)
    again = len([alert for alert in two.world.told if alert.target == "a"])
    one.write()
    two.read()
    assert len([alert for alert in two.world.told if alert.target == "a"]) == again


def test_it_is_open_since_the_first_who_saw_it(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.hear("c", 90)
    one.acknowledge("c", "early")
    one.write()
    two.read()
    two.world.now += 20
    two.hear("c", 90)
    two.world.tick()
    assert two.world.alerts[IDS["c"]].since == one.world.alerts[IDS["c"]].since
    assert two.note("c") == "early"


def test_what_ended_here_is_not_brought_back_by_who_is_behind(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.acknowledge("a", "mine")
    one.write()
    two.read()
    one.hear("a", 10)
    one.write()
    two.write()  # still has it open, and taken on
    one.read()
    one.hear("a", 95)
    one.read()
    assert one.note("a") is None
    assert one.world.alerts[IDS["a"]].since > two.world.alerts[IDS["a"]].since


def test_alerts_that_only_one_has_stay_until_it_saw_them_end(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.hear("c", 90)
    one.write()
    two.write()
    assert kept_targets(one.path) == {"a", "b", "c"}
    one.hear("c", 10)
    one.write()
    assert kept_targets(one.path) == {"a", "b"}


def kept_targets(path: Path) -> set[str]:
    kept = memory.read(path)
    assert kept is not None
    return {one.target for one in kept.alerts}


def test_what_nobody_has_any_more_is_let_go_at_last(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.hear("c", 90)
    one.write()
    two.world.now += shared.KEPT + 60
    two.world.tick()
    two.write()
    assert kept_targets(one.path) == {"a", "b"}


SAID = st.lists(
    st.tuples(
        st.sampled_from([0, 1]),
        st.sampled_from(["acknowledge", "release", "write", "read"]),
        st.sampled_from("ab"),
    ),
    max_size=25,
)


@given(SAID)
@settings(deadline=None)
def test_whoever_writes_when_both_come_to_know_the_same(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[int, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("shared") / "alerts.json"
    desks = Desk(path), Desk(path)
    for desk in desks:
        desk.hear("a", 90)
        desk.hear("b", 90)
    for number, (which, what, target) in enumerate(said):
        desk = desks[which]
        match what:
            case "acknowledge":
                desk.acknowledge(target, str(number))
            case "release":
                desk.release(target)
            case "write":
                desk.write()
            case _:
                desk.read()
        desk.world.tick()
    for desk in (*desks, *desks):
        desk.write()
    for target in "ab":
        assert desks[0].note(target) == desks[1].note(target)


WRITER = """
import sys, msgspec
from pathlib import Path
from tests.rules.test_shared import Desk
desk = Desk(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    desk.world.engine.silence(f"object:{sys.argv[3]}-{number}", 600, "x", "y")
    desk.write()
    print(number, flush=True)
"""


def writer(path: Path, count: int, name: str) -> "subprocess.Popen[str]":
    argv = [sys.executable, "-P", "-c", WRITER, str(path), str(count), name]
    paths = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(
        argv, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths}
    )


def test_of_two_processes_that_write_at_once_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    both = [writer(path, 40, name) for name in ("one", "two")]
    for process in both:
        process.communicate(timeout=120)
        assert process.returncode == 0
    kept = memory.read(path)
    assert kept is not None
    matches = sorted(one.match for one in kept.silences)
    assert matches == sorted(f"object:{name}-{n}" for name in ("one", "two") for n in range(40))


def test_one_that_is_killed_leaves_what_it_wrote_and_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "alerts.json"
    process = writer(path, 100_000, "killed")
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(5)]
    process.kill()
    process.communicate()
    (tmp_path / ".alerts.json.1").write_text("half")
    Desk(path).write()
    kept = memory.read(path)
    assert kept is not None
    assert {f"object:killed-{number}" for number in told} <= {one.match for one in kept.silences}
    names = {one.name for one in tmp_path.iterdir()}
    assert names == {"alerts.json", ".alerts.json.lock"}


def test_who_holds_the_file_for_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "PATIENCE", 0.01)
    path = tmp_path / "alerts.json"
    held = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
    argv = [sys.executable, "-c", held + "print(1, flush=True); sys.stdin.read()"]
    lock = str(tmp_path / ".alerts.json.lock")
    with subprocess.Popen([*argv, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(TimeoutError, match="fuser"):
            Desk(path).write()
        process.communicate()
    Desk(path).write()
    assert path.exists()


def test_a_file_of_an_older_version_is_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "alerts.json")
    desk.hear("a", 90)
    desk.acknowledge("a", "before")
    plain = msgspec.json.decode(memory.remember(desk.world.engine))
    del plain["ended"], plain["others"]
    for one in plain["alerts"]:
        del one["said"], one["seen"]
    desk.path.write_bytes(msgspec.json.encode(plain))
    again = Desk(desk.path)
    again.hear("a", 90)
    again.read()
    assert again.note("a") == "before"


def theirs(name: str, phase: Phase = Phase.OPEN, origin: str = "am") -> Alert:
    return msgspec.structs.replace(alert(name, phase=phase), origin=Clean(origin))


def test_what_others_found_is_kept_as_who_heard_them_last_says(desks: tuple[Desk, Desk]) -> None:
    one, two = desks
    one.others.hear([theirs("x"), theirs("y", origin="prom")])
    assert one.others.dirty
    one.others.settle({"am", "prom"})
    one.write()
    two.write()  # it has heard nobody yet
    assert found(one.path) == ["x", "y"]
    two.others.hear([theirs("z")])
    two.others.settle({"am"})
    two.write()
    assert found(one.path) == ["y", "z"], "and of one that it did not hear, what was known before"
    two.others.hear([theirs("z", Phase.RESOLVED)])
    two.write()
    assert found(one.path) == ["y"]


def test_values_that_change_are_no_reason_to_write() -> None:
    others = Others()
    others.hear([theirs("x")])
    others.dirty = False
    others.hear([msgspec.structs.replace(theirs("x"), why=Clean("98 % over 90 %"))])
    assert not others.dirty
    others.hear([theirs("x", Phase.UNKNOWN)])
    assert others.dirty


def found(path: Path) -> list[str]:
    kept = memory.read(path)
    assert kept is not None
    return sorted(one.id for one in memory.found(kept, {"am", "prom"}))
