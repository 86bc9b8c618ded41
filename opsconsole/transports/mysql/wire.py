"""The driver's connection, held to what a hostile server or network must not make it do."""

import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiomysql import connection
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.err import OperationalError

LIMIT = 16 << 20
"""Bytes of one answer; more is none."""

KEYLESS = b"a key that came unproved is not used"
"""No key of a server: encrypting with it fails, so no password leaves for a stranger."""

NO_TLS, IN_CLEAR, OLD, TOO_LONG = 9001, 9002, 9003, 9004
"""Numbers of our own for what we refuse; no server has them."""

_WHOLE = (
    FIELD_TYPE.TINY,
    FIELD_TYPE.SHORT,
    FIELD_TYPE.LONG,
    FIELD_TYPE.LONGLONG,
    FIELD_TYPE.INT24,
    FIELD_TYPE.YEAR,
)
_BROKEN = (FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE, FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL)

DECODERS: dict[int, Callable[[bytes], float]] = {
    **{int(kind): int for kind in _WHOLE},
    **{int(kind): float for kind in _BROKEN},
}
"""Numbers become numbers; all else stays bytes, so that no text fails for its encoding."""

_CLEAR = ("mysql_clear_password", "sha256_password", "dialog")
_ANCIENT = ("mysql_old_password",)


if TYPE_CHECKING:

    class _Driver:
        """What is used of the library's connection, which has no types: the pin holds it."""

        client_flag: int
        server_public_key: bytes
        server_capabilities: int
        _ssl_context: ssl.SSLContext | None
        _server_auth_plugin: str
        _secure: bool
        _result: Any

        def __init__(self, **_options: Any) -> None: ...

        def close(self) -> None: ...

        def literal(self, _value: str) -> str: ...

        def get_server_info(self) -> str: ...

        def thread_id(self) -> int: ...

        async def ensure_closed(self) -> None: ...

        async def query(self, _sql: str) -> None: ...

        async def _connect(self) -> None: ...

        async def _get_server_information(self) -> None: ...

        async def _process_auth(self, _name: bytes, _packet: Any) -> Any: ...

        async def _read_bytes(self, _number: int) -> bytes: ...

        def _write_bytes(self, _data: bytes) -> None: ...

else:
    _Driver = connection.Connection


class Wire(_Driver):
    """One connection: counted, bounded, with one statement at a time.

    The driver goes on in the clear when a server offers no TLS, and hands the password to a server
    that asks for it in the clear; this one does neither.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, conv=DECODERS, charset="utf8mb4", use_unicode=False)
        self.client_flag &= ~CLIENT.MULTI_STATEMENTS
        self.server_public_key = KEYLESS
        self.received = self.sent = 0
        self._left = LIMIT

    async def reach(self) -> None:
        """Connect and sign in."""
        await self._connect()

    async def ask(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Send one statement and read its answer: names of columns, rows of bytes and numbers."""
        self._left = LIMIT
        await self.query(sql)
        result = self._result
        names = [str(one[0]) for one in result.description or ()]
        return names, list(result.rows or ())

    def bound(self, sql: str, words: tuple[str, ...]) -> str:
        """The statement with its parameters, each escaped as one literal."""
        parts = sql.split("%s") if words else [sql]
        literals = [*(self.literal(word) for word in words), ""]
        return "".join(part + literal for part, literal in zip(parts, literals, strict=True))

    async def _get_server_information(self) -> None:
        await super()._get_server_information()
        if not self.server_capabilities & CLIENT.PLUGIN_AUTH:
            raise OperationalError(OLD, "only passwords of before MySQL 4.1")
        if self._ssl_context and not self.server_capabilities & CLIENT.SSL:
            raise OperationalError(NO_TLS, "no TLS is offered")
        if not self._ssl_context:  # with TLS it is judged after the handshake
            self._fit(self._server_auth_plugin)

    async def _process_auth(self, _name: bytes, _packet: Any) -> Any:
        self._fit(_name.decode("ascii", "replace"))
        return await super()._process_auth(_name, _packet)

    def _fit(self, plugin: str) -> None:
        if plugin in _ANCIENT:
            raise OperationalError(OLD, plugin)
        if plugin in _CLEAR and not self._secure:
            raise OperationalError(IN_CLEAR, plugin)

    async def _read_bytes(self, _number: int) -> bytes:
        self._left -= _number
        if self._left < 0:
            self.close()
            raise OperationalError(TOO_LONG, f"more than {LIMIT >> 20} MiB")
        data = await super()._read_bytes(_number)
        self.received += len(data)
        return data

    def _write_bytes(self, _data: bytes) -> None:
        self.sent += len(_data)
        super()._write_bytes(_data)
