"""The audit log as lines of the timeline."""

from pathlib import Path

from opsconsole.audit import AuditLog, Record, happened, told
from opsconsole.audit.happened import SINGLY
from opsconsole.model import Level

THINGS = [
    {"target": "web-1", "name": "nginx.service"},
    {"target": "web-2", "name": "web-2"},
]


def log(folder: Path, heard: list[Record] | None = None) -> AuditLog:
    """A log that all kinds of records were written to, ten seconds apart from 1010 s."""
    now = [1000.0]

    def clock() -> float:
        now[0] += 10
        return now[0]

    written = AuditLog(folder, clock=clock, heard=(heard if heard is not None else []).append)
    restart = {"action": "host.restart-service", "objects": THINGS}
    written.append("plan", {"plan": "p", **restart})
    written.append("intent", {"plan": "p", **restart, "note": '"kind":"refusal"'})
    ends = [{**THINGS[0], "state": "verified"}, {**THINGS[1], "state": "no effect"}]
    written.append("outcome", {"plan": "p", **restart, "state": "no effect", "objects": ends})
    written.append("refusal", {**restart, "objects": THINGS[:1], "rule": "frozen", "reason": "no"})
    written.append("runbook", {"runbook": "failover", "target": "db-1", "title": "Stop \x1b[2J",
                               "what": "done", "step": 1, "note": "by hand"})  # fmt: skip
    written.append("arm", {"seconds": 600, "pattern": ""})
    written.append("intent", {"action": "estate.deploy-api", "objects": THINGS[1:]})
    written.append("intent", {"action": 7, "objects": "nonsense"})
    return written


def test_every_record_that_an_operator_would_miss_is_a_line(tmp_path: Path) -> None:
    folder = log(tmp_path / "audit").folder
    found = happened(folder, 0.0)
    who = found[0].text.partition(":")[0]
    assert [(o.at, o.kind, o.target, o.object, o.level) for o in found] == [
        (1020.0, "action", "web-1", "nginx.service", Level.OK),
        (1020.0, "action", "web-2", "", Level.OK),
        (1030.0, "action", "web-1", "nginx.service", Level.OK),
        (1030.0, "action", "web-2", "", Level.WARN),
        (1040.0, "refusal", "web-1", "nginx.service", Level.OK),
        (1050.0, "note", "db-1", "", Level.OK),
        (1060.0, "note", "", "", Level.OK),
        (1070.0, "deploy", "web-2", "", Level.OK),
    ]
    assert [o.text for o in found] == [
        f"{who}: restart service nginx.service",
        f"{who}: restart service web-2",
        "restart service nginx.service: verified",
        "restart service web-2: no effect",
        f"{who}: restart service nginx.service refused: no",
        f"{who}: runbook failover: Stop \ufffd[2J: done: by hand",
        f"{who}: armed",
        f"{who}: deploy api web-2",
    ]
    assert len({o.ref for o in found}) == 6
    assert [o.at for o in happened(folder, 1050.0)] == [1050.0, 1060.0, 1070.0]


def test_who_writes_the_log_hears_the_same(tmp_path: Path) -> None:
    heard: list[Record] = []
    folder = log(tmp_path / "audit", heard).folder
    assert told(heard) == happened(folder, 0.0)


def test_there_may_be_no_log_and_lines_that_are_none(tmp_path: Path) -> None:
    assert happened(tmp_path / "nowhere", 0.0) == []
    folder = log(tmp_path / "audit").folder
    with (folder / "audit.jsonl").open("ab") as file:
        file.write(b'{"index":9,"at":"2999","kind":"intent","body":1}\nnonsense\n{"torn":')
    assert len(happened(folder, 0.0)) == 8


def test_what_people_typed_and_said_of_alerts_stands_there(tmp_path: Path) -> None:
    heard: list[Record] = []
    written = AuditLog(tmp_path / "audit", clock=lambda: 1000.0, heard=heard.append)
    disks = [{"target": "web-1", "name": f"host.disk-full /d{at}"} for at in range(5)]
    one = [{"target": "db-1", "name": "host.cpu-busy"}]
    many = [{"target": f"t{at}", "name": "host.silent"} for at in range(SINGLY + 1)]
    care = {"note": "on \x1b[2Jit", "for_s": 600.0}
    written.append("note", {"text": "shift begins", "target": ""})
    written.append("note", {"text": "new cable", "target": "web-1"})
    written.append("note", {"action": "alert.acknowledge", "objects": disks + one, **care})
    written.append("note", {"action": "alert.release", "objects": many, "note": ""})
    hush = {"objects": [{"target": "", "name": "s1"}], "match": "target:web*"}
    written.append("note", {"action": "alert.silence", "note": "disks", "for_s": 7200.0, **hush})
    written.append("note", {"action": "alert.unsilence", "note": "", **hush})
    written.append("note", {"action": 7, "objects": "nonsense"})
    found = happened(tmp_path / "audit", 0.0)
    assert found == told(heard)
    who = found[0].text.partition(":")[0]
    assert {(one.at, one.kind, one.level) for one in found} == {(1000.0, "note", Level.OK)}
    names = ", ".join(f"host.disk-full /d{at}" for at in range(3))
    assert [(one.target, one.text.removeprefix(f"{who}: ")) for one in found] == [
        ("", "shift begins"),
        ("web-1", "new cable"),
        ("web-1", f"takes on {names} and 2 more for 10 min: on \ufffd[2Jit"),
        ("db-1", "takes on host.cpu-busy for 10 min: on \ufffd[2Jit"),
        ("", "no longer takes care of host.silent, host.silent, host.silent and 18 more"),
        ("", "silences target:web* for 2 h: disks"),
        ("", "ends the silence of target:web*"),
    ]
