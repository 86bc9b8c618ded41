"""A server in one line, and what it does per second: counters against its own clock."""

from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column, course
from opsconsole.domains.database.mysql import limit
from opsconsole.domains.database.mysql.asking import (
    Parts,
    answered,
    maybe,
    missing,
    named,
    number,
    one,
    rows,
)
from opsconsole.domains.database.mysql.rate import Moment, grown, percent, rate
from opsconsole.domains.database.mysql.replication import Channel, channels
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_STATUS = "SHOW GLOBAL STATUS"
_TRX = "information_schema.innodb_trx"
_ENOUGH = 1000


class Transactions(NamedTuple):
    """Open ones of InnoDB."""

    open: int
    oldest: float | None
    waiting: float


class Reading(NamedTuple):
    """A server at one moment."""

    moment: Moment
    started: float
    variables: dict[str, str]
    transactions: Transactions | None
    channels: list[Channel] | None
    replicas: int | None
    missing: Clean


def read(payload: bytes) -> Reading:
    """One answer of the exchange `health`."""
    parts = answered("health", payload)
    status = named(parts, "status")
    for name, value in _metrics(parts).items():
        status.setdefault(name, value)
    open_ones = maybe(parts, "transactions", Transactions)
    replicas = maybe(parts, "replicas", tuple[int])
    at, started = one(rows(parts, "now", tuple[float, float]))
    return Reading(
        Moment(at, status),
        started,
        named(parts, "variables"),
        open_ones[0] if open_ones else None,
        channels(parts),
        replicas[0][0] if replicas and open_ones else None,  # without PROCESS only ours
        missing(parts),
    )


def _metrics(parts: Parts) -> dict[str, str]:
    """Counters that MySQL tells only there, by the names that MariaDB gives them."""
    names = {
        "trx_rseg_history_len": "innodb_history_list_length",
        "lock_deadlocks": "innodb_deadlocks",
    }
    found = maybe(parts, "metrics", tuple[str, float]) or []
    return {names[name]: str(value) for name, value in found if name in names}


def lag(found: list[Channel] | None) -> float | None:
    """The largest of all channels; None where nothing is replicated, or one does not know."""
    known = [channel.lag for channel in found or ()]
    return max((one for one in known if one is not None), default=None)


def health_rows(now: Reading, before: Reading | None) -> list[Row]:
    """The only row."""
    moment, was = now.moment, before.moment if before else None
    connected, running = moment.get("threads_connected"), moment.get("threads_running")
    reads = grown(moment, was, "innodb_buffer_pool_reads")
    asked = grown(moment, was, "innodb_buffer_pool_read_requests")
    hits = asked - reads if asked is not None and reads is not None else None
    open_ones = now.transactions
    top = number(now.variables, "max_connections")
    idle = connected - running if connected is not None and running is not None else None
    return [
        (
            clean("replica" if now.channels else "primary") if now.channels is not None else None,
            clean(now.variables.get("version", ""), 40),
            moment.get("uptime"),
            now.started,
            max(0.0, running - 1) if running is not None else None,  # without ours
            max(0.0, idle) if idle is not None else None,
            open_ones.waiting if open_ones else None,
            connected,
            percent(connected, top),
            percent(moment.get("max_used_connections"), top),
            rate(moment, was, "questions"),
            rate(moment, was, "com_commit", "com_rollback"),
            rate(moment, was, "slow_queries"),
            percent(hits, asked) if asked is not None and asked >= _ENOUGH else None,
            lag(now.channels),
            now.replicas,
            open_ones.oldest if open_ones else None,
            grown(moment, was, "innodb_deadlocks"),
            moment.get("innodb_history_list_length"),
            grown(moment, was, "connection_errors_max_connections"),
            _flag(now.variables, "read_only"),
            now.missing,
        )
    ]


def _flag(values: dict[str, str], name: str) -> bool | None:
    said = values.get(name, "").upper()
    return said in {"ON", "1", "YES"} if said else None


