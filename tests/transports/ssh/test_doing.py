"""Doing something on a host over real sshd: what comes back, and what goes on without us."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import pytest

from opsconsole.errors import Denied, Lost, Refused, Unsupported
from opsconsole.transports.errand import CUT, HEARD
from opsconsole.transports.ssh import SshTransport
from tests.servers.sampler import SAMPLER, Heard, eventually
from tests.servers.sshd import Site, Sshd, descendants, need
from tests.transports.doing import ECHO, Told, done

pytestmark = pytest.mark.server
SHELLS = ["dash", "bash --posix", "busybox sh"]


def log_ins(host: Sshd) -> int:
    return host.log().count("Accepted publickey")


def cmdline(pid: int) -> bytes:
    """Empty for one that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def go_on(proof: Path) -> None:
    """Let a program that waits for this file go on."""
    Path(f"{proof}.go").touch()


def shell_host(site: Site, shell: str) -> Sshd:
    """A host whose `/bin/sh` is another."""
    need(shell.split()[0])
    return site.host("web-1", "127.77.31.1", ForceCommand=f"exec {shell}")


@pytest.mark.parametrize("shell", SHELLS)
async def test_status_output_and_surroundings(site: Site, shell: str) -> None:
    target = site.target(shell_host(site, shell))
    transport = SshTransport()
    for status in (0, 1, 127, 255):
        assert await done(transport, target, "sh", "-c", f"exit {status}") == (status, b"")
    for number in (signal.SIGTERM, signal.SIGKILL):
        status, _ = await done(transport, target, "sh", "-c", f"kill -{number} $$")
        assert status == -number
    # A POSIX shell does not tell these two apart.
    assert (await done(transport, target, "sh", "-c", "exit 130"))[0] == -signal.SIGINT
    code = "echo 1; echo 2 >&2; cat; pwd; echo $LC_ALL $SYSTEMD_COLORS $SYSTEMD_PAGER; ls /dev/fd/"
    status, said = await done(transport, target, "sh", "-c", code)
    assert (status, said) == (0, b"1\n2\n/\nC 0 cat\n0\n1\n2\n3\n"), "the fourth is that of ls"
    assert await done(transport, target, "printf", "\\377\\0\\n") == (0, b"\xff\0\n")
    await transport.close()


@pytest.mark.parametrize("shell", SHELLS)
async def test_what_is_no_program_is_not_run(site: Site, shell: str) -> None:
    host = shell_host(site, shell)
    transport = SshTransport()
    canary = host.folder / "canary"
    for builtin in ("eval", ".", "exec", "command", "trap", "run", "say", "opsconsole-nonsuch"):
        status, said = await done(transport, site.target(host), builtin, f"touch {canary}")
        assert status == (126 if builtin == "." else 127), "a folder is there and no program"
        assert builtin.encode() in said, "sh says what is missing"
    assert (await done(transport, site.target(host), "/"))[0] == 126
    assert (await done(transport, site.target(host), "A=B", "touch", str(canary)))[0] == 127
    for word in ("-c", "a\0b"):
        with pytest.raises(Refused):
            await done(transport, site.target(host), word, "id")
    assert not canary.exists()
    await transport.close()


@pytest.mark.parametrize("program", ["dash", "bash", "rbash", "fish", "zsh", "busybox"])
async def test_any_login_shell_will_do(site: Site, program: str) -> None:
    need(program)
    # sshd hands the command to the login shell just so: `shell -c "exec /bin/sh"`.
    login = shutil.which(program)
    applet = " sh" if program == "busybox" else ""
    forced = f'exec {login}{applet} -c "$SSH_ORIGINAL_COMMAND"'
    host = site.host("web-1", "127.77.31.1", ForceCommand=forced)
    transport = SshTransport()
    words = ("a'b", "$(id)", "`id`", "a;id", "!!", "~", "{a,b}", "\\", "\n", "")
    if program == "rbash":
        with pytest.raises(Unsupported, match=r"restricted.* true was not run"):
            await done(transport, site.target(host), "true")
    else:
        status, said = await done(transport, site.target(host), *ECHO, *words)
        assert (status, said) == (0, b"".join(word.encode() + b"\0" for word in words))
    await transport.close()


