"""What each database does, and what the server does for all: checkpoints, archiving."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres import limit
from opsconsole.domains.database.postgres.asking import (
    column,
    course,
    grown,
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

STATEMENTS = (statement("database"),)
CHECKPOINTS = (
    statement("checkpoint", until=170000),
    statement("checkpoint-17", since=170000),
    statement("archiver"),
)
EXCHANGES = (
    Exchange("databases", every=15, on_demand=True, timeout=30),
    Exchange("checkpoints", every=30),
)

_VIEW = "pg_stat_database"


class Database(msgspec.Struct, array_like=True):
    """A row of `database.sql`; counters since their reset."""

    now: float
    oid: int
    name: str
    backends: int | None
    commits: int
    rollbacks: int
    hits: int
    reads: int
    returned: int
    fetched: int
    written: int
    temp: int
    deadlocks: int
    conflicts: int
    read_ms: float
    reset: float | None
    xid_age: int | None
    limit: int | None
    encoding: str | None
    size: int | None


def read_databases(payload: bytes) -> dict[int, Database]:
    """By oid; 0 is what belongs to all."""
    return {one.oid: one for one in read(parted(payload, 1), Database)}


def database_rows(now: dict[int, Database], before: dict[int, Database] | None) -> list[Row]:
    """One row per database."""
    return [_row(one, (before or {}).get(one.oid)) for one in now.values()]


def _row(now: Database, before: Database | None) -> Row:
    was = before if before is not None and before.reset == now.reset else None
    seconds = now.now - was.now if was else 0.0

    def more(name: str) -> float | None:
        return grown(getattr(now, name), getattr(was, name)) if was else None

    def per_s(name: str) -> float | None:
        return rate(getattr(now, name), getattr(was, name), seconds) if was else None

    commits, rollbacks = more("commits"), more("rollbacks")
    ended = commits + rollbacks if commits is not None and rollbacks is not None else None
    hits, reads = more("hits"), more("reads")
    pages = hits + reads if hits is not None and reads is not None else None
    return (
        clean(now.name or "(shared)"),
        now.backends,
        per_s("commits"),
        per_s("rollbacks"),
        percent(rollbacks, ended) if ended is not None and ended >= 20 else None,
        percent(hits, pages) if pages is not None and pages >= 1000 else None,
        per_s("returned"),
        per_s("fetched"),
        per_s("written"),
        per_s("temp"),
        more("deadlocks"),
        more("conflicts"),
        per_s("read_ms"),
        now.size,
        percent(now.xid_age, XIDS),
        text(now.encoding),
    )


class Checkpoint(msgspec.Struct, array_like=True):
    """A row of `checkpoint.sql` or `checkpoint-17.sql`."""

    now: float
    timed: int
    requested: int
    write_ms: float
    sync_ms: float
    written: int
    cleaned: int
    halted: int
    backends: int | None
    allocated: int
    reset: float | None


class Archiver(msgspec.Struct, array_like=True):
    """The row of `archiver.sql`."""

    mode: str
    archived: int
    failed: int
    last: float | None
    last_wal: str | None
    failed_at: float | None
    failed_wal: str | None


Reading = tuple[list[Checkpoint], list[Archiver]]


def read_checkpoints(payload: bytes) -> Reading:
    """At most one of each."""
    old, new, archiver = parted(payload, 3)
    return read([old, new], Checkpoint), read([archiver], Archiver)


def checkpoint_rows(now: Reading, before: Reading | None) -> list[Row]:
    """The only row."""
    olds = before[0] if before else []
    return [_checkpoint(one, olds[0] if olds else None) for one in now[0][:1]]


def _checkpoint(now: Checkpoint, before: Checkpoint | None) -> Row:
    was = before if before is not None and before.reset == now.reset else None
    seconds = now.now - was.now if was else 0.0
    return (
        grown(now.timed, was.timed) if was else None,
        grown(now.requested, was.requested) if was else None,
        rate(now.written, was.written, seconds) if was else None,
        rate(now.cleaned, was.cleaned, seconds) if was else None,
        rate(now.backends, was.backends, seconds) if was else None,
        rate(now.allocated, was.allocated, seconds) if was else None,
        grown(now.halted, was.halted) if was else None,
        rate(now.write_ms, was.write_ms, seconds) if was else None,
        rate(now.sync_ms, was.sync_ms, seconds) if was else None,
        now.timed,
        now.requested,
        number(now.reset),
    )


def archiver_rows(now: Reading, before: Reading | None) -> list[Row]:
    """The only row."""
    olds = before[1] if before else []
    return [
        (
            clean("off" if one.mode == "off" else _state(one)),
            clean(one.mode),
            one.archived,
            one.failed,
            grown(one.failed, olds[0].failed) if olds else None,
            number(one.last),
            text(one.last_wal) or Clean(""),
            number(one.failed_at),
            text(one.failed_wal) or Clean(""),
        )
        for one in now[1][:1]
    ]


def _state(one: Archiver) -> str:
    if one.failed_at is not None and one.failed_at > (one.last or 0.0):
        return "failing"
    return "archiving"


DATABASE = Probe(
    "postgres.database",
    "Databases",
    "databases",
    (
        column("database", "DATABASE", f"{_VIEW} datname"),
        column("backends", "SESSIONS", f"{_VIEW} numbackends", Quantity.COUNT),
        course("commits_per_s", "COMMITS", f"{_VIEW} xact_commit", Quantity.PER_S),
        course("rollbacks_per_s", "ROLLBACKS", f"{_VIEW} xact_rollback", Quantity.PER_S),
        column("rollback_percent", "ROLLBACK %", f"{_VIEW}, of 20 or more transactions",
               Quantity.PERCENT, limit.ROLLBACK),
        course("cache_hit_percent", "CACHE HIT", f"{_VIEW} blks_hit, of 1000 or more pages",
               Quantity.PERCENT, limit.CACHE),
        course("returned_per_s", "SCANNED", f"{_VIEW} tup_returned", Quantity.PER_S),
        course("fetched_per_s", "FETCHED", f"{_VIEW} tup_fetched", Quantity.PER_S),
        course("written_per_s", "WRITTEN", f"{_VIEW} tup_inserted + updated + deleted",
               Quantity.PER_S),
        course("temp_bytes_per_s", "TEMP", f"{_VIEW} temp_bytes", Quantity.BYTES_PER_S),
        column("deadlocks", "DEADLOCKS", f"{_VIEW} deadlocks, since the answer before",
               Quantity.COUNT),
        column("conflicts", "CONFLICTS", f"{_VIEW} conflicts with replay, since the answer before",
               Quantity.COUNT),
        column("read_ms_per_s", "READ MS/S", f"{_VIEW} blk_read_time (track_io_timing)",
               Quantity.NUMBER),
        column("size_bytes", "SIZE", "pg_database_size()", Quantity.BYTES),
        column("xid_percent", "XID AGE", "pg_database datfrozenxid, of 2 000 000 000",
               Quantity.PERCENT, limit.XID),
        column("encoding", "ENCODING", "pg_database encoding"),
    ),
    ("database",),
    read_databases,
    database_rows,
)  # fmt: skip

_BG = "pg_stat_bgwriter, since 17 pg_stat_checkpointer"

CHECKPOINT = Probe(
    "postgres.checkpoint",
    "Checkpoints",
    "checkpoints",
    (
        column("timed", "TIMED", f"{_BG}, since the answer before", Quantity.COUNT),
        column("requested", "REQUESTED", f"{_BG}, since the answer before", Quantity.COUNT),
        course("written_per_s", "PAGES/S", f"{_BG}: pages of checkpoints", Quantity.PER_S),
        course("cleaned_per_s", "CLEANED/S", "pg_stat_bgwriter buffers_clean", Quantity.PER_S),
        course("backends_per_s", "BY CLIENTS", "pg_stat_bgwriter buffers_backend, since 17"
               " pg_stat_io writes of client backends", Quantity.PER_S),
        course("allocated_per_s", "ALLOCATED", "pg_stat_bgwriter buffers_alloc", Quantity.PER_S),
        column("halted", "HALTED", "pg_stat_bgwriter maxwritten_clean, since the answer before",
               Quantity.COUNT),
        column("write_ms_per_s", "WRITE MS/S", f"{_BG}: write time", Quantity.NUMBER),
        column("sync_ms_per_s", "SYNC MS/S", f"{_BG}: sync time", Quantity.NUMBER),
        column("timed_total", "TIMED ALL", f"{_BG}, since the reset", Quantity.COUNT),
        column("requested_total", "REQ. ALL", f"{_BG}, since the reset", Quantity.COUNT),
        column("reset", "RESET", f"{_BG} stats_reset", Quantity.TIME),
    ),
    (),
    read_checkpoints,
    checkpoint_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

_ARCHIVER = "pg_stat_archiver"

ARCHIVER = Probe(
    "postgres.archiver",
    "WAL archive",
    "checkpoints",
    (
        column("state", "STATE", f"{_ARCHIVER}: failing when the last failure is the newer",
               Quantity.STATE),
        column("mode", "MODE", "archive_mode"),
        column("archived", "ARCHIVED", f"{_ARCHIVER} archived_count", Quantity.COUNT),
        column("failed_total", "FAILED ALL", f"{_ARCHIVER} failed_count", Quantity.COUNT),
        column("failed", "FAILED", f"{_ARCHIVER} failed_count, since the answer before",
               Quantity.COUNT),
        column("last", "LAST", f"{_ARCHIVER} last_archived_time", Quantity.TIME),
        column("last_wal", "LAST WAL", f"{_ARCHIVER} last_archived_wal"),
        column("failed_at", "FAILED AT", f"{_ARCHIVER} last_failed_time", Quantity.TIME),
        column("failed_wal", "FAILED WAL", f"{_ARCHIVER} last_failed_wal"),
    ),
    (),
    read_checkpoints,
    archiver_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

PROBES = (DATABASE, CHECKPOINT, ARCHIVER)
