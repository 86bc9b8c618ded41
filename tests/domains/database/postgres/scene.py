"""Probes of PostgreSQL read from a real server, and sessions that block one another."""

import contextlib
import threading
from collections.abc import AsyncGenerator, Generator, Sequence
from typing import Any

import psycopg
import pytest

from opsconsole.domains.database.postgres import INTEGRATION
from opsconsole.model import Row, Target, Value
from opsconsole.ports import Session
from opsconsole.spec import Probe
from opsconsole.transports.postgres import PostgresTransport
from tests.servers.postgres import VERSIONS, Server
from tests.servers.sampler import Heard, eventually

PROBES: dict[str, Probe[Any]] = {probe.id: probe for probe in INTEGRATION.probes}

Said = dict[str, Value]

NAMES = [version or "distribution" for version in VERSIONS]
each = pytest.mark.parametrize("server", VERSIONS, indirect=True, ids=NAMES)
"""For a test that is run against every version there is."""


def named(probe: Probe[Any], rows: Sequence[Row]) -> list[Said]:
    """Rows with the names of their columns."""
    return [dict(zip((column.key for column in probe.columns), row, strict=True)) for row in rows]


class Watcher:
    """Reads probes, each against its last reading."""

    def __init__(self, session: Session, heard: Heard) -> None:
        self._session, self._heard = session, heard
        self._before: dict[str, Any] = {}

    async def rows(self, probe: str) -> list[Said]:
        one = PROBES[f"postgres.{probe}"]
        count = len(self._heard.answers)
        self._session.ask(one.exchange)
        await self._heard.until(lambda heard: len(heard.answers) > count, 60)
        reading = one.read(self._heard.answers[-1].payload)
        rows = one.rows(reading, self._before.get(one.id))
        self._before[one.id] = reading
        return named(one, rows)

    async def row(self, probe: str, **where: object) -> Said:
        """The first row that has these values."""
        rows = await self.rows(probe)
        for row in rows:
            if where.items() <= row.items():
                return row
        raise AssertionError(f"no row of {len(rows)} is {where}")


@contextlib.asynccontextmanager
async def watched(target: Target) -> AsyncGenerator[Watcher]:
    transport, heard = PostgresTransport(), Heard()
    try:
        yield Watcher(await transport.open(target, INTEGRATION.script, 1.0, heard), heard)
    finally:
        await transport.close()


def blocked(server: Server) -> int:
    """How many sessions wait for a lock."""
    (row,) = server.sql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    return int(row[0])


async def until_blocked(server: Server, count: int) -> None:
    """Return when so many wait."""
    await eventually(lambda: blocked(server) == count)


@contextlib.asynccontextmanager
async def chain(server: Server, depth: int) -> AsyncGenerator[list[int]]:
    """Sessions of which each waits for the one before: pids, the root first."""
    server.sql("DROP TABLE IF EXISTS link", "CREATE TABLE link (n int PRIMARY KEY, v int)")
    server.sql(f"INSERT INTO link SELECT g, 0 FROM generate_series(0, {depth}) g")
    with contextlib.ExitStack() as stack:
        links = [stack.enter_context(contextlib.closing(server.connect())) for _ in range(depth)]
        for at, link in enumerate(links):
            link.execute("BEGIN")
            link.execute(f"UPDATE link SET v = 1 WHERE n = {at}".encode())
        for at, link in enumerate(links[1:], 1):
            stack.enter_context(waiting(link, f"UPDATE link SET v = 2 WHERE n = {at - 1}"))
            await until_blocked(server, at)
        yield [link.info.backend_pid for link in links]
        pids = ",".join(str(link.info.backend_pid) for link in links)
        server.sql(f"SELECT pg_terminate_backend(p) FROM unnest(ARRAY[{pids}]) p")


@contextlib.contextmanager
def waiting(conn: psycopg.Connection[Any], sql: str | bytes) -> Generator[None]:
    """Run a statement in a thread that ends with it."""

    def run() -> None:
        with contextlib.suppress(psycopg.Error):
            conn.execute(sql.encode() if isinstance(sql, str) else sql)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        thread.join(60)
