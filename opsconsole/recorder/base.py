"""The database of a recording as it is written: its tables, and keeping within bounds."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from opsconsole.alert import Occurrence
from opsconsole.errors import Unrecorded
from opsconsole.model import Target
from opsconsole.recorder import alarm
from opsconsole.recorder.alarm import Told
from opsconsole.recorder.chunk import Chunk
from opsconsole.recorder.database import Database
from opsconsole.recorder.journal import Shape

MARK = 0x6F70_7372
"""Says in the file's head what it is."""

VERSION = 1

WINDOW = 2000
"""Rows that are looked at in one go for their age, oldest first: a scan of all would take long."""

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE target (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID;
CREATE TABLE pair (id INTEGER PRIMARY KEY, probe TEXT, target TEXT, UNIQUE (probe, target));
CREATE TABLE shape (id INTEGER PRIMARY KEY, body BLOB UNIQUE);
CREATE TABLE chunk (
  id INTEGER PRIMARY KEY, pair INTEGER, since REAL, until REAL, shape INTEGER, samples INTEGER,
  points INTEGER, body BLOB);
CREATE INDEX chunk_of ON chunk (pair, since, until);
CREATE TABLE summary (
  id INTEGER PRIMARY KEY, pair INTEGER, since REAL, until REAL, body BLOB);
CREATE INDEX summary_of ON summary (pair, since);
CREATE TABLE occurrence (id INTEGER PRIMARY KEY, at REAL, body BLOB);
CREATE INDEX occurrence_at ON occurrence (at);
"""

_LATER = """
CREATE TABLE IF NOT EXISTS alarm (id INTEGER PRIMARY KEY, since REAL, until REAL, body BLOB);
CREATE INDEX IF NOT EXISTS alarm_since ON alarm (since);
CREATE TABLE IF NOT EXISTS merged (pair INTEGER PRIMARY KEY, until REAL, reach REAL);
"""
"""Recordings of earlier versions are without; they get them from who writes on."""

_encode = msgspec.msgpack.Encoder().encode


class Known(msgspec.Struct, frozen=True, array_like=True):
    """A target as a recording knows it: enough to show it, nothing to reach it by."""

    id: str
    kind: str
    labels: dict[str, str]
    groups: list[str]


def make(path: Path) -> Database:
    """Open a database to write, made when it is not there; raises `OSError`, `sqlite3.Error`."""
    if not path.exists():
        _make_tables(path)
    db = _connect(path)
    try:
        check(db)
        db.ask("PRAGMA journal_mode = WAL")
        db.ask("PRAGMA synchronous = NORMAL")
        db.ask("PRAGMA journal_size_limit = 4194304")
        db.executescript(_LATER)
    except (sqlite3.Error, Unrecorded):
        db.close()
        raise
    return db


def _connect(path: Path) -> Database:
    return sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, factory=Database
    )


def _make_tables(path: Path) -> None:
    """Make it beside its name, and give it that when it is whole: somebody may read already."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
    os.close(os.open(fresh, flags, 0o600))
    with contextlib.closing(_connect(fresh)) as db:
        db.ask("PRAGMA page_size = 4096")
        db.ask("PRAGMA auto_vacuum = INCREMENTAL")
        db.executescript(
            f"BEGIN; {_TABLES} PRAGMA application_id = {MARK}; PRAGMA user_version = {VERSION};"
            " COMMIT;"
        )
    fresh.rename(path)


def check(db: Database) -> None:
    """Raise `Unrecorded` for a database that is no recording."""
    mark = db.ask("PRAGMA application_id").fetchone()[0]
    version = db.ask("PRAGMA user_version").fetchone()[0]
    if mark != MARK:
        raise Unrecorded("this is no recording")
    if version != VERSION:
        raise Unrecorded(f"this is a recording of another version ({version}, not {VERSION})")
    names = "('meta', 'target', 'pair', 'shape', 'chunk', 'summary', 'occurrence')"
    query = f"SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN {names}"  # noqa: S608 - our own names
    if db.ask(query).fetchone()[0] != 7:
        raise Unrecorded("a recording without its tables")


# -- writing --------------------------------------------------------------------------------------


class Ids:
    """Numbers of pairs and shapes in a database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pairs: dict[tuple[str, str], int] = {}
        self._shapes: dict[Shape, int] = {}

    def pair(self, pair: tuple[str, str]) -> int:
        """The number of a pair; it gets one when it has none."""
        if pair not in self._pairs:
            self._db.ask("INSERT OR IGNORE INTO pair (probe, target) VALUES (?, ?)", pair)
            query = "SELECT id FROM pair WHERE probe = ? AND target = ?"
            self._pairs[pair] = self._db.ask(query, pair).fetchone()[0]
        return self._pairs[pair]

    def shape(self, shape: Shape) -> int:
        """The number of a shape; it gets one when it has none."""
        if shape not in self._shapes:
            body = _encode(shape)
            self._db.ask("INSERT OR IGNORE INTO shape (body) VALUES (?)", (body,))
            query = "SELECT id FROM shape WHERE body = ?"
            self._shapes[shape] = self._db.ask(query, (body,)).fetchone()[0]
        return self._shapes[shape]


def put_chunk(db: Database, pair: int, shape: int, chunk: Chunk) -> None:
    """Store a chunk and its summary."""
    db.ask(
        "INSERT INTO chunk (pair, since, until, shape, samples, points, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (pair, chunk.since, chunk.until, shape, chunk.samples, chunk.points, chunk.body),
    )
    if chunk.summary:
        db.ask(
            "INSERT INTO summary (pair, since, until, body) VALUES (?, ?, ?, ?)",
            (pair, chunk.since, chunk.until, chunk.summary),
        )


def join_chunks(db: Database, ids: Sequence[int], whole: Chunk) -> None:
    """Put one chunk in the place of some that follow one another."""
    # In the place of the last: the order of numbers stays that of their ends.
    db.executemany("DELETE FROM chunk WHERE id = ?", [(number,) for number in ids[:-1]])
    db.ask(
        "UPDATE chunk SET since = ?, until = ?, samples = ?, points = ?, body = ? WHERE id = ?",
        (whole.since, whole.until, whole.samples, whole.points, whole.body, ids[-1]),
    )


def join_summaries(
    db: Database, ids: Sequence[int], since: float, until: float, body: bytes
) -> None:
    """Put one row in the place of some summaries that follow one another."""
    db.executemany("DELETE FROM summary WHERE id = ?", [(number,) for number in ids[:-1]])
    db.ask(
        "UPDATE summary SET since = ?, until = ?, body = ? WHERE id = ?",
        (since, until, body, ids[-1]),
    )


def put_merged(db: Database, pair: int, until: float, reach: float) -> None:
    """Note up to when chunks of a pair are merged, and how many seconds one of them spans."""
    db.ask(
        "INSERT INTO merged (pair, until, reach) VALUES (?, ?, ?) ON CONFLICT (pair)"
        " DO UPDATE SET until = excluded.until, reach = max(reach, excluded.reach)",
        (pair, until, reach),
    )


def put_occurrences(db: Database, occurrences: Iterable[Occurrence]) -> None:
    """Store what happened."""
    rows = [(told.at, _encode(told)) for told in occurrences]
    db.executemany("INSERT INTO occurrence (at, body) VALUES (?, ?)", rows)


def put_alerts(db: Database, stretch: Sequence[Told]) -> None:
    """Store what was told of alerts in some minutes, beginning with all that stood."""
    times = [told.at for told in stretch]
    db.ask(
        "INSERT INTO alarm (since, until, body) VALUES (?, ?, ?)",
        (min(times), max(times), alarm.pack(stretch)),
    )


def put_targets(db: Database, targets: Iterable[Target]) -> None:
    """Note what is watched: what it is called, nothing of how it is reached."""
    rows = [(t.id, _encode(Known(t.id, t.kind, dict(t.labels), list(t.groups)))) for t in targets]
    db.executemany("INSERT OR REPLACE INTO target (id, body) VALUES (?, ?)", rows)


def put_meta(db: Database, name: str, value: str | float) -> None:
    """Note a fact about the recording."""
    db.ask("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


# -- keeping within bounds ------------------------------------------------------------------------


def used_bytes(db: Database) -> int:
    """Bytes of pages that hold something."""
    pages, free, size = (
        db.ask(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


_AGED = tuple(
    f"DELETE FROM {table} WHERE {column} < ? AND id IN"  # noqa: S608 - our own names
    f" (SELECT id FROM {table} ORDER BY id LIMIT {WINDOW})"
    for table, column in (("chunk", "until"), ("summary", "until"), ("occurrence", "at"))
)


def forget_before(db: Database, raw: float, summed: float) -> None:
    """Delete chunks that ended before `raw`, and the rest that did before `summed`."""
    for query, limit in zip(_AGED, (raw, summed, summed), strict=True):
        while db.ask(query, (limit,)).rowcount >= WINDOW:
            pass


def forget_alerts(db: Database, before: float) -> None:
    """Delete what was told of alerts before the oldest samples that are there, or that moment."""
    oldest = db.ask("SELECT since FROM chunk ORDER BY id LIMIT 1").fetchone()
    limit = max(before, oldest[0]) if oldest else before
    # The last stretch before it says what stood then.
    db.ask(
        "DELETE FROM alarm WHERE id < (SELECT max(id) FROM alarm WHERE since <= ?) AND since < ?",
        (limit, limit),
    )


_OLDEST = {
    table: (
        f"SELECT min(id), max(id) FROM {table}",  # noqa: S608 - our own names
        f"DELETE FROM {table} WHERE id <= ?",  # noqa: S608 - as above
    )
    for table in ("chunk", "summary", "occurrence", "alarm")
}


def forget_oldest(db: Database, table: str) -> int:
    """Delete a little of what came first, whatever the clock said then; returns rows deleted."""
    ends, delete = _OLDEST[table]
    low, high = db.ask(ends).fetchone()
    if low is None:
        return 0
    # By number and not by count: what was merged is few rows of many numbers.
    return db.ask(delete, (low + (high - low) // 50,)).rowcount


STRATA = 50
"""Places at which it is looked how many bytes summaries take there."""


def summed_bytes(db: Database) -> float:
    """About how many bytes the summaries take."""
    low, high = db.ask("SELECT min(id), max(id) FROM summary").fetchone()
    if low is None:
        return 0.0
    width = max(1.0, (high - low + 1) / STRATA)
    query = (
        "SELECT id, 60 + length(body) FROM summary WHERE id >= ? AND id < ? ORDER BY id LIMIT 20"
    )
    total, at = 0.0, float(low)
    while at <= high:
        rows = db.ask(query, (at, at + width)).fetchall()
        if rows:
            part = width / (rows[-1][0] - at + 1) if len(rows) == 20 else 1.0
            total += sum(size for _, size in rows) * max(1.0, part)
        at += width
    return total


def give_back(db: Database) -> None:
    """Give free pages back to the file system, when many are free."""
    free = db.ask("PRAGMA freelist_count").fetchone()[0]
    pages = db.ask("PRAGMA page_count").fetchone()[0]
    if free > 2048 and free * 4 > pages:
        db.ask(f"PRAGMA incremental_vacuum({int(free) // 2})").fetchall()


# -- what it says of itself -------------------------------------------------------------------


def meta(db: Database, name: str) -> Any:  # Any: what SQLite holds
    """A fact about the recording; None when it is not known."""
    found = db.ask("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return found[0] if found else None


_ENDS = (
    "SELECT (SELECT min(since) FROM {0} WHERE pair = pair.id) AS low,"
    " (SELECT until FROM {0} WHERE pair = pair.id ORDER BY since DESC LIMIT 1) AS high FROM pair"
)
_SPAN = (
    "SELECT min(low), max(high) FROM"  # noqa: S608 - our own names
    f" ({_ENDS.format('chunk')} UNION ALL {_ENDS.format('summary')})"
)


def span(db: Database) -> tuple[float, float] | None:
    """Ends of all that is there, summaries too."""
    # By pair, whose first and last the index finds at once: a week of many has millions of chunks.
    found = db.ask(_SPAN).fetchone()
    low, high = found
    if not isinstance(low, float) or not isinstance(high, float):
        return None
    return low, high
