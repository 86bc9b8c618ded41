"""A terminal as a program sees it: a pty that answers queries, keeps time and counts bytes."""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[1]

SYNC = b"\x1b[?2026h"
"""Begins a synchronised update: one per frame."""

_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[>c": b"\x1b[>1;10;0c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[?u": b"\x1b[?0u",
}
_LONGEST = max(map(len, _ANSWERS))


class Terminal:
    """One program in a pty of its own, as its controlling terminal; Linux only."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cols: int = 160,
        rows: int = 50,
        env: Mapping[str, str] | None = None,
        bytes_per_s: float = 0,
    ) -> None:
        """`bytes_per_s` makes it as slow as a line; 0 takes everything at once."""
        setsid = shutil.which("setsid")
        if setsid is None:
            raise FileNotFoundError("setsid (util-linux) is not installed")
        self._master, slave = os.openpty()
        self.resize(cols, rows)
        self._rate = bytes_per_s
        self._tail = b""
        self.log: list[tuple[float, bytes]] = []
        """What came, and when (`time.monotonic`)."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [setsid, "--ctty", *argv],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**_base_env(), **(env or {})},
            cwd=ROOT,
        )
        os.close(slave)
        os.set_blocking(self._master, False)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- talking --------------------------------------------------------------------------------

    def resize(self, cols: int, rows: int) -> None:
        """Change the size; the program is told by the kernel."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def send(self, keys: bytes) -> float:
        """Type; returns when (`time.monotonic`)."""
        os.write(self._master, keys)
        return time.monotonic()

    def read(self, seconds: float) -> bool:
        """Take what comes for that long; False once the program closed its side."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self._take(left):
                return False
        return True

    def wait(self, done: Callable[[], bool], seconds: float = 60.0) -> bool:
        """Take what comes until `done()`; False when that did not happen in time."""
        end = time.monotonic() + seconds
        while not done():
            left = end - time.monotonic()
            if left <= 0 or not self._take(min(left, 0.1)):
                return done()
        return True

    def wait_for(self, text: bytes, seconds: float = 60.0) -> float | None:
        """Seconds from now until those bytes came in one piece of output, or None."""
        begin, seen = time.monotonic(), len(self.log)
        if self.wait(lambda: any(text in data for _, data in self.log[seen:]), seconds):
            return next(at for at, data in self.log[seen:] if text in data) - begin
        return None

    def _take(self, seconds: float) -> bool:
        if self._rate:
            time.sleep(min(seconds, 0.05))
            most = max(1, int(self._rate * 0.05))
        else:
            most = 1 << 16
        ready = select.poll()  # unlike select(), for any number of a descriptor
        ready.register(self._master, select.POLLIN | select.POLLHUP)
        if not ready.poll(0 if self._rate else seconds * 1000):
            return True
        try:
            data = os.read(self._master, most)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        self.log.append((time.monotonic(), data))
        self._answer(data)
        return True

    def _answer(self, data: bytes) -> None:
        seen = self._tail + data
        for query, answer in _ANSWERS.items():
            if query in seen and query not in self._tail:
                with contextlib.suppress(OSError):
                    os.write(self._master, answer)
        self._tail = seen[-(_LONGEST - 1) :]

    # -- what it saw ----------------------------------------------------------------------------

    @property
    def output(self) -> bytes:
        """Everything so far."""
        return b"".join(data for _, data in self.log)

    @property
    def size(self) -> int:
        """Bytes so far."""
        return sum(len(data) for _, data in self.log)

    @property
    def frames(self) -> int:
        """Synchronised updates so far."""
        return self.output.count(SYNC)

    # -- what it costs --------------------------------------------------------------------------

    def cpu_s(self, *, children: bool = False) -> float:
        """CPU seconds of all threads by the scheduler's account; of the whole family if asked."""
        pids = [self.process.pid, *(_descendants(self.process.pid) if children else [])]
        return sum(map(cpu_s, pids))

    def rss_bytes(self) -> int:
        """Resident memory of the program, without its children."""
        return _rss_bytes(self.process.pid)

    # -- ending ---------------------------------------------------------------------------------

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        os.close(self._master)
        self._master = -1

    def ended(self, seconds: float = 60.0) -> int | None:
        """The exit code, once it ended within that time (reading on meanwhile), else None."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            if self._master < 0 or not self._take(0.05):
                time.sleep(0.02)
        return self.process.poll()

    def close(self) -> None:
        """End the program and its children, whatever state it is in."""
        if self.process.poll() is None:
            family = [self.process.pid, *_descendants(self.process.pid)]
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            if self.ended(3.0) is None:
                self.process.kill()
            for pid in family[1:]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
        self.process.wait()
        if self._master >= 0:
            os.close(self._master)
            self._master = -1


def _base_env() -> dict[str, str]:
    """The environment without what would change what is measured."""
    gone = ("TEXTUAL", "OPSCONSOLE", "TMUX", "SSH_", "NO_COLOR", "COLORTERM", "LC_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(gone)}
    return kept | {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT)),
    }


def cpu_s(pid: int) -> float:
    """CPU seconds of all threads of a process, by the scheduler's account."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):
            total += int(task.read_text().split()[0])
    return total / 1e9


def _rss_bytes(pid: int) -> int:
    with contextlib.suppress(OSError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *_descendants(child)]
    return found


def report(name: str, **figures: object) -> None:
    """Print one result as JSON, with what is needed to judge it."""
    load = os.getloadavg()[0]
    print(json.dumps({"benchmark": name, "load_1m": round(load, 2), **figures}, indent=1))
