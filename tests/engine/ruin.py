"""What the tests of disasters share: consoles as processes, gates, and the audit log afterwards."""

import ctypes
import fcntl
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import msgspec

from opsconsole.audit import Record, Snapshot, read, verify
from opsconsole.audit.finding import HARMLESS
from tests.engine.test_lifetime import alive, own_terminal, within

CONSOLE = [sys.executable, "-P", "-m", "tests.engine.acting"]
PATIENT = 60.0
"""Seconds for what takes a moment."""


class Console:
    """A console process, its collector, and what it says."""

    def __init__(self, action: str, target: str, gate: str, terminal: int | None) -> None:
        self.process = subprocess.Popen(
            [*CONSOLE, action, target, gate],
            stdin=terminal,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=None if terminal is None else own_terminal,
        )
        self.collector = cast(int, self.hear("collector"))

    def hear(self, *what: str) -> object:
        """Read on until it says one of these; returns the value."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = msgspec.json.decode(line, type=dict[str, object])
            for one in what:
                if one in said:
                    return said[one]
        raise AssertionError(f"the console ended without saying {what}")

    def unsettled(self) -> list[str]:
        """What the collector heard last found unfinished when it started."""
        return msgspec.convert(self.hear("unsettled"), list[str])

    def end(self) -> None:
        """End it, and wait for its collector."""
        self.process.kill()
        with self.process:
            pass


class Ruin:
    """One audit folder, the gates, and every console that was started."""

    def __init__(self, folder: Path) -> None:
        self.gates = folder / "gates"
        self.gates.mkdir()
        (self.gates / "state").write_text("run 0\n")
        (self.gates / "came").write_text("")
        self.audit = folder / "audit"
        self.consoles: list[Console] = []

    def console(
        self,
        action: str = "",
        target: str = "here",
        gate: str = "go",
        terminal: int | None = None,
    ) -> Console:
        """Start one that approves when the gate opens; it has heard its collector by then."""
        self.consoles.append(Console(action, target, gate, terminal))
        return self.consoles[-1]

    def hold(self, name: str) -> None:
        """Shut a gate."""
        (self.gates / f"hold-{name}").touch()

    def go(self, gate: str = "go") -> None:
        """Let the consoles that wait there approve what they proposed."""
        (self.gates / gate).touch()

    def release(self) -> None:
        """Open all gates."""
        for gate in self.gates.glob("hold-*"):
            gate.unlink()

    def came(self) -> list[str]:
        """What came to its gate, in order."""
        return (self.gates / "came").read_text().split()

    def until_came(self, name: str, times: int = 1) -> None:
        """Wait for it."""
        assert within(PATIENT, lambda: self.came().count(name) == times), self.came()

    @property
    def changed(self) -> bool:
        """Whether the call did its work."""
        return (self.gates / "state").read_text() != "run 0\n"

    @contextmanager
    def locked(self) -> Generator[Callable[[], None]]:
        """Hold the audit log, as another writer does for a moment.

        Gives what waits until somebody else wants to write.
        """
        with (self.audit / "audit.lock").open("r+b") as file, _openings(file.name) as opened:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield opened

    def records(self, *but: str) -> list[Record]:
        """All there are of other kinds than these; every line is one, and the chain holds."""
        verdict = verify(self.audit)
        # What a crash explains (a record cut short, an anchor one behind) is no sign of a hand.
        assert [str(one) for one in verdict.findings if one.kind not in HARMLESS] == []
        assert verdict.intact
        with Snapshot(self.audit) as log:
            found = [read(line.text) for line in log.lines()]
        assert None not in found
        return [record for record in found if record is not None and record.kind not in but]

    def close(self) -> None:
        """Leave nothing behind."""
        self.release()
        for console in self.consoles:
            console.end()
        for console in self.consoles:
            assert within(PATIENT, gone(console.collector))


def gone(*pids: int) -> Callable[[], bool]:
    """Ask later whether these have ended."""
    return lambda: not any(map(alive, pids))


def kill(*pids: int) -> None:
    """No last word."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def _openings(path: str) -> Generator[Callable[[], None]]:
    """Gives what returns when a process opens that file: inotify(7) knows."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_CLOEXEC)
    assert libc.inotify_add_watch(descriptor, path.encode(), 0x20) > 0, "IN_OPEN is 0x20"

    def opened() -> None:
        ready, _, _ = select.select([descriptor], [], [], PATIENT)
        assert ready, f"nobody opened {path}"

    try:
        yield opened
    finally:
        os.close(descriptor)
