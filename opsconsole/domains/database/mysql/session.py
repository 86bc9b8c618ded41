"""Sessions with their transactions, who blocks whom, and metadata locks."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import Clean, clean
from opsconsole.domains.database import tree
from opsconsole.domains.database.column import column
from opsconsole.domains.database.discretion import discreet
from opsconsole.domains.database.mysql import limit
from opsconsole.domains.database.mysql.asking import Parts, answered, maybe, one, rows
from opsconsole.domains.database.mysql.metadata import Metadata, waits
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe

_TRX = "information_schema.innodb_trx"
_LIST = "performance_schema.threads; of MariaDB information_schema.processlist"


class Session(NamedTuple):
    """A connection of a client."""

    id: int
    user: str | None
    host: str | None
    database: str | None
    command: str | None
    seconds: float | None
    state: str | None
    statement: str | None
    progress: float | None


class Stage(NamedTuple):
    """How far MySQL says that a connection's statement is."""

    id: int
    percent: float | None


class Transaction(NamedTuple):
    """What a connection has open."""

    id: int
    state: str | None
    age: float | None
    waits: float | None
    locked: int | None
    modified: int | None
    isolation: str | None


class Wait(NamedTuple):
    """A row of InnoDB's lock waits."""

    waiting: int
    blocking: int
    mode: str | None
    object: str | None
    key: str | None


class Reading(NamedTuple):
    """All sessions at one moment."""

    started: int
    """Unix time at which the server started: with it, a connection's number is unique for good."""
    sessions: dict[int, Session]
    transactions: dict[int, Transaction]
    waits: list[Wait]
    metadata: list[Metadata]
    edges: dict[int, list[int]]


def read(payload: bytes) -> Reading:
    """One answer of the exchange `sessions`; what we may not see of it is empty."""
    parts = answered("sessions", payload)
    started = one(rows(parts, "started", tuple[int]))[0]
    stages = {each.id: each.percent for each in maybe(parts, "stages", Stage) or ()}
    sessions = {
        each.id: each._replace(progress=stages.get(each.id, each.progress))
        for each in rows(parts, "sessions", Session)
    }
    return _reading(parts, started, sessions)


def _reading(parts: Parts, started: int, sessions: dict[int, Session]) -> Reading:
    locks = maybe(parts, "waits", Wait) or []
    metadata = maybe(parts, "metadata", Metadata) or []
    pairs = [(each.waiting, each.blocking) for each in locks]
    pairs += [(lock.id, other.id) for lock, other in waits(metadata)]
    transactions = maybe(parts, "transactions", Transaction) or []
    return Reading(
        started,
        sessions,
        {each.id: each for each in transactions},
        locks,
        metadata,
        tree.gathered(pairs),
    )


def read_locks(payload: bytes) -> Reading:
    """The same, for who blocks whom; raises `Denied` where that cannot be seen."""
    parts = answered("sessions", payload)
    rows(parts, "waits", Wait)
    return read(payload)


def read_metadata(payload: bytes) -> Reading:
    """The same, for metadata locks; raises `Denied` where they cannot be seen."""
    parts = answered("sessions", payload)
    rows(parts, "metadata", Metadata)
    return read(payload)


def _shown(statement: str | None) -> Clean | None:
    return None if statement is None else _text(discreet(statement), 1000)


def _text(value: str | None, length: int = 256) -> Clean | None:
    return None if value is None else clean(" ".join(value[: 4 * length].split()), length)


def _blockers(reading: Reading, who: int) -> Clean:
    return clean(" ".join(map(str, reading.edges.get(who, ()))))


def session_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per session; who holds others up and who works first, sleepers last."""
    counts = tree.below(now.edges)
    ordered = sorted(
        now.sessions.values(),
        key=lambda each: (
            -counts.get(each.id, 0),
            each.id not in now.transactions and each.command == "Sleep",
            -(each.seconds or 0),
        ),
    )
    return [_row(now, each, counts) for each in ordered]


def _row(now: Reading, session: Session, counts: Mapping[int, int]) -> Row:
    opened = now.transactions.get(session.id)
    return (
        session.id,
        now.started,
        _text(session.user, 64),
        _text(session.host, 128),
        _text(session.database, 64),
        _text(session.command, 32),
        _text(session.state, 64),
        session.seconds,
        _text(opened.state.lower() if opened and opened.state else None, 32),
        opened.age if opened else None,
        opened.locked if opened else None,
        opened.modified if opened else None,
        opened.waits if opened else None,
        _blockers(now, session.id),
        counts.get(session.id, 0),
        _text(opened.isolation if opened else None, 32),
        min(100.0, max(0.0, session.progress)) if session.progress is not None else None,
        _shown(session.statement),
    )


def lock_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The tree, line by line: who waits stands under whom it waits for."""
    wanted = {each.waiting: (each.mode, each.object, each.key) for each in now.waits}
    for lock, _ in waits(now.metadata):
        wanted.setdefault(lock.id, (lock.mode, lock.object, lock.type.lower()))
    return [_place(now, place, wanted.get(place.id)) for place in tree.planted(now.edges)]


