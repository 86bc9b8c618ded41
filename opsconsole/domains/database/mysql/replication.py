"""Replication, in both vocabularies: `SHOW REPLICA STATUS` and `SHOW [ALL] SLAVE[S] STATUS`."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.column import column, course
from opsconsole.domains.database.mysql import limit
from opsconsole.domains.database.mysql.asking import Parts, answered, maybe, rows
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

DEFAULT = Clean("(default)")
"""How the channel without a name is shown."""

Said = dict[str, str | int | float | None]
"""One channel as the server says it, by column."""

_COLUMNS = {
    "replica_io_running": "slave_io_running",
    "replica_sql_running": "slave_sql_running",
    "seconds_behind_source": "seconds_behind_master",
    "source_host": "master_host",
    "source_port": "master_port",
    "source_log_file": "master_log_file",
    "read_source_log_pos": "read_master_log_pos",
    "relay_source_log_file": "relay_master_log_file",
    "exec_source_log_pos": "exec_master_log_pos",
    "channel_name": "connection_name",
}
"""What MySQL 8.0.22 and later says, and what it is called elsewhere."""


class Channel(NamedTuple):
    """A source that is replicated from."""

    name: Clean
    source: Clean
    io: Clean
    sql: Clean
    lag: float | None
    """Seconds behind, less the delay that is wanted; None while a thread stands still."""
    delay: float | None
    io_error: Clean
    sql_error: Clean
    read: Clean
    executed: Clean
    relay: float | None
    gtid: Clean
    received: Clean
    """The set of transactions that arrived."""
    applying: float | None
    """Seconds since the oldest transaction that is being applied was committed at its origin; 0
    while nothing is, None where the server does not tell."""


def channels(parts: Parts) -> list[Channel] | None:
    """All channels; None where the server does not tell us."""
    found = maybe(parts, "replica", Said)
    return None if found is None else _channels(parts, found)


def _channels(parts: Parts, found: list[Said]) -> list[Channel]:
    workers = dict(maybe(parts, "workers", tuple[str, float | None]) or [])
    return [_channel(said, workers) for said in found]


def _channel(said: Said, workers: Mapping[str, float | None]) -> Channel:
    def get(name: str) -> str | int | float | None:
        value = said.get(name)
        return said.get(_COLUMNS.get(name, name)) if value is None else value

    def text(name: str, length: int = 256) -> Clean:
        value = get(name)
        return clean(
            " ".join(str(value)[: 4 * length].split()) if value is not None else "", length
        )

    behind, delay = _number(get("seconds_behind_source")), _number(get("sql_delay"))
    return Channel(
        name=text("channel_name", 64) or DEFAULT,
        source=clean(f"{text('source_host', 128)}:{text('source_port', 8)}"),
        io=clean(text("replica_io_running", 16).lower()),
        sql=clean(text("replica_sql_running", 16).lower()),
        lag=max(0.0, behind - (delay or 0)) if behind is not None else None,
        delay=delay,
        io_error=text("last_io_error"),
        sql_error=text("last_sql_error"),
        read=clean(f"{text('source_log_file', 64)}:{text('read_source_log_pos', 24)}"),
        executed=clean(f"{text('relay_source_log_file', 64)}:{text('exec_source_log_pos', 24)}"),
        relay=_number(get("relay_log_space")),
        gtid=text("executed_gtid_set", 400) or text("gtid_slave_pos", 400),
        received=text("retrieved_gtid_set", 400) or text("gtid_io_pos", 400),
        applying=_sane(workers.get(str(get("channel_name") or ""))),
    )


def _number(value: str | int | float | None) -> float | None:
    try:
        found = float(value) if value is not None else None
    except ValueError:
        return None
    return found if found is not None and abs(found) < 1e300 else None


def _sane(seconds: float | None) -> float | None:
    """Clocks of two servers may differ: what is to come was committed now."""
    return None if seconds is None else max(0.0, seconds)


def read_channels(payload: bytes) -> list[Channel]:
    """Of the exchange `health`; raises `Denied` with the missing right."""
    parts = answered("health", payload)
    return _channels(parts, rows(parts, "replica", Said))


def channel_rows(now: list[Channel], _before: list[Channel] | None) -> list[Row]:
    """One row per channel."""
    return [tuple(channel) for channel in now]


REPLICATION = Probe(
    "mysql.replication",
    "Replication",
    "health",
    (
        column("channel", "CHANNEL", "Channel_Name, Connection_name"),
        column("source", "SOURCE", "Source_Host:Source_Port"),
        column("io", "IO", "Replica_IO_Running", Quantity.STATE),
        column("sql", "SQL", "Replica_SQL_Running", Quantity.STATE),
        course("lag_s", "LAG", "Seconds_Behind_Source less SQL_Delay", Quantity.SECONDS,
               limit.LAG),
        column("delay_s", "DELAY", "SQL_Delay", Quantity.SECONDS),
        column("io_error", "IO ERROR", "Last_IO_Error"),
        column("sql_error", "SQL ERROR", "Last_SQL_Error"),
        column("read", "READ", "Source_Log_File:Read_Source_Log_Pos"),
        column("executed", "EXECUTED", "Relay_Source_Log_File:Exec_Source_Log_Pos"),
        column("relay_bytes", "RELAY", "Relay_Log_Space", Quantity.BYTES),
        column("gtid", "GTID", "Executed_Gtid_Set; of MariaDB Gtid_Slave_Pos"),
        column("gtid_received", "RECEIVED", "Retrieved_Gtid_Set; of MariaDB Gtid_IO_Pos"),
        course("applying_s", "APPLYING", "replication_applier_status_by_worker (MySQL 8): now less"
               " applying_transaction_original_commit_timestamp, the oldest", Quantity.SECONDS,
               limit.LAG),
    ),
    ("channel",),
    read_channels,
    channel_rows,
    on_demand=False,
)  # fmt: skip

PROBES = (REPLICATION,)
