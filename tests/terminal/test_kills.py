"""The real console and real sshd hosts: whatever is killed, the rest is honest and none is left."""

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.sshd import Site, Sshd, descendants
from tests.terminal.operator import Operator, estate_of
from tests.terminal.tmux import Tmux

pytestmark = [pytest.mark.terminal, pytest.mark.server]

Hosts = tuple[Sshd, Sshd]


@pytest.fixture
def hosts(site: Site) -> Iterator[Hosts]:
    """Two hosts; one that a test stopped is continued, so that it can be ended."""
    pair = site.host("web-1", "127.77.62.1"), site.host("web-2", "127.77.62.2")
    yield pair
    for host in pair:
        _signal_all(host, signal.SIGCONT)


@pytest.fixture
def operator(tmux: Tmux, tmp_path: Path, site: Site, hosts: Hosts) -> Operator:
    """Somebody who sees both hosts live; samplers run on both."""
    found = Operator(tmux, tmp_path)
    found.open(estate_of(site, *hosts))
    found.tmux.wait_for("web-2")
    found.wait_live()
    found.wait("both are sampled", lambda: all(_state(found, host) for host in hosts))
    assert all(host.children() for host in hosts)
    return found


def _signal_all(host: Sshd, number: signal.Signals) -> None:
    for pid in [host.process.pid, *host.children()] if host.process else ():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _state(operator: Operator, host: Sshd) -> str:
    """What the list says of a host, but for its numbers: `ok`, `warn`, `unreachable`."""
    for line in operator.tmux.screen().splitlines():
        if host.name in line:
            words = line.replace(host.name, "", 1).split()
            return next((word for word in words if word.isalpha() and len(word) > 1), "")
    return ""


def _age(operator: Operator) -> int:
    """Seconds that the headline of a host gives for its data."""
    found = re.search(r" (\d+) s *$", operator.tmux.screen().splitlines()[1])
    return int(found[1]) if found else 0


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _gone(operator: Operator, hosts: Hosts, end: Callable[[int], None]) -> None:
    """After `end(pid of the console)` nothing of ours runs, here or on a host."""
    console = int(operator.tmux.ask("pane_pid"))
    family = [console, *descendants(console)]
    assert len(family) >= 2, "the console and its collector"
    end(console)
    left = "nothing is left"
    operator.wait(left, lambda: not any(map(_alive, family)))
    operator.wait(left, lambda: not any(host.children() for host in hosts))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_console_that_is_ended_leaves_nothing(
    operator: Operator, hosts: Hosts, number: signal.Signals
) -> None:
    _gone(operator, hosts, lambda pid: os.kill(pid, number))
    operator.wait("tmux knows", lambda: operator.tmux.ask("pane_dead") == "1")
    if number != signal.SIGKILL:
        assert operator.tmux.ask("alternate_on") == "0"
        assert "\x1b[?1049l" in operator.written


def test_a_pane_that_is_closed_leaves_nothing(operator: Operator, hosts: Hosts) -> None:
    _gone(operator, hosts, lambda _: operator.tmux.close_pane())


def test_a_console_that_is_left_leaves_nothing(operator: Operator, hosts: Hosts) -> None:
    _gone(operator, hosts, lambda _: operator.leave())


def test_a_killed_collector_is_told_of_and_replaced(operator: Operator, hosts: Hosts) -> None:
    (collector,) = descendants(int(operator.tmux.ask("pane_pid")))
    samplers = {pid for host in hosts for pid in host.children()}
    os.kill(collector, signal.SIGKILL)
    screen = operator.tmux.wait_for("the collector had ended; another one (pid ")
    assert f"pid {collector})" not in screen
    operator.wait("its samplers end", lambda: not any(map(_alive, samplers)))
    operator.wait("both are sampled again", lambda: all(host.children() for host in hosts))
    operator.wait_live()
    assert "the collector was ended by SIGKILL; started again in" in operator.written


def test_a_host_that_goes_is_told_of_with_its_age_and_comes_back(
    operator: Operator, hosts: Hosts
) -> None:
    lost, kept = hosts
    lost.stop()
    operator.wait("it is lost", lambda: _state(operator, lost) == "unreachable")
    assert _state(operator, kept) != "unreachable"
    operator.command(f"target {lost.name}")
    screen = operator.tmux.wait_for("fault")
    assert "live" not in screen
    operator.wait("its data grows old", lambda: _age(operator) > 3)
    lost.start()
    operator.wait_live(60)
    assert "fault" not in operator.tmux.screen()


def test_a_host_that_hangs_delays_nobody_and_comes_back(operator: Operator, hosts: Hosts) -> None:
    hung, kept = hosts
    _signal_all(hung, signal.SIGSTOP)
    operator.wait("it is lost", lambda: _state(operator, hung) == "unreachable", 30)
    assert _state(operator, kept) not in {"", "unreachable"}
    operator.wait_live()
    _signal_all(hung, signal.SIGCONT)
    operator.wait("it is back", lambda: _state(operator, hung) not in {"", "unreachable"}, 60)
