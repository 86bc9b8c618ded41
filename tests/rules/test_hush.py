"""Silences: by whom, for what and how long."""

from datetime import UTC, datetime, time

import pytest

from opsconsole.errors import Refused
from opsconsole.model import Target
from opsconsole.policy import Freeze
from opsconsole.rule import Bound
from opsconsole.rulebook import Quiet
from tests.rules.scene import START, Answers, World, a_rule, cpu

RULES = [a_rule(warn=Bound(85, 75))]
DEV = Target("dev-1", "box", "test", labels={"env": "dev"}, groups=("lab",))
WEB = Target("web-1", "box", "test", labels={"env": "prod"})
BUSY: Answers = {("box.vitals", name): lambda _: cpu(90) for name in ("dev-1", "web-1")}


def test_a_silence_covers_now_and_later_until_its_time() -> None:
    world = World(RULES, [DEV, WEB])
    world.play(4, BUSY)
    made = world.engine.silence("label:env=dev", 60, "ops", "rebuild")
    world.play(4, BUSY)
    assert world.calling() == ["box.cpu:web-1"]
    assert world.alerts["box.cpu:dev-1"].silenced == made.id
    world.play(60, BUSY)
    assert world.calling() == ["box.cpu:dev-1", "box.cpu:web-1"]
    assert world.engine.hush.all == []


def test_a_silence_can_be_ended() -> None:
    world = World(RULES, [DEV, WEB])
    made = world.engine.silence("target:*", 60, "ops", "test")
    world.play(4, BUSY)
    assert world.calling() == []
    world.engine.unsilence(made.id)
    world.tick()
    assert len(world.calling()) == 2
    with pytest.raises(Refused, match="no silence"):
        world.engine.unsilence(made.id)


@pytest.mark.parametrize(
    ("match", "seconds", "reason"),
    [("web", 60.0, "x"), ("target:a", 0.0, "x"), ("target:a", 1e9, "x"), ("target:a", 60.0, " ")],
)
def test_what_is_no_silence_is_refused(match: str, seconds: float, reason: str) -> None:
    with pytest.raises(Refused):
        World(RULES).engine.silence(match, seconds, "ops", reason)


def test_the_estate_is_silent_by_the_clock_and_nobody_ends_that() -> None:
    begun = datetime.fromtimestamp(START, UTC).astimezone()
    minute = (begun.hour * 60 + begun.minute + 2) % 1440
    window = Freeze("backup", time(0, 0), time(minute // 60, minute % 60))
    world = World(RULES, [DEV, WEB], [Quiet("estate-1", "target:dev-1", "backup", window)])
    world.play(4, BUSY)
    assert world.calling() == ["box.cpu:web-1"]
    with pytest.raises(Refused, match="the estate keeps"):
        world.engine.unsilence("estate-1")
    world.play(180, BUSY)
    assert len(world.calling()) == 2
