"""Where recordings stand, one folder for each estate, and who may write there now."""

import fcntl
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import platformdirs

from opsconsole.recorder import journal

DATABASE = "recording.sqlite"
LOCK = "recording.lock"

HERE = "this-machine"
"""The recording of an estate without a file."""


def base_folder(named: str = "") -> Path:
    """`$OPSCONSOLE_RECORDING`, what the estate names, else `recordings` in the state folder."""
    given = os.environ.get("OPSCONSOLE_RECORDING") or named
    if given:
        return Path(given)
    return Path(platformdirs.user_state_dir("opsconsole", appauthor=False)) / "recordings"


def folder_of(source: Sequence[Path], named: str = "") -> Path:
    """The folder of an estate's recording; `source` are the files the estate was read from."""
    if not source:
        return base_folder(named) / HERE
    whole = "\0".join(str(path.absolute()) for path in source)
    first = source[0] if len(source) == 1 else source[0].parent
    word = re.sub(r"[^a-zA-Z0-9_-]+", "-", first.stem).strip("-")[:40] or "estate"
    return base_folder(named) / f"{word}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def prepare(folder: Path) -> None:
    """Make the folder, for its owner alone; raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.stat()
    if status.st_uid not in {0, os.geteuid()} or status.st_mode & 0o022:
        raise PermissionError(0, "others can write there: make it yours alone with chmod 700")


def hold(folder: Path) -> int | None:
    """Be the only writer until the descriptor is closed; None when another process is."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(folder / LOCK, flags, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def being_written(folder: Path) -> bool:
    """Whether a process is recording there now."""
    try:
        held = hold(folder)
    except OSError:
        return False
    if held is None:
        return True
    os.close(held)
    return False


def journals(folder: Path) -> list[Path]:
    """Journals that are there, oldest first; raises `OSError`."""
    # Asked with every question to a recording: a glob takes as long as an answer.
    return [folder / name for name in sorted(os.listdir(folder)) if journal.is_named(name)]  # noqa: PTH208


def number_of(path: Path) -> int:
    """The number of a journal."""
    digits = path.name.rpartition("-")[2]
    return int(digits) if digits.isdecimal() else 0


def size_of(folder: Path) -> int:
    """Bytes of all its files, or of the file it is."""
    if not folder.is_dir():
        return folder.stat().st_size
    total = 0
    for path in folder.iterdir():
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
