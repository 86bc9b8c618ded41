"""A listener that speaks as much of Oracle's protocol as it takes to say no."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncGenerator

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Statement
from opsconsole.transports.oracle import OracleTransport

REFUSE, REDIRECT = 4, 5
QUESTIONS = {"one": (Statement("SELECT 1 FROM dual"),)}


def packet(kind: int, body: bytes) -> bytes:
    """A packet as of before the ACCEPT."""
    return struct.pack(">HHBBH", len(body) + 8, 0, kind, 0, 0) + body


def refusal(code: int) -> bytes:
    """The listener's no."""
    text = f"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR={code})(ERROR_STACK=))".encode()
    return packet(REFUSE, struct.pack(">BBH", 0x22, 0, len(text)) + text)


class Listener:
    """Answers a CONNECT with `reply`, then hangs, or hangs up; `heard` is all it got."""

    def __init__(
        self, reply: bytes = b"", hangs: bool = False, context: ssl.SSLContext | None = None
    ) -> None:
        self._context = context
        self.reply = reply
        self.hangs = hangs
        self.heard = b""
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            self.heard += await reader.read(4096)
            writer.write(self.reply)
            await writer.drain()
            while self.hangs and await reader.read(4096):
                pass
        except (OSError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[Target, None]:
        """The target that it is."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        port = server.sockets[0].getsockname()[1]
        said = {"service_name": "orders"}
        async with server:
            try:
                yield Target("db", "oracle", "oracle", "127.0.0.1", port, "me", settings=said)
            finally:
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)
                await asyncio.sleep(0)


def nothing(answer: Answer) -> None:
    """Nobody answers here."""
    raise AssertionError(f"an answer came: {answer}")


async def tried(target: Target) -> None:
    """Open a session to it, which fails; raises why."""
    transport = OracleTransport()
    try:
        await transport.open(target, QUESTIONS, 1.0, nothing)
    finally:
        await transport.close()
