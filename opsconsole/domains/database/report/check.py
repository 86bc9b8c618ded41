"""The weekly check of a database server: what is looked at, what is not well, what to do then."""

import math
from dataclasses import replace
from typing import Any

import msgspec

from opsconsole.check import Check, Outcome, limited
from opsconsole.clean import Clean
from opsconsole.document import Finding
from opsconsole.domains.database.mysql import engine
from opsconsole.domains.database.mysql import health as mysql
from opsconsole.domains.database.mysql import limit as slow
from opsconsole.domains.database.mysql import replication as channel
from opsconsole.domains.database.postgres import database, limit, overview, replication, setting
from opsconsole.domains.database.redis import replication as copy
from opsconsole.domains.database.redis.memory import MEMORY
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.redis.persistence import PERSISTENCE
from opsconsole.domains.database.report import backup
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Limits, Quantity, Row, Sample
from opsconsole.rule import Condition
from opsconsole.spec import Probe

Some = Probe[Any]  # Any: each probe has a reading type of its own

DAY = 86400.0


def _limited(id_: str, title: str, probe: Some, key: str, todo: str) -> Check:
    return limited(id_, title, probe.id, probe.columns[probe.index(key)], todo)


def _known(check: Check, key: str) -> Check:
    """Only where the value is known at all: without a limit there is no share of it."""
    return replace(check, needs=(*check.needs, Condition(key, ">=", 0)))


def _is(level: Level, key: str, value: str, message: str) -> Outcome:
    return Outcome(level, (Condition(key, "==", value),), message)


def _is_not(level: Level, key: str, value: str, message: str) -> Outcome:
    return Outcome(level, (Condition(key, "!=", value),), message)


def _over(key: str, limits: Limits, message: str) -> tuple[Outcome, Outcome]:
    return (
        Outcome(Level.CRIT, (Condition(key, ">=", limits.crit),), message),
        Outcome(Level.WARN, (Condition(key, ">=", limits.warn),), message),
    )


_ROOM = (
    "See who holds them and whether a pool would do; raise the limit only with the memory for it"
)
_HITS = "See which statements read most pages; the cache may be too small for them"
_OPEN = (
    "See whose it is (database.sessions) and end it: nothing younger can be cleaned up meanwhile"
)

REPLICA = "postgres.replica"

ARCHIVE = Check(
    "postgres.archive",
    "WAL archive",
    database.ARCHIVER.id,
    (
        _is(Level.CRIT, "state", "failing", "{failed_wal} failed at {failed_at}"),
        _is(Level.WARN, "state", "off", "no WAL is archived: no way back to a moment by it"),
        Outcome(Level.UNKNOWN, (Condition("archived", "==", 0),), "nothing was archived yet"),
        Outcome(Level.OK, (), "{archived} archived, last at {last}"),
    ),
    "state",
    "See the server's log for what archive_command says, and the room on its other end",
)

FILES = Check(
    "postgres.configuration",
    "Errors in configuration",
    setting.FILE.id,
    (Outcome(Level.CRIT, (), "{error}"),),
    "error",
    "Mend the file: at the next reload or start the server goes without that line, or not at all",
)

