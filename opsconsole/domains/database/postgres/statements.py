"""Which statements cost most: pg_stat_statements, where it is installed."""

import msgspec

from opsconsole import table
from opsconsole.clean import clean
from opsconsole.domains.database.postgres.asking import (
    MONITOR,
    column,
    grown,
    number,
    percent,
    rate,
    read,
    shown,
    sql,
    statement,
)
from opsconsole.errors import Unsupported
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

STATEMENTS = (
    statement("statement-path"),
    statement("statement"),
    statement("statement-text"),
    statement("statement-back"),
)
EXCHANGES = (Exchange("statements", every=15, on_demand=True, timeout=30),)

INSTALL = (
    "shared_preload_libraries = 'pg_stat_statements', restart,"
    " then CREATE EXTENSION pg_stat_statements in this database"
)

HIDDEN = "GRANT USAGE ON SCHEMA of the extension pg_stat_statements TO the role"


class Statement(msgspec.Struct, array_like=True):
    """A row of `statement.sql`; counters since their reset."""

    now: float
    id: str
    database: str
    user: str
    dbid: int
    userid: int
    calls: int
    total: float
    rows: int
    hits: int
    reads: int
    temp: int
    wal: float | None
    longest: float | None
    query: str | None = None


class Text(msgspec.Struct, array_like=True):
    """A row of `statement-text.sql`."""

    id: str
    dbid: int
    userid: int
    query: str | None


Reading = dict[tuple[str, int, int], Statement]


def read_statements(payload: bytes) -> Reading:
    """By query, database and user; raises `Unsupported` where the extension is not."""
    path, found, said, _ = parted(payload, 4)
    known = read([path], tuple[str, bool])
    if known and not known[0][1]:
        raise Unsupported("pg_stat_statements is not installed in this database", INSTALL)
    rows = read([found], Statement, MONITOR, HIDDEN)
    reading = {(one.id, one.dbid, one.userid): one for one in rows}
    for text_ in [] if table.why(said) else read([said], Text):
        if (key := (text_.id, text_.dbid, text_.userid)) in reading:
            reading[key].query = text_.query
    return reading


def statement_rows(now: Reading, before: Reading | None) -> list[Row]:
    """One row per statement, what took most time since the last answer first."""
    rows = [_row(one, (before or {}).get(key)) for key, one in now.items()]
    return sorted(rows, key=lambda row: -_time(row)) if before else rows


def _time(row: Row) -> float:
    return row[5] if isinstance(row[5], float) else 0.0


def _row(now: Statement, was: Statement | None) -> Row:
    seconds = now.now - was.now if was else 0.0
    calls = grown(now.calls, was.calls) if was else None
    spent = grown(now.total, was.total) if was else None
    return (
        clean(now.id, 24),
        clean(now.database),
        clean(now.user),
        now.calls,
        rate(now.calls, was.calls, seconds) if was else None,
        rate(now.total, was.total, seconds) if was else None,
        spent / calls if spent is not None and calls else None,
        number(now.total / now.calls) if now.calls else None,
        number(now.total),
        number(now.longest),
        now.rows / now.calls if now.calls else None,
        percent(now.hits, now.hits + now.reads),
        now.reads,
        now.temp,
        number(now.wal),
        shown(now.query),
    )


_VIEW = "pg_stat_statements"

STATEMENT = Probe(
    "postgres.statement",
    "Top statements",
    "statements",
    (
        column("id", "QUERY ID", f"{_VIEW} queryid"),
        column("database", "DATABASE", f"{_VIEW} dbid"),
        column("user", "USER", f"{_VIEW} userid"),
        column("calls", "CALLS", f"{_VIEW} calls, since the reset", Quantity.COUNT),
        column("calls_per_s", "CALLS/S", f"{_VIEW} calls", Quantity.PER_S),
        column("time_ms_per_s", "MS/S", f"{_VIEW} total_exec_time: 1000 is one busy session",
               Quantity.NUMBER),
        column("now_ms", "MEAN NOW", f"{_VIEW} total_exec_time per call, since the answer before",
               Quantity.MILLISECONDS),
        column("mean_ms", "MEAN", f"{_VIEW} total_exec_time / calls", Quantity.MILLISECONDS),
        column("total_ms", "TOTAL", f"{_VIEW} total_exec_time", Quantity.MILLISECONDS),
        column("longest_ms", "LONGEST", f"{_VIEW} max_exec_time", Quantity.MILLISECONDS),
        column("rows_per_call", "ROWS/CALL", f"{_VIEW} rows", Quantity.NUMBER),
        column("cache_hit_percent", "CACHE HIT", f"{_VIEW} shared_blks_hit", Quantity.PERCENT),
        column("reads", "PAGES READ", f"{_VIEW} shared_blks_read", Quantity.COUNT),
        column("temp", "TEMP PAGES", f"{_VIEW} temp_blks_written", Quantity.COUNT),
        column("wal_bytes", "WAL", f"{_VIEW} wal_bytes", Quantity.BYTES),
        sql("query", "QUERY", f"{_VIEW} query; unknown while one of any database"
               " is in no encoding"),
    ),
    ("id", "database", "user"),
    read_statements,
    statement_rows,
)  # fmt: skip

PROBES = (STATEMENT,)
