"""Ports that are kept by calls: found again, bounded, and ended with the transport."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any  # documents are JSON

import pytest

from opsconsole.errors import Refused, TargetError
from opsconsole.question import Held, parted
from opsconsole.transports.kubernetes import forwards
from opsconsole.transports.kubernetes.pool import Pool
from tests.transports.kubernetes.scene import QUICK, Rows, Space

pytestmark = pytest.mark.server


class Keeper:
    """A pool, and what its calls said."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.pool = Pool(QUICK)

    async def call(self, *argv: str) -> tuple[int, Any]:
        said = bytearray()
        status = await self.pool.call(self.space.target, argv, said.extend)
        return status, json.loads(bytes(said).partition(b"\n")[2])

    async def begin(self, ports: str) -> tuple[int, Any]:
        return await self.call("FORWARD", self.space.name, "pod", ports)

    async def listed(self) -> list[dict[str, Any]]:
        return list((await self.call("FORWARDS"))[1]["forwards"])


@pytest.fixture
async def keeper(space: Space) -> AsyncGenerator[Keeper, None]:
    await asyncio.to_thread(space.pod, "pod")
    one = Keeper(space)
    yield one
    await one.pool.close()


async def test_a_session_tells_what_calls_began(keeper: Keeper) -> None:
    status, told = await keeper.begin("0:80")
    assert status == 0
    assert told["message"].endswith(f" is port 80 of {keeper.space.name}/pod")
    rows = Rows()
    session = await keeper.pool.open(keeper.space.target, {"forwards": (Held(),)}, rows)
    session.ask("forwards")
    await rows.counted(1)
    (part,) = parted(rows.answers[0].payload, 1)
    (one,) = json.loads(part.body)["forwards"]
    assert (one["pod"], one["remote"], one["state"]) == ("pod", 80, "listening")
    await session.close()
    assert await keeper.listed() == [one], "it outlives the session"


async def test_a_port_where_nobody_listens_is_failing(keeper: Keeper) -> None:
    await keeper.begin("0:9")
    (one,) = await keeper.listed()
    reader, writer = await asyncio.open_connection("127.0.0.1", one["local"])
    assert await reader.read() == b""
    writer.close()
    (one,) = await keeper.listed()
    assert one["state"] == "failing"
    assert "connection refused" in one["error"]


async def test_the_end_of_the_transport_ends_them_with_their_connections(keeper: Keeper) -> None:
    await keeper.begin("0:80")
    (one,) = await keeper.listed()
    reader, writer = await asyncio.open_connection("127.0.0.1", one["local"])
    writer.write(b"a")
    assert await reader.readexactly(1) == b"a"
    assert (await keeper.listed())[0]["open"] == 1
    await keeper.pool.close()
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", one["local"])


async def test_bounds_and_words_that_mean_nothing(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwards, "MOST", 1)
    await keeper.begin("0:80")
    status, told = await keeper.begin("0:81")
    assert (status, told["message"]) == (409, "1 ports are forwarded already: end some")
    assert (await keeper.call("UNFORWARD", "99"))[0] == 404
    (one,) = await keeper.listed()
    assert (await keeper.call("UNFORWARD", one["number"]))[0] == 0
    for argv in (
        ("FORWARD",),
        ("FORWARD", "../x", "pod", "0:1"),
        ("FORWARDS", "x"),
        ("UNFORWARD",),
    ):
        with pytest.raises(Refused):
            await keeper.call(*argv)
    for ports in ("80", ":80", "0:", "0:0", "1:65536", "a:b", "0:-1", "٣:٣"):
        with pytest.raises(Refused):
            await keeper.begin(ports)
    with pytest.raises(TargetError, match="not found"):
        await keeper.call("FORWARD", keeper.space.name, "nobody", "0:80")
    assert await keeper.listed() == []
