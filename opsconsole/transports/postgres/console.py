"""The console of a PgBouncer: commands in the simple protocol, one after another.

What it shows differs by version, so that the first row of an answer holds the names of its columns.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq, waiting
from psycopg.abc import PQGen
from psycopg.pq.abc import PGresult

from opsconsole import table
from opsconsole.clean import clean
from opsconsole.question import Part, Statement
from opsconsole.transports.postgres.line import WAKING, hung_up


def is_console(conn: psycopg.AsyncConnection[Any]) -> bool:
    """Whether that is no server, but the console of a pooler."""
    return "bouncer" in (conn.info.parameter_status("server_version") or "")


class Console:
    """Asks as a `Line` does, without its pipeline, parameters and prepared statements."""

    def __init__(self, conn: psycopg.AsyncConnection[Any]) -> None:
        self.conn = conn
        self._pg = conn.pgconn
        self._turn = asyncio.Lock()
        self.received = self.sent = 0

    async def exchange(self, asked: Sequence[Statement]) -> list[Part]:
        """Ask all that fit its version; raises `psycopg.Error` when the connection goes."""
        version = self._pg.server_version
        return [
            await self.run(one.sql, ())
            if one.since <= version and not 0 < one.until <= version
            else table.NOT_ASKED
            for one in asked
        ]

    async def run(self, sql: str, parameters: Sequence[str]) -> Part:
        """Send one command."""
        if parameters:
            return table.refused("08P01", "the console of a pooler takes no parameters")
        async with self._turn:
            talk = self._talk(sql.encode())
            results = await waiting.wait_async(talk, self._pg.socket, interval=WAKING)
        part = _part(results[-1])
        self.sent += len(sql)
        self.received += len(part.body)
        return part

    def _talk(self, words: bytes) -> PQGen[list[PGresult]]:
        self._pg.send_query(words)
        found: list[PGresult] = []
        unsent = True
        while True:
            ready = yield waiting.Wait.RW if unsent else waiting.Wait.R
            if ready & waiting.Ready.R:
                self._pg.consume_input()
            unsent = unsent and self._pg.flush() != 0
            while not self._pg.is_busy():
                result = self._pg.get_result()
                if result is not None:
                    found.append(result)
                    continue
                if self._pg.status != pq.ConnStatus.OK or not found:
                    raise hung_up(found)
                return found


def _part(result: PGresult) -> Part:
    if result.status == pq.ExecStatus.FATAL_ERROR:
        code = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode("ascii", "replace")
        said = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
        return table.refused(code, clean(said.decode("utf-8", "replace")))
    if result.status != pq.ExecStatus.TUPLES_OK:
        return table.rows([])
    columns = range(result.nfields)
    rows = [[_text(result.fname(at)) for at in columns]]
    rows += [[_text(result.get_value(row, at)) for at in columns] for row in range(result.ntuples)]
    return table.rows(rows)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
