"""One connection to a server: statements prepared once, sent together, answered one by one."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import abc, pq, waiting
from psycopg.abc import AdaptContext, Buffer, PQGen
from psycopg.adapt import Loader, Transformer
from psycopg.pq.abc import PGresult

from opsconsole import table
from opsconsole.clean import clean
from opsconsole.question import Part, Statement

WAKING = 5.0
"""Seconds after which a wait looks whether the socket is still there."""

_TEXTS = ("text", "varchar", "bpchar", "name", '"char"')
AGAIN = 60.0
"""Seconds for which a refusal is believed: each one stands in the server's log."""

_LACKING = frozenset({"42P01", "42501", "42883", "42704", "3F000"})
"""No such table, function or schema, or no right to it: not mended within seconds."""
_STALE = frozenset({"0A000", "26000"})
"""A prepared statement has another result by now (a table was altered, an extension updated), or is
not there any more (DISCARD ALL)."""


class Tolerant(Loader):
    """Text that may be in no encoding at all, as a database of SQL_ASCII has it."""

    def load(self, data: Buffer) -> str:
        """Decode with replacement; also of `bytea`, which is text that was cut by bytes."""
        return bytes(data).decode("utf-8", "replace")


class _TolerantBinary(Tolerant):
    format = pq.Format.BINARY


def tolerate(context: AdaptContext) -> None:
    """Have all texts decoded with replacement, at ten times the cost."""
    for name in _TEXTS:
        context.adapters.register_loader(name, Tolerant)
        context.adapters.register_loader(name, _TolerantBinary)
    context.adapters.register_loader("bytea", _TolerantBinary)


Asked = tuple[str, tuple[str, ...] | str]
"""A statement with its parameters, or with the name under which it is only to be understood."""


class Line:
    """Whoever asks waits for whoever asked before."""

    def __init__(self, conn: psycopg.AsyncConnection[Any]) -> None:  # Any: the rows' type
        self.conn = conn
        self._pg = conn.pgconn
        self._names: dict[str, bytes] = {}
        self._refused: dict[str, tuple[float, Part]] = {}
        self._count = 0
        self._turn = asyncio.Lock()
        conn.adapters.register_loader("bytea", _TolerantBinary)
        self._quick = Transformer(conn)
        careful = conn.cursor()
        tolerate(careful)
        self._careful = Transformer(careful)
        self._pg.enter_pipeline_mode()
        self.received = self.sent = 0

    async def exchange(self, asked: Sequence[Statement]) -> list[Part]:
        """Ask all that fit the server's version in one round trip; raises `psycopg.Error` when the
        connection goes. A statement that fails is a part of its own.
        """
        known = [self._known(one) for one in asked]
        open_ = [one.sql for one, part in zip(asked, known, strict=True) if part is None]
        results = await self._send([(sql, ()) for sql in open_])
        parts = iter([self._part(result) for result in results])
        for sql, result in zip(open_, results, strict=True):
            if _field(result, pq.DiagnosticField.SQLSTATE) in _LACKING:
                self._refused[sql] = time.monotonic() + AGAIN, self._part(result)
        return [next(parts) if part is None else part for part in known]

    def _known(self, asked: Statement) -> Part | None:
        """The answer that needs no question: not for this version, or refused a moment ago."""
        version = self._pg.server_version
        if asked.since > version or 0 < asked.until <= version:
            return table.NOT_ASKED
        until, part = self._refused.get(asked.sql, (0.0, None))
        return part if time.monotonic() < until else None

    async def run(self, sql: str, parameters: Sequence[str]) -> Part:
        """Ask one statement with parameters."""
        (result,) = await self._send([(sql, tuple(parameters))])
        return self._part(result)

    async def parse(self, name: str, sql: str) -> Part:
        """Have one statement understood, and not run, under a name; several are refused."""
        (result,) = await self._send([(sql, name)])
        return self._part(result)

    async def _send(self, asked: list[Asked]) -> list[PGresult]:
        if not asked:
            return []
        async with self._turn:
            talk = self._talk(asked)
            return await waiting.wait_async(talk, self._pg.socket, interval=WAKING)

    def _talk(self, asked: list[Asked]) -> PQGen[list[PGresult]]:
        groups = [self._ask(sql, given) for sql, given in asked]
        answers: list[PGresult] = []
        group: list[PGresult] = []
        unsent = True
        while len(answers) < len(asked):
            ready = yield waiting.Wait.RW if unsent else waiting.Wait.R
            if ready & waiting.Ready.R:
                self._pg.consume_input()
            unsent = unsent and self._pg.flush() != 0
            while len(answers) < len(asked) and not self._pg.is_busy():
                result = self._pg.get_result()
                if result is None:
                    if self._pg.status != pq.ConnStatus.OK:
                        raise hung_up(group)
                elif result.status == pq.ExecStatus.PIPELINE_SYNC:
                    answers.append(self._settled(*groups[len(answers)], group))
                    group = []
                else:
                    group.append(result)
        return answers

    def _ask(self, sql: str, given: tuple[str, ...] | str) -> tuple[str, bytes | None]:
        """Send one statement and the end of its own transaction; returns the name it is given."""
        fresh: bytes | None = None
        words = sql.encode()
        if isinstance(given, str):
            self._pg.send_prepare(given.encode(), words)
        elif given:
            values = [parameter.encode() for parameter in given]
            self._pg.send_query_params(words, values, result_format=pq.Format.BINARY)
        else:
            name = self._names.get(sql)
            if name is None:
                self._count += 1
                name = fresh = b"opsconsole_%d" % self._count
                self._pg.send_prepare(name, words)
                self.sent += len(words)
            self._pg.send_query_prepared(name, None, result_format=pq.Format.BINARY)
            self.sent += len(name)
        self._pg.pipeline_sync()
        return sql, fresh

    def _settled(self, sql: str, fresh: bytes | None, group: list[PGresult]) -> PGresult:
        """The result that counts: the first error, else the last."""
        if fresh is not None and group[0].status == pq.ExecStatus.COMMAND_OK:
            self._names[sql] = fresh
        for result in group:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                code = _field(result, pq.DiagnosticField.SQLSTATE)
                if code in _STALE:
                    self._names.pop(sql, None)
                return result
        return group[-1]

    def _rows(self, result: PGresult) -> Part:
        try:
            return table.rows(_loaded(self._quick, result))
        except UnicodeDecodeError:
            return table.rows(_loaded(self._careful, result))

    def _part(self, result: PGresult) -> Part:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            message = _field(result, pq.DiagnosticField.MESSAGE_PRIMARY)
            return table.refused(_field(result, pq.DiagnosticField.SQLSTATE), clean(message))
        try:
            part = self._rows(result)
        except (psycopg.DataError, TypeError, ValueError) as error:
            return table.refused("", f"a value that cannot be told: {clean(str(error))}")
        self.received += len(part.body)
        return part


def _loaded(loading: abc.Transformer, result: PGresult) -> list[tuple[Any, ...]]:
    loading.set_pgresult(result)
    return loading.load_rows(0, result.ntuples, tuple)


def _field(result: PGresult, field: pq.DiagnosticField) -> str:
    return (result.error_field(field) or b"").decode("utf-8", "replace")


def hung_up(group: Sequence[PGresult]) -> psycopg.Error:
    """The server's last words before it hung up."""
    for result in group:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            return psycopg.errors.error_from_result(result)
    return psycopg.OperationalError("the server closed the connection")
