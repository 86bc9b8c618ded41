"""A server in one line: role, sessions, throughput, lag, age; and how much it keeps."""

from typing import NamedTuple

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
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

STATEMENTS = (statement("health"), statement("throughput"))
SIZES = (statement("size"),)
EXCHANGES = (Exchange("health", every=5), Exchange("size", every=300, timeout=30, compared=False))

XIDS = 2_000_000_000
"""Transactions after which a row that was not frozen would lie in the future."""

_ACTIVITY = "pg_stat_activity"


class Health(msgspec.Struct, array_like=True):
    """A row of `health.sql`."""

    now: float
    version: str
    standby: bool
    uptime: float | None
    monitor: bool
    role: str
    slots: int
    clients: int
    active: int
    idle: int
    in_transaction: int
    waiting: int
    hidden: int
    transaction: float | None
    query: float | None
    locks: int
    lock_slots: int
    xid_age: int | None
    lag: float | None
    replicas: int
    wal: float | None
    prepared: int
    pending: int
    slow: int


class Throughput(msgspec.Struct, array_like=True):
    """A row of `throughput.sql`."""

    commits: float | None
    rollbacks: float | None
    hits: float | None
    reads: float | None
    temp: float | None
    deadlocks: float | None


class Reading(NamedTuple):
    """A server at one moment."""

    health: Health
    done: Throughput


def read_health(payload: bytes) -> list[Reading]:
    """At most one."""
    health, done = parted(payload, 2)
    pairs = zip(read([health], Health), read([done], Throughput), strict=False)
    return [Reading(*pair) for pair in pairs]


def missing(health: Health) -> Clean:
    """Which grant would show more."""
    if health.monitor:
        return Clean("")
    return clean(f"GRANT pg_monitor TO {health.role}")


def health_rows(now: list[Reading], before: list[Reading] | None) -> list[Row]:
    """The only row."""
    return [_row(one, before[0] if before else None) for one in now[:1]]


def _row(reading: Reading, before: Reading | None) -> Row:
    now, done = reading
    was = before.done if before else Throughput(None, None, None, None, None, None)
    seconds = now.now - before.health.now if before else 0.0
    commits, rollbacks = grown(done.commits, was.commits), grown(done.rollbacks, was.rollbacks)
    ended = commits + rollbacks if commits is not None and rollbacks is not None else None
    hits, reads = grown(done.hits, was.hits), grown(done.reads, was.reads)
    pages = hits + reads if hits is not None and reads is not None else None
    visible = now.monitor or not now.hidden
    return (
        clean("standby" if now.standby else "primary"),
        clean(now.version.partition(" ")[0], 20),
        number(now.uptime),
        now.active if visible else None,
        now.idle if visible else None,
        now.in_transaction if visible else None,
        now.waiting if visible else None,
        now.clients,
        percent(now.clients, now.slots),
        ended / seconds if ended is not None and seconds > 0 else None,
        percent(rollbacks, ended) if ended is not None and ended >= 20 else None,
        percent(hits, pages) if pages is not None and pages >= 1000 else None,
        number(now.lag),
        now.replicas,
        number(now.transaction),
        number(now.query),
        now.slow if visible else None,
        percent(now.locks, now.lock_slots),
        grown(done.deadlocks, was.deadlocks),
        rate(done.temp, was.temp, seconds),
        rate(now.wal, before.health.wal if before else None, seconds),
        percent(now.xid_age, XIDS),
        now.prepared,
        now.pending,
        missing(now),
    )


class Size(msgspec.Struct, array_like=True):
    """A row of `size.sql`."""

    databases: int
    size: int | None
    hidden: str | None


def read_size(payload: bytes) -> list[Size]:
    """At most one."""
    return read(parted(payload, 1), Size)


def size_rows(now: list[Size], _before: list[Size] | None) -> list[Row]:
    """The only row."""
    return [(one.size, one.databases, text(one.hidden) or Clean("")) for one in now[:1]]


