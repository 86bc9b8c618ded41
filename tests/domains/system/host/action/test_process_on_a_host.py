"""Processes of a real host: ended exactly as they were meant, or not at all."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from opsconsole.errors import Gone, Refused
from opsconsole.plan import Ended, Pins
from tests.domains.system.host.action.operator import Operator, read

pytestmark = [pytest.mark.root, pytest.mark.server]
SLEEP = ("sleep", "1000")
STUBBORN = ("sh", "-c", "'trap \"\" TERM; while :; do sleep 1; done'")


def alive(operator: Operator, pins: Pins) -> bool:
    pid = pins[0][1]
    return operator.shell(f"test -d /proc/{pid} && echo yes || echo no").strip() == "yes"


def give_again(operator: Operator, pid: str) -> None:
    """End a process and start another one under its pid, from outside of the container."""
    # Another run of the tests may have a container with the same pids.
    mark = f"3000.{os.getpid()}"
    anchor = outside(operator.spawn("sleep", mark)[0][1], mark)
    # A namespace of pids hands out the one after its last; others may be faster.
    script = (
        'kill -9 "$1"; sleep 0.2; echo $(($1 - 1)) > /proc/sys/kernel/ns_last_pid; '
        'setsid sleep 2000 </dev/null >/dev/null 2>&1 & [ "$!" = "$1" ]'
    )
    argv = ("nsenter", "-t", anchor, "-p", "--", "sh", "-c", script, "sh", pid)
    for _ in range(50):
        if subprocess.run(argv, check=False).returncode == 0:
            return
    pytest.fail("the pid was not given again")


def outside(pid: str, seconds: str) -> str:
    """The pid by which this machine knows the container's `sleep` of so many seconds."""
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            said = (status.parent / "cmdline").read_text().split("\0")
            if said[:2] == ["sleep", seconds] and lines["NSpid"].split()[1:] == [pid]:
                return status.parent.name
    pytest.fail(f"no process {pid} of a container")


def niceness(operator: Operator, pins: Pins) -> int:
    return int(operator.shell(f"cut -d' ' -f19 /proc/{pins[0][1]}/stat"))


async def test_one_is_asked_to_end_and_does(operator: Operator) -> None:
    pins, other = operator.spawn(*SLEEP), operator.spawn(*SLEEP)
    plan = await operator.propose("host.terminate-process", "root", pins)
    (item,) = read(plan).items
    assert "sleep 1000" in item.preview
    assert item.thing.pins == pins
    assert (await operator.approve(plan)).ended is Ended.VERIFIED
    assert not alive(operator, pins)
    assert alive(operator, other)


async def test_one_that_will_not_listen_is_killed_by_an_action_of_its_own(
    operator: Operator,
) -> None:
    pins = operator.spawn(*STUBBORN)
    outcome = await operator.act("host.terminate-process", "root", pins)
    assert outcome.ended is Ended.NO_EFFECT
    assert alive(operator, pins)
    outcome = await operator.act("host.kill-process", "root", pins)
    assert outcome.ended is Ended.VERIFIED
    assert not alive(operator, pins)


async def test_one_that_ended_while_the_plan_waited_is_refused(operator: Operator) -> None:
    pins = operator.spawn(*SLEEP)
    plan = await operator.propose("host.kill-process", "root", pins)
    operator.shell("kill", "-9", pins[0][1])
    outcome = await operator.approve(plan)
    assert outcome.ended is Ended.REFUSED
    assert "is gone (rule moved)" in outcome.results[0].message
    with pytest.raises(Gone):
        await operator.propose("host.kill-process", "root", pins)


async def test_a_pid_that_was_given_again_is_another_process(operator: Operator) -> None:
    pins = operator.spawn(*SLEEP)
    plan = await operator.propose("host.kill-process", "root", pins)
    give_again(operator, pins[0][1])
    outcome = await operator.approve(plan)
    assert outcome.ended is Ended.REFUSED
    assert "start_ticks was" in outcome.results[0].message
    assert alive(operator, pins)
    with pytest.raises(Refused, match="rule moved"):
        await operator.propose("host.terminate-process", "root", pins)


async def test_the_signal_itself_looks_again(operator: Operator) -> None:
    """Between the last look and the signal the process may become another: nobody is hit then."""
    pins = operator.spawn(*SLEEP)
    (item,) = read(await operator.propose("host.kill-process", "root", pins)).items
    *head, _start = item.steps[0].argv
    assert head[-1] == pins[0][1]
    script = " ".join("'" + word.replace("'", "'\\''") + "'" for word in (*head, "1"))
    said = operator.shell(f"{script}; echo status $?")
    assert "is another one by now\nstatus 4" in said
    assert alive(operator, pins)