_RATES = (
    ("selects_per_s", "SELECT/S", "com_select"),
    ("inserts_per_s", "INSERT/S", "com_insert"),
    ("updates_per_s", "UPDATE/S", "com_update"),
    ("deletes_per_s", "DELETE/S", "com_delete"),
    ("replaces_per_s", "REPLACE/S", "com_replace"),
    ("commits_per_s", "COMMIT/S", "com_commit"),
    ("rollbacks_per_s", "ROLLBACK/S", "com_rollback"),
    ("rows_written_per_s", "ROWS W/S", "handler_write"),
    ("rows_updated_per_s", "ROWS U/S", "handler_update"),
    ("rows_deleted_per_s", "ROWS D/S", "handler_delete"),
    ("rows_scanned_per_s", "SCANNED/S", "handler_read_rnd_next"),
    ("full_joins_per_s", "FULL JOIN", "select_full_join"),
    ("full_scans_per_s", "FULL SCAN", "select_scan"),
    ("tmp_tables_per_s", "TMP/S", "created_tmp_tables"),
    ("tmp_disk_tables_per_s", "TMP DISK/S", "created_tmp_disk_tables"),
    ("sort_merges_per_s", "MERGES/S", "sort_merge_passes"),
    ("tables_opened_per_s", "OPENED/S", "opened_tables"),
    ("connects_per_s", "CONNECT/S", "connections"),
    ("aborted_clients_per_s", "ABORTED/S", "aborted_clients"),
    ("aborted_connects_per_s", "REFUSED/S", "aborted_connects"),
    ("received_bytes_per_s", "IN/S", "bytes_received"),
    ("sent_bytes_per_s", "OUT/S", "bytes_sent"),
)
"""Key, title and counter of each rate."""


def throughput_rows(now: Reading, before: Reading | None) -> list[Row]:
    """The only row."""
    was = before.moment if before else None
    return [tuple(rate(now.moment, was, counter) for _, _, counter in _RATES)]


HEALTH = Probe(
    "mysql.health",
    "MySQL",
    "health",
    (
        column("role", "ROLE", "SHOW REPLICA STATUS: a channel makes a replica", Quantity.STATE),
        column("version", "VERSION", "version"),
        column("uptime_s", "UPTIME", f"{_STATUS} Uptime", Quantity.SECONDS),
        column("started", "STARTED", "UNIX_TIMESTAMP() - Uptime", Quantity.TIME),
        course("sessions_active", "ACTIVE", f"{_STATUS} Threads_running, without ours",
               Quantity.COUNT),
        course("sessions_idle", "IDLE", f"{_STATUS} Threads_connected - Threads_running",
               Quantity.COUNT),
        course("waiting_sessions", "WAITING", f"{_TRX} trx_state = LOCK WAIT", Quantity.COUNT,
               limit.WAITING),
        column("connections", "CONNS", f"{_STATUS} Threads_connected", Quantity.COUNT),
        course("connections_percent", "CONN %", "Threads_connected of max_connections",
               Quantity.PERCENT, limit.CONNECTIONS),
        column("connections_peak_percent", "PEAK %", "Max_used_connections of max_connections",
               Quantity.PERCENT),
        course("queries_per_s", "QUERIES/S", f"{_STATUS} Questions", Quantity.PER_S),
        course("transactions_per_s", "TX/S", f"{_STATUS} Com_commit + Com_rollback: those that"
               " were begun by word", Quantity.PER_S),
        course("slow_per_s", "SLOW/S", f"{_STATUS} Slow_queries, over long_query_time",
               Quantity.PER_S, limit.SLOW),
        course("cache_hit_percent", "CACHE HIT", "Innodb_buffer_pool_reads of _read_requests,"
               " of 1000 or more", Quantity.PERCENT, limit.CACHE),
        course("replication_lag_s", "LAG", "Seconds_Behind_Source without the wanted delay,"
               " the largest", Quantity.SECONDS, limit.LAG),
        column("replicas", "REPLICAS", "sessions with the command Binlog Dump", Quantity.COUNT),
        course("longest_transaction_s", "LONG TX", f"{_TRX} trx_started", Quantity.SECONDS,
               limit.TRANSACTION),
        column("deadlocks", "DEADLOCKS", "Innodb_deadlocks, innodb_metrics lock_deadlocks: since"
               " the answer before", Quantity.COUNT),
        course("history", "HISTORY", "Innodb_history_list_length, innodb_metrics"
               " trx_rseg_history_len", Quantity.COUNT, limit.HISTORY),
        column("refused", "REFUSED", f"{_STATUS} Connection_errors_max_connections: since the"
               " answer before", Quantity.COUNT),
        column("read_only", "READ ONLY", "read_only", Quantity.FLAG),
        column("missing", "MISSING", "rights that would show more"),
    ),
    (),
    read,
    health_rows,
    on_demand=False,
)  # fmt: skip

THROUGHPUT = Probe(
    "mysql.throughput",
    "Throughput",
    "health",
    tuple(
        course(
            key,
            title,
            f"{_STATUS} {counter.capitalize()}",
            Quantity.BYTES_PER_S if "bytes" in key else Quantity.PER_S,
        )
        for key, title, counter in _RATES
    ),
    (),
    read,
    throughput_rows,
)

PROBES = (HEALTH, THROUGHPUT)
