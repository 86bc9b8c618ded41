"""Keys that reach a real terminal in one piece: each meets the screen the ones before it made."""

import contextlib

import pytest

from benchmarks.console import command
from tests.terminal.conftest import Open
from tests.terminal.tmux import Tmux

pytestmark = pytest.mark.terminal

ASKS = "Leave the console?"
HELP = "Keys and commands"


def test_in_a_pty_a_dialog_is_answered_only_by_what_follows_it(terminal: Open) -> None:
    pty = terminal(command(hosts=3, rate=30))
    assert pty.wait_for(b"web-", 60) is not None
    pty.send(b":quit\ryyPq")
    assert pty.wait_for(ASKS.encode(), 60) is not None
    pty.read(1.0)
    assert pty.process.poll() is None
    assert b"PAUSED" not in pty.output
    assert b"copied" not in pty.output
    pty.send(b"y")
    assert pty.ended(60) == 0


def test_in_tmux_keys_typed_ahead_go_to_the_sheet(tmux: Tmux) -> None:
    tmux.start(command(hosts=3, rate=30), cols=120, rows=40)
    tmux.wait_for("web-1")
    tmux.type(":help\r/repaint\r")
    screen = tmux.wait_for("repaint")
    assert HELP in screen
    tmux.wait_without("web-")
    tmux.type("q:help\rqP")
    screen = tmux.wait_for("PAUSED")
    assert HELP not in screen
    assert ASKS not in screen
    assert "web-1" in screen
    tmux.type(":quit\rnyq")
    tmux.wait_for(ASKS)
    # What is seen may still be the first of the two questions; what was typed to a busy console is
    # dropped rather than answer what nobody has read, so that an operator types it again.
    for _ in range(20):
        tmux.type("n")
        with contextlib.suppress(AssertionError):
            tmux.wait_without(ASKS, 3.0)
            break
    tmux.wait_without(ASKS)
    tmux.type(":quit now\r")
    tmux.wait_ended()