HEALTH = Probe(
    "postgres.health",
    "PostgreSQL",
    "health",
    (
        column("role", "ROLE", "pg_is_in_recovery()", Quantity.STATE),
        column("version", "VERSION", "server_version"),
        column("uptime_s", "UPTIME", "pg_postmaster_start_time()", Quantity.SECONDS),
        course("sessions_active", "ACTIVE", f"{_ACTIVITY} state, without ours", Quantity.COUNT),
        course("sessions_idle", "IDLE", f"{_ACTIVITY} state", Quantity.COUNT),
        course("sessions_in_transaction", "IDLE TX", f"{_ACTIVITY} state", Quantity.COUNT),
        course(
            "waiting_sessions",
            "WAITING",
            f"{_ACTIVITY} wait_event_type = Lock",
            Quantity.COUNT,
            limit.WAITING,
        ),
        column("connections", "CONNS", f"{_ACTIVITY}, client backends", Quantity.COUNT),
        course(
            "connections_percent",
            "CONN %",
            "of max_connections - superuser_reserved_connections",
            Quantity.PERCENT,
            limit.CONNECTIONS,
        ),
        course(
            "transactions_per_s", "TX/S", "pg_stat_database xact_commit + rollback", Quantity.PER_S
        ),
        course(
            "rollback_percent",
            "ROLLBACK",
            "pg_stat_database xact_rollback, of 20 or more transactions",
            Quantity.PERCENT,
            limit.ROLLBACK,
        ),
        course(
            "cache_hit_percent",
            "CACHE HIT",
            "pg_stat_database blks_hit, of 1000 or more pages",
            Quantity.PERCENT,
            limit.CACHE,
        ),
        course(
            "replication_lag_s",
            "LAG",
            "pg_last_xact_replay_timestamp(); of a primary max(pg_stat_replication.replay_lag)",
            Quantity.SECONDS,
            limit.LAG,
        ),
        column("replicas", "REPLICAS", "pg_stat_replication", Quantity.COUNT),
        course(
            "longest_transaction_s",
            "LONG TX",
            f"{_ACTIVITY} xact_start",
            Quantity.SECONDS,
            limit.TRANSACTION,
        ),
        column("longest_query_s", "LONG QUERY", f"{_ACTIVITY} query_start", Quantity.SECONDS),
        column("slow_queries", "SLOW", f"{_ACTIVITY} query_start: active for more than 30 s",
               Quantity.COUNT),
        course("locks_percent", "LOCKS", "pg_locks, of max_locks_per_transaction * sessions",
               Quantity.PERCENT, limit.LOCKS),
        column("deadlocks", "DEADLOCKS", "pg_stat_database deadlocks, since the answer before",
               Quantity.COUNT),
        course("temp_bytes_per_s", "TEMP/S", "pg_stat_database temp_bytes", Quantity.BYTES_PER_S),
        course("wal_bytes_per_s", "WAL/S", "pg_current_wal_lsn()", Quantity.BYTES_PER_S),
        column("xid_percent", "XID AGE", "pg_database datfrozenxid, of 2 000 000 000",
               Quantity.PERCENT, limit.XID),
        column("prepared", "PREPARED", "pg_prepared_xacts", Quantity.COUNT),
        column("pending_restart", "PENDING", "pg_settings pending_restart", Quantity.COUNT),
        column("missing", "MISSING", "pg_has_role(pg_monitor): what would show more"),
    ),
    (),
    read_health,
    health_rows,
    on_demand=False,
)  # fmt: skip

SIZE = Probe(
    "postgres.size",
    "Size",
    "size",
    (
        course("size_bytes", "SIZE", "pg_database_size() of all databases", Quantity.BYTES),
        column("databases", "DATABASES", "pg_database", Quantity.COUNT),
        column("hidden", "HIDDEN", "a database that may not be measured: GRANT CONNECT on it"),
    ),
    (),
    read_size,
    size_rows,
    on_demand=False,
)

PROBES = (HEALTH, SIZE)
