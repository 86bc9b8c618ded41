"""Sessions with their transactions, and who blocks whom."""

from collections.abc import Mapping
from typing import NamedTuple

from opsconsole.clean import clean
from opsconsole.domains.database import tree
from opsconsole.domains.database.column import column
from opsconsole.domains.database.discretion import discreet
from opsconsole.domains.database.oracle import limit
from opsconsole.domains.database.oracle.asking import answered, maybe, rows, text, word
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


class Session(NamedTuple):
    """A row of `v$session`."""

    sid: int
    serial: int
    logon: str | None
    user: str | None
    os_user: str | None
    machine: str | None
    program: str | None
    status: str | None
    event: str | None
    wait_class: str | None
    waits: float | None
    since: float | None
    sql_id: str | None
    blocker: int | None
    elsewhere: int | None
    """The instance of who blocks it, when it is another one of the cluster."""
    address: str | None


class Transaction(NamedTuple):
    """What a session has open."""

    address: str
    age: float | None
    changes: float | None


class Reading(NamedTuple):
    """All sessions at one moment."""

    sessions: dict[int, Session]
    transactions: dict[str, Transaction]
    texts: dict[str, str | None]
    edges: dict[int, list[int]]


def read(payload: bytes) -> Reading:
    """One answer of the exchange `sessions`; what we may not see of it is empty."""
    parts = answered("sessions", payload)
    sessions = {one.sid: one for one in rows(parts, "sessions", "sessions", Session)}
    opened = maybe(parts, "sessions", "transactions", Transaction) or []
    texts = maybe(parts, "sessions", "texts", tuple[str, str | None]) or []
    pairs = [
        (one.sid, one.blocker)
        for one in sessions.values()
        if one.blocker is not None and one.elsewhere is None
    ]
    return Reading(sessions, {one.address: one for one in opened}, dict(texts),
                   tree.gathered(pairs))  # fmt: skip


def _transaction(now: Reading, session: Session | None) -> Transaction | None:
    return now.transactions.get(session.address or "") if session else None


def _statement(now: Reading, session: Session | None) -> str | None:
    found = now.texts.get(session.sql_id or "") if session else None
    return None if found is None else discreet(found)


def session_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per session; who holds others up and who works first, idle ones last."""
    counts = tree.below(now.edges)
    ordered = sorted(
        now.sessions.values(),
        key=lambda one: (
            -counts.get(one.sid, 0),
            one.status != "ACTIVE" and _transaction(now, one) is None,
            -(one.since or 0),
        ),
    )
    return [_row(now, one, counts) for one in ordered]


def _row(now: Reading, one: Session, counts: Mapping[int, int]) -> Row:
    opened = _transaction(now, one)
    blocker = "" if one.blocker is None else str(one.blocker)
    if one.elsewhere is not None:
        blocker += f"@{one.elsewhere}"
    return (
        one.sid,
        one.serial,
        text(one.logon, 20),
        text(one.user, 64),
        text(one.machine, 64),
        text(one.program, 64),
        text(one.os_user, 64),
        word(one.status),
        text(one.event, 64),
        word(one.wait_class),
        one.waits,
        one.since,
        opened.age if opened else None,
        opened.changes if opened else None,
        clean(blocker),
        counts.get(one.sid, 0),
        text(one.sql_id, 16),
        text(_statement(now, one), 1000),
    )


def lock_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The tree, line by line: who waits stands under whom it waits for."""
    return [_place(now, place) for place in tree.planted(now.edges)]


def _place(now: Reading, place: tree.Place) -> Row:
    one = now.sessions.get(place.id)
    opened = _transaction(now, one)
    name = (text(one.user, 64) if one else None) or "?"
    indent = "  " * (place.depth - 1) + "└ " if place.depth else ""
    return (
        place.id,
        one.serial if one else None,
        text(one.logon, 20) if one else None,
        clean(f"{indent}{place.id} {name}"),
        place.depth,
        place.above or None,
        place.below,
        text(one.machine, 64) if one else None,
        word(one.status) if one else None,
        text(one.event, 64) if one else None,
        one.waits if one and one.blocker is not None else None,
        opened.age if opened else None,
        opened.changes if opened else None,
        text(one.sql_id, 16) if one else None,
        text(_statement(now, one), 1000),
    )


_FROM = "v$session"
_PINS = (
    column("sid", "SID", f"{_FROM} sid", Quantity.COUNT),
    column("serial", "SERIAL#", f"{_FROM} serial#: tells a sid from its successor",
           Quantity.COUNT),
    column("logon", "LOGON", f"{_FROM} logon_time, in the server's own zone"),
)  # fmt: skip
_MACHINE = column("machine", "MACHINE", f"{_FROM} machine")
_STATUS = column("status", "STATUS", f"{_FROM} status", Quantity.STATE)
_EVENT = column("event", "WAITS FOR", f"{_FROM} event, while it waits")
_WAITS = column("waits_s", "WAITS", f"{_FROM} wait_time_micro", Quantity.SECONDS)
_AGE = column("transaction_s", "TX AGE", "v$transaction start_date", Quantity.SECONDS,
              limit.TRANSACTION)  # fmt: skip
_CHANGES = column("undo_records", "UNDO", "v$transaction used_urec", Quantity.COUNT)
_BLOCKS = column("blocks", "BLOCKS", "how many wait for it, at any depth", Quantity.COUNT,
                 limit.WAITING)  # fmt: skip
_SQL_ID = column("sql_id", "SQL ID", f"{_FROM} sql_id")
_STATEMENT = column("statement", "STATEMENT", "v$sqlstats sql_text, the first 1000 characters")

SESSION = Probe(
    "oracle.session",
    "Sessions",
    "sessions",
    (
        *_PINS,
        column("user", "USER", f"{_FROM} username"),
        _MACHINE,
        column("program", "PROGRAM", f"{_FROM} program"),
        column("os_user", "OS USER", f"{_FROM} osuser"),
        _STATUS,
        _EVENT,
        column("wait_class", "CLASS", f"{_FROM} wait_class, while it waits", Quantity.STATE),
        _WAITS,
        column("state_s", "SINCE", f"{_FROM} last_call_et", Quantity.SECONDS),
        _AGE,
        _CHANGES,
        column("blocked_by", "BLOCKED BY", f"{_FROM} blocking_session; @ another instance"),
        _BLOCKS,
        _SQL_ID,
        _STATEMENT,
    ),
    ("sid", "serial", "logon"),
    read,
    session_rows,
)

LOCK = Probe(
    "oracle.lock",
    "Who blocks whom",
    "sessions",
    (
        *_PINS,
        column("tree", "BLOCKER", f"{_FROM} blocking_session, to any depth"),
        column("depth", "DEPTH", "0 is who waits for nobody here", Quantity.COUNT),
        column("above", "UNDER", "whom it waits for", Quantity.COUNT),
        _BLOCKS,
        _MACHINE,
        _STATUS,
        _EVENT,
        _WAITS,
        _AGE,
        _CHANGES,
        _SQL_ID,
        _STATEMENT,
    ),
    ("sid", "serial", "logon"),
    read,
    lock_rows,
)

PROBES = (SESSION, LOCK)
