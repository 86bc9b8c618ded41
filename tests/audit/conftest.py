"""Logs to write, to read and to tamper with."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from opsconsole.audit import AuditLog, Record, Snapshot, read

ROTATE = 10_000
"""Bytes: about 20 records to a file."""


def records(folder: Path) -> list[Record]:
    """All records of a log, oldest first; every line must be one."""
    with Snapshot(folder) as log:
        found = [read(line.text) for line in log.lines()]
    assert None not in found
    return [record for record in found if record is not None]


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of about 60 records in 3 files. Never write to it: take a `copy`."""
    folder = tmp_path_factory.mktemp("original") / "audit"
    log = AuditLog(folder, rotate=ROTATE)
    for number in range(60):
        log.append("note", {"note": f"number {number:03d}", "plan": f"{number:064x}"})
    assert len(list(folder.glob("*.jsonl"))) == 3
    return folder


@pytest.fixture
def copy(original: Path, tmp_path: Path) -> Callable[[], Path]:
    """Gives a fresh copy of the log, at the same place each time."""

    def fresh() -> Path:
        folder = tmp_path / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(original, folder)
        return folder

    return fresh
