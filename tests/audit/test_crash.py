"""A writer that is killed at any moment leaves a log that verifies and tells what is not known."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from opsconsole.audit import AuditLog, Record, alive, me, unfinished, verify
from tests.audit.conftest import records

PROGRAM = """
import sys
from pathlib import Path
from opsconsole.audit import AuditLog
log = AuditLog(Path(sys.argv[1]), rotate=3000)
for number in range(100_000):
    plan = f"{sys.argv[2]}-{number}"
    log.append("intent", {"plan": plan, "check": "systemctl status nginx"})
    print(plan, "begun", flush=True)
    log.append("outcome", {"plan": plan, "state": "done"})
    print(plan, "ended", flush=True)
"""


def _writer(folder: Path, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_killed_at_any_moment(tmp_path: Path) -> None:
    folder = tmp_path / "audit"
    choose = random.Random(4)
    told: list[str] = []
    for turn in range(8):
        with _writer(folder, str(turn)) as writer:
            assert writer.stdout is not None
            told += [writer.stdout.readline() for _ in range(choose.randrange(1, 6))]
            time.sleep(choose.random() / 50)
            writer.kill()
            told += writer.stdout.readlines()
        AuditLog(folder).settle()
        assert verify(folder).intact
    found = records(folder)
    assert unfinished(found) == ()
    have = {(record.kind, record.body.get("plan")) for record in found}
    for line in [line for line in told if line.endswith("\n")]:  # not what the kill cut short
        plan, stage = line.split()
        assert ("intent" if stage == "begun" else "outcome", plan) in have


def test_the_unknown_outcome_says_what_to_check(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    program = """
import sys
from pathlib import Path
from opsconsole.audit import AuditLog
AuditLog(Path(sys.argv[1])).append("intent", {
    "plan": "ab", "action": "host.restart-unit", "check": "systemctl status nginx",
    "objects": [{"target": "web-1", "identity": "nginx.service"}], "steps": []})
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    log.append("intent", {"plan": "ours"})
    [unknown] = log.settle()
    assert unknown == records(tmp_path)[-1]
    assert unknown.kind == "unknown"
    assert (unknown.body["plan"], unknown.body["intent"]) == ("ab", 1)
    assert unknown.body["check"] == "systemctl status nginx"
    assert unknown.body["objects"] == [{"target": "web-1", "identity": "nginx.service"}]
    assert log.settle() == ()
    assert [record.body["plan"] for record in unfinished(records(tmp_path))] == ["ours"]


def test_an_intent_without_a_plan_is_settled_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from opsconsole.audit import AuditLog;"
        "AuditLog(Path(sys.argv[1])).append('intent', {})"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert len(AuditLog(tmp_path).settle()) == 1
    assert AuditLog(tmp_path).settle() == ()


def test_only_what_began_and_did_not_end_is_unfinished() -> None:
    def record(kind: str, plan: str, index: int) -> Record:
        return Record(index, "", kind, me(), {"plan": plan}, "", "")

    story = ["intent a", "intent b", "outcome a", "intent c", "unknown c", "refusal b", "plan d"]
    pairs = [step.split() for step in story]
    made = [record(kind, plan, index) for index, (kind, plan) in enumerate(pairs, 1)]
    assert [one.body["plan"] for one in unfinished(made)] == ["b"]


def test_who_lives() -> None:
    assert alive(me()) is True
    assert alive(msgspec.structs.replace(me(), started="1")) is False
    assert alive(msgspec.structs.replace(me(), boot="another boot")) is False
    assert alive(msgspec.structs.replace(me(), host="another-host")) is None


def test_a_process_that_ended_and_waits_for_its_parent_is_dead() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        started = Path(f"/proc/{child.pid}/stat")
        if not started.exists():
            child.kill()
            pytest.skip("no /proc on this system")
        fields = started.read_text().rpartition(")")[2].split()
        who = msgspec.structs.replace(me(), pid=child.pid, started=fields[19])
        assert alive(who) is True
        os.kill(child.pid, signal.SIGKILL)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert alive(who) is False
        child.wait()
        assert alive(who) is False
