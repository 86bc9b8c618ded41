"""One connection to a database: statements with their answers, bounded in rows and in time."""

import asyncio
import contextlib
import math
import ssl
import struct
from datetime import datetime, timedelta
from typing import Any, cast

import oracledb

from opsconsole import table
from opsconsole.errors import Malformed, TargetError
from opsconsole.model import Target
from opsconsole.question import Part, Statement
from opsconsole.transports.oracle.faults import is_refusal, number, of_failure, words
from opsconsole.transports.oracle.wire import LIMIT, Relay

CONNECTING = 9.0
"""Seconds to connect and sign in."""

PATIENCE = 9.0
"""Seconds for one statement: a network that swallows everything is noticed by it."""

ASKED = 7
"""Seconds after which the driver has the server break a question off."""

ROWS = 20_000
"""Rows of an answer; no more are fetched."""

BATCH = 1_000
"""Rows of one round trip."""

FAILURES = (
    oracledb.Error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    AssertionError,
    LookupError,
    NameError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    struct.error,
)
"""What the driver raises for a lost connection, and, by tripping, for answers that are none."""


class Refusal(Exception):
    """The server refused one statement, and the connection lives on."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Client:
    """One connection to a database."""

    def __init__(self, target: str, options: dict[str, Any]) -> None:
        self._target = target
        self._options = options
        self._connection: Any = None  # Any: its types are unfinished
        self._relay = Relay()
        self._told = (0, 0)
        self.version = 0

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent; over TLS, which the driver speaks itself, those of answers and
        of statements.
        """
        return (self._relay.received, self._relay.sent) if self._plain else self._told

    @property
    def _plain(self) -> bool:
        return "ssl_context" not in self._options

    async def reach(self) -> None:
        """Connect and sign in; raises a `TargetError`."""
        reached = False
        try:
            async with asyncio.timeout(CONNECTING):
                to = dict(self._options)
                if self._plain:
                    port = await self._relay.reach(to["host"], to["port"])
                    to |= {"host": "127.0.0.1", "port": port}
                connection = cast("Any", await oracledb.connect_async(**to))
            self._connection = connection
            self.version = known(str(connection.version))
            reached = True
        except FAILURES as error:
            raise self._failed(error) from None
        finally:
            if not reached:
                await self._relay.close()

    def _failed(self, error: Exception) -> TargetError:
        if wrong := self._relay.frames.wrong:
            remedy = "is that a listener of Oracle's? of a SCAN, name a node's own listener"
            return Malformed(f"{self._target}: {wrong}", remedy)
        return of_failure(self._target, error)

    async def fetch(self, statement: Statement) -> Part:
        """The answer to one question: rows, a refusal, or nothing where it does not fit.

        Raises a `TargetError` when the connection went with it.
        """
        if not fits(statement, self.version):
            return table.NOT_ASKED
        if not reads(statement.sql):
            return table.refused("0", "only SELECT is asked here")
        try:
            _, rows = await self.call(statement.sql, seconds=PATIENCE, given_up=ASKED)
        except Refusal as refusal:
            return table.refused(str(refusal.code), refusal.message)
        part = table.rows(rows)
        received, sent = self._told
        self._told = received + len(part.body), sent + len(statement.sql.encode())
        return part

    async def call(
        self, sql: str, parameters: tuple[str, ...] = (), *, seconds: float, given_up: float
    ) -> tuple[list[str], list[list[Any]]]:
        """Names of columns in small letters, and rows of text, numbers and None.

        Raises `Refusal` and `TargetError`.
        """
        connection = self._connection
        if connection is None:
            raise of_failure(self._target, ConnectionResetError())
        try:
            connection.call_timeout = int(given_up * 1000)
            self._relay.frames.left = LIMIT
            async with asyncio.timeout(seconds):
                names, rows = await _sent(connection, sql, parameters)
        except FAILURES as error:
            if is_refusal(error):
                raise Refusal(number(error), words(error)) from None
            raise self._failed(error) from None
        return names, [[plain(value) for value in row] for row in rows]

    async def close(self) -> None:
        """Say goodbye, and let go."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*FAILURES):
                async with asyncio.timeout(1):
                    await connection.close()
        await self._relay.close()


async def _sent(
    connection: Any, sql: str, parameters: tuple[str, ...]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        cursor.arraysize = BATCH
        cursor.prefetchrows = BATCH
        await cursor.execute(sql, list(parameters), fetch_lobs=False)
        if cursor.description is None:
            return [], []
        names = [str(one[0]).lower() for one in cursor.description]
        rows: list[tuple[Any, ...]] = []
        while len(rows) < ROWS and (more := await cursor.fetchmany(BATCH)):
            rows += more
        return names, rows[:ROWS]


def options(target: Target, password: str, context: ssl.SSLContext | None) -> dict[str, Any]:
    """What the driver is told of a target."""
    said = target.settings
    modes = {
        "sysdg": oracledb.AUTH_MODE_SYSDGD,
        "sysbackup": oracledb.AUTH_MODE_SYSBKP,
        "sysoper": oracledb.AUTH_MODE_SYSOPER,
        "sysdba": oracledb.AUTH_MODE_SYSDBA,
    }
    secured: dict[str, Any] = {}
    if context is not None:
        matched = not said.get("insecure")
        secured = {"protocol": "tcps", "ssl_context": context, "ssl_server_dn_match": matched}
    return {
        "user": target.user,
        "password": password,
        "host": target.address,
        "port": target.port or 1521,
        "service_name": said.get("service_name"),
        "sid": said.get("sid"),
        "mode": modes.get(str(said.get("privilege") or ""), oracledb.AUTH_MODE_DEFAULT),
        "tcp_connect_timeout": CONNECTING,
        "retry_count": 0,
        "disable_oob": True,
        "program": "opsconsole",
        **secured,
    }


def known(version: str) -> int:
    """Number of a version as the driver says it: `19.3.0.0.0` is 190300."""
    digits = [
        int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 0
        for part in version.split(".")[:3]
    ]
    major, minor, patch = (*digits, 0, 0, 0)[:3]
    return 10_000 * major + 100 * minor + patch


def fits(statement: Statement, version: int) -> bool:
    """Whether a database of that version is asked a statement."""
    if statement.family and statement.family != "oracle":
        return False
    return statement.since <= version and (not statement.until or version < statement.until)


def reads(sql: str) -> bool:
    """Whether a statement is a query: a session cannot be made one that only reads."""
    return sql.lstrip().partition(" ")[0].upper() in {"SELECT", "WITH"}


def plain(value: Any) -> Any:  # Any: whatever the driver made of a column
    """A value as text, a number or None; times without a zone as text."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        fits_in = -(1 << 63) <= value < 1 << 64
        return value if fits_in else float(value) if abs(value) < 10**300 else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, bytes):
        return value.hex().upper()
    return str(value)
