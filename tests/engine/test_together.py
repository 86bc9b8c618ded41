"""Two operators at the same time, and one who loses the terminal: one log, one truth."""

import os
import pty
from collections import Counter

from tests.engine.ruin import PATIENT, Ruin, gone, kill
from tests.engine.test_lifetime import within

RUN = ["plan", "intent", "outcome"]


def test_a_lost_terminal_ends_the_console_but_not_its_action(ruin: Ruin) -> None:
    ruin.hold("call")
    master, slave = pty.openpty()
    console = ruin.console("box.change", terminal=slave)
    os.close(slave)
    console.hear("planned")
    ruin.go()
    ruin.until_came("call")
    os.close(master)
    assert within(PATIENT, gone(console.process.pid))
    assert not gone(console.collector)()
    ruin.release()
    assert within(PATIENT, gone(console.collector))
    assert [record.kind for record in ruin.records()] == RUN
    assert ruin.records()[-1].body["state"] == "verified"
    assert ruin.changed
    assert ruin.console().unsettled() == []


def test_the_second_to_act_on_an_object_finds_it_moved(ruin: Ruin) -> None:
    ann, bob = (ruin.console("box.pinned", gate=name) for name in ("ann", "bob"))
    for console in (ann, bob):
        console.hear("planned")
    ruin.go("ann")
    assert ann.hear("outcome", "error") == "verified"
    ruin.go("bob")
    assert bob.hear("outcome", "error") == "refused"
    assert ruin.came().count("call") == 1
    records = ruin.records()
    [result] = records[-1].body["objects"]
    assert (records[-1].kind, result["state"]) == ("outcome", "refused")
    assert "is not the same any more: state was run 0" in result["message"]
    assert {record.who.pid for record in records} == {ann.collector, bob.collector}


def test_the_second_is_told_that_an_object_is_busy_in_another_console(ruin: Ruin) -> None:
    ruin.hold("call")
    ann, bob = (ruin.console("box.change", gate=name) for name in ("ann", "bob"))
    for console in (ann, bob):
        console.hear("planned")
    ruin.go("ann")
    ruin.until_came("call")
    ruin.go("bob")
    assert str(bob.hear("outcome", "error")).startswith("busy: ")
    ruin.release()
    assert ann.hear("outcome", "error") == "verified"
    assert ruin.came().count("call") == 1
    assert Counter(record.kind for record in ruin.records()) == Counter([*RUN, "plan", "refusal"])


def test_two_act_on_different_objects_at_the_same_time(ruin: Ruin) -> None:
    ruin.hold("call")
    ann, bob = (ruin.console("box.change", target) for target in ("here", "there"))
    for console in (ann, bob):
        console.hear("planned")
    ruin.go()
    ruin.until_came("call", 2)
    third = ruin.console()
    assert third.unsettled() == [], "what others have under way is theirs"
    ruin.release()
    for console in (ann, bob):
        assert console.hear("outcome", "error") == "verified"
    records = ruin.records()
    assert Counter(record.kind for record in records) == Counter(RUN * 2)
    for console in (ann, bob):
        mine = [record.kind for record in records if record.who.pid == console.collector]
        assert mine == RUN


def test_a_killed_collector_keeps_nothing_busy(ruin: Ruin) -> None:
    ruin.hold("call")
    ann = ruin.console("box.change", gate="ann")
    ann.hear("planned")
    ruin.go("ann")
    ruin.until_came("call")
    kill(ann.process.pid, ann.collector)
    ruin.release()
    bob = ruin.console("box.change", gate="bob")
    bob.hear("planned")
    ruin.go("bob")
    assert bob.hear("outcome", "error") == "verified"
