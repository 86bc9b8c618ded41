"""One connection to a server: what it is, and statements with their answers, bounded in time."""

import asyncio
import contextlib
import math
import ssl
import struct
from typing import Any

from pymysql.err import Error

from opsconsole import table
from opsconsole.question import Part, Statement
from opsconsole.transports.mysql.faults import is_refusal, number, of_failure, words
from opsconsole.transports.mysql.wire import Wire

CONNECTING = 9.0
"""Seconds to connect and sign in."""

PATIENCE = 9.0
"""Seconds for one statement: a network that swallows everything is noticed by it."""

ASKED = 7
"""Seconds after which the server itself gives a question up."""

ROWS = 20_000
"""Rows of an answer; the server sends no more."""

FAILURES = (
    Error,
    OSError,
    RuntimeError,
    ValueError,
    AssertionError,
    LookupError,
    NameError,
    TypeError,
    AttributeError,
    struct.error,
)
"""What the driver raises for a lost connection, and, by tripping, for answers that are none."""

# Times of InnoDB's views are in the server's own zone, so that NOW() has to be, too. A question
# must not wait for somebody's ALTER TABLE: lock_wait_timeout is a year otherwise.
_QUIET = (
    "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = 'SYSTEM',"
    f" sql_select_limit = {ROWS}, lock_wait_timeout = 2"
)
_READING = {
    "mysql": f"SET SESSION max_execution_time = {ASKED * 1000}",
    "mariadb": f"SET SESSION max_statement_time = {ASKED}",
}
_READ_ONLY = "SET SESSION TRANSACTION READ ONLY"


class Refusal(Exception):
    """The server refused one statement, and the connection lives on."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{message} ({code})")
        self.code = code
        self.message = message


class Client:
    """One connection to a server."""

    def __init__(
        self, target: str, context: ssl.SSLContext | None, options: dict[str, Any]
    ) -> None:
        self._target = target
        self._wire = Wire(ssl=context, autocommit=True, program_name="opsconsole", **options)
        self.family = ""
        self.version = 0

    @property
    def number(self) -> int:
        """What the server calls this connection."""
        return self._wire.thread_id()

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent."""
        return self._wire.received, self._wire.sent

    async def reach(self, asking: bool) -> None:
        """Connect, sign in, find out what it is; raises a `TargetError`.

        `asking` makes the server refuse whatever changes data, and give up what takes long.
        """
        reached = False
        try:
            async with asyncio.timeout(CONNECTING):
                await self._wire.reach()
                self.family, self.version = known(self._wire.get_server_info())
                for sql in (_QUIET, *((_READING[self.family], _READ_ONLY) if asking else ())):
                    # A server that merely speaks this protocol lacks some of them.
                    with contextlib.suppress(Refusal):
                        await self._sent(sql)
            reached = True
        except FAILURES as error:
            raise of_failure(self._target, error) from None
        finally:
            if not reached:
                self._wire.close()

    async def fetch(self, statement: Statement) -> Part:
        """The answer to one question: rows, a refusal, or nothing where it does not fit.

        Rows of a `SHOW`, which cannot choose its columns, are tables by name, in small letters.
        Raises a `TargetError` when the connection went with it.
        """
        if not fits(statement, self.family, self.version):
            return table.NOT_ASKED
        try:
            names, rows = await self.call(statement.sql)
        except Refusal as refusal:
            return table.refused(str(refusal.code), refusal.message)
        if not statement.sql.lstrip().upper().startswith("SHOW"):
            return table.rows(rows)
        keys = [name.lower() for name in names]
        return table.rows([dict(zip(keys, row, strict=False)) for row in rows])

    async def call(
        self, sql: str, parameters: tuple[str, ...] = (), seconds: float = PATIENCE
    ) -> tuple[list[str], list[list[Any]]]:
        """Names of columns, and rows of text, numbers and None. Raises `Refusal`, `TargetError`."""
        try:
            async with asyncio.timeout(seconds):
                names, rows = await self._sent(self._wire.bound(sql, parameters))
        except FAILURES as error:
            raise of_failure(self._target, error) from None
        return names, [[_plain(value) for value in row] for row in rows]

    async def _sent(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        try:
            return await self._wire.ask(sql)
        except Error as error:
            if is_refusal(error):
                raise Refusal(number(error), words(error)) from None
            raise

    async def close(self) -> None:
        """Say goodbye, so that the server counts no broken connection, and let go."""
        with contextlib.suppress(*FAILURES):
            async with asyncio.timeout(1):
                await self._wire.ensure_closed()
        self._wire.close()


def known(version: str) -> tuple[str, int]:
    """Family and number of a version as a server says it: `5.5.5-10.11.6-MariaDB-log`."""
    family = "mariadb" if "mariadb" in version.lower() else "mysql"
    if family == "mariadb":
        version = version.removeprefix("5.5.5-")
    digits = [
        int(part) if part.isascii() and part.isdigit() and len(part) < 4 else 0
        for part in version.partition("-")[0].split(".")[:3]
    ]
    major, minor, patch = (*digits, 0, 0, 0)[:3]
    return family, 10_000 * major + 100 * minor + patch


def fits(statement: Statement, family: str, version: int) -> bool:
    """Whether a server is asked a statement."""
    if statement.family and statement.family != family:
        return False
    return statement.since <= version and (not statement.until or version < statement.until)


def _plain(value: Any) -> Any:  # Any: bytes, numbers and None, as the driver read them
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        return float(value) if abs(value) < 10**300 else None
    return value
