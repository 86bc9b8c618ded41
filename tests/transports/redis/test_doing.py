"""Calls to real Redis servers: words in, a status and an answer out; lost is not called failed."""

import asyncio
import json
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from opsconsole.errors import Lost, Refused, Unreachable
from opsconsole.transports.redis import RedisTransport
from tests.servers.redis import Server, server
from tests.servers.sampler import Heard
from tests.transports.doing import Told, done
from tests.transports.redis.scene import PING, target

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Generator[Server, None, None]:
    with server(tmp_path_factory.mktemp("redis"), "--maxclients", "3", "--protected-mode", "no",
                "--enable-debug-command", "yes") as one:  # fmt: skip
        yield one


async def test_words_are_a_command_and_its_answer_is_heard(plain: Server) -> None:
    to = target(plain)
    assert await done(RedisTransport(), to, "SET", "a b", "é\r\n$1\r\n'") == (0, b"OK")
    assert await done(RedisTransport(), to, "GET", "a b") == (0, "é\r\n$1\r\n'".encode())
    assert await done(RedisTransport(), to, "DEL", "a b") == (0, b"1")
    assert await done(RedisTransport(), to, "GET", "a b") == (0, b"")
    status, told = await done(RedisTransport(), to, "CONFIG", "GET", "maxclients")
    assert (status, json.loads(told)) == (0, ["maxclients", "3"])
    assert await done(RedisTransport(), to, "EVAL", "return {1, 'x', {err='E y'}}", "0") == (
        0,
        b'[1,"x","E y"]',
    )


async def test_a_refusal_is_a_status_with_its_words(plain: Server) -> None:
    status, told = await done(RedisTransport(), target(plain), "CLIENT", "KILL", "ID", "x")
    assert (status, told[:4]) == (1, b"ERR ")


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("",),
        ("A B",),
        ("/bin/sh",),
        ("GET", "\udc00"),
        ("MONITOR",),
        ("subscribe", "x"),
        ("CLIENT", "REPLY", "OFF"),
        ("Multi",),
    ],
)
async def test_words_that_are_no_call_are_refused(argv: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        await done(RedisTransport(), target(("127.66.1.1", 1)), *argv)


async def test_what_was_never_sent_is_told_as_such() -> None:
    with pytest.raises(Unreachable):
        await done(RedisTransport(), target(("127.66.1.1", 1)), "FLUSHALL")


async def test_what_may_have_been_done_is_lost(plain: Server, tmp_path: Path) -> None:
    with server(tmp_path) as one, pytest.raises(Lost, match="whether it was done is not known"):
        await done(RedisTransport(), target(one), "SHUTDOWN", "NOSAVE")


async def test_a_full_server_is_reached_over_the_session(plain: Server) -> None:
    """Just there a client has to be ended."""
    transport, heard = RedisTransport(), Heard()
    await transport.open(target(plain), PING, 1.0, heard)
    others = [RedisTransport() for _ in range(2)]
    for other in others:
        await other.open(target(plain), PING, 1.0, heard)
    status, told = await done(transport, target(plain), "CLIENT", "LIST")
    assert (status, told.count(b"name=opsconsole")) == (0, 3)
    with pytest.raises(Unreachable):
        await done(RedisTransport(), target(plain), "PING")
    for one in (transport, *others):
        await one.close()


async def test_giving_up_closes_its_connection(plain: Server) -> None:
    transport, told = RedisTransport(), Told()
    call = asyncio.create_task(transport.execute(target(plain), ("GET", "x"), told))
    os.kill(plain.pid, signal.SIGSTOP)
    await asyncio.sleep(0.1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    os.kill(plain.pid, signal.SIGCONT)
    assert told.text == b""
    await transport.close()
