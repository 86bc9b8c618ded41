"""What was begun lately counts, whoever wrote it down and whatever else stands in the log."""

from pathlib import Path

from opsconsole.audit import AuditLog
from opsconsole.engine.recent import Lately, deeds
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


def _begin(log: AuditLog, target: str) -> None:
    log.append("intent", {"objects": [{"target": target, "name": "a"}]})


def test_what_others_begin_counts_as_they_write_it_down(tmp_path: Path) -> None:
    now = [1000.0]
    ours, theirs = (AuditLog(tmp_path / "audit", clock=lambda: now[0]) for _ in range(2))
    lately = Lately(ours.folder, 60.0, lambda: now[0])
    assert lately() == (), "there is no log yet"
    _begin(theirs, "web-1")
    _begin(ours, "web-2")
    theirs.append("plan", {"objects": [{"target": "web-3"}]})
    assert [deed.target for deed in lately()] == ["web-1", "web-2"]
    now[0] = 1050.0
    _begin(theirs, "web-4")
    now[0] = 1070.0
    assert [deed.target for deed in lately()] == ["web-4"], "the window moved on"
    lately.close()


def test_nothing_is_missed_when_another_file_is_begun(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit", rotate=400)
    _begin(log, "first")
    lately = Lately(log.folder, 3600.0)
    names = [f"web-{number}" for number in range(20)]
    for name in names:
        _begin(log, name)
        if name.endswith("7"):
            lately()
    assert len(list(log.folder.glob("audit*.jsonl*"))) > 3
    assert [deed.target for deed in lately()] == ["first", *names]
    lately.close()
