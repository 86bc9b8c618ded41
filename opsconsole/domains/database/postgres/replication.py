"""Who streams from a server, what its slots keep, and what a standby receives."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres import limit
from opsconsole.domains.database.postgres.asking import (
    column,
    course,
    either,
    number,
    read,
    statement,
    text,
)
from opsconsole.model import Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

STATEMENTS = (
    statement("replica"),
    *either("slot", 170000, "extract(epoch FROM clock_timestamp() - s.inactive_since)::float8"),
    statement("receiver"),
)
EXCHANGES = (Exchange("replication", every=5, compared=False),)


class Replica(msgspec.Struct, array_like=True):
    """A row of `replica.sql`; without pg_monitor most of it is unknown."""

    pid: int
    backend: str | None
    application: str | None
    user: str | None
    client: str | None
    state: str | None
    sync: str | None
    sent: float | None
    written: float | None
    flushed: float | None
    replayed: float | None
    write_lag: float | None
    flush_lag: float | None
    replay_lag: float | None
    reply: float | None


class Slot(msgspec.Struct, array_like=True):
    """A row of `slot.sql`."""

    name: str
    type: str | None
    plugin: str
    database: str
    active: bool
    pid: int | None
    temporary: bool
    retained: float | None
    unconfirmed: float | None
    status: str | None
    safe: int | None
    xmin: int | None
    catalog_xmin: int | None
    inactive: float | None


class Receiver(msgspec.Struct, array_like=True):
    """A row of `receiver.sql`."""

    status: str | None
    host: str | None
    port: int | None
    slot: str | None
    unreceived: float | None
    unreplayed: float | None
    lag: float | None
    silent: float | None
    paused: bool


Reading = tuple[list[Replica], list[Slot], list[Receiver]]


def read_replication(payload: bytes) -> Reading:
    """Replicas, slots, and on a standby what it receives."""
    replicas, new, old, receiver = parted(payload, 4)
    return read([replicas], Replica), read([new, old], Slot), read([receiver], Receiver)


def replica_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per replica."""
    return [
        (
            one.pid,
            clean(one.backend or "", 24),
            text(one.application),
            text(one.user),
            text(one.client),
            text(one.state),
            text(one.sync),
            number(one.sent),
            number(one.written),
            number(one.flushed),
            number(one.replayed),
            number(one.write_lag),
            number(one.flush_lag),
            number(one.replay_lag),
            number(one.reply),
        )
        for one in now[0]
    ]


def slot_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per slot."""
    return [
        (
            clean(one.name),
            clean("active" if one.active else "inactive"),
            text(one.type),
            text(one.plugin),
            text(one.database),
            number(one.retained),
            number(one.unconfirmed),
            text(one.status),
            one.safe,
            one.pid,
            one.xmin if one.xmin is not None else one.catalog_xmin,
            number(one.inactive),
            one.temporary,
        )
        for one in now[1]
    ]


def receiver_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The only row of a standby; a primary has none."""
    return [
        (
            clean(one.status or "not streaming"),
            text(one.host) or Clean(""),
            one.port,
            text(one.slot) or Clean(""),
            number(one.unreceived),
            number(one.unreplayed),
            number(one.lag),
            number(one.silent),
            clean("paused" if one.paused else "running"),
        )
        for one in now[2][:1]
    ]


_REPLICA, _SLOT, _RECEIVER = "pg_stat_replication", "pg_replication_slots", "pg_stat_wal_receiver"

