"""A row in all its fields: statements laid out, and what was seen of it."""

from typing import cast

import pytest

from opsconsole.clean import Clean
from opsconsole.domains.database.postgres.session import SESSION
from opsconsole.model import Row, Sample, Value
from opsconsole.store import Course, Store
from screens.face.postgres import FACE
from screens.shell import details
from screens.shell.pane.table import TableBody
from tests.domains.database.postgres.scene import chain, watched
from tests.servers.postgres import Server, primary

COLUMNS = SESSION.columns


def _row(**values: object) -> Row:
    return tuple(cast("Value", values.get(column.key)) for column in COLUMNS)


def _told(row: Row, course: Course | None = None, now: float = 0.0) -> list[tuple[str, str]]:
    found = details.rows(COLUMNS, row, lambda _: course, now)
    return [(str(line[0]), str(line[1])) for line in found.values()]


def test_a_statement_is_laid_out_below_its_field() -> None:
    row = _row(pid=7, query=Clean("SELECT a FROM t WHERE b = 'x  y'"))
    told = _told(row)
    at = told.index(("query", "SELECT a"))
    assert told[at + 1 :] == [("", "FROM t"), ("", "WHERE b = 'x  y'")]
    assert ("pid", "7") in told


def test_a_statement_of_many_lines_is_cut_and_says_so() -> None:
    told = _told(_row(query=Clean("x AND " * 200_000)))
    assert told[-1] == ("", "… and more")
    assert len(told) == len(COLUMNS) + details.LINES


@pytest.mark.server
async def test_waits_of_a_real_session_are_counted_since_it_was_first_seen() -> None:
    with primary() as server:
        await _counted(server)


async def _counted(server: Server) -> None:
    now = 1000.0
    store = Store([SESSION], clock=lambda: now, wall=lambda: now)
    body = TableBody(next(p for p in FACE.detail if SESSION.id in p.probes), SESSION)
    rows: list[Row] = []
    async with watched(server.target()) as view, chain(server, 2) as (root, waiter):
        for _ in range(3):
            rows = [tuple(row.values()) for row in await view.rows("session")]
            store.put([Sample(SESSION.id, "db", now, list(rows), None, 2.0)])
            now += 2.0
    by_pid = {row[0]: row for row in rows}

    def seen(row: Row) -> list[str]:
        def course(column: str) -> Course | None:
            return store.course(body.probe, "db", body.key_of(row), column)

        found = details.rows(COLUMNS, row, course, store.now)
        return [str(line[1]) for key, line in found.items() if key.startswith("wait seen")]

    assert seen(by_pid[waiter]) == [
        "3 samples since 6 s ago, while somebody looked",
        "  100 % (3)  Lock:transactionid; longest 4 s, last now",
    ]
    assert seen(by_pid[root])[1].endswith("Client:ClientRead; longest 4 s, last now")
