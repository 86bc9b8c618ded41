"""A web server that does what a test says, byte for byte, the worst included."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    """By name in small letters."""
    body: bytes


def page(body: bytes = b"{}", status: int = 200, **headers: str) -> bytes:
    """A whole answer; `_` in a header's name stands for `-`."""
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


Route = bytes | Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Web:
    """What it answers, by path without query; and all it was asked."""

    routes: dict[str, Route] = field(default_factory=dict[str, Route])
    asked: list[Asked] = field(default_factory=list[Asked])
    connections: int = 0
    url: str = ""
    _server: asyncio.Server | None = None
    _open: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = field(
        default_factory=dict[asyncio.Task[None] | None, asyncio.StreamWriter]
    )

    async def start(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        """Listen on loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=tls)
        name = self._server.sockets[0].getsockname()
        self.url = f"http{'s' if tls else ''}://{name[0]}:{name[1]}"

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    async def stop(self) -> None:
        """Close everything, as a server that dies."""
        if self._server is not None:
            self._server.close()
            for writer in self._open.values():
                writer.transport.abort()
            if tasks := [task for task in self._open if task]:
                await asyncio.wait(tasks)
            await self._server.wait_closed()
            self._server = None

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        self._open[task] = writer
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await self._answer(await _read(reader), writer)
        del self._open[task]
        writer.transport.abort()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        route = self.routes.get(asked.path.partition("?")[0], page(b"no such page", 404))
        if isinstance(route, bytes):
            writer.write(route)
            await writer.drain()
        else:
            await route(asked, writer)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = [line.partition(":") for line in head[1:] if line]
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, path, headers, body)


@contextlib.asynccontextmanager
async def web(
    routes: dict[str, Route] | None = None, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Web, None]:
    """A server within the context."""
    served = Web(dict(routes or {}))
    await served.start(tls)
    try:
        yield served
    finally:
        await served.stop()
