"""On a full disk nothing begins, and what had begun is still told how it ended."""

import os
import subprocess
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest

from opsconsole.audit import AuditLog, verify
from opsconsole.errors import Unauditable
from tests.audit.conftest import records

pytestmark = pytest.mark.root


@pytest.fixture
def disk(tmp_path: Path) -> Generator[Path, None, None]:
    """A file system of 256 KB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a file system of 256 KB needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a file system of 256 KB cannot be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    """Take all the room that is left."""
    path = disk / "filler"
    with path.open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)
    return path


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nothing_begins_and_nothing_half_is_left(disk: Path) -> None:
    log = AuditLog(disk / "audit")
    log.append("note", {})
    filler = _fill(disk)
    before = (log.folder / "audit.jsonl").read_bytes()
    for kind in ("intent", "plan"):
        with pytest.raises(Unauditable, match=r"No space left.*make room"):
            log.append(kind, {"plan": "ab", "note": "x" * 8192})
    assert (log.folder / "audit.jsonl").read_bytes() == before
    assert verify(log.folder).findings == []
    filler.unlink()
    log.append("intent", {"plan": "ab"})
    assert [record.kind for record in records(log.folder)] == ["note", "intent"]


def test_an_outcome_is_written_all_the_same(disk: Path) -> None:
    log = AuditLog(disk / "audit", rotate=8192)
    log.append("intent", {"plan": "ab"})
    assert "audit.reserve" in _names(log.folder)
    filler = _fill(disk)
    with pytest.raises(Unauditable):
        log.append("note", {"note": "x" * 8192})
    log.append("outcome", {"plan": "ab", "state": "done", "message": "x" * 20_000})
    assert "audit.reserve" not in _names(log.folder)
    assert [record.kind for record in records(log.folder)] == ["intent", "outcome"]
    assert verify(log.folder).findings == []
    _fill(disk)
    with pytest.raises(Unauditable, match="make room"):
        log.append("intent", {"plan": "cd"})
    filler.unlink()
    log.append("intent", {"plan": "cd"})
    assert (log.folder / "audit.reserve").stat().st_size == 64 * 1024
    assert verify(log.folder).findings == []


def test_an_outcome_too_long_for_all_there_is_leaves_nothing_half(disk: Path) -> None:
    log = AuditLog(disk / "audit")
    log.append("intent", {"plan": "ab"})
    _fill(disk)
    with pytest.raises(Unauditable):
        log.append("outcome", {"plan": "ab", "message": "x" * 200_000})
    assert [record.kind for record in records(log.folder)] == ["intent"]
    log.append("outcome", {"plan": "ab", "message": "shorter"})
    assert verify(log.folder).findings == []


def test_an_intent_needs_room_for_its_outcome(disk: Path) -> None:
    log = AuditLog(disk / "audit")
    log.append("note", {})
    filler = _fill(disk)
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - 32 * 1024)  # enough for the intent alone
    log.append("note", {})
    with pytest.raises(Unauditable, match="make room"):
        log.append("intent", {"plan": "ab"})
    assert "audit.reserve" not in _names(log.folder)
