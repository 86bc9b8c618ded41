"""The console itself, on a terminal that goes in the middle of an action it was told to do."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import msgspec
import pytest

from opsconsole.audit import AuditLog, Snapshot, read, verify
from tests.cli.terminal import Terminal
from tests.engine.ruin import PATIENT, gone
from tests.engine.test_lifetime import own_terminal, within

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
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    argv = [sys.executable, "-P", "-m", "opsconsole", "console", "--estate"]
    with subprocess.Popen(
        [*argv, str(_estate(tmp_path))],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color"},
        preexec_fn=own_terminal,
    ) as console:
        os.close(theirs)
        _act(Terminal(ours, console), tmp_path)
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


def _act(screen: Terminal, folder: Path) -> None:
    """Ask for the action on the first host, and say yes to its plan."""
    screen.wait_for("there")
    for key, shown in (("x", "Alters-the-state."), ("c", "Plain-to-see")):
        before = len(screen.written)
        screen.type(key)
        screen.wait_for(shown, before)
        time.sleep(1)  # what is typed ahead of a dialog is dropped
    assert within(PATIENT, lambda: _agreed(screen, folder))


def _agreed(screen: Terminal, folder: Path) -> bool:
    screen.type("y")
    return within(1.0, (folder / "called").exists)