_POSTGRES = (
    _limited("postgres.connections", "Connections", overview.HEALTH, "connections_percent", _ROOM),
    _known(
        _limited("postgres.cache", "Cache hit", overview.HEALTH, "cache_hit_percent", _HITS),
        "cache_hit_percent",
    ),
    Check(
        "postgres.standby",
        "Standby follows",
        replication.RECEIVER.id,
        (
            _is_not(Level.WARN, "state", "streaming", "{state}"),
            _is(Level.WARN, "replay", "paused", "replay is paused"),
            *_over("lag_s", limit.LAG, "{lag_s} behind {host}"),
            Outcome(Level.OK, (), "{lag_s} behind {host}"),
        ),
        "lag_s",
        "See network, disk and long queries of the standby",
    ),
    Check(
        REPLICA,
        "Replica follows",
        replication.REPLICA.id,
        (
            _is_not(Level.WARN, "state", "streaming", "{application} is {state}"),
            Outcome(Level.OK, (Condition("unreplayed_bytes", "<=", 0),), "{application} has all"),
            *_over("replay_lag_s", limit.LAG, "{application}: {unreplayed_bytes} behind"),
            Outcome(Level.OK, (), "{application}: {unreplayed_bytes} behind"),
        ),
        "replay_lag_s",
        "See network, disk and long queries of that standby",
    ),
    Check(
        "postgres.slot",
        "Replication slot",
        replication.SLOT.id,
        (
            _is(Level.CRIT, "wal_status", "lost", "its WAL is gone: its reader begins anew"),
            _is(Level.CRIT, "wal_status", "unreserved", "its WAL goes at the next checkpoint"),
            *_over("retained_bytes", limit.RETAINED, "keeps {retained_bytes} of WAL, {state}"),
            _is(Level.WARN, "state", "inactive", "nobody reads it; keeps {retained_bytes} of WAL"),
            Outcome(Level.OK, (), "keeps {retained_bytes} of WAL"),
        ),
        "retained_bytes",
        "Bring its reader back, or drop the slot: WAL that it keeps fills the disk",
        needs=(Condition("retained_bytes", ">=", 0),),
    ),
    _limited("postgres.xid", "Transaction ids", overview.HEALTH, "xid_percent",
             "Freeze the oldest tables (vacuum); see which transaction or slot holds them back"),
    ARCHIVE,
    _limited("postgres.transaction", "Longest transaction", overview.HEALTH,
             "longest_transaction_s", _OPEN),
    Check(
        "postgres.prepared",
        "Prepared transactions",
        overview.HEALTH.id,
        (Outcome(Level.WARN, (Condition("prepared", ">", 0),), "{prepared} wait for their second"
                 " phase"), Outcome(Level.OK, (), "none")),
        "prepared",
        "Commit or roll back those that nobody comes back for: pg_prepared_xacts",
    ),
    Check(
        "postgres.restart",
        "Settings in force",
        overview.HEALTH.id,
        (Outcome(Level.WARN, (Condition("pending_restart", ">", 0),), "{pending_restart} wait for a"
                 " restart"), Outcome(Level.OK, (), "none waits for a restart")),
        "pending_restart",
        "Plan a restart: until then the server does not run what its files say",
    ),
    FILES,
)  # fmt: skip

_MYSQL = (
    _limited("mysql.connections", "Connections", mysql.HEALTH, "connections_percent", _ROOM),
    _known(
        _limited("mysql.cache", "Cache hit", mysql.HEALTH, "cache_hit_percent", _HITS),
        "cache_hit_percent",
    ),
    Check(
        "mysql.replication",
        "Replica follows",
        channel.REPLICATION.id,
        (
            _is_not(Level.CRIT, "sql", "yes", "the SQL thread stands still: {sql_error}"),
            _is_not(Level.CRIT, "io", "yes", "the I/O thread is {io}: {io_error}"),
            *_over("lag_s", slow.LAG, "{lag_s} behind {source}"),
            Outcome(Level.OK, (), "{lag_s} behind {source}"),
        ),
        "lag_s",
        "See the error of the thread, then network, disk and long statements of the replica",
    ),
    _limited("mysql.transaction", "Longest transaction", mysql.HEALTH, "longest_transaction_s",
             _OPEN),
    _limited("mysql.history", "History of InnoDB", mysql.HEALTH, "history", _OPEN),
    Check(
        "mysql.galera",
        "In the cluster",
        engine.GALERA.id,
        (
            _is_not(Level.CRIT, "cluster", "primary", "{cluster}: it takes no statements"),
            _is_not(Level.WARN, "state", "synced", "{state}"),
            Outcome(Level.OK, (), "{state}, {size} nodes"),
        ),
        "state",
        "See why it lost the others, or what it still copies",
    ),
)  # fmt: skip

