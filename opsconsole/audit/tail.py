"""The end of the log: its last whole record, and what a crash left behind it."""

import os
from dataclasses import dataclass
from pathlib import Path

from opsconsole.audit.folder import Head, closed_files, read_head
from opsconsole.audit.record import GENESIS, Record, genuine, read
from opsconsole.errors import Unauditable

_SPAN = 64 * 1024


@dataclass(frozen=True, slots=True)
class Tail:
    """What the next record is chained to."""

    index: int
    """Of the last record; 0 when there is none."""
    hash: str
    offset: int
    """Where that record ends in the current file."""
    torn: bytes = b""
    """What stands behind it there: the beginning of a record that a crash cut off."""
    anchored: bool = True
    """Whether the anchor is there, as it must be once there is a record."""


def find_tail(folder: Path, descriptor: int) -> Tail:
    """The end of the log whose current file is open there.

    Raises `Unauditable` when the log does not reach, or contradicts, its anchor: records are gone.
    """
    record, offset, torn = _last(descriptor)
    if record is None and (closed := closed_files(folder)):
        record = _last_of_closed(closed[-1])
    index, digest = (0, GENESIS) if record is None else (record.index, record.hash)
    head = read_head(folder)
    if head is not None:
        _compare(folder, head, index, digest)
    return Tail(index, digest, offset, torn, anchored=head is not None)


def _compare(folder: Path, head: Head, index: int, digest: str) -> None:
    if head.index < index or (head.index, head.hash) == (index, digest):
        return
    raise Unauditable(
        f"the audit log {folder} does not hold together: it ends with record {index}, but record"
        f" {head.index} ({head.hash[:12]}) was written. Nothing is done without it:"
        f" `opsconsole audit verify --log {folder}` names what is missing; keep the folder as"
        " evidence under another name, and a new log is begun"
    )


def _last(descriptor: int) -> tuple[Record | None, int, bytes]:
    """The last whole record of a file, where it ends, and the bytes behind it."""
    size = os.fstat(descriptor).st_size
    span = _SPAN
    while True:
        start = max(0, size - span)
        data = os.pread(descriptor, size - start, start)
        end = data.rfind(b"\n")
        while end >= 0:
            before = data.rfind(b"\n", 0, end)
            line = data[before + 1 : end]
            if (before >= 0 or start == 0) and genuine(line) and (record := read(line)):
                return record, start + end + 1, data[end + 1 :]
            end = before
        if start == 0:
            return None, 0, data
        span *= 16


def _last_of_closed(path: Path) -> Record:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        record, _, torn = _last(descriptor)
    finally:
        os.close(descriptor)
    if record is None or torn:
        raise Unauditable(
            f"{path} does not end with a record of the audit log: see `opsconsole audit verify"
            f" --log {path.parent}`; keep the folder as evidence under another name, and a new log"
            " is begun"
        )
    return record
