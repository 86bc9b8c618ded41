"""What one poll of the sessions of a PostgreSQL server costs, with 500 real ones.

Run: `python -m benchmarks.postgres [--sessions 500] [--polls 60]`; prints JSON, milliseconds of CPU
per poll, of the client and of the server's own process. 440 sessions are idle, 40 idle in a
transaction that holds locks, 20 run a statement. `busy` is the pane of sessions that is asked every
2 s, `all` that of all of them, `health` the one line that is always asked: statement, transport,
rows. `plain` is the same question as one would ask it at first: psycopg's defaults, a dictionary
per row, blockers of everybody. All alternate within one run, and the median counts. Where
`pg_activity` is installed, or named with `--beside PATH`, it runs beside them with its interface in
a terminal of its own: the whole program, per refresh.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pty
import shutil
import statistics
import subprocess
import termios
import time
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from opsconsole.domains.database.postgres import INTEGRATION
from opsconsole.spec import Probe
from opsconsole.transports.postgres import PostgresTransport
from tests.servers.port import PORT
from tests.servers.postgres import Server, primary
from tests.servers.sampler import Heard

BATCH = 5
"""Polls in a row; the server's CPU is told in hundredths of a second."""

PLAIN = """
SELECT pid, leader_pid, datname, usename, application_name, client_addr, backend_type, state,
       wait_event_type, wait_event, backend_start, xact_start, query_start, state_change,
       backend_xmin, query_id, query, pg_blocking_pids(pid)
  FROM pg_stat_activity WHERE pid <> pg_backend_pid()
"""
TICK = os.sysconf("SC_CLK_TCK")


def spent(pid: int) -> float:
    """CPU of another process, milliseconds."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(words[11]) + int(words[12])) * 1000 / TICK


@contextlib.contextmanager
def crowd(server: Server, count: int) -> Generator[None]:
    """Sessions: of each 25 one runs a statement, and two hold locks."""
    server.sql("CREATE TABLE held (n int PRIMARY KEY)")
    server.sql("INSERT INTO held SELECT generate_series(1, 1000)")
    with contextlib.ExitStack() as stack:
        for at in range(count):
            conn = stack.enter_context(contextlib.closing(server.connect()))
            if at % 25 == 0:
                conn.pgconn.send_query(b"SELECT pg_sleep(3600)")
            elif at % 25 < 3:
                conn.execute("BEGIN")
                conn.execute(f"SELECT n FROM held WHERE n = {at + 1} FOR UPDATE".encode())
        yield
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active'"
                   " AND pid <> pg_backend_pid()")  # fmt: skip


class Ours:
    """The integration over its transport, as the collector uses it."""

    def __init__(self, server: Server) -> None:
        self._transport, self._heard = PostgresTransport(), Heard()
        self._server = server
        self.pid = 0

    async def open(self) -> None:
        """Connect."""
        target = self._server.target("ops")
        script = INTEGRATION.script
        self._session = await self._transport.open(target, script, 1.0, self._heard)
        mine = "SELECT pid FROM pg_stat_activity WHERE application_name = 'opsconsole'"
        self.pid = int(self._server.sql(mine)[0][0])

    async def poll(self, probe: Probe[Any]) -> int:
        """Ask a probe; how many rows it has."""
        self._heard.answers.clear()
        self._session.ask(probe.exchange)
        await self._heard.until(lambda heard: bool(heard.answers), 60)
        return len(probe.rows(probe.read(self._heard.answers[0].payload), None))

    async def close(self) -> None:
        """Let go."""
        await self._transport.close()


async def measured(
    ways: dict[str, tuple[int, Callable[[], Awaitable[int]]]], rounds: int
) -> dict[str, dict[str, float]]:
    """Each way in turn: rows, and the medians of client and server."""
    client: dict[str, list[float]] = {name: [] for name in ways}
    server: dict[str, list[float]] = {name: [] for name in ways}
    rows: dict[str, int] = {}
    for _ in range(rounds):
        for name, (pid, poll) in ways.items():
            there, here = spent(pid), time.process_time()
            for _ in range(BATCH):
                rows[name] = await poll()
            client[name].append((time.process_time() - here) * 1000 / BATCH)
            server[name].append((spent(pid) - there) / BATCH)
    return {
        name: {
            "rows": rows[name],
            "client_ms": round(statistics.median(client[name]), 2),
            "server_ms": round(statistics.mean(server[name]), 2),
        }
        for name in ways
    }


def beside(program: str, server: Server, seconds: float = 12.0) -> float:
    """CPU of a whole pg_activity per refresh of one second, milliseconds."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (50, 160))
    argv = (program, "-h", server.address, "-p", str(PORT), "-U", "ops", "-d", "postgres",
            "--refresh", "1")  # fmt: skip
    environment = dict(os.environ) | {"TERM": "xterm"}
    running = subprocess.Popen(
        argv, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    at: list[float] = []
    until = time.monotonic() + 4
    while len(at) < 2 and running.poll() is None:
        with contextlib.suppress(BlockingIOError, OSError):
            if b"\x1b[6n" in os.read(ours, 1 << 16):  # where is the cursor?
                os.write(ours, b"\x1b[1;1R")
        time.sleep(0.02)
        if time.monotonic() > until:
            at.append(spent(running.pid))
            until += seconds
    running.terminate()
    running.wait()
    os.close(ours)
    return (at[1] - at[0]) / seconds if len(at) == 2 else float("nan")


async def compare(server: Server, polls: int) -> dict[str, dict[str, float]]:
    ours = Ours(server)
    await ours.open()
    probes = {probe.id: probe for probe in INTEGRATION.probes}
    plain = await psycopg.AsyncConnection.connect(
        host=server.address, port=PORT, user="ops", dbname="postgres", autocommit=True
    )

    async def ask() -> int:
        cursor = await plain.cursor(row_factory=dict_row).execute(PLAIN)
        return len(await cursor.fetchall())

    found = await measured(
        {
            "busy": (ours.pid, lambda: ours.poll(probes["postgres.session"])),
            "all": (ours.pid, lambda: ours.poll(probes["postgres.connection"])),
            "health": (ours.pid, lambda: ours.poll(probes["postgres.health"])),
            "plain": (plain.info.backend_pid, ask),
        },
        max(1, polls // BATCH),
    )
    await plain.close()
    await ours.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--polls", type=int, default=60)
    parser.add_argument("--beside", default=shutil.which("pg_activity"), help="path of pg_activity")
    args = parser.parse_args()
    more = f"max_connections={args.sessions + 40}"
    with primary(more) as server, crowd(server, args.sessions):
        found: dict[str, Any] = dict(asyncio.run(compare(server, args.polls)))
        busy, plain = found["busy"], found["plain"]
        found["busy_to_plain"] = {
            name: round(busy[name] / plain[name], 3) for name in ("client_ms", "server_ms")
        }
        if args.beside:
            found["pg_activity_ms"] = round(beside(args.beside, server), 1)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
