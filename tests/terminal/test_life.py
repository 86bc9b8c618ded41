"""The console ends with its terminal, gives it back in every case, and never freezes on it."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from benchmarks.terminal import Terminal
from tests.terminal.conftest import Open
from tests.terminal.tmux import Tmux

pytestmark = pytest.mark.terminal

GIVEN_BACK = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?7h")
"""Main screen, cursor, pastes and line wrap as they were."""


def _standin(diary: Path) -> list[str]:
    return [sys.executable, "-m", "tests.terminal.standin", str(diary)]


def _started(open_terminal: Open, diary: Path, *before: str) -> Terminal:
    terminal = open_terminal([*before, *_standin(diary)], cols=80, rows=24)
    assert terminal.wait(lambda: b"ready" in terminal.output, 60), terminal.output
    assert terminal.wait(lambda: diary.exists(), 60)
    return terminal


def _ticks(diary: Path) -> int:
    return len(diary.read_text().splitlines())


def test_quitting_gives_the_terminal_back(terminal: Open, tmp_path: Path) -> None:
    pty = _started(terminal, tmp_path / "diary")
    pty.send(b"q")
    assert pty.ended() == 0
    assert all(sequence in pty.output for sequence in GIVEN_BACK)


def test_a_lost_terminal_ends_it(terminal: Open, tmp_path: Path) -> None:
    pty = _started(terminal, tmp_path / "diary")
    pty.hang_up()
    assert pty.ended(60) == 129


def test_a_lost_terminal_ends_it_when_sighup_is_ignored(terminal: Open, tmp_path: Path) -> None:
    ignoring = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
    pty = _started(terminal, tmp_path / "diary", *ignoring)
    pty.hang_up()
    assert pty.ended(60) == 129


def test_a_lost_terminal_ends_it_even_while_the_loop_hangs(terminal: Open, tmp_path: Path) -> None:
    pty = _started(terminal, tmp_path / "diary")
    pty.send(b"h")
    pty.read(0.5)
    pty.hang_up()
    assert pty.ended(60) == 129


def test_asked_to_end_it_gives_the_terminal_back(terminal: Open, tmp_path: Path) -> None:
    pty = _started(terminal, tmp_path / "diary")
    os.kill(pty.process.pid, signal.SIGTERM)
    assert pty.ended() == 128 + signal.SIGTERM
    assert all(sequence in pty.output for sequence in GIVEN_BACK)


def test_asked_to_end_while_it_hangs_it_gives_the_terminal_back(
    terminal: Open, tmp_path: Path
) -> None:
    pty = _started(terminal, tmp_path / "diary")
    pty.send(b"h")
    pty.read(0.5)
    os.kill(pty.process.pid, signal.SIGTERM)
    assert pty.ended() == 128 + signal.SIGTERM
    assert all(sequence in pty.output for sequence in GIVEN_BACK)


def test_it_ends_with_the_shell_that_started_it(terminal: Open, tmp_path: Path) -> None:
    shell = ("sh", "-c", '"$@" & wait', "sh")
    pty = _started(terminal, tmp_path / "diary", *shell)
    child = Path(f"/proc/{pty.process.pid}/task/{pty.process.pid}/children")
    pid = int(child.read_text().split()[0])
    os.kill(pty.process.pid, signal.SIGKILL)
    assert pty.wait(lambda: not _alive(pid), 60)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_defect_gives_the_terminal_back_and_is_one_line(
    terminal: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    pty = _started(terminal, tmp_path / "diary")
    pty.send(b"x")
    assert pty.ended() == 1
    output = pty.output
    assert all(sequence in output for sequence in GIVEN_BACK)
    after = output.rpartition(b"\x1b[?1049l")[2]
    assert b"opsconsole ended on a defect" in after
    assert b"Traceback" not in output
    log = tmp_path / "state" / "opsconsole" / "crash.log"
    assert "broken on purpose" in log.read_text()
    assert "\x1b" not in log.read_text()
    assert log.stat().st_mode & 0o077 == 0


def test_a_terminal_that_reads_nothing_does_not_stop_the_loop(
    terminal: Open, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    pty = _started(terminal, diary)
    pty.send(b"b")
    before = _ticks(diary)
    end = time.monotonic() + 60
    while _ticks(diary) < before + 30 and time.monotonic() < end:
        time.sleep(0.1)  # nothing is read meanwhile
    assert _ticks(diary) >= before + 30
    last = diary.read_text().splitlines()[-1].split()
    assert int(last[3]) > 0, "frames were held back"
    assert last[4] == "thin"
    pty.send(b"q")
    assert pty.ended() == 0


def _stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def test_after_a_stop_the_screen_is_drawn_whole(terminal: Open, tmp_path: Path) -> None:
    pty = _started(terminal, tmp_path / "diary")
    os.kill(pty.process.pid, signal.SIGTSTP)
    assert pty.wait(lambda: b"\x1b[?1049l" in pty.output)
    # It stops itself a moment after it gave the screen back: a SIGCONT before that is lost.
    assert pty.wait(lambda: _stopped(pty.process.pid))
    seen = len(pty.output)
    os.kill(pty.process.pid, signal.SIGCONT)
    assert pty.wait(lambda: b"ready" in pty.output[seen:]), pty.output[seen:]


def test_in_tmux_it_runs_copies_and_leaves_the_screen(tmux: Tmux, tmp_path: Path) -> None:
    tmux.start(_standin(tmp_path / "diary"), cols=80, rows=24)
    tmux.wait_for("ready")
    assert tmux.ask("alternate_on") == "1"
    tmux.keys("y")
    tmux.wait_for("copied 11 bytes to tmux")
    assert tmux.buffer() == "copied text"
    tmux.resize(120, 40)
    tmux.wait_for("copied")
    tmux.keys("q")
    tmux.wait_ended()
    assert tmux.ask("alternate_on") == "0"


def test_in_tmux_a_closed_pane_ends_it(tmux: Tmux, tmp_path: Path) -> None:
    tmux.start(_standin(tmp_path / "diary"))
    tmux.wait_for("ready")
    pid = int(tmux.ask("pane_pid"))
    tmux.close_pane()
    end = time.monotonic() + 60
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _alive(pid)
