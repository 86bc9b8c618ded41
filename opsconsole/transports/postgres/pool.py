"""All PostgreSQL servers of an estate: how each is reached, and how one statement is run there."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import pq

from opsconsole import table
from opsconsole.clean import clean
from opsconsole.errors import Lost, Refused, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Part, Questions, Statement, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.postgres.console import Console, is_console
from opsconsole.transports.postgres.faults import Full, of_connecting, of_losing, told
from opsconsole.transports.postgres.line import Line, tolerate
from opsconsole.transports.postgres.plan import VERB, call_of, explain
from opsconsole.transports.postgres.session import PostgresSession

CONNECTING = 10
"""Seconds for a connection."""

LIMITS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "search_path": "pg_catalog",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
"""Of the connection that watches: it never makes others wait, takes no workers from them, and reads
nothing that shadows a catalog."""

LIMITS_14 = {"client_connection_check_interval": "1s"}
"""Since 14: what is asked ends there when we are gone."""

_ANY = "SQL_ASCII"
"""The encoding of a database that takes any bytes as text."""

_SET = "SELECT set_config('{}', '{}', false)"
_PATHS = {"ca": "sslrootcert", "cert": "sslcert", "key": "sslkey", "passfile": "passfile"}
_TEXTS = {"service": "service", "database": "dbname", "sslmode": "sslmode", "socket": "host"}


class Pool:
    """Opens sessions, and runs statements beside them."""

    def __init__(self) -> None:
        self._sessions: set[PostgresSession] = set()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> PostgresSession:
        """Fetch the secret, connect and set the limits; raises a `TargetError`."""
        mine = of_kind(questions, Statement, target.id)
        conn = await connected(target)
        ready = False
        try:
            line = Console(conn) if is_console(conn) else Line(conn)
            if isinstance(line, Line):
                async with asyncio.timeout(CONNECTING):
                    await _settle(target.id, line)
            ready = True
        except (psycopg.Error, OSError, TimeoutError) as error:
            raise of_connecting(target.id, error) from None
        finally:
            if not ready:
                await conn.close()
        session = PostgresSession(target.id, mine, line, deliver, self._sessions.discard)
        self._sessions.add(session)
        return session

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Run one statement; see `PostgresTransport.execute`."""
        statement, *parameters = argv or ("",)
        if not statement.strip() or any("\0" in word for word in argv):
            said = clean(" ".join(argv), 80)
            raise Refused(f"{target.id}: {said!r} is no statement with parameters", "argument")
        if statement == VERB:
            return await _explained(target, call_of(target.id, argv), heard)
        try:
            conn = await connected(target)
        except Full:
            # The very moment at which somebody has to end sessions: the panes' connection is there.
            for session in self._sessions:
                if session.target == target.id and not session.over:
                    return _heard(await session.run(statement, parameters), heard)
            raise
        try:
            if is_console(conn):
                return await _command(target.id, conn, statement, parameters, heard)
            return await _run(target.id, conn, statement, parameters, heard)
        finally:
            await conn.close()

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))


async def _settle(target: str, line: Line) -> None:
    """Set the limits, once it is sure that nobody else will get this connection afterwards."""
    ours = await line.run("SELECT pg_backend_pid() = $1::int4", (str(line.conn.info.backend_pid),))
    if table.read(ours, tuple[bool]) != [(True,)]:
        what = f"{target}: a pooler stands in front of it, whose clients would get our settings"
        raise Unsupported(what, "name the server itself; the pooler is a target of its own")
    limits = [Statement(_SET.format(*limit)) for limit in LIMITS.items()]
    limits += [Statement(_SET.format(*limit), 140000) for limit in LIMITS_14.items()]
    await line.exchange(limits)


