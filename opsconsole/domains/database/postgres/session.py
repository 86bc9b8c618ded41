"""Sessions, what they wait for, and who blocks whom to any depth."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.database.postgres import limit
from opsconsole.domains.database.postgres.asking import (
    column,
    either,
    number,
    read,
    shown,
    sql,
    statement,
    text,
    word,
)
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Exchange, Probe

_IDLE = "           AND a.state IS DISTINCT FROM 'idle')"
_ACTIVITY = "pg_stat_activity"

BUSY = (*either("session", 140000, "a.query_id::text"), *either(
    "waiting", 140000, "extract(epoch FROM clock_timestamp() - l.waitstart)::float8"))  # fmt: skip
ALL = (
    statement("session", 140000, instead=((_IDLE, ")"),)),
    statement("session", until=140000, instead=((_IDLE, ")"), ("a.query_id::text", "NULL"))),
)
EXCHANGES = (
    Exchange("sessions", every=2, on_demand=True, compared=False),
    Exchange("connections", every=10, on_demand=True, compared=False),
)

DEPTH = 50
"""Levels of a tree that are drawn."""

_query = lru_cache(512)(shown)
"""Sessions say the same for long; a text here has at most 2000 bytes."""


class Session(msgspec.Struct, array_like=True):
    """A row of `session.sql`."""

    pid: int
    backend: str | None
    leader: int | None
    database: str | None
    user: str | None
    application: str | None
    client: str | None
    type: str | None
    state: str | None
    wait_type: str | None
    wait: str | None
    transaction: float | None
    query_s: float | None
    state_s: float | None
    xmin_age: int | None
    query_id: str | None
    ours: bool | None
    blockers: str | None
    query: str | None


class Waiting(msgspec.Struct, array_like=True):
    """A row of `waiting.sql`."""

    pid: int
    type: str | None
    mode: str | None
    object: str | None
    seconds: float | None


class Reading(NamedTuple):
    """Sessions by pid, in the server's order, and what each waits for."""

    sessions: dict[int, Session]
    waiting: dict[int, Waiting]


def read_busy(payload: bytes) -> Reading:
    """Those that do something."""
    new, old, locks, older = parted(payload, 4)
    sessions = read([new, old], Session)
    waiting = read([locks, older], Waiting)
    return Reading({one.pid: one for one in sessions}, {one.pid: one for one in waiting})


def read_all(payload: bytes) -> Reading:
    """All of them."""
    sessions = read(parted(payload, 2), Session)
    return Reading({one.pid: one for one in sessions}, {})


def blockers(session: Session) -> tuple[int, ...]:
    """Whom it waits for: pids, 0 for a prepared transaction."""
    if not session.blockers:
        return ()
    words = session.blockers.split()
    return tuple(dict.fromkeys(int(word) for word in words if word.isdecimal()))


def blocked(sessions: Mapping[int, Session]) -> dict[int, list[int]]:
    """Who waits for each pid, in order."""
    waiters: dict[int, list[int]] = {}
    for one in sessions.values():
        for pid in blockers(one):
            waiters.setdefault(pid, []).append(one.pid)
    return waiters


def behind(waiters: Mapping[int, list[int]]) -> dict[int, int]:
    """How many wait for each pid, at any depth; those in a circle may be counted too low."""
    bits = {pid: at for at, pid in enumerate({p for below in waiters.values() for p in below})}
    reach: dict[int, int] = {}
    for start in waiters:
        stack = [(start, iter(waiters.get(start, ())))]
        while stack:
            pid, below = stack[-1]
            reach.setdefault(pid, 0)
            step = next((one for one in below if one not in reach), None)
            if step is not None:
                stack.append((step, iter(waiters.get(step, ()))))
                continue
            stack.pop()
            for one in waiters.get(pid, ()):
                reach[pid] |= reach[one] | 1 << bits[one]
    return {pid: seen.bit_count() for pid, seen in reach.items()}


def session_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """One row per session."""
    blocks = behind(blocked(now.sessions))
    return [
        (
            one.pid,
            clean(one.backend or "", 24),
            word(one.database),
            word(one.user),
            word(one.application),
            word(one.client),
            word(one.type),
            word(one.state),
            _wait(one),
            number(one.transaction),
            number(one.query_s),
            number(one.state_s),
            clean(" ".join(map(str, blockers(one)))) if one.blockers else Clean(""),
            blocks.get(one.pid, 0),
            one.xmin_age,
            one.leader,
            word(one.query_id),
            bool(one.ours),
            _query(one.query),
        )
        for one in now.sessions.values()
    ]


def _wait(one: Session) -> Clean | None:
    if not one.wait_type:
        return word(one.wait_type)
    return word(f"{one.wait_type}:{one.wait or ''}")


def tree(sessions: Mapping[int, Session]) -> Iterator[tuple[int, int, int]]:
    """Whom a wait leads to, each pid once: depth, pid, and the pid above it (0 for none).

    Begins with those that wait for nobody; who wait in a circle are taken from the lowest pid.
    """
    waiters = blocked(sessions)
    blocks = behind(waiters)
    waits = {pid for below in waiters.values() for pid in below}
    seen: set[int] = set()
    for root in (*sorted(set(waiters) - waits, key=lambda pid: -blocks[pid]),
                 *sorted(waits)):  # fmt: skip
        stack = [(0, root, 0)]
        while stack:
            depth, pid, above = stack.pop()
            if pid in seen:
                continue
            seen.add(pid)
            yield min(depth, DEPTH), pid, above
            stack += [(depth + 1, one, pid) for one in reversed(waiters.get(pid, []))]


