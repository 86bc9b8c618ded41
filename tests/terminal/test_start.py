"""The real console in a pty: what it shows first, and what it leaves for the next start."""

import os
import signal
import sys
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from tests.terminal.conftest import Open

pytestmark = pytest.mark.terminal

ARGV = [sys.executable, "-m", "opsconsole"]


def _until_live(pty: Terminal) -> bytes:
    """What came until the first values stood on the screen."""
    assert pty.wait(lambda: b"live" in pty.output, 60), pty.output[-2000:]
    return pty.output


def test_the_layout_of_the_last_session_is_painted_first(
    terminal: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = terminal(ARGV, cols=160, rows=50)
    assert b"starting" in _until_live(first).partition(b"\x1b[?1004h")[0]
    os.kill(first.process.pid, signal.SIGTERM)
    assert first.ended() == 128 + signal.SIGTERM
    second = terminal(ARGV, cols=160, rows=50)
    # The skeleton is what came before Textual asked for anything.
    skeleton = _until_live(second).partition(b"\x1b[?1004h")[0]
    assert b"Processes" in skeleton
    assert b"waiting" in skeleton
    assert len(skeleton) < 3072