REPLICA = Probe(
    "postgres.replica",
    "Replicas",
    "replication",
    (
        column("pid", "PID", f"{_REPLICA} pid", Quantity.COUNT),
        column("backend", "BACKEND", f"{_REPLICA} backend_start, microseconds"),
        column("application", "REPLICA", f"{_REPLICA} application_name"),
        column("user", "USER", f"{_REPLICA} usename"),
        column("client", "CLIENT", f"{_REPLICA} client_addr"),
        column("state", "STATE", f"{_REPLICA} state", Quantity.STATE),
        column("sync", "SYNC", f"{_REPLICA} sync_state"),
        column("unsent_bytes", "UNSENT", f"{_REPLICA} sent_lsn, behind the server", Quantity.BYTES),
        column("unwritten_bytes", "UNWRITTEN", f"{_REPLICA} write_lsn", Quantity.BYTES),
        column("unflushed_bytes", "UNFLUSHED", f"{_REPLICA} flush_lsn", Quantity.BYTES),
        course("unreplayed_bytes", "BEHIND", f"{_REPLICA} replay_lsn, behind the server",
               Quantity.BYTES),
        column("write_lag_s", "WRITE LAG", f"{_REPLICA} write_lag", Quantity.SECONDS),
        column("flush_lag_s", "FLUSH LAG", f"{_REPLICA} flush_lag", Quantity.SECONDS),
        course("replay_lag_s", "LAG", f"{_REPLICA} replay_lag", Quantity.SECONDS, limit.LAG),
        column("reply_s", "REPLY", f"{_REPLICA} reply_time", Quantity.SECONDS),
    ),
    ("pid", "backend"),
    read_replication,
    replica_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

SLOT = Probe(
    "postgres.slot",
    "Replication slots",
    "replication",
    (
        column("slot", "SLOT", f"{_SLOT} slot_name"),
        column("state", "STATE", f"{_SLOT} active", Quantity.STATE),
        column("type", "TYPE", f"{_SLOT} slot_type"),
        column("plugin", "PLUGIN", f"{_SLOT} plugin"),
        column("database", "DATABASE", f"{_SLOT} database"),
        course("retained_bytes", "RETAINS", f"{_SLOT} restart_lsn, behind the server",
               Quantity.BYTES, limit.RETAINED),
        column("unconfirmed_bytes", "UNCONFIRMED", f"{_SLOT} confirmed_flush_lsn",
               Quantity.BYTES),
        column("wal_status", "WAL", f"{_SLOT} wal_status", Quantity.STATE),
        column("safe_bytes", "SAFE", f"{_SLOT} safe_wal_size: what may come before it is lost",
               Quantity.BYTES),
        column("pid", "PID", f"{_SLOT} active_pid", Quantity.COUNT),
        column("xmin_age", "XMIN AGE", f"{_SLOT} xmin or catalog_xmin, in transactions",
               Quantity.COUNT),
        column("inactive_s", "INACTIVE", f"{_SLOT} inactive_since (17 and later)",
               Quantity.SECONDS),
        column("temporary", "TEMPORARY", f"{_SLOT} temporary", Quantity.FLAG),
    ),
    ("slot",),
    read_replication,
    slot_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

RECEIVER = Probe(
    "postgres.receiver",
    "WAL receiver",
    "replication",
    (
        column("state", "STATE", f"{_RECEIVER} status", Quantity.STATE),
        column("host", "FROM", f"{_RECEIVER} sender_host"),
        column("port", "PORT", f"{_RECEIVER} sender_port", Quantity.COUNT),
        column("slot", "SLOT", f"{_RECEIVER} slot_name"),
        column("unreceived_bytes", "UNRECEIVED", f"{_RECEIVER} latest_end_lsn",
               Quantity.BYTES),
        course("unreplayed_bytes", "UNREPLAYED", "pg_last_wal_receive_lsn() - replay_lsn()",
               Quantity.BYTES),
        course("lag_s", "LAG", "pg_last_xact_replay_timestamp(), 0 when all is replayed",
               Quantity.SECONDS, limit.LAG),
        column("silent_s", "SILENT", f"{_RECEIVER} last_msg_receipt_time", Quantity.SECONDS),
        column("replay", "REPLAY", "pg_is_wal_replay_paused()", Quantity.STATE),
    ),
    (),
    read_replication,
    receiver_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip

PROBES = (REPLICA, SLOT, RECEIVER)