def _place(
    now: Reading, place: tree.Place, wanted: tuple[str | None, str | None, str | None] | None
) -> Row:
    session, opened = now.sessions.get(place.id), now.transactions.get(place.id)
    mode, what, key = wanted or (None, None, None)
    name = (_text(session.user, 64) if session else None) or "?"
    indent = "  " * (place.depth - 1) + "└ " if place.depth else ""
    waited = opened.waits if opened and opened.waits is not None else None
    if waited is None and wanted and session:
        waited = session.seconds
    return (
        place.id,
        now.started,
        clean(f"{indent}{place.id} {name}"),
        place.depth,
        place.above or None,
        place.below,
        _blockers(now, place.id),
        _text(session.host if session else None, 128),
        _text(session.database if session else None, 64),
        _text(session.command if session else None, 32),
        waited,
        _text(mode, 40),
        _text(" ".join(filter(None, (what, key))) or None, 200),
        opened.age if opened else None,
        opened.modified if opened else None,
        _shown(session.statement if session else None),
    )


def metadata_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per lock, those that are waited for first."""
    blocked = {id(lock): other for lock, other in waits(now.metadata)}
    ordered = sorted(now.metadata, key=lambda lock: (lock.status == "GRANTED", lock.object))
    found: dict[tuple[object, ...], Row] = {}
    for lock in ordered:
        other = blocked.get(id(lock))
        row: Row = (
            lock.id,
            now.started,
            _text(lock.type.lower(), 40),
            _text(lock.object, 160),
            _text(lock.mode.lower(), 40),
            _text(lock.status.lower(), 16),
            _text(lock.duration.lower(), 16),
            other.id if other else None,
        )
        found.setdefault((row[0], row[2], row[3], row[4]), row)
    return list(found.values())


_ID = column("id", "ID", f"{_LIST}: the connection", Quantity.COUNT)
_STARTED = column(
    "started", "STARTED", "UNIX_TIMESTAMP() - Uptime: tells an id from its successor after a"
    " restart", Quantity.TIME
)  # fmt: skip
_HOST = column("host", "HOST", f"{_LIST}: host")
_DATABASE = column("database", "DATABASE", f"{_LIST}: db")
_COMMAND = column("command", "COMMAND", f"{_LIST}: command", Quantity.STATE)
_AGE = column("transaction_s", "TX AGE", f"{_TRX} trx_started", Quantity.SECONDS, limit.TRANSACTION)
_MODIFIED = column("rows_modified", "MODIFIED", f"{_TRX} trx_rows_modified", Quantity.COUNT)
_BLOCKED_BY = column("blocked_by", "BLOCKED BY", "lock waits of InnoDB, and metadata locks: ids")
_BLOCKS = column("blocks", "BLOCKS", "how many wait for it, at any depth", Quantity.COUNT,
                 limit.WAITING)  # fmt: skip
_STATEMENT = column("statement", "STATEMENT", f"{_LIST}: info, the first 1000 characters")

SESSION = Probe(
    "mysql.session",
    "Sessions",
    "sessions",
    (
        _ID,
        _STARTED,
        column("user", "USER", f"{_LIST}: user"),
        _HOST,
        _DATABASE,
        _COMMAND,
        column("state", "STATE", f"{_LIST}: state"),
        column("state_s", "SINCE", f"{_LIST}: time", Quantity.SECONDS),
        column("transaction", "TX", f"{_TRX} trx_state", Quantity.STATE),
        _AGE,
        column("rows_locked", "LOCKED", f"{_TRX} trx_rows_locked", Quantity.COUNT),
        _MODIFIED,
        column("waits_s", "WAITS", f"{_TRX} trx_wait_started", Quantity.SECONDS),
        _BLOCKED_BY,
        _BLOCKS,
        column("isolation", "ISOLATION", f"{_TRX} trx_isolation_level"),
        column(
            "progress_percent",
            "PROGRESS",
            "of an ALTER and the like: events_stages_current"
            " work_completed; of MariaDB progress within its stages",
            Quantity.PERCENT,
        ),
        _STATEMENT,
    ),
    ("id", "started"),
    read,
    session_rows,
)

LOCK = Probe(
    "mysql.lock",
    "Who blocks whom",
    "sessions",
    (
        _ID,
        _STARTED,
        column("tree", "BLOCKER", "lock waits of InnoDB, and metadata locks, to any depth"),
        column("depth", "DEPTH", "0 is who waits for nobody", Quantity.COUNT),
        column("above", "WAITS FOR", "the first of those it waits for", Quantity.COUNT),
        _BLOCKS,
        _BLOCKED_BY,
        _HOST,
        _DATABASE,
        _COMMAND,
        column("waits_s", "WAITS", f"{_TRX} trx_wait_started", Quantity.SECONDS),
        column("mode", "MODE", "lock_mode, lock_type that it waits for"),
        column("object", "OBJECT", "table and index that it waits for"),
        _AGE,
        _MODIFIED,
        _STATEMENT,
    ),
    ("id", "started"),
    read_locks,
    lock_rows,
)

_LOCKS = "performance_schema.metadata_locks"

METADATA = Probe(
    "mysql.metadata",
    "Metadata locks",
    "sessions",
    (
        _ID,
        _STARTED,
        column("type", "TYPE", f"{_LOCKS} object_type"),
        column("object", "OBJECT", f"{_LOCKS} object_schema.object_name"),
        column("mode", "MODE", f"{_LOCKS} lock_type"),
        column("status", "STATUS", f"{_LOCKS} lock_status", Quantity.STATE),
        column("duration", "DURATION", f"{_LOCKS} lock_duration"),
        column("blocked_by", "BLOCKED BY", "one that excludes it", Quantity.COUNT),
    ),
    ("id", "started", "type", "object", "mode"),
    read_metadata,
    metadata_rows,
)

PROBES = (SESSION, LOCK, METADATA)
