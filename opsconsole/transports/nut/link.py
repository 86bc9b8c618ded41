"""A way to one upsd: lines out, lists in, bounded; encrypted by STARTTLS where that can be."""

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from opsconsole.clean import clean
from opsconsole.errors import Denied, Lost, Malformed, TargetError, Unsupported
from opsconsole.transports.nut.faults import PORT_REMEDY, of_failure
from opsconsole.transports.nut.line import LONGEST, words, written

CONNECT_S = 10.0

PATIENCE = 10.0
"""Seconds for one answer, a whole list included."""

LINES = 5000
"""Lines of a list; the richest device has some hundreds of variables."""

LIMIT = 2 << 20
"""Bytes of a list."""


class No(Exception):
    """The server's refusal of one line: its word for why, `DATA-STALE`."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a server is, and how it is spoken to."""

    target: str
    host: str
    port: int
    tls: ssl.SSLContext | None
    """None never asks for STARTTLS."""
    insist: bool
    """Whether to leave when the server does not encrypt."""


class Link:
    """One open connection; one line at a time."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._turn = asyncio.Lock()
        self.received = 0
        self.sent = 0

    async def connect(self) -> None:
        """Open it and encrypt; raises a `TargetError`."""
        way = self._way
        reached = False
        try:
            async with asyncio.timeout(CONNECT_S):
                self._reader, self._writer = await asyncio.open_connection(
                    way.host, way.port, limit=LONGEST
                )
            if way.tls is not None:
                await self._encrypt(self._writer, way.tls)
            reached = True
        except (OSError, ValueError, EOFError) as error:
            raise of_failure(way.target, error) from None
        finally:
            if not reached:
                await self.close()

    async def _encrypt(self, writer: asyncio.StreamWriter, tls: ssl.SSLContext) -> None:
        try:
            await self.ask(("STARTTLS",))
        except No as error:
            if not self._way.insist:
                return
            what = f"{self._way.target}: does not encrypt: {error}"
            remedy = "give upsd CERTFILE, or CERTPATH and CERTIDENT; or take `tls` out"
            raise Unsupported(what, remedy) from None
        name = self._way.host if tls.check_hostname else None
        async with asyncio.timeout(CONNECT_S):
            await writer.start_tls(tls, server_hostname=name)

    async def ask(self, line: Sequence[str]) -> list[list[str]]:
        """Say a line; the words of the answer's lines. Raises `No`, or a `TargetError`, with which
        the connection is closed.
        """
        async with self._turn:
            whole = False
            try:
                async with asyncio.timeout(PATIENCE):
                    answer = await self._exchange(written(line))
                whole = True
            except No:
                whole = True
                raise
            except (OSError, EOFError, ValueError) as error:
                raise of_failure(self._way.target, error) from None
            finally:
                if not whole:  # what still comes would answer the next line
                    await self.close()
        return answer

    async def _exchange(self, line: bytes) -> list[list[str]]:
        if self._writer is None or self._reader is None:
            raise Lost(f"{self._way.target}: the connection is closed", PORT_REMEDY)
        self._writer.write(line)
        self.sent += len(line)
        await self._writer.drain()
        first = await self._line(self._reader)
        if first[:1] == ["ERR"]:
            raise No(clean(" ".join(first[1:]) or "for no reason that it tells", 80))
        if first[:2] != ["BEGIN", "LIST"]:
            return [first]
        return await self._list(self._reader)

    async def _list(self, reader: asyncio.StreamReader) -> list[list[str]]:
        found: list[list[str]] = []
        until = self.received + LIMIT
        while (line := await self._line(reader))[:2] != ["END", "LIST"]:
            found.append(line)
            if len(found) > LINES or self.received > until:
                raise Malformed(f"{self._way.target}: a list that does not end", PORT_REMEDY)
        return found

    async def _line(self, reader: asyncio.StreamReader) -> list[str]:
        line = await reader.readline()
        self.received += len(line)
        if not line.endswith(b"\n"):
            raise EOFError
        return words(line)

    async def close(self) -> None:
        """Close it; safe to call twice."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await writer.wait_closed()


def told(target: str, error: No) -> TargetError:
    """A refusal that concerns the target, with what to do."""
    what = f"{target}: upsd refuses: {error}"
    match str(error):
        case "ACCESS-DENIED":
            remedy = "mend `user` and `password`; upsd.users there needs `actions`, `instcmds`"
            return Denied(what, remedy)
        case "USERNAME-REQUIRED" | "PASSWORD-REQUIRED":
            return Denied(what, "give the target `user` and `password`, as in upsd.users there")
        case _:
            return Malformed(what)
