"""A port of ours, joined to one of a pod while that is there: a WebSocket for each connection."""

import asyncio
import contextlib
import json
import time
from collections.abc import Callable

from opsconsole.clean import Clean, clean
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

LOOK = 5.0
"""Seconds between two looks whether the pod is there; after a failure there is one at once."""

CONNECTIONS = 200
"""Connections at once to one port."""

_OVER = frozenset({"Succeeded", "Failed"})


class Forward:
    """One port of ours, until it is closed or the pod is gone. Listens on 127.0.0.1 alone."""

    def __init__(
        self,
        client: Client,
        place: tuple[str, str],
        remote: int,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        """`place` is namespace and pod; `tell` is told what went wrong with one connection."""
        self._client = client
        self._tell = tell
        self.place = place
        self.remote = remote
        self.port = 0
        """Of ours, once it listens."""
        self.uid = Clean("")
        """Of the pod."""
        self.since = time.time()
        self.connections = self.received = self.sent = 0
        """All so far, and their bytes from and to the pod."""
        self.error = Clean("")
        """What went wrong last."""
        self.ended = self._failed = self._unseen = False
        self._path = f"/api/v1/namespaces/{place[0]}/pods/{place[1]}"
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._doubt = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    @property
    def state(self) -> str:
        """`listening`, `failing` (the last connection), `unreachable` (the cluster), `ended`."""
        if self.ended:
            return "ended"
        return "unreachable" if self._unseen else "failing" if self._failed else "listening"

    @property
    def open(self) -> int:
        """Connections there are now."""
        return len(self._open)

    async def listen(self, local: int) -> None:
        """Begin, on that port or with 0 on any; raises `OSError` when it is taken, a `TargetError`
        when there is no such pod.
        """
        if why := await self._gone():
            raise Lost(f"{self._client.target}: {self._where}: {why}")
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", local)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._watch = asyncio.ensure_future(self._watched())

    async def over(self) -> None:
        """Return when the pod is gone; `error` says why."""
        assert self._watch is not None
        await asyncio.shield(self._watch)

    async def close(self) -> None:
        """Listen no more, and drop all connections; twice does no harm."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        await self._stop()
        await self._client.close()

    async def _stop(self) -> None:
        self.ended = True
        if self._server is not None:
            self._server.close()
        carrying = list(self._open)
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    @property
    def _where(self) -> str:
        return "/".join(self.place)

    async def _gone(self) -> str:
        """Why there is no such pod (any more); empty when it is there."""
        try:
            part = await self._client.fetch(HttpRequest(self._path))
        except Refusal as refused:
            if refused.status == 404 and self.uid:
                return "the pod is gone"
            raise refused.error from None
        try:
            found = json.loads(part.body)
            uid, phase = found["metadata"]["uid"], found.get("status", {}).get("phase")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Lost(f"{self._client.target}: {self._where}: cannot be read") from None
        before, self.uid = self.uid, clean(str(uid), 80)
        if before and before != self.uid:
            return "the pod is gone: another one has its name"
        return f"the pod has ended: {phase}" if phase in _OVER else ""

    async def _watched(self) -> None:
        """Return once the pod is gone."""
        why = ""
        while not why:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._doubt.wait(), LOOK)
            self._doubt.clear()
            try:
                why = await self._gone()
                self._unseen = False
            except TargetError as error:
                self.error, self._unseen = clean(str(error), 300), True
        self.error = clean(why, 300)
        await self._stop()
        await self._client.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            if len(self._open) < CONNECTIONS:
                self._open.add(task)
                self.connections += 1
                await self._carried(reader, writer)
            else:
                self._wrong(f"{self._where}: more than {CONNECTIONS} connections at once")
        except TargetError as error:
            self._wrong(str(error))
            self._doubt.set()
        finally:
            self._open.discard(task)
            writer.close()

    def _wrong(self, what: str) -> None:
        self.error, self._failed = clean(what, 300), True
        self._tell(what)

    async def _carried(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = HttpRequest(f"{self._path}/portforward?ports={self.remote}")
        where = self._client.where(request)
        async with self._client.socket(request, V4) as socket:
            channels = Channels(where, socket)
            sending = asyncio.ensure_future(self._sent(channels, reader))
            taking = asyncio.ensure_future(self._taken(channels, writer, where))
            try:
                await asyncio.wait((sending, taking), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, taking):
                    task.cancel()
                ended = await asyncio.gather(sending, taking, return_exceptions=True)
            for error in ended:
                if isinstance(error, TargetError):
                    raise error

    async def _sent(self, channels: Channels, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):  # who connected to us is gone
            while data := await reader.read(CHUNK):
                await channels.send(DATA, data)
                self.sent += len(data)

    async def _taken(self, channels: Channels, writer: asyncio.StreamWriter, where: str) -> None:
        heads = {DATA: PORT, ERROR: PORT}
        async for channel, data in channels.messages():
            skip = min(heads.get(channel, 0), len(data))
            heads[channel] = heads.get(channel, 0) - skip
            if channel == ERROR and data[skip:]:
                raise Lost(f"{where}: {clean(data[skip:].decode(errors='replace'), 200)}")
            if channel == DATA:
                self.received += len(data) - skip
                self._failed = self._failed and len(data) == skip
                with contextlib.suppress(ConnectionError):
                    writer.write(data[skip:])
                    await writer.drain()
        self._doubt.set()


async def forward(
    target: Target,
    place: tuple[str, str],
    ports: tuple[int, int],
    listening: Callable[[int], object],
    tell: Callable[[str], object],
) -> None:
    """Join a port of ours (0 for any) to one of a pod until cancelled.

    `listening` is told which port it is, `tell` what went wrong with one connection. Raises
    `OSError` when the port is taken, a `TargetError` when there is no pod, or when it goes.
    """
    one = Forward(Client(Account(target)), place, ports[1], tell)
    try:
        await one.listen(ports[0])
        listening(one.port)
        await one.over()
    finally:
        await one.close()
    raise Lost(f"{target.id}: {'/'.join(place)}: {one.error}")
