"""The audit log as deeds, notes and open ends: written by the log itself, read back."""

from pathlib import Path

import pytest

from opsconsole.audit import AuditLog
from opsconsole.engine.deeds import read_log

START = 1_795_900_000.0


class Clock:
    """Unix time, moved by the test."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path, clock: Clock) -> AuditLog:
    return AuditLog(tmp_path / "audit", clock=clock)


def _about(target: str = "web-1", name: str = "nginx.service") -> dict[str, object]:
    return {"action": "host.restart-unit", "objects": [{"target": target, "name": name}]}


def _done(log: AuditLog, clock: Clock, plan: str, state: str = "verified") -> None:
    log.append("plan", {"plan": plan, **_about()})
    clock.now += 5
    log.append("intent", {"plan": plan, **_about(), "note": "memory leak"})
    clock.now += 10
    objects = [{"target": "web-1", "name": "nginx.service", "message": "active for 10 s"}]
    log.append("outcome", {"plan": plan, "state": state, "objects": objects})


def test_a_deed_from_its_intent_to_its_end(log: AuditLog, clock: Clock) -> None:
    _done(log, clock, "p1")
    found = read_log(START, START + 100, folder=log.folder)
    assert found is not None
    [deed] = found.deeds
    assert (deed.at, deed.ended) == (START + 5, START + 15)
    assert (deed.action, deed.targets, deed.objects) == (
        *("host.restart-unit", ("web-1",), ("nginx.service",)),
    )
    assert (deed.state, deed.note, deed.message) == ("verified", "memory leak", "active for 10 s")
    began, ended = found.occurrences
    assert (began.kind, began.at, began.ref) == ("action", START + 5, deed.begun)
    assert (ended.at, ended.ref) == (START + 15, deed.ref)
    assert began.ref != ended.ref


def test_what_has_no_end_is_told_however_old(log: AuditLog, clock: Clock) -> None:
    log.append("intent", {"plan": "p1", **_about(), "check": "look at nginx"})
    clock.now += 1e6
    _done(log, clock, "p2")
    found = read_log(START + 1e6, START + 2e6, folder=log.folder)
    assert found is not None
    assert [(deed.state, deed.ended is None) for deed in found.deeds] == [
        ("unfinished", True),
        ("verified", False),
    ]
    assert found.deeds[0].message == "look at nginx"


def test_a_plan_that_nobody_ran_is_no_deed(log: AuditLog, clock: Clock) -> None:
    log.append("plan", {"plan": "p1", **_about()})
    body = {"plan": "p2", **_about(), "rule": "freeze", "reason": "quarter end"}
    log.append("refusal", body)
    found = read_log(START, START + 100, folder=log.folder)
    assert found is not None
    [deed] = found.deeds
    assert (deed.state, deed.done, deed.message) == ("refused", False, "quarter end (rule freeze)")
    assert [one.kind for one in found.occurrences] == ["refusal"]


def test_only_the_period_and_the_targets(log: AuditLog, clock: Clock) -> None:
    _done(log, clock, "p1")
    clock.now += 1000
    _done(log, clock, "p2", "failed")
    late = read_log(START + 500, START + 5000, folder=log.folder)
    early = read_log(START, START + 500, folder=log.folder)
    other = read_log(START, START + 5000, lambda target: target == "db-1", log.folder)
    assert late is not None
    assert early is not None
    assert other is not None
    assert [deed.state for deed in late.deeds] == ["failed"]
    assert [deed.state for deed in early.deeds] == ["verified"]
    assert (other.deeds, other.occurrences) == ([], [])


def test_an_end_that_came_later_is_open_at_the_end_of_the_period(
    log: AuditLog, clock: Clock
) -> None:
    _done(log, clock, "p1")
    found = read_log(START, START + 10, folder=log.folder)
    assert found is not None
    assert [deed.state for deed in found.deeds] == ["unfinished"]


def test_notes_runbooks_and_arming(log: AuditLog, clock: Clock) -> None:
    log.append("note", {"text": "the SAN is being moved", "target": ""})
    log.append("arm", {"seconds": 600, "pattern": "web*"})
    step = {"runbook": "failover", "target": "db-1", "step": 0, "title": "", "note": ""}
    log.append("runbook", {**step, "what": "started"})
    log.append("runbook", {**step, "runbook": "other", "what": "started"})
    log.append("runbook", {**step, "runbook": "other", "what": "finished"})
    found = read_log(START, START + 100, folder=log.folder)
    assert found is not None
    assert found.occurrences[0].kind == "note"
    assert found.occurrences[0].text.endswith(": the SAN is being moved")
    [(_, pattern, until)] = found.armed
    assert (pattern, until) == ("web*", START + 600)
    assert [(name, target) for name, target, _, _ in found.runbooks] == [("failover", "db-1")]
    later = read_log(START, START + 1000, folder=log.folder)
    assert later is not None
    assert later.armed == []


def test_what_was_said_of_alerts_is_a_note_too(log: AuditLog, clock: Clock) -> None:
    objects = [{"target": "db-1", "name": "host.disk-full /var"}]
    log.append("note", {"action": "alert.acknowledge", "objects": objects, "note": "on it"})
    found = read_log(START, START + 100, folder=log.folder)
    assert found is not None
    [note] = found.occurrences
    assert note.text.endswith(": alert.acknowledge: host.disk-full /var: on it")


def test_disarming_ends_arming(log: AuditLog, clock: Clock) -> None:
    log.append("arm", {"seconds": 600, "pattern": ""})
    clock.now += 10
    log.append("arm", {"seconds": 0, "pattern": ""})
    found = read_log(START, START + 20, folder=log.folder)
    assert found is not None
    assert found.armed == []


def test_no_log_and_lines_that_are_none(tmp_path: Path, log: AuditLog, clock: Clock) -> None:
    assert read_log(START, START + 1, folder=tmp_path / "nowhere") is None
    _done(log, clock, "p1")
    with (log.folder / "audit.jsonl").open("a") as file:
        file.write('{"half": \n')
    found = read_log(START, START + 100, folder=log.folder)
    assert found is not None
    assert (found.bad, len(found.deeds)) == (1, 1)


def test_a_log_that_was_tampered_with_breaks_nothing(log: AuditLog, clock: Clock) -> None:
    for body in (
        {"plan": 7, "objects": "x", "action": [1]},
        {"plan": "p", "objects": [1, None, {"target": {"a": 1}}], "seconds": "x"},
    ):
        for kind in ("intent", "outcome", "refusal", "arm", "note", "runbook", "unknown"):
            log.append(kind, body)
    found = read_log(START - 1, START + 100, folder=log.folder)
    assert found is not None
    assert found.bad == 0
