"""Whatever ends a console ends its collector and the samplers, but no action half way."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

CONSOLE = [sys.executable, "-P", "-m", "tests.engine.console"]


def alive(pid: int) -> bool:
    """Whether a process runs; one that is only waiting to be reaped does not."""
    try:
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/stat")
        return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def within(seconds: float, what: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.05)
    return what()


def own_terminal() -> None:
    """Become a session whose terminal stands on stdin, as a shell in a tmux pane would."""
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Console:
    """A console process and what it says."""

    def __init__(self, looks_at: str = "", steps: str = "", terminal: int | None = None) -> None:
        self.process = subprocess.Popen(
            [*CONSOLE, looks_at, steps],
            stdin=terminal,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=None if terminal is None else own_terminal,
        )

    def hear(self, what: str) -> int:
        """Read on until it says this; returns the value."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = msgspec.json.decode(line, type=dict[str, int])
            if what in said:
                return said[what]
        raise AssertionError(f"the console ended without saying {what!r}")

    def family(self) -> list[int]:
        """The collector and the sampler, once both are there."""
        return [self.hear("collector"), self.hear("box.pulse")]


@pytest.fixture
def start() -> Iterator[Callable[..., Console]]:
    consoles: list[Console] = []

    def begin(looks_at: str = "", steps: str = "", terminal: int | None = None) -> Console:
        consoles.append(Console(looks_at, steps, terminal))
        return consoles[-1]

    yield begin
    for console in consoles:
        console.process.kill()
        with console.process:
            pass


Start = Callable[..., Console]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_console_that_is_ended_takes_all_with_it(start: Start, number: signal.Signals) -> None:
    console = start()
    family = console.family()
    assert all(map(alive, family))
    console.process.send_signal(number)
    assert within(60, lambda: not any(map(alive, [console.process.pid, *family])))


def test_a_terminal_that_closes_takes_all_with_it(start: Start) -> None:
    master, slave = pty.openpty()

    console = start(terminal=slave)
    os.close(slave)
    family = console.family()
    os.close(master)
    assert within(60, lambda: not any(map(alive, [console.process.pid, *family])))


def test_a_hang_up_and_an_interrupt_alone_do_not_end_a_session_of_its_own(start: Start) -> None:
    console = start()
    collector, _ = console.family()
    assert os.getsid(collector) == collector
    os.kill(collector, signal.SIGHUP)
    assert console.hear("box.pulse") > 0
    assert alive(collector)


def test_a_running_action_is_finished_first(start: Start, tmp_path: Path) -> None:
    done = tmp_path / "done"
    console = start(steps=f"3:{done}")
    collector = console.hear("collector")
    assert console.hear("running")
    console.process.kill()
    assert not done.exists()
    assert alive(collector)
    assert within(60, done.exists)
    assert done.read_text() == "done\n"
    assert within(60, lambda: not alive(collector))


def test_an_action_that_never_ends_is_given_up_at_its_timeout(start: Start, tmp_path: Path) -> None:
    console = start(steps=f"1000:{tmp_path / 'never'}")
    collector = console.hear("collector")
    assert console.hear("running")
    console.process.kill()
    assert not within(4, lambda: not alive(collector)), "its timeout is eight seconds"
    assert within(60, lambda: not alive(collector))


def test_a_collector_whose_plug_in_hangs_is_no_orphan_either(start: Start) -> None:
    console = start("box.hang")
    family = console.family()
    time.sleep(1.5)  # it hangs by now
    console.process.kill()
    assert within(60, lambda: not any(map(alive, family)))


def test_a_collector_told_to_end_ends_its_samplers(start: Start) -> None:
    console = start()
    collector, sampler = console.family()
    os.kill(collector, signal.SIGTERM)
    assert within(60, lambda: not alive(collector) and not alive(sampler))
    assert console.hear("collector") != collector, "and the console starts another one"