def lock_rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The tree: a row for each who blocks or waits, those who wait under whom they wait for."""
    blocks = behind(blocked(now.sessions))
    return [
        _lock(now, pid, depth, above, blocks.get(pid, 0))
        for depth, pid, above in tree(now.sessions)
    ]


def _lock(now: Reading, pid: int, depth: int, above: int, below: int) -> Row:
    one, waits = now.sessions.get(pid), now.waiting.get(pid)
    name = str(pid) if pid else "prepared transaction"
    return (
        pid,
        clean((one.backend if one else "") or "", 24),
        clean(f"{'  ' * (depth - 1)}└ {name}" if depth else name),
        depth,
        above or None,
        below,
        text(one.database if one else None),
        text(one.user if one else None),
        text(one.application if one else None),
        text(one.state if one else None),
        number(waits.seconds if waits else None),
        text(waits.mode if waits else None),
        text(f"{waits.type or ''} {waits.object or ''}" if waits else None),
        number(one.transaction if one else None),
        clean(" ".join(map(str, blockers(one))) if one else ""),
        _query(one.query if one else None),
    )


_COLUMNS: tuple[Column, ...] = (
    column("pid", "PID", f"{_ACTIVITY} pid", Quantity.COUNT),
    column("backend", "BACKEND", f"{_ACTIVITY} backend_start, microseconds: tells a pid from its"
           " successor"),
    column("database", "DATABASE", f"{_ACTIVITY} datname"),
    column("user", "USER", f"{_ACTIVITY} usename"),
    column("application", "APP", f"{_ACTIVITY} application_name"),
    column("client", "CLIENT", f"{_ACTIVITY} client_addr"),
    column("type", "TYPE", f"{_ACTIVITY} backend_type"),
    column("state", "STATE", f"{_ACTIVITY} state", Quantity.STATE),
    replace(column("wait", "WAIT", f"{_ACTIVITY} wait_event_type:wait_event"), tallied=True),
    column("transaction_s", "TX AGE", f"{_ACTIVITY} xact_start", Quantity.SECONDS,
           limit.TRANSACTION),
    column("query_s", "QUERY AGE", f"{_ACTIVITY} query_start", Quantity.SECONDS),
    column("state_s", "SINCE", f"{_ACTIVITY} state_change", Quantity.SECONDS),
    column("blocked_by", "BLOCKED BY", "pg_blocking_pids(): pids, 0 is a prepared transaction"),
    column("blocks", "BLOCKS", "how many wait for it, at any depth", Quantity.COUNT,
           limit.WAITING),
    column("xmin_age", "XMIN AGE", f"{_ACTIVITY} backend_xmin, in transactions", Quantity.COUNT),
    column("leader", "LEADER", f"{_ACTIVITY} leader_pid of a parallel worker", Quantity.COUNT),
    column("query_id", "QUERY ID", f"{_ACTIVITY} query_id (14 and later)"),
    column("ours", "OURS", f"{_ACTIVITY} application_name: a connection of opsconsole",
           Quantity.FLAG),
    sql("query", "QUERY", f"{_ACTIVITY} query, the first 1000 characters"),
)  # fmt: skip

SESSION = Probe(
    "postgres.session", "Sessions", "sessions", _COLUMNS, ("pid", "backend"), read_busy,
    session_rows,
)  # fmt: skip

CONNECTION = Probe(
    "postgres.connection", "All sessions", "connections", _COLUMNS, ("pid", "backend"), read_all,
    session_rows,
)  # fmt: skip

LOCK = Probe(
    "postgres.lock",
    "Who blocks whom",
    "sessions",
    (
        _COLUMNS[0],
        _COLUMNS[1],
        column("tree", "BLOCKER", "pg_blocking_pids(), to any depth"),
        column("depth", "DEPTH", "0 is who waits for nobody", Quantity.COUNT),
        column("above", "WAITS FOR", "the first of pg_blocking_pids() in this tree",
               Quantity.COUNT),
        column("blocks", "BLOCKS", "how many wait for it, at any depth", Quantity.COUNT,
               limit.WAITING),
        column("database", "DATABASE", f"{_ACTIVITY} datname"),
        column("user", "USER", f"{_ACTIVITY} usename"),
        column("application", "APP", f"{_ACTIVITY} application_name"),
        column("state", "STATE", f"{_ACTIVITY} state", Quantity.STATE),
        column("waits_s", "WAITS", "pg_locks waitstart (14 and later)", Quantity.SECONDS),
        column("mode", "MODE", "pg_locks mode that it waits for"),
        column("object", "OBJECT", "pg_locks locktype, relation or transaction"),
        column("transaction_s", "TX AGE", f"{_ACTIVITY} xact_start", Quantity.SECONDS),
        column("blocked_by", "BLOCKED BY", "pg_blocking_pids()"),
        sql("query", "QUERY", f"{_ACTIVITY} query, the first 1000 characters"),
    ),
    ("pid", "backend"),
    read_busy,
    lock_rows,
)  # fmt: skip

PROBES = (SESSION, LOCK, CONNECTION)