async def connected(target: Target) -> psycopg.AsyncConnection[Any]:  # Any: the rows' type
    """A connection without a transaction; raises a `TargetError`."""
    if pq.__impl__ == "python":
        what = f"{target.id}: psycopg is here in plain Python only, 14 times as costly"
        raise Unsupported(what, "pip install 'psycopg[binary]', or 'psycopg[c]'")
    words = await conninfo(target)
    try:
        conn = await psycopg.AsyncConnection.connect(autocommit=True, **words)
    except (psycopg.Error, OSError) as error:
        raise of_connecting(target.id, error) from None  # it may hold what we said
    if conn.info.parameter_status("server_encoding") == _ANY:
        # Such a server checks what it sends as UTF-8, and refuses where we would replace.
        tolerate(conn)
        try:
            cursor = conn.cursor()
            await cursor.execute(f"SET client_encoding = {_ANY}".encode())
        except (psycopg.Error, OSError) as error:
            await conn.close()
            raise of_connecting(target.id, error) from None
    return conn


async def conninfo(target: Target) -> dict[str, Any]:  # Any: as psycopg wants it
    """What libpq is told; raises `Unsupported` when the secret cannot be had."""
    said = target.settings
    words: dict[str, Any] = {
        "application_name": "opsconsole",
        "client_encoding": "UTF8",
        "connect_timeout": CONNECTING,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
    words |= {name: str(said[key]) for key, name in (_PATHS | _TEXTS).items() if said.get(key)}
    named = target.address != target.id or not ("service" in said or "socket" in said)
    if named and "host" not in words:
        words["host"] = target.address
    if "service" not in said:
        words.setdefault("dbname", "postgres")
    if "ca" in said:
        words.setdefault("sslmode", "verify-full")
    if target.port:
        words["port"] = target.port
    if target.user:
        words["user"] = target.user
    password = said.get("password")
    if isinstance(password, Secret):
        words["password"] = await password.reveal()
    return words


async def _run(
    target: str,
    conn: psycopg.AsyncConnection[Any],
    statement: str,
    parameters: list[str],
    heard: Callable[[bytes], None],
) -> int:
    conn.add_notice_handler(lambda said: heard(_line(said.severity, said.message_primary)))
    tolerate(conn)
    cursor = psycopg.AsyncRawCursor(conn)
    try:
        # Binary: one statement and no more, also without parameters.
        await cursor.execute(statement.encode(), parameters or None, prepare=False, binary=True)
        rows = await cursor.fetchmany(1000) if cursor.description else []
    except psycopg.Error as error:
        if conn.closed:
            lost = of_losing(target, error)
            raise Lost(f"{lost}: whether it was done is not known") from None
        heard(_line("ERROR", f"{told(error)} ({error.sqlstate})"))
        return 1
    for row in rows:
        heard("\t".join("" if value is None else str(value) for value in row).encode() + b"\n")
    return 0


async def _explained(
    target: Target, call: tuple[str, str, str, str], heard: Callable[[bytes], None]
) -> int:
    there = replace(target, settings={**target.settings, "database": call[0]})
    conn = await connected(there)
    try:
        if is_console(conn):
            raise Unsupported(f"{target.id}: a pooler has no plans", "ask the server behind it")
        return await explain(target.id, conn, call, heard)
    finally:
        await conn.close()


async def _command(
    target: str,
    conn: psycopg.AsyncConnection[Any],
    statement: str,
    parameters: list[str],
    heard: Callable[[bytes], None],
) -> int:
    try:
        return _heard(await Console(conn).run(statement, parameters), heard)
    except (psycopg.Error, OSError) as error:
        lost = of_losing(target, error)
        raise Lost(f"{lost}: whether it was done is not known") from None


def _heard(part: Part, heard: Callable[[bytes], None]) -> int:
    refusal = table.why(part)
    if refusal is not None:
        heard(_line("ERROR", f"{refusal.message} ({refusal.code})"))
        return 1
    for row in table.read(part, tuple[Any, ...]):
        heard("\t".join("" if value is None else str(value) for value in row).encode() + b"\n")
    return 0


def _line(severity: str | None, message: str | None) -> bytes:
    return f"{severity or 'NOTICE'}: {message or ''}\n".encode("utf-8", "replace")
