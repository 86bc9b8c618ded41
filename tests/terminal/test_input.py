"""Keys of a real terminal are read as they come, and cost nothing while there are none."""

from pathlib import Path

import pytest

from benchmarks.console import command
from benchmarks.terminal import Terminal
from tests.terminal.conftest import Open

pytestmark = pytest.mark.terminal

HELP = b"Keys and commands"


def _idle_console(terminal: Open) -> Terminal:
    pty = terminal(command(hosts=3, rate=0))
    assert pty.wait_for(b"Hosts", 60) is not None
    pty.read(3.0)
    return pty


def _wakes(pid: int) -> dict[str, int]:
    """How often each thread but the main one went to sleep so far."""
    return {
        task.name: int(
            (task / "status").read_text().partition("\nvoluntary_ctxt_switches:")[2].split()[0]
        )
        for task in Path(f"/proc/{pid}/task").iterdir()
        if task.name != str(pid)
    }


def test_without_keys_no_thread_looks_for_them(terminal: Open) -> None:
    pty = _idle_console(terminal)
    before = _wakes(pty.process.pid)
    pty.read(4.0)
    after = _wakes(pty.process.pid)
    # Textual's own thread would wake forty times.
    assert max(after[thread] - count for thread, count in before.items()) <= 12


def test_a_key_after_a_long_rest_is_read(terminal: Open) -> None:
    pty = _idle_console(terminal)
    pty.send(b"?")
    assert pty.wait_for(HELP, 60) is not None


def test_escape_alone_is_a_key(terminal: Open) -> None:
    pty = _idle_console(terminal)
    pty.send(b"?")
    assert pty.wait_for(HELP, 60) is not None
    pty.read(2.0)
    pty.send(b"\x1b")
    pty.read(2.0)
    seen = len(pty.output)
    pty.send(b"q")  # on the sheet it would only close it
    assert pty.wait(lambda: b"Leave the console?" in pty.output[seen:], 60)
