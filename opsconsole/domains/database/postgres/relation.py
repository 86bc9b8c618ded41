"""Tables, indexes, and what would be better about them, of the database that is connected."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres import limit
from opsconsole.domains.database.postgres.asking import (
    column,
    number,
    percent,
    rate,
    read,
    statement,
    text,
)
from opsconsole.domains.database.postgres.overview import XIDS
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

TABLES = (statement("table"),)
INDEXES = (statement("index"), statement("foreign"))
EXCHANGES = (
    Exchange("tables", every=60, on_demand=True, timeout=30),
    Exchange("indexes", every=60, on_demand=True, timeout=30, compared=False),
)

LONG = 7 * 86400.0
"""Seconds of counting before an index without a scan counts as unused."""
SMALL = 1 << 20
"""Bytes below which nothing is advised to be dropped."""


class Table(msgspec.Struct, array_like=True):
    """A row of `table.sql`."""

    now: float
    database: str
    oid: str
    schema: str
    name: str
    size: int | None
    heap: int
    live: int
    dead: int
    modified: int
    vacuumed: float | None
    analyzed: float | None
    xid_age: int | None
    scans: int
    scanned: int
    index_scans: int
    written: int
    hot: int
    updated: int
    bloat: float | None


def read_tables(payload: bytes) -> dict[str, Table]:
    """By oid."""
    return {one.oid: one for one in read(parted(payload, 1), Table)}


def table_rows(now: dict[str, Table], before: dict[str, Table] | None) -> list[Row]:
    """One row per table."""
    return [_table(one, (before or {}).get(one.oid)) for one in now.values()]


def _table(now: Table, was: Table | None) -> Row:
    seconds = now.now - was.now if was else 0.0
    return (
        clean(now.database),
        clean(now.oid),
        clean(f"{now.schema}.{now.name}"),
        now.size,
        now.heap,
        now.live,
        now.dead,
        percent(now.dead, now.live + now.dead),
        now.modified,
        number(now.vacuumed),
        number(now.analyzed),
        percent(now.xid_age, XIDS),
        rate(now.scanned, was.scanned, seconds) if was else None,
        rate(now.index_scans, was.index_scans, seconds) if was else None,
        rate(now.written, was.written, seconds) if was else None,
        percent(now.hot, now.updated),
        now.scans,
        number(now.bloat),
    )


class Index(msgspec.Struct, array_like=True):
    """A row of `index.sql`."""

    database: str
    oid: str
    schema: str
    table: str
    name: str
    size: int
    scans: int
    valid: bool
    unique: bool
    primary: bool
    constraint: bool
    twin: str
    counted: float | None
    reads: int | None


class Foreign(msgspec.Struct, array_like=True):
    """A row of `foreign.sql`."""

    database: str
    oid: str
    schema: str
    table: str
    name: str
    size: int
    toward: str


Indexes = tuple[list[Index], list[Foreign]]


def read_indexes(payload: bytes) -> Indexes:
    """Indexes, and foreign keys without one."""
    indexes, foreign = parted(payload, 2)
    return read([indexes], Index), read([foreign], Foreign)


def finding(one: Index) -> str:
    """What is wrong with it, the worst first; empty when nothing is."""
    if not one.valid:
        return "invalid"
    if one.twin:
        return "duplicate"
    counted = one.counted is not None and one.counted >= LONG
    idle = one.scans == 0 and not one.unique and not one.constraint
    return "unused" if idle and counted and one.size >= SMALL else ""


def index_rows(now: Indexes, _before: Indexes | None) -> list[Row]:
    """One row per index."""
    return [
        (
            clean(one.database),
            clean(one.oid),
            clean(f"{one.schema}.{one.name}"),
            clean(f"{one.schema}.{one.table}"),
            clean(finding(one) or "good"),
            one.size,
            one.scans,
            clean("primary key" if one.primary else "unique" if one.unique else ""),
            text(one.twin),
            number(one.counted),
        )
        for one in now[0]
    ]


def advice_rows(now: Indexes, _before: Indexes | None) -> list[Row]:
    """One row per finding."""
    rows: list[Row] = []
    for one in now[0]:
        said = {
            "invalid": "a build that failed left it: it costs writes and is never read",
            "duplicate": f"the same as {one.twin}",
            "unused": "not scanned since the counters began; see the replicas before it goes",
            "": "",
        }[finding(one)]
        if said:
            name = clean(f"{one.schema}.{one.name}")
            table = clean(f"{one.schema}.{one.table}")
            kind = clean(finding(one))
            rows.append((clean(one.database), clean(one.oid), kind, name, table, one.size,
                         clean(said)))  # fmt: skip
    for key in now[1]:
        said = f"no index begins with its columns: a delete in {key.toward} reads all of it"
        table = clean(f"{key.schema}.{key.table}")
        rows.append((clean(key.database), clean(key.oid), Clean("no index"), clean(key.name), table,
                     key.size, clean(said)))  # fmt: skip
    return rows


_STAT, _CLASS = "pg_stat_user_tables", "pg_class relpages, at the last vacuum or analyze"

TABLE = Probe(
    "postgres.table",
    "Tables",
    "tables",
    (
        column("database", "DATABASE", "current_database()"),
        column("oid", "OID", "pg_class oid"),
        column("table", "TABLE", f"{_STAT} schemaname, relname; the 1000 largest"),
        column("size_bytes", "SIZE", f"{_CLASS}, with indexes and TOAST", Quantity.BYTES),
        column("heap_bytes", "HEAP", _CLASS, Quantity.BYTES),
        column("live", "ROWS", f"{_STAT} n_live_tup", Quantity.COUNT),
        column("dead", "DEAD", f"{_STAT} n_dead_tup", Quantity.COUNT),
        column("dead_percent", "DEAD %", f"{_STAT} n_dead_tup", Quantity.PERCENT),
        column("modified", "MODIFIED", f"{_STAT} n_mod_since_analyze", Quantity.COUNT),
        column("vacuum_s", "VACUUMED", f"{_STAT} last_vacuum or last_autovacuum, ago",
               Quantity.SECONDS, limit.VACUUM),
        column("analyze_s", "ANALYZED", f"{_STAT} last_analyze or last_autoanalyze, ago",
               Quantity.SECONDS),
        column("xid_percent", "XID AGE", "pg_class relfrozenxid, of 2 000 000 000",
               Quantity.PERCENT, limit.XID),
        column("scanned_per_s", "SEQ ROWS/S", f"{_STAT} seq_tup_read", Quantity.PER_S),
        column("index_scans_per_s", "IDX/S", f"{_STAT} idx_scan", Quantity.PER_S),
        column("written_per_s", "WRITES/S", f"{_STAT} n_tup_ins + upd + del", Quantity.PER_S),
        column("hot_percent", "HOT %", f"{_STAT} n_tup_hot_upd of n_tup_upd", Quantity.PERCENT),
        column("scans", "SEQ SCANS", f"{_STAT} seq_scan", Quantity.COUNT),
        column("bloat_percent", "BLOAT", "estimated from pg_stats widths: needs SELECT on the table"
               " (GRANT pg_read_all_data)", Quantity.PERCENT, limit.BLOAT),
    ),
    ("database", "oid"),
    read_tables,
    table_rows,
)  # fmt: skip

_INDEX = "pg_stat_user_indexes"

INDEX = Probe(
    "postgres.index",
    "Indexes",
    "indexes",
    (
        column("database", "DATABASE", "current_database()"),
        column("oid", "OID", "pg_index indexrelid"),
        column("index", "INDEX", f"{_INDEX} indexrelname; the 2000 largest"),
        column("table", "TABLE", f"{_INDEX} relname"),
        column("finding", "FINDING", "pg_index indisvalid; the same definition twice; no scan in"
               " 7 days of counting", Quantity.STATE),
        column("size_bytes", "SIZE", _CLASS, Quantity.BYTES),
        column("scans", "SCANS", f"{_INDEX} idx_scan", Quantity.COUNT),
        column("unique", "UNIQUE", "pg_index indisprimary, indisunique"),
        column("twin", "SAME AS", "pg_index: keys, operators, order, predicate"),
        column("counted_s", "COUNTED", "pg_stat_database stats_reset", Quantity.SECONDS),
    ),
    ("database", "oid"),
    read_indexes,
    index_rows,
)  # fmt: skip

ADVICE = Probe(
    "postgres.advice",
    "Index advice",
    "indexes",
    (
        column("database", "DATABASE", "current_database()"),
        column("oid", "OID", "pg_index indexrelid, pg_constraint oid"),
        column("finding", "FINDING", "as in Indexes; a foreign key without one", Quantity.STATE),
        column("object", "OBJECT", f"{_INDEX}, pg_constraint conname"),
        column("table", "TABLE", f"{_INDEX}, pg_constraint conrelid"),
        column("size_bytes", "SIZE", _CLASS, Quantity.BYTES),
        column("why", "WHY", "what it costs"),
    ),
    ("database", "oid"),
    read_indexes,
    advice_rows,
)

PROBES = (TABLE, INDEX, ADVICE)
