"""Who took on what others found: told with it, ended with it, kept until it is known to be over."""

import msgspec

from opsconsole.alert import Acknowledgement, Alert, Phase
from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.rules.others import KeptCare, Others
from tests.notify.scene import alert

ORIGINS = {"am"}


def theirs(name: str, phase: Phase = Phase.OPEN, level: Level = Level.WARN) -> Alert:
    return msgspec.structs.replace(alert(name, level, phase), origin=Clean("am"))


def taken(alerts: list[Alert]) -> list[tuple[str, str | None]]:
    return [
        (one.id, one.acknowledged.note if one.acknowledged is not None else None) for one in alerts
    ]


def on_it(*names: str, seconds: float = 0.0) -> Others:
    others = Others()
    others.hear([theirs(name) for name in ("a", "b")])
    others.acknowledge(names, "ann", "on it", seconds, 100.0)
    return others


def test_it_is_told_with_every_change_until_it_is_over() -> None:
    others = on_it("a")
    assert others.dirty
    assert taken(others.whole()) == [("a", "on it"), ("b", None)]
    assert taken(others.hear([theirs("a", level=Level.CRIT)])) == [("a", "on it")]
    assert taken(others.hear([theirs("a", Phase.UNKNOWN)])) == [("a", "on it")]
    others.dirty = False
    assert taken(others.hear([theirs("a", Phase.RESOLVED)])) == [("a", "on it")]
    assert (others.kept, others.dirty) == ([], True)
    assert taken(others.hear([theirs("a")])) == [("a", None)], "the next time is another time"


def test_it_ends_when_it_is_taken_back_and_when_its_time_is_over() -> None:
    others = on_it("a", "b", seconds=60.0)
    assert others.expire(159.0) == []
    assert taken(others.release(["a", "nobody"], 159.0)) == [("a", None)]
    assert taken(others.expire(160.0)) == [("b", None)]
    assert [one.taken for one in others.kept] == [None, None], "that it was given back is known"


def test_after_a_restart_it_holds_until_its_origin_told_all_it_has() -> None:
    again = Others()
    again.recall(on_it("a", "b").kept, ORIGINS)
    again.settle(set())
    assert taken(again.hear([theirs("a")])) == [("a", "on it")]
    again.settle({"other"})
    assert [one.alert for one in again.kept] == ["a", "b"]
    again.dirty = False
    again.settle(ORIGINS)
    assert ([one.alert for one in again.kept], again.dirty) == (["a"], True)


def test_what_nobody_will_tell_of_again_is_not_kept() -> None:
    others = on_it("a")
    others.hear([alert("ours")])
    others.acknowledge(["ours"], "ann", "", 0.0, 100.0)
    assert [one.alert for one in others.kept] == ["a"]
    again = Others()
    again.recall(others.kept, {"another estate"})
    assert again.kept == []


def test_a_file_that_somebody_wrote_is_made_harmless() -> None:
    evil = Acknowledgement(Clean("\x1b[2J"), 1.0, 0.0, Clean("x\x1b]0;y\x07"))
    others = Others()
    others.recall([KeptCare("a", Clean("am"), evil)], ORIGINS)
    [one] = others.kept
    assert one.taken is not None
    assert "\x1b" not in one.taken.who + one.taken.note


def test_the_newest_word_of_another_collector_is_taken_over() -> None:
    here, there = on_it("a"), on_it("b")
    assert taken(here.heed(there.kept, ORIGINS)) == [("b", "on it")]
    assert here.heed(there.kept, ORIGINS) == []
    there.heed(here.kept, ORIGINS)
    there.release(["a"], 50.0)  # by a clock that is behind
    assert taken(here.heed(there.kept, ORIGINS)) == [("a", None)]
    assert taken(there.heed(here.kept, ORIGINS)) == []


def test_what_was_said_elsewhere_counts_for_an_alert_that_comes_later_here_too() -> None:
    here, there = Others(), on_it("a")
    assert here.heed(there.kept, ORIGINS) == []
    assert here.kept == []
    assert taken(here.hear([theirs("a")])) == [("a", "on it")]
    here.hear([theirs("a", Phase.RESOLVED)])
    here.expire(200.0)
    assert taken(here.hear([theirs("a")])) == [("a", None)], "that was of the time before"
