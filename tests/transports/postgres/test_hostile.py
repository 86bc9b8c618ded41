"""Peers that are no PostgreSQL: each is told as what it is, and none hangs the console."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

import pytest

from opsconsole.errors import Malformed, TargetError, Unreachable
from opsconsole.model import Target
from opsconsole.transports.postgres import pool
from tests.servers.port import PORT
from tests.transports.postgres.scene import asking, opened


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CONNECTING", 2)


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
ADDRESS = "127.78.10.1"


@contextlib.asynccontextmanager
async def peer(talk: Peer) -> AsyncGenerator[Target]:
    """Somebody who listens; each that comes is let go at the end."""
    guests: list[tuple[asyncio.Task[None], asyncio.StreamWriter]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await talk(reader, writer)
        writer.close()

    def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        guests.append((asyncio.create_task(serve(reader, writer)), writer))

    server = await asyncio.start_server(welcome, ADDRESS, PORT)
    async with server:
        yield Target("db", "postgres", "postgres", ADDRESS, PORT, "watch")
    for task, writer in guests:
        task.cancel()
        writer.close()
        with contextlib.suppress(asyncio.CancelledError, OSError):
            await task
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def fault(target: Target) -> TargetError:
    with pytest.raises(TargetError) as caught:
        async with opened(target, asking("SELECT 1")):
            pass
    assert str(caught.value).startswith("db: ")
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", b"\0" * 64], ids=["H", "S", "0"]
)
async def test_another_protocol_is_told(said: bytes) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(said)
        await writer.drain()
        await reader.read()

    async with peer(talk) as target:
        assert isinstance(await fault(target), Malformed | Unreachable)


async def test_one_that_hangs_up_is_told() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)

    async with peer(talk) as target:
        assert isinstance(await fault(target), Unreachable)


async def test_one_that_says_nothing_is_given_up() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with peer(talk) as target:
        said = await fault(target)
        assert isinstance(said, Unreachable)
        assert "no answer in time" in str(said)
