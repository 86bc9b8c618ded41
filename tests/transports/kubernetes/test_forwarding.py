"""Ports of pods: what goes in comes out, and what cannot be is told."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import pytest

from opsconsole.errors import Unsupported
from opsconsole.transports.kubernetes.forwarding import forward
from tests.transports.kubernetes.scene import Space, until

pytestmark = pytest.mark.server


@contextlib.asynccontextmanager
async def forwarded(space: Space, port: int) -> AsyncGenerator[tuple[int, list[str]], None]:
    """Our port, and what went wrong so far."""
    await asyncio.to_thread(space.pod, "pod")
    ports, wrong = list[int](), list[str]()
    place = space.name, "pod"
    task = asyncio.ensure_future(
        forward(space.target, place, (0, port), ports.append, wrong.append)
    )
    await until(lambda: ports or task.done())
    yield ports[0], wrong
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_each_connection_is_carried_both_ways(space: Space) -> None:
    async with forwarded(space, 80) as (port, wrong):
        pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        for at, (_, writer) in enumerate(pairs):
            writer.write(b"%d" % at * 200_000)
        for at, (reader, writer) in enumerate(pairs):
            assert await reader.readexactly(200_000) == b"%d" % at * 200_000
            writer.close()
    assert wrong == []


async def test_a_port_where_nobody_listens_is_told_and_closes_ours(space: Space) -> None:
    async with forwarded(space, 9) as (port, wrong):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()
        await until(lambda: wrong)
        assert "connection refused" in wrong[0]


async def test_a_pod_that_goes_takes_the_connection_with_it(space: Space) -> None:
    async with forwarded(space, 80) as (port, _):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"a")
        assert await reader.readexactly(1) == b"a"
        await space.tell("hang_up")
        assert await reader.read() == b""
        writer.close()


async def test_without_a_pod_nothing_listens(space: Space) -> None:
    ports: list[int] = []
    with pytest.raises(Unsupported, match="not found"):
        await forward(space.target, (space.name, "none"), (0, 80), ports.append, print)
    assert ports == []