_REDIS = (
    _limited("redis.connections", "Connections", OVERVIEW, "connections_percent", _ROOM),
    _known(
        _limited("redis.memory", "Memory", MEMORY, "used_percent",
                 "See what holds it (redis.memory); from the limit on keys are thrown away"),
        "used_percent",
    ),
    Check(
        "redis.replication",
        "Replication",
        copy.REPLICATION.id,
        (
            _is(Level.CRIT, "state", "down", "the link is down"),
            *_over("lag_s", copy.LAG, "{lag_s} behind, {state}"),
            Outcome(Level.OK, (), "{lag_s} behind, {state}"),
        ),
        "lag_s",
        "See the network between the two, and what blocks the slower one",
    ),
    Check(
        "redis.persistence",
        "On disk",
        PERSISTENCE.id,
        (
            _is(Level.CRIT, "snapshot", "err", "the last snapshot failed"),
            Outcome(Level.CRIT, (Condition("aof", "==", "on"), Condition("aof_write", "==", "err")),
                    "the append-only file cannot be written"),
            _is(Level.OK, "aof", "on", "append-only file, {aof_bytes}"),
            Outcome(Level.WARN, (Condition("changes", ">", 0), Condition("saved_ago_s", ">=", DAY)),
                    "{changes} changes are in memory only, for {saved_ago_s}"),
            Outcome(Level.OK, (), "{changes} changes since the snapshot {saved_ago_s} ago"),
        ),
        "saved_ago_s",
        "See the server's log and the room on its disk; save, or switch the append-only file on",
    ),
)  # fmt: skip

CHECKS: tuple[Check, ...] = (*_POSTGRES, *_MYSQL, *_REDIS, *backup.CHECKS)
"""In the order in which one reads a server."""


def weighed(evidence: Evidence) -> Evidence:
    """The same, made fit to judge a week: cache hit is the period's mean where that is recorded;
    who sees all transactions and none that is open knows that none is old.
    """
    samples = dict(evidence.samples)
    for (probe, target), sample in evidence.samples.items():
        if probe in (overview.HEALTH.id, mysql.HEALTH.id) and sample.rows:
            samples[probe, target] = _weighed(evidence, sample)
    return replace(evidence, samples=samples)


def _weighed(evidence: Evidence, sample: Sample) -> Sample:
    columns = [column.key for column in evidence.columns[sample.probe]]
    return msgspec.structs.replace(
        sample, rows=[_row(evidence, sample, columns, row) for row in sample.rows or []]
    )


def _row(evidence: Evidence, sample: Sample, columns: list[str], row: Row) -> Row:
    values = dict(zip(columns, row, strict=True))
    points = evidence.points(sample.probe, sample.target, row, "cache_hit_percent")
    means = [one.mean for one in points if evidence.since <= one.at and math.isfinite(one.mean)]
    if means:
        values["cache_hit_percent"] = math.fsum(means) / len(means)
    if values["longest_transaction_s"] is None and values["missing"] == "":
        values["longest_transaction_s"] = 0.0
    return tuple(values[key] for key in columns)


def found(evidence: Evidence, target: str) -> tuple[Finding, ...]:
    """How each check goes, worst first."""
    # The key of a replica is its process; what it says of itself names it better.
    seen = [
        replace(one, object="") if one.check == REPLICA else one for one in evidence.found(target)
    ]
    if standby(evidence, target):  # it archives nothing, whatever archive_mode says
        seen = [one for one in seen if one.check != ARCHIVE.id]
    files = evidence.samples.get((FILES.probe, target))
    if files is not None and files.rows == []:
        seen.append(
            Finding(
                *(FILES.id, FILES.title, target, "", Level.OK, None, Quantity.TEXT, ""),
                "none in pg_hba.conf and the settings files",
            )
        )
    return tuple(sorted(seen, key=lambda one: -one.level))


def standby(evidence: Evidence, target: str) -> bool:
    """Whether it is a PostgreSQL server that replays what another one writes."""
    role = overview.HEALTH.index("role")
    rows = evidence.rows(overview.HEALTH.id, target)
    return any(row[role] == Clean("standby") for row in rows)
