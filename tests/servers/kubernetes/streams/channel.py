"""The channels of a WebSocket as Kubernetes uses it: a byte for the channel, then its data."""

import asyncio

import msgspec
from aiohttp import WSMsgType, web

from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.refusal import Json, bad_request

STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"


class Channels:
    """One exec: what comes in on stdin and resize, what goes out."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.stdin: asyncio.Queue[bytes] = asyncio.Queue()
        """An empty item is the end."""
        self.size: tuple[int, int] | None = None
        """Rows and columns, once told."""
        self.resized = asyncio.Event()

    async def listen(self) -> None:
        """Take messages until the client has gone."""
        async for message in self.socket:
            if message.type is WSMsgType.BINARY and message.data:
                self._take(message.data[0], bytes(message.data[1:]))
            elif message.type is WSMsgType.TEXT and message.data:
                self._take(ord(message.data[0]), message.data[1:].encode())
        self.stdin.put_nowait(b"")

    def _take(self, channel: int, data: bytes) -> None:
        if channel == STDIN and data:
            self.stdin.put_nowait(data)
        elif channel == CLOSE and data[:1] == b"\0":
            self.stdin.put_nowait(b"")
        elif channel == RESIZE:
            size = msgspec.json.decode(data, type=dict[str, int])
            self.size = size["Height"], size["Width"]
            self.resized.set()

    async def out(self, data: bytes, channel: int = STDOUT) -> None:
        if data and not self.socket.closed:
            await self.socket.send_bytes(bytes([channel]) + data)

    async def status(self, said: Json) -> None:
        await self.out(msgspec.json.encode(said), ERROR)


async def opened(ask: Ask, *protocols: str) -> web.WebSocketResponse:
    """The WebSocket of a request; 400 if it wants none, 403 if it speaks no version of ours."""
    request = ask.request
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise bad_request("Upgrade request required")
    asked = [each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    if not set(asked) & set(protocols):
        raise bad_request(f"unable to upgrade: no protocol of {asked} is known")
    socket = web.WebSocketResponse(protocols=protocols, max_msg_size=0)
    await socket.prepare(request)
    return socket
