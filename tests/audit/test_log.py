"""What is appended is on disk, chained and harmless to look at, whoever else writes and crashes."""

import hashlib
import json
import multiprocessing
import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from opsconsole.audit import AuditLog, Kind, default_folder, verify
from opsconsole.audit import folder as files
from opsconsole.audit.record import LINE_LIMIT
from opsconsole.errors import Unauditable
from opsconsole.ports import AuditSink
from tests.audit.conftest import records


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "audit"


def _sink(log: AuditSink) -> AuditSink:
    return log


def test_a_record_says_who_where_and_what(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.7 50022 192.0.2.1 22")
    digest = _sink(AuditLog(folder, clock=lambda: 1.5)).append("plan", {"plan": "ab", "n": 1})
    [record] = records(folder)
    assert record.hash == digest
    assert (record.index, record.kind, record.body) == (1, "plan", {"plan": "ab", "n": 1})
    assert (record.at, record.time) == ("1970-01-01T00:00:01.500000Z", 1.5)
    assert (record.who.uid, record.who.pid) == (os.geteuid(), os.getpid())
    assert record.who.ssh_connection == "192.0.2.7 50022 192.0.2.1 22"
    assert record.prev == "0" * 64


def test_the_hash_can_be_checked_without_us(folder: Path) -> None:
    """As docs/audit.md says: take the last member off the line, and hash what is left."""
    log = AuditLog(folder)
    log.append("plan", {"b": [1, 2.5, None, True], "a": "é"})
    digest = log.append("note", {"note": "x"})
    first, second = (folder / "audit.jsonl").read_text().splitlines()
    for line in (first, second):
        content, said = re.sub(r',"hash":"[0-9a-f]{64}"\}$', "}", line), json.loads(line)["hash"]
        assert hashlib.sha256(content.encode()).hexdigest() == said
    assert json.loads(second)["prev"] == json.loads(first)["hash"]
    assert json.loads(second)["hash"] == digest


def test_only_the_owner_may_read(folder: Path) -> None:
    old = os.umask(0)
    try:
        AuditLog(folder).append("intent", {"plan": "ab"})
    finally:
        os.umask(old)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert set(modes) == {"audit.jsonl", "audit.head", "audit.lock", "audit.reserve"}


def test_hostile_text_is_pure_ascii_and_comes_back(folder: Path) -> None:
    text = "".join(map(chr, range(0x300))) + "\u202e\ud800\U000e0001" + '"}\n{"index":1'
    AuditLog(folder).append("note", {text: [text, {"deep": (text,)}]})
    raw = (folder / "audit.jsonl").read_bytes()
    assert all(32 <= byte < 127 for byte in raw.removesuffix(b"\n"))
    [record] = records(folder)
    assert record.body == {text: [text, {"deep": [text]}]}
    assert verify(folder).intact


def test_secrets_are_masked_everywhere(folder: Path) -> None:
    log = AuditLog(folder, mask=lambda text: text.replace("hunter2", "***"))
    log.append("plan", {"steps": [{"argv": ["mysql", "-phunter2"]}], "hunter2": "a hunter2 b"})
    assert "hunter2" not in (folder / "audit.jsonl").read_text()
    body = {"steps": [{"argv": ["mysql", "-p***"]}], "***": "a *** b"}
    assert records(folder)[0].body == body


def test_what_this_process_revealed_is_masked_by_default(folder: Path) -> None:
    program = """
import asyncio, sys
from pathlib import Path
from opsconsole.audit import AuditLog
from opsconsole.secret import Secret
assert asyncio.run(Secret("env", ("WORD",)).reveal()) == "correct horse"
AuditLog(Path(sys.argv[1])).append("note", {"argv": ["login", "--password=correct horse"]})
"""
    command = [sys.executable, "-c", program, str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "WORD": "correct horse"})
    assert records(folder)[0].body == {"argv": ["login", "--password=***"]}


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_json_has_not_is_refused_before_anything_is_written(
    folder: Path, value: object
) -> None:
    with pytest.raises(Unauditable, match="cannot hold a"):
        AuditLog(folder).append("note", {"value": value})
    assert not folder.exists()


def test_a_record_without_end_is_refused(folder: Path) -> None:
    log = AuditLog(folder)
    log.append("note", {})
    with pytest.raises(Unauditable, match="too long"):
        log.append("note", {"note": "x" * LINE_LIMIT})
    assert verify(folder).head.index == 1


def test_numbers_that_json_has_not_become_text(folder: Path) -> None:
    AuditLog(folder).append("note", {"seconds": float("nan"), "most": float("inf")})
    assert records(folder)[0].body == {"seconds": "nan", "most": "inf"}


def test_full_files_are_kept_and_the_chain_goes_on(folder: Path) -> None:
    log = AuditLog(folder, rotate=2_000)
    for number in range(30):
        log.append("note", {"number": number})
    verdict = verify(folder)
    names = sorted(path.name for path in folder.glob("*.jsonl"))
    assert names[0] == "audit-000001.jsonl"
    assert names[-1] == "audit.jsonl"
    assert verdict.files == len(names) > 5
    assert verdict.intact
    found = records(folder)
    assert [record.body["number"] for record in found if record.kind == "note"] == list(range(30))
    turned = [record.body["file"] for record in found if record.kind == "rotation"]
    assert turned == names[:-1]
    assert all(path.stat().st_size < 3_000 for path in folder.glob("*.jsonl"))


