"""What /proc says of a process, and what it means; the scripts under the shells that hosts have."""

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.system.host.action import process
from opsconsole.errors import Gone, Malformed, Refused
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Facts

INIT = b"""\
me:1000
boot:b9ef5dc1-6595-4127-98f8-4bc4ff0ad11f
ours:99
ours:91
ours:35
uid:\t0\t0\t0\t0
stat:
1 (systemd) S 0 1 1 0 -1 4194560 3283 11636 6 4 10 8 8 8 20 0 1 0 1630960 20467712 2868 184467440
"""
SHELLS = {"dash": ("dash",), "bash": ("bash",), "busybox": ("busybox", "sh")}
shells = pytest.mark.parametrize("shell", SHELLS)


def thing(pid: object = 44) -> Thing:
    return Thing("web-1", (("pid", str(pid)),), Clean("worker"))


def facts(**changed: str) -> Facts:
    found = process.read(thing(1), 0, INIT)
    return {**found, "pid": "44", "uid": "1000", "name": "worker", **changed}


def run(shell: str, argv: tuple[str, ...]) -> tuple[int, bytes]:
    """Run a script of ours under a shell of our choice."""
    if shutil.which(SHELLS[shell][0]) is None:
        pytest.skip(f"{shell} is not installed")
    assert argv[0] == "sh"
    done = subprocess.run(
        (*SHELLS[shell], *argv[1:]),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout


@pytest.fixture
def worker() -> Generator["subprocess.Popen[bytes]"]:
    """A process with threads and a name that means harm."""
    code = (
        "import threading, sys; open('/proc/self/comm', 'w').write(') R 1 (x) ');"
        "[threading.Thread(target=threading.Event().wait, daemon=True).start() for _ in '123'];"
        "print('up', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        (sys.executable, "-c", code), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as one:
        assert one.stdout is not None
        assert one.stdout.readline() == b"up\n"
        yield one
        one.kill()


def look(shell: str, pid: int) -> Facts:
    return process.read(thing(pid), *run(shell, process.LOOK.argv(thing(pid))))


def step(action: Action, found: Facts, **arguments: str) -> Step:
    (one,) = action.steps(thing(found["pid"]), found, arguments)
    return one


def test_facts() -> None:
    found = process.read(thing(1), 0, INIT)
    assert (found["pid"], found["start_ticks"], found["name"]) == ("1", "1630960", "systemd")
    assert (found["uid"], found["me"], found["nice"], found["state"]) == ("0", "1000", "0", "S")
    assert found["boot"] == "b9ef5dc1-6595-4127-98f8-4bc4ff0ad11f"


def test_a_process_that_is_gone_and_an_answer_that_is_none() -> None:
    head = INIT.partition(b"1 (systemd)")[0]
    with pytest.raises(Gone, match="web-1: process 1 is gone"):
        process.read(thing(1), 1, head + b"cat: /proc/1/stat: No such file or directory\n")
    with pytest.raises(Malformed):
        process.read(thing(1), 127, b"sh: not found")


@pytest.mark.parametrize("pid", ["-1", "1 2", "1;reboot", "", "../1", "*", "\u0661", "9" * 30])
def test_what_is_no_pid_is_refused(pid: str) -> None:
    with pytest.raises(Refused):
        process.LOOK.argv(thing(pid))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"pid": "1"}, "the host's first"),
        ({"kernel": "yes"}, "thread of the kernel"),
        ({"ours": "yes"}, "carries this very session"),
        ({"state": "Z"}, "has ended already"),
        ({}, ""),
    ],
)
def test_bars(changed: dict[str, str], told: str) -> None:
    for action in (process.TERMINATE, process.KILL):
        bar = action.bars(thing(), facts(**changed), {})
        assert told in bar
        assert bool(bar) is bool(told)


def test_it_has_ended_when_it_is_gone_dead_or_another() -> None:
    held = process.KILL.verify.held
    assert held(facts(), None, {})
    assert held(facts(), facts(state="Z"), {})
    assert held(facts(), facts(start_ticks="9"), {}), "its pid was given again"
    assert held(facts(), facts(boot="another"), {})
    assert not held(facts(), facts(), {})


def test_root_is_asked_only_where_it_must() -> None:
    assert not step(process.KILL, facts()).root
    assert step(process.KILL, facts(uid="0")).root
    assert not step(process.RENICE, facts(nice="0"), nice="5").root
    assert step(process.RENICE, facts(nice="5"), nice="4").root, "only root takes patience away"


@pytest.mark.parametrize("value", ["-21", "20", "", "1.5", "0x1", "-0", "07", "1 2", "\u0661"])
def test_what_is_no_nice_value(value: str) -> None:
    (argument,) = process.RENICE.arguments
    assert argument.check(value)
    assert not argument.check("-20") + argument.check("19") + argument.check("0")


@shells
def test_the_look_reads_a_real_process_whatever_its_name(
    shell: str, worker: "subprocess.Popen[bytes]"
) -> None:
    found = look(shell, worker.pid)
    assert (found["name"], found["kernel"], found["ours"]) == (") R 1 (x) ", "", "")
    assert found["uid"] == found["me"] == str(os.getuid())
    assert look(shell, os.getpid())["ours"] == "yes", "who started the look is part of the way"


@shells
def test_only_that_very_process_gets_the_signal(
    shell: str, worker: "subprocess.Popen[bytes]"
) -> None:
    found = look(shell, worker.pid)
    status, out = run(shell, step(process.TERMINATE, {**found, "start_ticks": "1"}).argv)
    assert (status, out) == (4, b"process %d is another one by now\n" % worker.pid)
    assert worker.poll() is None
    assert run(shell, step(process.TERMINATE, found).argv) == (0, b"")
    assert worker.wait(60) == -15
    assert run(shell, step(process.KILL, found).argv)[0] == 3


@shells
def test_all_of_its_threads_yield(shell: str, worker: "subprocess.Popen[bytes]") -> None:
    found = look(shell, worker.pid)
    assert run(shell, step(process.RENICE, found, nice="19").argv)[0] == 0
    threads = [int(task.name) for task in Path(f"/proc/{worker.pid}/task").iterdir()]
    assert len(threads) == 4
    assert {os.getpriority(os.PRIO_PROCESS, tid) for tid in threads} == {19}
    now = look(shell, worker.pid)
    assert process.RENICE.verify.held(found, now, {"nice": "19"})
    undo = process.RENICE.undo(thing(worker.pid), found, {"nice": "19"})
    assert undo is not None
    assert undo.arguments == {"nice": found["nice"]}


@shells
@pytest.mark.parametrize("words", [("", "1"), ("1", "x y"), ("-1", "1"), ("1;id", "1"), ("1", "")])
def test_the_scripts_themselves_trust_nobody(shell: str, words: tuple[str, str]) -> None:
    """With sudo they are called with any words: what is no process is nobody's."""
    for action in process.ACTIONS:
        text = step(action, facts(), nice="5").argv[:4]
        status, out = run(shell, (*text, *words, "5; id"))
        assert status in {2, 3, 4}
        assert b"uid=" not in out


def test_the_menu_leaves_out_what_can_never_be_ended() -> None:
    fits = process.KILL.fits
    assert fits({"pid": 44, "parent": 1, "state": Clean("sleeping")})
    assert not fits({"pid": 1, "parent": 0})
    assert not fits({"pid": 44, "parent": 2}), "a thread of the kernel"
    assert not fits({"pid": 44, "parent": 1, "state": Clean("zombie")})
