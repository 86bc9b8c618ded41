"""redis-py's connection as this transport uses it: bounded, and saying nothing of its own accord.

What is derived from here has private names of the library; `pyproject.toml` bounds its version.
"""

import ssl
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

from redis._parsers.resp2 import _AsyncRESP2Parser  # pyright: ignore[reportPrivateUsage]
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ResponseError

LIMIT = 8 << 20
"""Bytes of all answers to one exchange; more is no answer."""

CONNECT_S = 10.0


class Flood(Exception):
    """More than `LIMIT` bytes: the rest is not read, and the connection of no more use."""


class Parser(_AsyncRESP2Parser):
    """The library's, counting bytes; a refusal stays what the server said, whatever it means."""

    def __init__(self, socket_read_size: int) -> None:
        super().__init__(socket_read_size)
        self.left = LIMIT
        self.received = 0

    @classmethod
    def parse_error(cls, response: str) -> ResponseError:
        """The library takes some refusals for a lost connection, and drops their first word."""
        return ResponseError(response)

    async def _read(self, length: int) -> bytes:
        if length < 0:
            raise ValueError("a text of negative length")
        self._take(length + 2)
        return await super()._read(length)

    async def _readline(self) -> bytes:
        line = await super()._readline()
        self._take(len(line) + 2)
        return line

    def _take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Flood
        self.received += size


class Wire(Protocol):
    """What is used of a connection."""

    _parser: Parser

    @property
    def is_connected(self) -> bool:
        """Whether there is a socket."""
        ...

    async def connect(self) -> None:
        """Open the socket; raises redis-py's errors."""
        ...

    async def disconnect(self, nowait: bool = False) -> None:
        """Close it."""
        ...

    def pack_commands(self, commands: Iterable[Sequence[bytes]]) -> list[bytes]:
        """Commands as they are sent."""
        ...

    async def send_packed_command(
        self, command: Sequence[bytes], check_health: bool = True
    ) -> None:
        """Write them."""
        ...

    async def read_response(self, *, disconnect_on_error: bool = True) -> object:
        """One answer; raises redis-py's errors, and `Flood`."""
        ...


class _Silent:
    """Mixed in: only give the parser its stream. We log in ourselves, in one round trip."""

    _parser: Any

    async def on_connect_check_health(self, check_health: bool = True) -> None:  # noqa: ARG002
        self._parser.on_connect(self)


class _Plain(_Silent, Connection):
    pass


class _Encrypted(_Silent, SSLConnection):
    pass


class _Local(_Silent, UnixDomainSocketConnection):
    pass


def wire(host: str, port: int, socket: str = "", tls: ssl.SSLContext | None = None) -> Wire:
    """A connection that is not open yet; keepalive is the library's: 30 s, then 3 times 5 s."""
    common: dict[str, Any] = {
        "protocol": 2,
        "parser_class": Parser,
        "socket_timeout": None,  # a whole exchange has one
        "socket_connect_timeout": CONNECT_S,
        "driver_info": None,
    }
    made: Any
    if socket:
        made = _Local(path=socket, **common)
    elif tls is None:
        made = _Plain(host=host, port=port, **common)
    else:
        made = _Encrypted(host=host, port=port, **common)
        made.ssl_context.context = tls
    return cast("Wire", made)


def budget(made: Wire) -> None:
    """Let it read as much as one exchange may be."""
    made._parser.left = LIMIT  # pyright: ignore[reportPrivateUsage]


def received(made: Wire) -> int:
    """Bytes it has read so far."""
    return made._parser.received  # pyright: ignore[reportPrivateUsage]
