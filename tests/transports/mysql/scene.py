"""Sessions of a test, and a server that is up to no good."""

import asyncio
import contextlib
import itertools
import struct
from collections.abc import AsyncGenerator
from typing import Any

import msgspec

from opsconsole.model import Target
from opsconsole.ports import Session
from opsconsole.question import Part, Statement, parted
from opsconsole.transports.mysql import MysqlTransport
from tests.servers.sampler import Heard

SSL, PLUGIN_AUTH, PROTOCOL_41, SECURE = 0x800, 0x80000, 0x200, 0x8000

OK = b"\x00\x00\x00\x02\x00\x00\x00"


@contextlib.asynccontextmanager
async def opened(
    to: Target, *statements: Statement | str
) -> AsyncGenerator[tuple[Session, Heard], None]:
    """A session within the context, that has one exchange, `one`."""
    transport, heard = MysqlTransport(), Heard()
    asked = tuple(Statement(one) if isinstance(one, str) else one for one in statements)
    try:
        yield (
            await transport.open(to, {"one": asked or (Statement("SELECT 1"),)}, 1.0, heard),
            heard,
        )
    finally:
        await transport.close()


async def answers(to: Target, *statements: Statement | str) -> tuple[Part, ...]:
    """One answer to each of these."""
    async with opened(to, *statements) as (session, heard):
        session.ask("one")
        await heard.until(lambda heard: bool(heard.answers))
        (answer,) = heard.answers
        assert answer.error is None
        return parted(answer.payload, len(statements))


def said(part: Part) -> Any:
    """What a part holds."""
    return msgspec.msgpack.decode(part.body)


class Rogue:
    """Speaks the protocol as far as it likes; `heard` is all it got."""

    def __init__(self, plugin: str = "mysql_native_password", flags: int = 0) -> None:
        self.heard = b""
        self._plugin = plugin
        self._flags = PLUGIN_AUTH | PROTOCOL_41 | SECURE | flags
        self.switch = b""
        self.welcome = self.reply = OK
        self.raw = b""
        self.polite = 0
        """Statements that it answers properly, before it begins."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flags = struct.pack("<I", self._flags)
        greeting = b"\x0a8.0.36\0" + struct.pack("<I", 7) + b"saltsalt\0" + flags[:2]
        greeting += b"\x2d\x02\x00" + flags[2:] + b"\x15" + bytes(10) + b"saltsaltsalt\0"
        self._send(writer, 0, greeting + self._plugin.encode() + b"\0")
        at = 2
        await self._take(reader)
        if self.switch:
            self._send(writer, 2, b"\xfe" + self.switch + b"\0saltsaltsaltsaltsalt\0")
            await self._take(reader)
            at = 4
        self._send(writer, at, self.welcome)
        for number in itertools.count():
            await self._take(reader)
            if number < self.polite:
                self._send(writer, 1, OK)
            elif self.raw:
                writer.write(self.raw)
            else:
                self._send(writer, 1, self.reply)

    def rows(self, kind: int, *values: bytes) -> None:
        """Answer with one column of a kind, whatever its values."""
        name = b"\x03def" + b"\0\0\0" + b"\x01x\0" + b"\x0c\x3f\0\xff\0\0\0" + bytes([kind])
        eof = b"\xfe\0\0\x02\0"
        rows = [bytes([len(value)]) + value for value in values]
        bodies = [b"\x01", name + b"\0\0\0\0\0", eof, *rows, eof]
        packets = [
            struct.pack("<I", len(body))[:3] + bytes([at]) + body
            for at, body in enumerate(bodies, 1)
        ]
        self.raw = b"".join(packets)

    def _send(self, writer: asyncio.StreamWriter, number: int, body: bytes) -> None:
        writer.write(struct.pack("<I", len(body))[:3] + bytes([number]) + body)

    async def _take(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readexactly(4)
        self.heard += await reader.readexactly(head[0] + (head[1] << 8) + (head[2] << 16))

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[Target, None]:
        """The target that it is."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            try:
                yield Target("rogue", "mysql", "mysql", "127.0.0.1", port, "me")
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await asyncio.sleep(0)


async def ended(session: Session) -> None:
    """Wait until it is over; raises why."""
    async with asyncio.timeout(60):
        await session.ended()
