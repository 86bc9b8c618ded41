"""The audit log: one record after another, on disk before it counts, each chained to the last."""

import contextlib
import errno
import hashlib
import os
import threading
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

from opsconsole import secret
from opsconsole.audit import folder as files
from opsconsole.audit import reserve
from opsconsole.audit.folder import CURRENT, Head
from opsconsole.audit.process import alive, me
from opsconsole.audit.record import Record, plain, read, seal
from opsconsole.audit.tail import Tail, find_tail
from opsconsole.audit.unfinished import INTENT, SETTLED, read_unfinished
from opsconsole.errors import Unauditable

ROTATE = 16 * 1024 * 1024
"""Bytes after which a new file is begun."""

_Look = tuple[int, int, int]
"""Inode, bytes and time of change: a file of the same look holds what it held."""


class AuditLog:
    """An `AuditSink` in a folder; may be used from any thread, and several processes share one.

    It keeps no file open between records: there is nothing to close.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        rotate: int = ROTATE,
        mask: Callable[[str], str] = secret.mask,
        clock: Callable[[], float] = time.time,
        heard: Callable[[Record], None] = lambda _: None,
    ) -> None:
        """Name the folder (otherwise `default_folder`); nothing is touched before `append`.

        `mask` takes the secrets out of every text of a body; `clock` gives Unix time;
        `heard` is told each record that was appended, in the thread of who appended it.
        """
        self.folder = folder or files.default_folder()
        self._rotate = rotate
        self._mask = mask
        self._clock = clock
        self._heard = heard
        self._turn = threading.Lock()
        self._known: tuple[_Look, Tail] | None = None

    def append(self, kind: str, body: Mapping[str, object]) -> str:
        """Write a record, on disk when this returns; returns its hash.

        Raises `Unauditable` when it cannot be written, and then nothing of it is left. The outcome
        of what had begun is written even on a full disk: an `intent` sets room aside for it first.
        """
        content = plain(body, self._mask)
        with self._writing():
            record = self._append(kind, content)
        self._heard(record)
        return record.hash

    def settle(self) -> tuple[Record, ...]:
        """Record an `unknown` outcome for each intent whose process died; returns these records.

        To be called when a collector starts. Intents of other machines that share the folder are
        left to those: whether their process lives cannot be told from here.
        """
        with self._writing():
            dead = [one for one in read_unfinished(self.folder) if alive(one.who) is False]
            return tuple(self._append("unknown", _unknown(intent)) for intent in dead)

    @contextlib.contextmanager
    def _writing(self) -> Generator[None, None, None]:
        """Alone in the folder; what the system refuses becomes `Unauditable` with a remedy."""
        try:
            with self._turn:
                files.prepare(self.folder)
                with files.held(self.folder):
                    yield
        except OSError as error:
            raise Unauditable(
                f"the audit log {self.folder} cannot be written: {error.strerror or error}."
                f" Nothing is done without it: {_remedy(error)}"
            ) from error

    @contextlib.contextmanager
    def _opened(self) -> Generator[int, None, None]:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.folder / CURRENT, flags, 0o600)
        try:
            if os.fstat(descriptor).st_size == 0:
                files.sync_folder(self.folder)
            yield descriptor
        finally:
            os.close(descriptor)

    def _append(self, kind: str, body: object) -> Record:
        must = kind in SETTLED
        if kind == INTENT:
            reserve.keep(self.folder)
        with self._opened() as current:
            self._mend(current, must=must)
            size = os.fstat(current).st_size
            if must or size < self._rotate:  # a new file takes room that may be gone
                return self._write(current, kind, body, must=must)
        closed = files.next_closed(self.folder)
        (self.folder / CURRENT).rename(closed)
        with self._opened() as current:
            self._write(current, "rotation", {"file": closed.name, "bytes": size})
            return self._write(current, kind, body)

    def _mend(self, current: int, *, must: bool) -> None:
        """Say in the log itself what a crash left; the bytes stay where they are, as evidence."""
        tail = self._tail(current)
        if tail.torn:
            data = tail.torn.removesuffix(b"\n")
            body: dict[str, object] = {
                "repair": "torn",
                "line": os.pread(current, tail.offset, 0).count(b"\n") + 1,
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "message": "a crash cut off what stands on that line",
            }
            lead = b"" if tail.torn.endswith(b"\n") else b"\n"
            self._write(current, "repair", body, must=must, lead=lead)
        elif tail.index > 1 and not tail.anchored:
            message = f"{files.HEAD} was gone: records after {tail.index} may be, too"
            self._write(current, "repair", {"repair": "anchor", "message": message}, must=must)

    def _tail(self, current: int) -> Tail:
        """The end of the log: what we left there, or read anew when somebody else wrote."""
        if self._known is None or self._known[0] != _look(current):
            self._known = _look(current), find_tail(self.folder, current)
        return self._known[1]

    def _write(
        self, current: int, kind: str, body: object, *, must: bool = False, lead: bytes = b""
    ) -> Record:
        """Chain a record to the end, `lead` before it; on failure the file is as it was."""
        tail = self._tail(current)
        line, digest = seal(tail.index + 1, self._clock(), kind, me(), body, tail.hash)
        head = Head(tail.index + 1, digest)
        size = os.fstat(current).st_size
        try:
            files.put(current, lead + line)
            files.write_head(self.folder, head)
        except OSError as error:
            _cut(current, size)
            if not must:
                raise
            if error.errno in reserve.FULL:
                reserve.give_up(self.folder)
            self._force(current, lead + line, size)
            with contextlib.suppress(OSError):  # an anchor that lags is no lie, only less proof
                files.write_head(self.folder, head)
        self._known = _look(current), Tail(head.index, digest, size + len(lead) + len(line))
        record = read(line.removesuffix(b"\n"))
        assert record is not None
        return record

    def _force(self, current: int, data: bytes, size: int) -> None:
        try:
            files.put(current, data)
        except OSError:
            _cut(current, size)
            raise


def _look(descriptor: int) -> _Look:
    status = os.fstat(descriptor)
    return status.st_ino, status.st_size, status.st_mtime_ns


def _cut(descriptor: int, size: int) -> None:
    """Take back what was written past `size`; a later append reports it as torn otherwise."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)


def _unknown(intent: Record) -> dict[str, object]:
    kept = ("plan", "action", "tier", "objects", "check")
    return {
        **{key: intent.body[key] for key in kept if key in intent.body},
        "intent": intent.index,
        "message": f"process {intent.who.pid} of {intent.who.user} ended before it recorded an"
        " outcome: what was done is not known",
    }


def _remedy(error: OSError) -> str:
    if error.errno in reserve.FULL:
        return "make room on that file system"
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return "make the folder yours and writable, or name another one in OPSCONSOLE_AUDIT"
    return "mend that, or name another folder in OPSCONSOLE_AUDIT"
