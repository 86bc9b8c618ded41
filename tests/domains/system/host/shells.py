"""The real sampler under a real shell, as a transport runs it: text over stdin, answers by pipe."""

import os
import re
import selectors
import shutil
import subprocess
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from opsconsole.domains.system.host import INTEGRATION

SHELLS = {
    "dash": ("dash",),
    "bash": ("bash",),
    "bash-posix": ("bash", "--posix"),
    "busybox": ("busybox", "sh"),
}
ASKED = tuple(each.name for each in INTEGRATION.exchanges if not each.pushed)
"""Every exchange that answers a question."""
DEADLINE_S = 60
_MARKER = re.compile(rb"^--opsconsole (\w+)--\n", re.MULTILINE)


def script() -> bytes:
    """What a transport writes to the shell's stdin before it asks anything."""
    assert INTEGRATION.program is not None
    return INTEGRATION.program.script.encode()


def need(shell: str) -> tuple[str, ...]:
    """The argv of a shell, or a skip that names what is missing."""
    argv = SHELLS[shell]
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed")
    return argv


def answers(data: bytes) -> list[tuple[str, bytes]]:
    """Whole answers of one stream, in order."""
    found: list[tuple[str, bytes]] = []
    start = 0
    for match in _MARKER.finditer(data):
        found.append((match[1].decode(), data[start : match.start()]))
        start = match.end()
    return found


class Sampler:
    """A running sampler; reads both of its streams as they come."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.pushed, self.asked = b"", b""
        self._selector = selectors.DefaultSelector()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            self._selector.register(stream, selectors.EVENT_READ)

    def ask(self, exchange: str) -> None:
        """Write a question; only after the first answer, as `spec.Program` says."""
        assert self.process.stdin is not None
        self.process.stdin.write(exchange.encode() + b"\n")
        self.process.stdin.flush()

    def until(self, exchange: str, count: int = 1) -> list[bytes]:
        """Read until that many answers of an exchange came."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            found = [
                p for name, p in answers(self.pushed) + answers(self.asked) if name == exchange
            ]
            if len(found) >= count:
                return found
            self._read(deadline - time.monotonic())
        raise AssertionError(f"no answer {count} of {exchange}: {self.pushed!r} {self.asked!r}")

    def ended(self) -> int:
        """Wait for the shell, reading on; its exit status."""
        deadline = time.monotonic() + DEADLINE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self._read(0.1)
        return self.process.wait(1)

    def hang_up(self, stream: "IO[bytes] | None") -> None:
        """Close one end of a pipe; the others stay open."""
        assert stream is not None
        if stream is not self.process.stdin:
            self._selector.unregister(stream)
        stream.close()

    def close(self) -> None:
        self._selector.close()

    def _read(self, seconds: float) -> None:
        for key, _ in self._selector.select(max(seconds, 0)):
            data = os.read(key.fd, 1 << 16)
            if not data:
                self._selector.unregister(key.fileobj)
            elif key.fileobj is self.process.stdout:
                self.pushed += data
            else:
                self.asked += data
        if not self._selector.get_map():
            time.sleep(0.05)


@contextmanager
def sampler(
    shell: str,
    interval: str = "0.3",
    environment: Mapping[str, str] | None = None,
    text: bytes | None = None,
    ignore_pipe: bool = False,
) -> Generator[Sampler]:
    """Run the sampler in a session of its own; leaves nothing running."""
    process = subprocess.Popen(
        need(shell),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **(environment or {})},
        start_new_session=True,
        restore_signals=not ignore_pipe,  # Python itself ignores SIGPIPE
    )
    running = Sampler(process)
    try:
        with process:
            assert process.stdin is not None
            process.stdin.write(f"INTERVAL={interval}\n".encode() + (text or script()))
            process.stdin.flush()
            try:
                yield running
            finally:
                if process.poll() is None:
                    process.kill()
    finally:
        running.close()


def with_apt(folder: Path, answer: str, status: int = 0) -> dict[str, str]:
    """An environment whose `apt-get` says this: the real one takes seconds to think."""
    apt = folder / "apt-get"
    apt.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\nexit {status}\n")
    apt.chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def session(leader: int) -> list[int]:
    """Processes of a session that are not yet gone (zombies are)."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] != b"Z":
            found.append(int(path.parent.name))
    return found


def gone(leader: int) -> bool:
    """Poll until a session has no process left."""
    deadline = time.monotonic() + DEADLINE_S
    while session(leader):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
