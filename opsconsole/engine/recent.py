"""What was done lately, as the audit log has it: limits hold across restarts and commands."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from opsconsole.audit import CURRENT, Record, Snapshot, read
from opsconsole.policy import Deed

_INTENT = b'"kind":"intent"'


class _Object(msgspec.Struct):
    target: str


class _Intent(msgspec.Struct):
    objects: list[_Object]


def deeds(folder: Path, since: float) -> tuple[Deed, ...]:
    """Objects that somebody began to act on after `since` (Unix time); none without a log."""
    try:
        with Snapshot(folder) as log:
            return tuple(
                deed
                for line in log.lines()
                if line.whole and _INTENT in line.text and (record := read(line.text))
                for deed in _of(record, since)
            )
    except OSError:  # whoever wants to do something is told why by the log itself
        return ()


def _of(record: Record, since: float) -> Iterator[Deed]:
    try:
        at, intent = record.time, msgspec.convert(record.body, _Intent)
    except ValueError:  # not ours: `opsconsole audit verify` says so
        return
    if record.kind == "intent" and at > since:
        yield from (Deed(at, one.target) for one in intent.objects)


class Lately:
    """What was done lately by all who share the log; read on as it grows, whoever writes."""

    def __init__(
        self, folder: Path, window_s: float, wall: Callable[[], float] = time.time
    ) -> None:
        self._current = folder / CURRENT
        self._window_s = window_s
        self._wall = wall
        self._deeds: deque[Deed] = deque()
        self._rest = b""
        self._file = -1
        self._begin()

    def __call__(self) -> tuple[Deed, ...]:
        """Deeds within the window, those of other consoles too."""
        self._read_on()
        since = self._wall() - self._window_s
        while self._deeds and self._deeds[0].at <= since:
            self._deeds.popleft()
        return tuple(self._deeds)

    def close(self) -> None:
        """Let go of the log."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _begin(self) -> None:
        """Read all of the log once, and go on from where its current file ends now."""
        self.close()
        self._rest = b""
        try:
            self._file = os.open(self._current, os.O_RDONLY | os.O_CLOEXEC)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError:  # none yet; whoever wants to write one is told why they cannot
            self._file = -1
        # After the end was noted: a record that comes between the two counts twice, not never.
        self._deeds = deque(deeds(self._current.parent, self._wall() - self._window_s))

    def _read_on(self) -> None:
        if self._file >= 0:
            self._take()
        if self._file < 0 or not self._is_current():
            self._begin()

    def _take(self) -> None:
        while data := os.read(self._file, 1 << 20):
            *lines, self._rest = (self._rest + data).split(b"\n")
            since = self._wall() - self._window_s
            for line in lines:
                if _INTENT in line and (record := read(line)):
                    self._deeds.extend(_of(record, since))

    def _is_current(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file), self._current.stat())
        except OSError:
            return True