async def test_nice_values_of_all_threads_and_the_way_back(operator: Operator) -> None:
    pins = operator.spawn(*SLEEP)
    before = niceness(operator, pins)  # that of whoever runs these tests
    outcome = await operator.act("host.renice-process", "root", pins, nice="17")
    assert outcome.ended is Ended.VERIFIED
    assert niceness(operator, pins) == 17
    (undo,) = outcome.undo
    assert (undo.action, undo.arguments) == ("host.renice-process", {"nice": str(before)})
    back = await operator.act(undo.action, "root", undo.things[0].pins, **undo.arguments)
    assert back.ended is Ended.VERIFIED
    assert niceness(operator, pins) == before
    with pytest.raises(Refused, match="already"):
        await operator.propose("host.renice-process", "root", pins, nice=str(before))


async def test_what_is_ones_own_needs_no_sudo_and_what_is_not_does(operator: Operator) -> None:
    mine, roots = operator.spawn(*SLEEP, user="guest"), operator.spawn(*SLEEP)
    outcome = await operator.act("host.renice-process", "guest", mine, nice="18")
    assert outcome.ended is Ended.VERIFIED
    with pytest.raises(Refused) as caught:
        await operator.propose("host.renice-process", "guest", mine, nice="17")
    assert caught.value.rule == "sudo", "only root may take less patience"
    with pytest.raises(Refused) as caught:
        await operator.propose("host.kill-process", "guest", roots)
    assert caught.value.rule == "sudo"
    assert (await operator.act("host.kill-process", "guest", mine)).ended is Ended.VERIFIED
    assert alive(operator, roots)


async def test_our_own_sudoers_file_permits_these_scripts(operator: Operator) -> None:
    pins = operator.spawn(*SLEEP)
    outcome = await operator.act("host.renice-process", "ops", pins, nice="-3")
    assert outcome.ended is Ended.VERIFIED
    assert (await operator.act("host.terminate-process", "ops", pins)).ended is Ended.VERIFIED
    stubborn = operator.spawn(*STUBBORN)
    assert (await operator.act("host.kill-process", "ops", stubborn)).ended is Ended.VERIFIED


@pytest.mark.parametrize("action", ["terminate", "kill", "renice"])
async def test_no_part_of_a_script_does_anything_as_root(operator: Operator, action: str) -> None:
    """sudo compares words joined by blanks, and so permits a script that is cut at any of them."""
    pins = operator.spawn(*SLEEP)
    nice = {"nice": "19"} if action == "renice" else {}
    plan = await operator.propose(f"host.{action}-process", "root", pins, **nice)
    text, *words = read(plan).items[0].steps[0].argv[2:]
    calls: list[str] = []
    for cut in (at for at, char in enumerate(text) if char == " "):
        argv = ("sudo", "-n", "sh", "-c", text[:cut], *text[cut + 1 :].split(" "), *words)
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in argv)
        calls.append(f"{quoted} >/dev/null 2>/tmp/said; echo $? $(grep -c password /tmp/said)")
    found = operator.shell("sh", text="\n".join(calls), user="ops").splitlines()
    assert len(found) == text.count(" ") > 40
    assert {line.split()[1] for line in found} == {"0"}, "sudo permits them all"
    # `set` and `set -f;` come to their end; all others stop at what is no pid, or make no sense.
    assert [line.split()[0] for line in found[:2]] == ["0", "0"]
    assert {line.split()[0] for line in found[2:]} == {"2"}
    assert alive(operator, pins)


async def test_what_must_not_end_is_left_alone(operator: Operator) -> None:
    for pid, told in (("1", "the host's first"),):
        with pytest.raises(Refused, match=told):
            await operator.propose("host.kill-process", "root", (("pid", pid),))
    listening = operator.shell("pgrep", "-o", "-x", "sshd").strip()
    with pytest.raises(Refused, match="carries this very session"):
        await operator.propose("host.terminate-process", "root", (("pid", listening),))
    for hostile in ("-1", "0x1", "1;reboot", "", "1 2"):
        with pytest.raises((Refused, Gone)):
            await operator.propose("host.kill-process", "root", (("pid", hostile),))