def test_a_new_process_goes_on_with_the_chain(folder: Path) -> None:
    for _ in range(3):
        AuditLog(folder).append("note", {})
    assert [record.index for record in records(folder)] == [1, 2, 3]
    assert verify(folder).findings == []


def _write(folder: str, count: int) -> None:
    log = AuditLog(Path(folder), rotate=4_000)
    for number in range(count):
        log.append("note", {"number": number, "by": os.getpid()})


def test_processes_and_threads_share_one_log(folder: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_write, args=(str(folder), 25)) for _ in range(2)]
    log = AuditLog(folder, rotate=4_000)
    threads = [
        threading.Thread(target=lambda: [log.append("note", {"number": n}) for n in range(25)])
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    notes = [record for record in records(folder) if record.kind == "note"]
    assert len(notes) == 100
    assert verify(folder).findings == []
    for pid in {record.body.get("by") for record in notes} - {None}:
        mine = [record.body["number"] for record in notes if record.body.get("by") == pid]
        assert mine == list(range(25))


def test_one_that_holds_the_log_for_good_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = AuditLog(folder)
    log.append("note", {})
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    with files.held(folder), pytest.raises(Unauditable, match="another process holds"):
        log.append("note", {})


def test_the_folder_is_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert default_folder().parts[-2:] == ("opsconsole", "audit")
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(tmp_path / "elsewhere"))
    AuditLog().append("note", {})
    assert verify(tmp_path / "elsewhere").records == 1


def test_a_folder_that_others_can_change_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o770)
    with pytest.raises(Unauditable, match="chmod 700"):
        AuditLog(folder).append("note", {})
    folder.chmod(0o750)  # to read it is the owner's to allow
    AuditLog(folder).append("note", {})


def test_a_link_in_the_place_of_the_log_is_not_followed(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    (tmp_path / "victim").write_text("")
    (folder / "audit.jsonl").symlink_to(tmp_path / "victim")
    with pytest.raises(Unauditable, match="cannot be written"):
        AuditLog(folder).append("note", {})
    assert (tmp_path / "victim").read_text() == ""


def test_where_no_folder_can_be_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unauditable, match="OPSCONSOLE_AUDIT"):
        AuditLog(tmp_path / "file" / "audit").append("note", {})


def test_a_log_that_lost_its_end_takes_no_more(folder: Path) -> None:
    log = AuditLog(folder)
    for _ in range(3):
        log.append("note", {})
    path = folder / "audit.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    for writer in (log, AuditLog(folder)):
        with pytest.raises(Unauditable, match="ends with record 2, but record 3"):
            writer.append("note", {})


def test_a_log_whose_last_record_was_replaced_takes_no_more(folder: Path, tmp_path: Path) -> None:
    AuditLog(folder).append("note", {"note": "what was"})
    AuditLog(tmp_path / "other").append("note", {"note": "what was not"})
    (folder / "audit.jsonl").write_bytes((tmp_path / "other" / "audit.jsonl").read_bytes())
    with pytest.raises(Unauditable, match="does not hold together"):
        AuditLog(folder).append("note", {})


def test_an_anchor_that_was_gone_is_recorded(folder: Path) -> None:
    AuditLog(folder).append("note", {})
    AuditLog(folder).append("note", {})
    (folder / "audit.head").unlink()
    AuditLog(folder).append("note", {})
    assert [record.kind for record in records(folder)] == ["note", "note", "repair", "note"]
    assert verify(folder).findings == []


@pytest.mark.parametrize("torn", [b"{", b"\0" * 300, b'{"index":3,"at":"x"}', b'a\n{"b'])
def test_a_torn_line_is_kept_and_told(folder: Path, torn: bytes) -> None:
    for _ in range(2):
        AuditLog(folder).append("note", {})
    with (folder / "audit.jsonl").open("ab") as file:
        file.write(torn)
    before = verify(folder)
    assert [found.kind for found in before.findings][-1] == Kind.TORN
    AuditLog(folder).append("note", {})
    assert torn in (folder / "audit.jsonl").read_bytes()
    verdict = verify(folder)
    assert verdict.intact
    [found] = verdict.findings
    assert (found.kind, found.file, found.line) == (Kind.TORN, "audit.jsonl", 3)
    assert (verdict.records, verdict.head.index) == (4, 4)
    AuditLog(folder).append("note", {})
    assert len(verify(folder).findings) == 1


def test_a_record_is_on_disk_before_the_anchor_and_before_the_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[str, int]] = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        status = os.fstat(descriptor)
        here = {path.stat().st_ino: path.name for path in [folder, *folder.iterdir()]}
        synced.append((here[status.st_ino], status.st_size))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    log = AuditLog(folder)
    log.append("note", {})
    first, path = list(synced), folder / "audit.jsonl"
    assert [name for name, _ in first] == ["audit", "audit.jsonl", "audit.head.new"]
    assert first[1][1] == path.stat().st_size
    synced.clear()
    log.append("note", {})
    assert [name for name, _ in synced] == ["audit.jsonl", "audit.head.new"]
    assert synced[0][1] == path.stat().st_size
