"""Without an audit log nothing is done: no room, no right to write, or a log that was changed."""

import os
import subprocess
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path

import pytest

from opsconsole.audit import verify
from tests.engine.ruin import Ruin
from tests.engine.test_lifetime import within

PLAN = ["look1", "undo"]
"""What a plan asks; no more than that has come to its gate."""


@pytest.fixture
def disk(tmp_path: Path, ruin: Ruin, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """A file system of 256 KB with the audit log on it."""
    if os.geteuid() != 0:
        pytest.skip("mounting a file system of 256 KB needs root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a file system of 256 KB cannot be mounted: {done.stderr.strip()}")
    ruin.audit = folder / "audit"
    monkeypatch.setenv("OPSCONSOLE_AUDIT", str(ruin.audit))
    yield folder
    ruin.close()
    # A process that was killed may still hold it for a moment.
    assert within(60, lambda: subprocess.run(["umount", str(folder)], check=False).returncode == 0)


def fill(folder: Path) -> None:
    """Take all the room that is left there."""
    with (folder / "filler").open("ab", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)


def remount_read_only(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


@pytest.mark.root
@pytest.mark.parametrize(
    ("ruined", "says"),
    [(fill, "No space left on device"), (remount_read_only, "Read-only file system")],
)
def test_a_disk_that_takes_nothing_lets_nothing_begin(
    ruin: Ruin, disk: Path, ruined: Callable[[Path], None], says: str
) -> None:
    console = ruin.console("box.change")
    console.hear("planned")
    ruined(disk)
    ruin.go()
    error = str(console.hear("error", "outcome"))
    assert says in error
    assert "Nothing is done without it" in error
    late = ruin.console("box.change")
    assert says in str(late.hear("error", "planned")), "not even a plan"
    assert [name for name in ruin.came() if not name.startswith("look")] == ["undo", "undo"]
    assert not ruin.changed
    assert [record.kind for record in ruin.records()] == ["plan"]


@pytest.mark.root
def test_what_began_before_the_disk_was_full_has_its_outcome(ruin: Ruin, disk: Path) -> None:
    ruin.hold("call")
    console = ruin.console("box.change")
    console.hear("planned")
    ruin.go()
    ruin.until_came("call")
    fill(disk)
    ruin.release()
    assert console.hear("outcome", "error") == "verified"
    assert [record.kind for record in ruin.records()] == ["plan", "intent", "outcome"]
    assert ruin.records()[-1].body["state"] == "verified"
    fill(disk)
    assert "make room" in str(ruin.console("box.change").hear("error", "planned"))


def _open_to_all(ruin: Ruin) -> None:
    ruin.audit.mkdir()
    ruin.audit.chmod(0o777)


def _a_file(ruin: Ruin) -> None:
    ruin.audit.write_text("no folder")


@pytest.mark.parametrize(
    ("ruined", "says"), [(_open_to_all, "others can change"), (_a_file, "cannot be written")]
)
def test_a_folder_that_cannot_be_trusted_is_told_at_once_and_refuses_all(
    ruin: Ruin, ruined: Callable[[Ruin], None], says: str
) -> None:
    ruined(ruin)
    console = ruin.console("box.change")
    [told] = console.unsettled()
    assert told.startswith("no action can run: ")
    assert says in told
    assert says in str(console.hear("error", "planned"))
    assert ruin.came() == PLAN


def _cut(log: Path) -> None:
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:-1]))


def _edit(log: Path) -> None:
    log.write_bytes(log.read_bytes().replace(b"box.change", b"box.chance"))


def _empty(log: Path) -> None:
    log.unlink()


TAMPERING = [_cut, _edit, _empty]


@pytest.mark.parametrize("tamper", TAMPERING)
def test_a_log_changed_behind_the_plan_refuses_it(
    ruin: Ruin, tamper: Callable[[Path], None]
) -> None:
    console = ruin.console("box.change")
    console.hear("planned")
    tamper(ruin.audit / "audit.jsonl")
    ruin.go()
    error = str(console.hear("error", "outcome"))
    assert "does not hold together" in error
    assert "audit verify" in error
    assert ruin.came() == PLAN
    assert not ruin.changed
    assert not verify(ruin.audit).intact


@pytest.mark.parametrize("tamper", TAMPERING)
def test_a_log_changed_during_the_call_is_said_with_the_outcome(
    ruin: Ruin, tamper: Callable[[Path], None]
) -> None:
    ruin.hold("call")
    console = ruin.console("box.change")
    console.hear("planned")
    ruin.go()
    ruin.until_came("call")
    tamper(ruin.audit / "audit.jsonl")
    ruin.release()
    said = ""
    while not said.startswith("the outcome could not be written down"):
        said = str(console.hear("progress"))
    assert "does not hold together" in said
    assert console.hear("outcome", "error") == "verified"
    assert not verify(ruin.audit).intact
