"""A port of ours, joined to one of a pod: a WebSocket for each connection."""

import asyncio
from collections.abc import Callable

from opsconsole.clean import clean
from opsconsole.errors import Lost, TargetError
from opsconsole.model import Target
from opsconsole.question import HttpRequest
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.channel import V4, Channels
from opsconsole.transports.kubernetes.client import Client
from opsconsole.transports.kubernetes.faults import Refusal

CHUNK = 32 << 10

DATA, ERROR, PORT = 0, 1, 2
"""Channels of a forwarded port; each begins with the port, which is two bytes."""


async def forward(
    target: Target,
    place: tuple[str, str],
    ports: tuple[int, int],
    listening: Callable[[int], object],
    tell: Callable[[str], object],
) -> None:
    """Join a port of ours (0 for any) to one of a pod until cancelled.

    Listens on 127.0.0.1 alone; `listening` is told which port it is, `tell` what went wrong with
    one connection. Raises `OSError` when the port is taken, a `TargetError` when there is no pod.
    """
    space, pod = place
    path = f"/api/v1/namespaces/{space}/pods/{pod}"
    client = Client(Account(target))
    try:
        await client.fetch(HttpRequest(path))
        request = HttpRequest(f"{path}/portforward?ports={ports[1]}")
        await _listen(client, request, ports[0], listening, tell)
    except Refusal as refusal:
        raise refusal.error from None
    finally:
        await client.close()


async def _listen(
    client: Client,
    request: HttpRequest,
    port: int,
    listening: Callable[[int], object],
    tell: Callable[[str], object],
) -> None:
    running: set[asyncio.Task[None] | None] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        try:
            await _carried(client, request, reader, writer)
        except TargetError as error:
            tell(str(error))
        finally:
            running.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    listening(server.sockets[0].getsockname()[1])
    try:
        await asyncio.get_running_loop().create_future()  # until cancelled
    finally:
        server.close()
        for task in filter(None, list(running)):
            task.cancel()


async def _carried(
    client: Client,
    request: HttpRequest,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    async with client.socket(request, V4) as socket:
        channels = Channels(client.where(request), socket)
        sending = asyncio.ensure_future(_sent(channels, reader))
        taking = asyncio.ensure_future(_taken(channels, writer, client.where(request)))
        try:
            await asyncio.wait((sending, taking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, taking):
                task.cancel()
            ended = await asyncio.gather(sending, taking, return_exceptions=True)
        for error in ended:
            if isinstance(error, TargetError):
                raise error


async def _sent(channels: Channels, reader: asyncio.StreamReader) -> None:
    while data := await reader.read(CHUNK):
        await channels.send(DATA, data)


async def _taken(channels: Channels, writer: asyncio.StreamWriter, where: str) -> None:
    heads = {DATA: PORT, ERROR: PORT}
    async for channel, data in channels.messages():
        skip = min(heads.get(channel, 0), len(data))
        heads[channel] = heads.get(channel, 0) - skip
        if channel == ERROR and data[skip:]:
            raise Lost(f"{where}: {clean(data[skip:].decode(errors='replace'), 200)}")
        if channel == DATA:
            writer.write(data[skip:])
            await writer.drain()