async def test_chatter_of_a_login_is_not_heard(site: Site) -> None:
    noise = "printf Welcome; printf 'no tty' >&2; exec /bin/sh"
    host = site.host("web-1", "127.77.31.1", ForceCommand=noise)
    transport = SshTransport()
    assert await done(transport, site.target(host), "echo", "hi") == (0, b"hi\n")
    await transport.close()


async def test_beside_the_sampler_and_without_one(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1")
    target = site.target(host)
    transport = SshTransport()
    heard = Heard()
    session = await transport.open(target, SAMPLER, 0.1, heard)
    assert await done(transport, target, "echo", "hi") == (0, b"hi\n")
    assert log_ins(host) == 1, "over the sampler's connection"
    await session.close()
    assert await done(transport, target, "echo", "hi") == (0, b"hi\n")
    assert log_ins(host) == 2
    await eventually(lambda: not host.children())
    await transport.close()


async def test_over_a_jump_host_that_is_let_go_afterwards(site: Site) -> None:
    jump, host = site.host("jump", "127.77.31.9"), site.host("db", "127.77.31.1")
    transport = SshTransport()
    target = site.target(host, jump=site.hop(jump))
    assert await done(transport, target, "echo", "hi") == (0, b"hi\n")
    await eventually(lambda: not jump.children() and not host.children())
    await transport.close()


async def test_the_sampler_streams_on_while_programs_run(site: Site) -> None:
    target = site.target(site.host("web-1", "127.77.31.1"))
    transport = SshTransport()
    heard = Heard()
    await transport.open(target, SAMPLER, 0.1, heard)
    before = len(heard.answers)
    sleeping = [asyncio.create_task(done(transport, target, "cat", "/dev/zero")) for _ in range(2)]
    await heard.until(lambda heard: len(heard.answers) >= before + 10)
    assert not any(task.done() for task in sleeping), "a flood delays no sample for good"
    assert await done(transport, target, "echo", "hi") == (0, b"hi\n")
    for task in sleeping:
        task.cancel()
    await asyncio.gather(*sleeping, return_exceptions=True)
    count = len(heard.answers)
    await heard.until(lambda heard: len(heard.answers) > count)
    await transport.close()


async def test_a_flood_is_cut_and_the_program_is_not_held_up(site: Site) -> None:
    target = site.target(site.host("web-1", "127.77.31.1"))
    transport = SshTransport()
    status, said = await done(transport, target, "head", "-c", str(5 * HEARD), "/dev/zero")
    assert (status, len(said), said[-len(CUT) :]) == (0, HEARD + 1 + len(CUT), CUT)
    status, said = await done(transport, target, "head", "-c", "900000", "/dev/zero")
    assert (status, said) == (0, bytes(900000)), "all of it, to the last byte"
    await transport.close()


@pytest.mark.parametrize("shell", SHELLS)
async def test_cancelling_sends_term_to_the_program(site: Site, shell: str) -> None:
    host = shell_host(site, shell)
    transport = SshTransport()
    told = Told()
    code = "trap 'echo ending; exit' TERM; echo up; while :; do sleep 0.05; done"
    task = asyncio.create_task(transport.execute(site.target(host), ("sh", "-c", code), told))
    await eventually(told.has(b"up\n"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.text.endswith(b"ending\n"), "it is heard out"
    await eventually(lambda: not host.children())
    await transport.close()


async def test_cancelling_at_any_moment_leaves_nothing(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1")
    target = site.target(host)
    transport = SshTransport()
    await transport.open(target, SAMPLER, 0.1, Heard())
    alone = len(host.children())
    for turns in range(0, 60, 5):
        task = asyncio.create_task(transport.execute(target, ("sleep", "600"), Told()))
        for _ in range(turns):
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await eventually(lambda: len(host.children()) <= alone)
    await transport.close()


@pytest.mark.parametrize("shell", SHELLS)
async def test_a_program_outlives_the_connection(site: Site, shell: str) -> None:
    host = shell_host(site, shell)
    transport = SshTransport()
    proof = host.folder / "proof"
    told = Told()
    # More than any pipe holds, written while nobody listens any more.
    code = f"echo up; until [ -e {proof}.go ]; do sleep 0.05; done; head -c 3000000 /dev/zero"
    code += f" && head -c 3000000 /dev/zero >&2 && echo done >{proof}"
    task = asyncio.create_task(transport.execute(site.target(host), ("sh", "-c", code), told))
    await eventually(told.has(b"up\n"))
    for pid in host.children():
        if b"sshd" in cmdline(pid):
            os.kill(pid, signal.SIGKILL)
    with pytest.raises(Lost, match=r"while sh ran: what it did is not known") as caught:
        await task
    assert caught.value.remedy
    go_on(proof)
    await eventually(lambda: proof.exists() and proof.read_text() == "done\n")
    await transport.close()


async def test_a_program_outlives_the_sampler_whose_connection_it_uses(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1")
    target = site.target(host)
    transport = SshTransport()
    heard = Heard()
    session = await transport.open(target, SAMPLER, 0.1, heard)
    sampler = int(heard.of("vitals")[0].split(b"pid ")[1])
    proof = host.folder / "proof"
    code = f"echo up; until [ -e {proof}.go ]; do sleep 0.05; done; echo on; exit 3"
    told = Told()
    task = asyncio.create_task(transport.execute(target, ("sh", "-c", code), told))
    await eventually(told.has(b"up\n"))
    await session.close()
    await eventually(lambda: sampler not in host.children())
    again = await transport.open(target, SAMPLER, 0.1, Heard())
    go_on(proof)
    assert (await task, told.text) == (3, b"up\non\n")
    assert log_ins(host) == 2
    await again.close()
    await eventually(lambda: not host.children())
    await transport.close()


async def test_a_wrapper_that_is_killed_leaves_the_outcome_open(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1")
    transport = SshTransport()
    told = Told()
    argv = ("sh", "-c", "echo $PPID; exec sleep 600")
    task = asyncio.create_task(transport.execute(site.target(host), argv, told))
    await eventually(told.has(b"\n"))
    ours = int(told.text)
    assert ours in host.children(), "only what this host started is ended"
    for pid in [ours, *descendants(ours)]:
        os.kill(pid, signal.SIGKILL)
    with pytest.raises(Lost, match="what it did is not known"):
        await task
    await transport.close()


async def test_closing_the_transport_ends_no_program(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1")
    proof = host.folder / "proof"
    for beside in (True, False):
        transport = SshTransport()
        if beside:
            await transport.open(site.target(host), SAMPLER, 0.1, Heard())
        told = Told()
        code = f"echo up; until [ -e {proof}.go ]; do sleep 0.05; done; echo x >>{proof}"
        task = asyncio.create_task(transport.execute(site.target(host), ("sh", "-c", code), told))
        await eventually(told.has(b"up\n"))
        await transport.close()
        with pytest.raises(Lost):
            await task
    go_on(proof)
    await eventually(lambda: proof.exists() and proof.read_text() == "x\nx\n")


async def test_a_host_of_one_session_gets_a_second_connection(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1", MaxSessions="1")
    transport = SshTransport()
    await transport.open(site.target(host), SAMPLER, 0.1, Heard())
    assert await done(transport, site.target(host), "echo", "hi") == (0, b"hi\n")
    assert log_ins(host) == 2
    await transport.close()


async def test_what_keeps_a_program_from_being_run(site: Site) -> None:
    transport = SshTransport()
    none = site.target(site.host("none", "127.77.31.2", MaxSessions="0"))
    with pytest.raises(Unsupported, match=r"none: .* gives no session for id") as caught:
        await done(transport, none, "id")
    assert "MaxSessions" in caught.value.remedy
    menu = site.target(site.host("menu", "127.77.31.3", ForceCommand="echo no shell here; exit 1"))
    with pytest.raises(Unsupported, match="no shell here: id was not run"):
        await done(transport, menu, "id")
    stranger = site.target(site.host("key", "127.77.31.4"), identity=str(site.key("id_other")))
    with pytest.raises(Denied):
        await done(transport, stranger, "id")
    await transport.close()


async def test_what_is_left_behind_is_not_waited_for_and_lives(site: Site) -> None:
    host = site.host("web-1", "127.77.31.1")
    proof = host.folder / "proof"
    code = f"(until [ -e {proof}.go ]; do sleep 0.05; done; echo late; echo x >{proof}) & echo up"
    transport = SshTransport()
    assert await done(transport, site.target(host), "sh", "-c", code) == (0, b"up\n")
    go_on(proof)
    await eventually(proof.exists)
    await eventually(lambda: not host.children())
    await transport.close()
