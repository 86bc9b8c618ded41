"""The folder of an audit log: its files, the anchor of its head, and who may write now."""

import contextlib
import fcntl
import os
import re
import stat
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec
import platformdirs

from opsconsole.audit.record import LINE_LIMIT
from opsconsole.errors import Unauditable

CURRENT = "audit.jsonl"
HEAD = "audit.head"
LOCK = "audit.lock"
PATIENCE = 10.0
"""Seconds to wait for another process that writes a record, which takes milliseconds."""

_CLOSED = re.compile(r"audit-(\d{6,})\.jsonl")


class Head(msgspec.Struct, frozen=True):
    """The last record that was certainly written; kept apart, so that its removal shows."""

    index: int
    hash: str


def default_folder() -> Path:
    """`$OPSCONSOLE_AUDIT`, otherwise `audit` in the user's state folder."""
    named = os.environ.get("OPSCONSOLE_AUDIT")
    if named:
        return Path(named)
    return Path(platformdirs.user_state_dir("opsconsole", appauthor=False)) / "audit"


def closed_files(folder: Path) -> list[Path]:
    """Files that are full, oldest first."""
    found = [(int(match[1]), path) for path in folder.iterdir() if (match := _named(path))]
    return [path for _, path in sorted(found)]


def next_closed(folder: Path) -> Path:
    """What the current file is to be called when it is full."""
    numbers = [int(match[1]) for path in folder.iterdir() if (match := _named(path))]
    return folder / f"audit-{max(numbers, default=0) + 1:06d}.jsonl"


def _named(path: Path) -> re.Match[str] | None:
    return _CLOSED.fullmatch(path.name)


def prepare(folder: Path) -> None:
    """Make the folder for its owner alone; raises `Unauditable` when others could write there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = folder.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in {0, os.geteuid()} or mode & 0o022:
        raise Unauditable(
            f"others can change the audit log {folder} (uid {status.st_uid}, mode {mode:04o}):"
            f" make it yours alone with chmod 700, or name another folder in OPSCONSOLE_AUDIT"
        )


@contextlib.contextmanager
def held(folder: Path) -> Generator[None, None, None]:
    """Be the only writer; raises `Unauditable` when another does not let go, or `OSError`."""
    deadline = time.monotonic() + PATIENCE
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(folder / LOCK, flags, 0o600)
        try:
            if _locked(descriptor, fcntl.LOCK_EX) and _still_named(descriptor, folder / LOCK):
                yield
                return
        finally:
            os.close(descriptor)
        if time.monotonic() > deadline:
            raise Unauditable(
                f"another process holds the audit log {folder} for more than {PATIENCE:g} s:"
                f" see which with `fuser {folder / LOCK}` and let it go on or end it"
            )
        time.sleep(0.005)


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_named(descriptor: int, path: Path) -> bool:
    """Whether the lock is on the file that others will open, not on one removed meanwhile."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """Make names that were made or changed in the folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put(descriptor: int, data: bytes) -> None:
    """Write all of it, and have it on disk."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]
    os.fsync(descriptor)


def write_head(folder: Path, head: Head) -> None:
    """Replace the anchor; a crash leaves the old one or the new one."""
    fresh = folder / f"{HEAD}.new"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
    descriptor = os.open(fresh, flags, 0o600)
    try:
        put(descriptor, msgspec.json.encode(head) + b"\n")
    finally:
        os.close(descriptor)
    fresh.replace(folder / HEAD)


def read_head(folder: Path) -> Head | None:
    """The anchor; None when there is none. Raises `Unauditable` when it cannot be one."""
    try:
        text = (folder / HEAD).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return decode_head(text)
    except ValueError as error:
        raise Unauditable(
            f"{folder / HEAD} is no anchor of an audit log ({error}). Nothing is done without it:"
            f" see whether `opsconsole audit verify --log {folder}` finds more, then remove the"
            " anchor; the log will say that it was gone"
        ) from error


def decode_head(text: bytes) -> Head:
    """What an anchor says; raises `ValueError` when it is none."""
    try:
        return msgspec.json.decode(text, type=Head)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise ValueError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it stands in a file."""

    file: str
    number: int
    """From 1."""
    text: bytes
    """Without its line end; at most `LINE_LIMIT` bytes of it."""
    whole: bool
    """Whether it has a line end."""
    last: bool
    """Whether its file is the newest one and it is the last line there."""


class Snapshot:
    """The log as it was at one moment, whatever is written while it is read."""

    def __init__(self, folder: Path, *, writer: bool = False) -> None:
        """Note what there is, as a reader or as the one that holds it; raises `OSError`."""
        self.folder = folder
        with contextlib.nullcontext() if writer else _shared(folder):
            self._files = closed_files(folder)
            self._current: BinaryIO | None = None
            self._size = 0
            with contextlib.suppress(FileNotFoundError):
                self._current = (folder / CURRENT).open("rb")
                self._size = os.fstat(self._current.fileno()).st_size
            self._head = folder / HEAD
            self.anchor = self._head.read_bytes() if self._head.exists() else None

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._current is not None:
            self._current.close()

    @property
    def files(self) -> int:
        """How many files hold records."""
        return len(self._files) + (self._current is not None)

    def lines(self) -> Iterator[Line]:
        """Every line of every file, oldest first."""
        for path in self._files:
            with path.open("rb") as file:
                newest = self._current is None and path == self._files[-1]
                yield from _lines(file, path.name, path.stat().st_size, newest=newest)
        if self._current is not None:
            self._current.seek(0)
            yield from _lines(self._current, CURRENT, self._size, newest=True)


@contextlib.contextmanager
def _shared(folder: Path) -> Generator[None, None, None]:
    """Keep writers out for a moment where they can be: a copy may be read-only, without a lock."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        deadline = time.monotonic() + PATIENCE
        while not _locked(descriptor, fcntl.LOCK_SH) and time.monotonic() < deadline:
            time.sleep(0.005)
        yield
    finally:
        os.close(descriptor)


def _lines(file: BinaryIO, name: str, size: int, *, newest: bool) -> Iterator[Line]:
    number = position = 0
    while position < size and (text := file.readline(min(LINE_LIMIT, size - position))):
        position += len(text)
        number += 1
        whole = text.endswith(b"\n")
        if len(text) == LINE_LIMIT and not whole:
            position += _skip_line(file, size - position)
        yield Line(name, number, text.removesuffix(b"\n"), whole, newest and position >= size)


def _skip_line(file: BinaryIO, left: int) -> int:
    """Pass over the rest of a line that is too long to be a record; returns its bytes."""
    passed = 0
    while passed < left and (text := file.readline(min(LINE_LIMIT, left - passed))):
        passed += len(text)
        if text.endswith(b"\n"):
            break
    return passed
