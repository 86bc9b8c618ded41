"""The way to a listener without TLS: packets are looked at before the driver gets them.

The driver, given a packet that claims to be shorter than its own head, fills the memory of this
process; and it goes wherever a listener redirects it. It takes no connection that is open already,
so that it is given an address of this machine's, where only it is let in, once.
"""

import asyncio
import contextlib

HEAD = 8
"""Bytes of a packet's head."""

LIMIT = 16 << 20
"""Bytes of one answer; more is none."""

_ACCEPT, _REDIRECT = 2, 5
_LAST = 15
"""The highest kind of packet there is."""
_WIDE = 315
"""From this version of the protocol on, the length of a packet takes four bytes."""


class Frames:
    """What a server sends, packet by packet; `wrong` says why there will be no more."""

    def __init__(self) -> None:
        self.wrong = ""
        self.left = LIMIT
        """Bytes that may still come; set anew for each statement."""
        self._rest = b""
        self._wide = False

    def whole(self, data: bytes) -> bytes:
        """The packets that are complete with this; nothing from the first wrong one on."""
        rest, at = self._rest + data, 0
        while not self.wrong and len(rest) - at >= HEAD:
            size = int.from_bytes(rest[at : at + (4 if self._wide else 2)], "big")
            if size < HEAD or not 0 < rest[at + 4] <= _LAST:
                self.wrong = "what comes are no packets of Oracle's"
            elif size > self.left:
                self.wrong = f"more than {LIMIT >> 20} MiB in one answer"
            elif len(rest) - at < size:
                break
            else:
                at += self._taken(rest[at : at + size])
        self._rest = rest[at:]
        return rest[:at]

    def _taken(self, packet: bytes) -> int:
        """How much of a packet is let through."""
        self.left -= len(packet)
        if packet[4] == _REDIRECT:
            self.wrong = "the listener sends us to another address"
            return 0
        if packet[4] == _ACCEPT and int.from_bytes(packet[8:10], "big") >= _WIDE:
            self._wide = True
        return len(packet)


class Relay:
    """One connection to a listener, and the address at which the driver finds it."""

    def __init__(self) -> None:
        self.frames = Frames()
        self.received = self.sent = 0
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._pumps: set[asyncio.Task[None]] = set()

    async def reach(self, host: str, port: int) -> int:
        """Connect; returns the port on 127.0.0.1 for the driver. Raises `OSError`."""
        reader, writer = await asyncio.open_connection(host, port)
        self._writers.append(writer)

        async def serve(near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
            if len(self._writers) > 1:
                back.close()
                return
            self._writers.append(back)
            if self._server is not None:
                self._server.close()
            pumps = {
                asyncio.create_task(self._down(reader, back)),
                asyncio.create_task(self._up(near, writer)),
            }
            self._pumps |= pumps

        self._server = await asyncio.start_server(serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def _down(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                self.received += len(data)
                back.write(self.frames.whole(data))
                if self.frames.wrong:
                    break
                await back.drain()
        self._cut()

    async def _up(self, near: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await near.read(1 << 16):
                self.sent += len(data)
                writer.write(data)
                await writer.drain()
        self._cut()

    def _cut(self) -> None:
        for writer in self._writers:
            writer.close()

    async def close(self) -> None:
        """Let go of both ends."""
        if self._server is not None:
            self._server.close()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        self._cut()
        for writer in self._writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()
