"""The local transport: a real `/bin/sh`, ended with everything it started."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from opsconsole.errors import Lost, Malformed, Unsupported
from opsconsole.model import Target
from opsconsole.transports.local import LocalSession, LocalTransport
from tests.servers.sampler import SAMPLER, Heard, eventually

HERE = Target(id="here", kind="host", transport="local")


def pid_of(payload: bytes) -> int:
    return int(payload.split(b"pid ")[1])


def group_lives(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def piped(argv: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(argv, stdout=subprocess.PIPE)


async def opened(heard: Heard, script: str = SAMPLER) -> tuple[LocalTransport, LocalSession]:
    transport = LocalTransport()
    return transport, await transport.open(HERE, script, 0.1, heard)


async def test_pushed_answers_come_by_themselves_and_asked_ones_when_asked() -> None:
    heard = Heard()
    _, session = await opened(heard)
    assert heard.of("vitals"), "open returns once the first answer was delivered"
    session.ask("slow")
    session.ask("processes")
    await heard.until(lambda h: bool(h.of("processes")) and len(h.of("vitals")) >= 3)
    assert heard.of("slow") == [b"asked slow\n"]
    assert [p.split(b"\n")[0] for p in heard.of("vitals")[:3]] == [b"n 1", b"n 2", b"n 3"]
    received, sent = session.traffic
    assert received > sum(len(a.payload) for a in heard.answers)
    assert sent > len(SAMPLER)
    await session.close()
    await session.ended()


async def test_close_ends_the_whole_group_and_delivers_no_more() -> None:
    heard = Heard()
    _, session = await opened(heard)
    pid = pid_of(heard.of("vitals")[0])
    assert group_lives(pid)
    await session.close()
    await session.close()
    count = len(heard.answers)
    await eventually(lambda: not group_lives(pid))
    assert len(heard.answers) == count
    with pytest.raises(Lost, match="closed"):
        session.ask("slow")


async def test_a_group_that_ignores_term_is_killed() -> None:
    heard = Heard()
    _, session = await opened(heard, "trap '' TERM\n(trap '' TERM; sleep 600) &\n" + SAMPLER)
    pid = pid_of(heard.of("vitals")[0])
    await session.close()
    await eventually(lambda: not group_lives(pid))


async def test_transport_close_ends_every_session() -> None:
    heard = [Heard(), Heard()]
    transport = LocalTransport()
    sessions = [await transport.open(HERE, SAMPLER, 0.1, h) for h in heard]
    pids = [pid_of(h.of("vitals")[0]) for h in heard]
    await transport.close()
    await eventually(lambda: not any(map(group_lives, pids)))
    for session in sessions:
        await session.ended()


async def test_a_sampler_that_is_killed_is_lost() -> None:
    heard = Heard()
    _, session = await opened(heard)
    os.kill(pid_of(heard.of("vitals")[0]), signal.SIGKILL)
    async with asyncio.timeout(60):
        with pytest.raises(Lost, match="here: the sampler was ended by signal 9"):
            await session.ended()
    with pytest.raises(Lost):
        session.ask("slow")
    await session.close()


async def test_a_sampler_that_cannot_start_says_what_the_shell_said() -> None:
    with pytest.raises(Unsupported, match=r"ended with status 127, saying: .*nonsuch") as caught:
        await opened(Heard(), "nonsuch-\x1b]0;title\x07command\nexit 127")
    assert "\x1b" not in str(caught.value)


async def test_an_unasked_answer_is_malformed() -> None:
    script = "printf -- '--opsconsole slow--\\n' >&2\n" + SAMPLER
    with pytest.raises(Malformed, match="'slow', which was not asked"):
        await (await opened(Heard(), script))[1].ended()


async def _flooded(heard: Heard) -> None:
    flood = "echo --opsconsole vitals--; yes -- '--opsconsole vitals--'\n"
    _, session = await opened(heard, flood)
    try:
        await session.ended()
    finally:
        await session.close()


async def test_a_flood_of_answers_is_malformed() -> None:
    heard = Heard()
    async with asyncio.timeout(60):
        with pytest.raises(Malformed, match="floods"):  # seen while it opens, or after
            await _flooded(heard)
    assert len(heard.answers) < 5000


async def test_own_argv_speaks_the_wire_without_a_script() -> None:
    code = (
        "import sys\n"
        "print('portable\\n--opsconsole vitals--', flush=True)\n"
        "for verb in sys.stdin:\n"
        "    print(f'--opsconsole {verb.strip()}--', file=sys.stderr, flush=True)\n"
    )
    heard = Heard()
    settings = {"argv": (sys.executable, "-c", code)}
    target = Target(id="mac", kind="host", transport="local", settings=settings)
    session = await LocalTransport().open(target, "exit 1", 2, heard)
    session.ask("slow")
    await heard.until(lambda h: h.of("slow") == [b""])
    assert heard.of("vitals") == [b"portable\n"]
    await session.close()


async def test_a_missing_program_is_unsupported() -> None:
    settings = {"argv": ("opsconsole-no-such-program",)}
    target = Target(id="mac", kind="host", transport="local", settings=settings)
    with pytest.raises(Unsupported, match="mac: cannot run opsconsole-no-such-program"):
        await LocalTransport().open(target, "", 2, Heard())


async def test_nothing_is_left_when_the_console_is_killed() -> None:
    program = (
        "import asyncio, sys\n"
        "from tests.transports.test_local import HERE\n"
        "from tests.servers.sampler import SAMPLER\n"
        "from opsconsole.transports.local import LocalTransport\n"
        "async def main():\n"
        "    def say(answer): print(int(answer.payload.split(b'pid ')[1]), flush=True)\n"
        "    await LocalTransport().open(HERE, SAMPLER, 0.1, say)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with piped([sys.executable, "-c", program]) as client:
        assert client.stdout is not None
        pid = int(await asyncio.to_thread(client.stdout.readline))
        assert group_lives(pid)
        client.kill()
    await eventually(lambda: not group_lives(pid))
