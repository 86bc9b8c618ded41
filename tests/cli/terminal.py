"""A program on a terminal of its own, typed at and read from."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

DEADLINE = 60.0
"""Seconds until what should appear is missing."""


class Terminal:
    """The operator's side of a terminal: `written` is all that the program wrote so far."""

    def __init__(self, fd: int, process: subprocess.Popen[bytes]) -> None:
        self._fd = fd
        self.process = process
        self.written = b""

    def type(self, text: str) -> None:
        """Press these keys."""
        os.write(self._fd, text.encode())

    def wait_for(self, text: str, after: int = 0) -> None:
        """Read until `text` stands in what was written after that many bytes."""
        end = time.monotonic() + DEADLINE
        while text.encode() not in self.written[after:]:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} never came; there was: {self.written[-2000:]!r}")

    def read_for(self, seconds: float) -> None:
        """Read whatever comes within that time."""
        end = time.monotonic() + seconds
        while self._read(end - time.monotonic()):
            pass

    def wait(self) -> int:
        """Read until the program has ended; returns its exit code."""
        end = time.monotonic() + DEADLINE
        while self._read(end - time.monotonic()):
            pass
        return self.process.wait(DEADLINE)

    def _read(self, timeout: float) -> bool:
        """Read some; False at the end of the program or of the time."""
        ready, _, _ = select.select([self._fd], [], [], max(0.0, timeout))
        if not ready:
            return False
        try:
            some = os.read(self._fd, 65536)
        except OSError:  # Linux: EIO once the program has gone
            return False
        self.written += some
        return bool(some)


@contextmanager
def terminal(
    command: Sequence[str], env: Mapping[str, str] | None = None, size: tuple[int, int] = (24, 80)
) -> Generator[Terminal, None, None]:
    """Start a command on a terminal of `size` rows and columns; it is killed at the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    # A session leader that opens a terminal owns it: job control and ctrl-c work as usual.
    through = ("/bin/sh", "-c", 'exec "$@" <"$0" >"$0" 2>&1', os.ttyname(theirs), *command)
    environment = {**os.environ, "TERM": "xterm-256color", **(env or {})}
    with subprocess.Popen(
        through, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    ) as process:
        os.close(theirs)
        try:
            yield Terminal(ours, process)
        finally:
            process.kill()
            process.wait()
            os.close(ours)
