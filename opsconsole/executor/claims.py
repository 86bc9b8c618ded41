"""Which objects something is under way on, here and in every collector of the same audit log."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Generator, Mapping
from pathlib import Path

from opsconsole.errors import Refused


class Claims:
    """One byte of a file per object, locked while something is under way on it.

    The kernel keeps the locks, and drops them with the process that held them, however it ended.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Without a file only this process knows of its claims."""
        self._path = path
        self._descriptor = -1
        self._mine: dict[str, str] = {}

    @contextlib.contextmanager
    def held(self, title: str, objects: Mapping[str, str]) -> Generator[None, None, None]:
        """Claim objects (what names one everywhere, and words for it) for what has that title.

        Raises `Refused`, rule `busy`, when one of them is claimed already.
        """
        with contextlib.ExitStack() as taken:
            for name, words in objects.items():
                self._take(name, title, words)
                taken.callback(self._drop, name)
            yield

    def _take(self, name: str, title: str, words: str) -> None:
        if name in self._mine:
            raise Refused(f"{self._mine[name]} is under way on {words}", "busy")
        try:
            self._lock(name, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"another console has something under way on {words}", "busy") from None
        except OSError as error:
            why = f"whether something is under way on {words} cannot be told: {error.strerror}"
            raise Refused(f"{why} ({self._path})", "busy") from error
        self._mine[name] = title

    def _drop(self, name: str) -> None:
        del self._mine[name]
        if self._mine:
            self._lock(name, fcntl.LOCK_UN)
        elif self._path is not None:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lock(self, name: str, how: int) -> None:
        if self._path is None:
            return
        if self._descriptor < 0:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self._path, flags, 0o600)
        place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])
        try:
            fcntl.lockf(self._descriptor, how, 1, place)
        except PermissionError as error:  # some systems say so of a lock that another has
            raise BlockingIOError(error.errno, error.strerror) from error
