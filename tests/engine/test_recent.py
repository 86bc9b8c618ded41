"""What was begun lately counts, whoever wrote it down and whatever else stands in the log."""

from pathlib import Path

from opsconsole.audit import AuditLog
from opsconsole.engine.recent import deeds
from opsconsole.policy import Deed


def test_only_what_was_begun_lately_counts_once_per_object(tmp_path: Path) -> None:
    now = [1000.0]
    log = AuditLog(tmp_path / "audit", clock=lambda: now[0])
    objects = [{"target": "web-1", "name": "a"}, {"target": "web-2", "name": "a"}]
    log.append("intent", {"objects": objects})
    now[0] = 2000.0
    log.append("plan", {"objects": objects, "note": '"kind":"intent"'})
    log.append("intent", {"objects": "none of ours"})
    log.append("intent", {"objects": objects[:1]})
    assert deeds(log.folder, 1500.0) == (Deed(2000.0, "web-1"),)
    assert [deed.target for deed in deeds(log.folder, 0.0)] == ["web-1", "web-2", "web-1"]


def test_no_log_is_no_deed(tmp_path: Path) -> None:
    assert deeds(tmp_path / "nowhere", 0.0) == ()
