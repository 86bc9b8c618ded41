"""An instance in one line, and how near its limits it is."""

import re
from typing import NamedTuple

from opsconsole.clean import Clean
from opsconsole.domains.database.column import column, course
from opsconsole.domains.database.oracle import limit
from opsconsole.domains.database.oracle.asking import (
    NOTE,
    answered,
    maybe,
    missing,
    percent,
    rows,
    text,
    word,
)
from opsconsole.errors import Malformed
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_INTERVAL = re.compile(r"([+-]?)(\d{1,9}) (\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)
_METRIC = "v$sysmetric, over a minute"


class Instance(NamedTuple):
    """The only row of `v$instance`."""

    name: str | None
    version: str | None
    status: str | None
    uptime: float
    started: float


class Database(NamedTuple):
    """The only row of `v$database`."""

    role: str | None
    open_mode: str | None
    log_mode: str | None


class Counts(NamedTuple):
    """Sessions of clients."""

    active: float
    idle: float
    waiting: float
    long_waits: float


class Bounded(NamedTuple):
    """A row of `v$resource_limit`."""

    name: str
    now: float
    top: float
    limit: str | None

    @property
    def most(self) -> float | None:
        """How much there may be; None for no limit."""
        said = (self.limit or "").strip()
        return float(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


class Reading(NamedTuple):
    """An instance at one moment."""

    instance: Instance
    database: Database | None
    metrics: dict[str, float | None]
    counts: Counts | None
    oldest: float | None
    open: float | None
    limits: list[Bounded] | None
    redo: float | None
    lag: float | None
    missing: Clean


def seconds(interval: str | None) -> float | None:
    """Seconds of an interval as the server writes it: `+00 00:01:05`; None for none."""
    match = _INTERVAL.fullmatch((interval or "").strip())
    if match is None:
        return None
    sign, days, hours, minutes, rest = match.groups()
    total = int(days) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(rest)
    return -total if sign == "-" else total


def read(payload: bytes) -> Reading:
    """One answer of the exchange `health`; what we may not see of it is None."""
    parts = answered("health", payload)
    instances = rows(parts, "health", "instance", Instance)
    if not instances:
        raise Malformed("an answer without a row")
    database = maybe(parts, "health", "database", Database)
    counts = maybe(parts, "health", "sessions", Counts)
    opened = maybe(parts, "health", "transactions", tuple[float, float | None])
    redo = maybe(parts, "health", "redo", tuple[float | None])
    lag = maybe(parts, "health", "lag", tuple[str | None, str | None])
    return Reading(
        instances[0],
        database[0] if database else None,
        dict(maybe(parts, "health", "metrics", tuple[str, float | None]) or ()),
        counts[0] if counts else None,
        opened[0][1] if opened else None,
        opened[0][0] if opened else None,
        maybe(parts, "health", "limits", Bounded),
        redo[0][0] if redo else None,
        seconds(lag[0][1]) if lag else None,
        missing(parts),
    )


def fullest(limits: list[Bounded] | None) -> float | None:
    """How full sessions and processes are, the fuller of both."""
    shares = [
        percent(one.now, one.most) for one in limits or () if one.name in {"sessions", "processes"}
    ]
    return max((share for share in shares if share is not None), default=None)


def health_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The only row."""
    counts, database, metrics = now.counts, now.database, now.metrics
    full = fullest(now.limits)
    answer = metrics.get("SQL Service Response Time")
    return [
        (
            word(database.role) if database else None,
            text(now.instance.version, 40),
            now.instance.uptime,
            now.instance.started,
            counts.active if counts else None,
            counts.idle if counts else None,
            counts.waiting if counts else None,
            counts.long_waits if counts else None,
            full if full is not None else metrics.get("Session Limit %"),
            metrics.get("User Transaction Per Sec"),
            metrics.get("Executions Per Sec"),
            metrics.get("Buffer Cache Hit Ratio"),
            now.lag,
            now.oldest,
            now.open,
            metrics.get("Average Active Sessions"),
            metrics.get("Database Wait Time Ratio"),
            answer * 10 if answer is not None else None,
            metrics.get("Library Cache Hit Ratio"),
            metrics.get("Shared Pool Free %"),
            now.redo,
            word(database.open_mode) if database else None,
            word(database.log_mode) if database else None,
            text(now.instance.name, 40),
            now.missing,
            Clean(NOTE),
        )
    ]


def limit_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """What has a limit, the fullest first."""
    found: list[Row] = [
        (text(one.name, 40), one.now, one.top, one.most, percent(one.now, one.most),
         percent(one.top, one.most))
        for one in now.limits or ()
        if one.most is not None
    ]  # fmt: skip
    return sorted(found, key=lambda row: -_share(row))


def _share(row: Row) -> float:
    return row[4] if isinstance(row[4], float) else 0.0


def read_limits(payload: bytes) -> Reading:
    """The same, for limits; raises `Denied` where they cannot be seen."""
    rows(answered("health", payload), "health", "limits", Bounded)
    return read(payload)


HEALTH = Probe(
    "oracle.health",
    "Oracle (experimental)",
    "health",
    (
        column("role", "ROLE", "v$database database_role", Quantity.STATE),
        column("version", "VERSION", "v$instance version_full, before 18c version"),
        column("uptime_s", "UPTIME", "v$instance startup_time", Quantity.SECONDS),
        column("started", "STARTED", "v$instance startup_time", Quantity.TIME),
        course("sessions_active", "ACTIVE", "v$session status, without ours", Quantity.COUNT),
        course("sessions_idle", "IDLE", "v$session status, without ours", Quantity.COUNT),
        course("waiting_sessions", "WAITING", "v$session blocking_session_status = VALID",
               Quantity.COUNT, limit.WAITING),
        course("long_waits", "LONG WAITS", "the same, for more than 600 s: wait_time_micro",
               Quantity.COUNT, limit.LONG_WAITS),
        course("connections_percent", "CONN %", "v$resource_limit: processes or sessions, the"
               " fuller; else v$sysmetric Session Limit %", Quantity.PERCENT, limit.CONNECTIONS),
        course("transactions_per_s", "TX/S", f"{_METRIC}: User Transaction Per Sec",
               Quantity.PER_S),
        course("executions_per_s", "EXEC/S", f"{_METRIC}: Executions Per Sec", Quantity.PER_S),
        course("cache_hit_percent", "CACHE HIT", f"{_METRIC}: Buffer Cache Hit Ratio",
               Quantity.PERCENT),
        course("replication_lag_s", "LAG", "v$dataguard_stats apply lag", Quantity.SECONDS),
        course("longest_transaction_s", "LONG TX", "v$transaction start_date", Quantity.SECONDS,
               limit.TRANSACTION),
        column("transactions", "OPEN TX", "v$transaction", Quantity.COUNT),
        course("average_active", "AAS", f"{_METRIC}: Average Active Sessions", Quantity.NUMBER),
        course("wait_percent", "WAIT %", f"{_METRIC}: Database Wait Time Ratio",
               Quantity.PERCENT),
        course("response_ms", "RESPONSE", f"{_METRIC}: SQL Service Response Time",
               Quantity.MILLISECONDS),
        course("library_hit_percent", "LIB HIT", f"{_METRIC}: Library Cache Hit Ratio",
               Quantity.PERCENT),
        course("shared_pool_free_percent", "POOL FREE", f"{_METRIC}: Shared Pool Free %",
               Quantity.PERCENT, limit.SHARED_POOL),
        column("redo_groups", "REDO", "v$log: groups of the thread with the fewest",
               Quantity.COUNT, limit.REDO),
        column("open_mode", "OPEN", "v$database open_mode", Quantity.STATE),
        column("log_mode", "LOG MODE", "v$database log_mode", Quantity.STATE),
        column("instance", "INSTANCE", "v$instance instance_name"),
        column("missing", "MISSING", "rights that would show more"),
        column("note", "NOTE", "how far this integration can be trusted"),
    ),
    (),
    read,
    health_rows,
    on_demand=False,
)  # fmt: skip

LIMIT = Probe(
    "oracle.limit",
    "Resource limits",
    "health",
    (
        column("resource", "RESOURCE", "v$resource_limit resource_name"),
        column("now", "NOW", "v$resource_limit current_utilization", Quantity.COUNT),
        column("peak", "PEAK", "v$resource_limit max_utilization", Quantity.COUNT),
        column("limit", "LIMIT", "v$resource_limit limit_value", Quantity.COUNT),
        column("used_percent", "USED %", "of the limit", Quantity.PERCENT, limit.CONNECTIONS),
        column("peak_percent", "PEAK %", "of the limit", Quantity.PERCENT),
    ),
    ("resource",),
    read_limits,
    limit_rows,
)

PROBES = (HEALTH, LIMIT)
