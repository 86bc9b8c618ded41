"""The console itself, on a terminal that goes in the middle of an action it was told to do."""

import codecs
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import msgspec
import pytest

from opsconsole.audit import AuditLog, Snapshot, read, verify
from tests.cli.terminal import Terminal
from tests.engine.ruin import gone
from tests.engine.test_lifetime import own_terminal, within
from tests.screens.shell.emulator import Emulator

ROWS, COLS = 40, 120
PATIENT = 60.0

CALL = 'touch "$0/called"; while [ -e "$0/hold" ]; do sleep 0.05; done; touch "$0/done"'


def _estate(folder: Path) -> Path:
    run = msgspec.json.encode(["/bin/sh", "-c", CALL, str(folder)]).decode()
    path = folder / "estate.toml"
    path.write_text(f"""
[policy]
free = true
[defaults]
transport = "local"
labels = {{ env = "dev" }}
[target.here]
[target.there]
[action.change]
title = "Change"
about = "Alters-the-state."
on = "host"
weight = "reversible"
run = {run}
look = ["test", "-e", "{folder}/done"]
verify = {{ says = "Plain-to-see", status = 0 }}
""")
    return path


@pytest.mark.terminal
def test_a_lost_terminal_ends_the_console_and_no_action(tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
    argv = [sys.executable, "-P", "-m", "opsconsole", "console", "--estate"]
    console = subprocess.Popen(
        [*argv, str(_estate(tmp_path))],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
        preexec_fn=own_terminal,
    )
    os.close(theirs)
    try:
        _act(_Screen(Terminal(ours, console)), tmp_path)
    finally:
        os.close(ours)
        console.wait(PATIENT)
    folder = AuditLog().folder
    with Snapshot(folder) as log:
        [plan, intent] = [read(line.text) for line in log.lines()]
    assert plan is not None
    assert intent is not None
    assert (plan.kind, intent.kind) == ("plan", "intent")
    assert not gone(intent.who.pid)(), "the collector carries on"
    (tmp_path / "hold").unlink()
    assert within(PATIENT, gone(intent.who.pid))
    with Snapshot(folder) as log:
        outcome = [read(line.text) for line in log.lines()][-1]
    assert outcome is not None
    assert (outcome.kind, outcome.body["state"]) == ("outcome", "verified")
    assert verify(folder).findings == []


class _Screen:
    """What one would see: the console writes only what changed, so that no text comes whole."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._emulator = Emulator(COLS, ROWS)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._fed = 0

    def press(self, key: str) -> None:
        """Press a key."""
        self._terminal.type(key)

    def shows(self, words: str, seconds: float = 0.1) -> bool:
        """Whether the words stand there after that time."""
        self._terminal.read_for(seconds)
        written = self._terminal.written
        self._emulator.feed(self._decoder.decode(written[self._fed :]))
        self._fed = len(written)
        return any(words in line for line in self._emulator.lines())


def _act(screen: _Screen, folder: Path) -> None:
    """Ask for the action on the first host, and say yes to its plan."""
    assert within(PATIENT, lambda: screen.shows("there"))
    assert within(PATIENT, lambda: _asked(screen))
    screen.press("c")
    assert within(PATIENT, lambda: screen.shows("Plain-to-see"))
    assert within(PATIENT, lambda: _agreed(screen, folder))


def _asked(screen: _Screen) -> bool:
    """Whether the menu came: it does once the collector has said what may be done."""
    screen.press("x")
    return within(2.0, lambda: screen.shows("Alters-the-state."))


def _agreed(screen: _Screen, folder: Path) -> bool:
    """Whether a `y` was taken for one: a slow console reads several together, and takes none."""
    screen.press("y")
    screen.shows("", 1.0)
    return (folder / "called").exists()
