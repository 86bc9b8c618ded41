"""The database of a recording as it is read; it may be somebody else's, and damaged."""

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.errors import Unrecorded
from opsconsole.model import Target
from opsconsole.recorder import alarm, base
from opsconsole.recorder.alarm import Told
from opsconsole.recorder.base import Known
from opsconsole.recorder.chunk import SPAN
from opsconsole.recorder.database import Database
from opsconsole.recorder.journal import Shape

PATIENCE = 20.0
"""Seconds a single question may take: a damaged file must not hold up anybody for ever."""


REACH = 7 * 3600.0
"""Seconds that summaries in one span at most, or a chunk that was merged."""


class Stored(NamedTuple):
    """A chunk as it stands in the database."""

    id: int
    since: float
    until: float
    shape: Shape
    body: bytes


class Totals(NamedTuple):
    """What a database holds."""

    chunks: int
    samples: int
    points: int
    bytes: int
    """Of chunks alone."""
    pairs: int
    occurrences: int


def open_to_read(path: Path) -> Database:
    """Open a database to read; raises `Unrecorded`."""
    if not path.is_file():
        raise Unrecorded(f"{path}: no recording there")
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        db = sqlite3.connect(
            uri,
            uri=True,
            timeout=5.0,
            isolation_level=None,
            check_same_thread=False,
            factory=Database,
        )
    except sqlite3.Error as error:
        raise Unrecorded(f"{path}: {error}") from error
    try:
        # It may be somebody else's: nothing in it is to be obeyed.
        db.ask("PRAGMA trusted_schema = OFF")
        db.ask("PRAGMA cell_size_check = ON")
        base.check(db)
    except sqlite3.Error as error:
        db.close()
        raise Unrecorded(f"{path} cannot be read: {error}") from error
    except Unrecorded as error:
        db.close()
        raise Unrecorded(f"{path}: {error}") from error
    return db


def bounded(db: Database, seconds: float = PATIENCE) -> None:
    """Let the next question take so long at most."""
    end = time.monotonic() + seconds
    db.set_progress_handler(lambda: time.monotonic() > end, 200_000)


def pairs(db: Database) -> dict[tuple[str, str], int]:
    """All pairs, and their numbers."""
    found = db.ask("SELECT probe, target, id FROM pair").fetchall()
    return {(str(probe), str(target)): int(number) for probe, target, number in found}


def shapes(db: Database) -> dict[int, Shape]:
    """All shapes by number; what is none is left out."""
    found: dict[int, Shape] = {}
    for number, body in db.ask("SELECT id, body FROM shape").fetchall():
        try:
            found[int(number)] = msgspec.msgpack.decode(body, type=Shape)
        except (msgspec.MsgspecError, TypeError):
            continue
    return found


_CHUNK = "SELECT id, since, until, shape, body FROM chunk WHERE pair = ? AND"


def chunks_at(
    db: Database, pair: int, moment: float, known: dict[int, Shape], reach: float = SPAN
) -> list[Stored]:
    """Chunks in which the newest sample at that moment is; the last first.

    `reach` is how many seconds a chunk of the pair spans at most.
    """
    newest = db.ask(
        "SELECT max(since) FROM chunk WHERE pair = ? AND since <= ?", (pair, moment)
    ).fetchone()[0]
    if not isinstance(newest, float):
        return []
    # A clock that was set back makes chunks overlap: an earlier one may reach further.
    query = f"{_CHUNK} since BETWEEN ? AND ? AND until >= ? ORDER BY since DESC"
    return [*_stored(db.ask(query, (pair, newest - reach, moment, newest)), known)]


def chunks_before(
    db: Database, pair: int, moment: float, known: dict[int, Shape]
) -> Iterator[Stored]:
    """Chunks that began before a moment, the last first, and not for ever."""
    query = f"{_CHUNK} since <= ? ORDER BY since DESC LIMIT 500"
    return _stored(db.ask(query, (pair, moment)), known)


def chunks_between(
    db: Database,
    pair: int,
    since: float,
    until: float,
    known: dict[int, Shape],
    reach: float = SPAN,
) -> list[Stored]:
    """Chunks with a sample in that time, in order of time."""
    query = f"{_CHUNK} since BETWEEN ? AND ? AND until > ? ORDER BY since, id"
    return [*_stored(db.ask(query, (pair, since - reach, until, since)), known)]


def starts_after(db: Database, pairs: Mapping[int, float], after: float) -> list[float]:
    """When there may be more of each pair: within a chunk at once, or when the next one begins.

    `pairs` are numbers, and how many seconds a chunk of each spans at most.
    """
    within = "SELECT 1 FROM chunk WHERE pair = ? AND since BETWEEN ? AND ? AND until > ? LIMIT 1"
    query = "SELECT min(since) FROM chunk WHERE pair = ? AND since > ?"
    found: list[float] = []
    for pair, reach in pairs.items():
        if db.ask(within, (pair, after - reach, after, after)).fetchone():
            return [after]
        start = db.ask(query, (pair, after)).fetchone()[0]
        found += [start] if isinstance(start, float) else []
    return found


def _stored(rows: Iterable[Sequence[Any]], known: dict[int, Shape]) -> Iterator[Stored]:
    for number, since, until, shape, body in rows:
        if shape in known and isinstance(body, bytes) and isinstance(since, float):
            yield Stored(number, since, until, known[shape], body)


def summaries(
    db: Database, pair: int, since: float, until: float
) -> list[tuple[float, float, bytes]]:
    """Beginning, end and body of what may hold summaries of chunks that began in that time."""
    return [row[1:] for row in summary_rows(db, pair, since - REACH, until)]


def summary_rows(
    db: Database, pair: int, since: float, until: float
) -> list[tuple[int, float, float, bytes]]:
    """Number, beginning, end and body of the summaries that begin in that time."""
    query = (
        "SELECT id, since, until, body FROM summary WHERE pair = ? AND since > ? AND since <= ?"
        " ORDER BY since, id"
    )
    return [
        (number, begin, end, body)
        for number, begin, end, body in db.ask(query, (pair, since, until))
        if isinstance(begin, float) and isinstance(end, float) and isinstance(body, bytes)
    ]


def oldest_chunk(db: Database, pair: int) -> float | None:
    """When the oldest chunk of a pair began."""
    found = db.ask("SELECT min(since) FROM chunk WHERE pair = ?", (pair,)).fetchone()[0]
    return found if isinstance(found, float) else None


def occurrences(db: Database, since: float, until: float) -> Iterator[Occurrence]:
    """What happened in that time; what cannot be read is left out."""
    query = "SELECT body FROM occurrence WHERE at >= ? AND at <= ? ORDER BY at, id"
    for (body,) in db.ask(query, (since, until)):
        try:
            told = msgspec.msgpack.decode(body, type=Occurrence)
        except (msgspec.MsgspecError, TypeError):
            continue
        yield msgspec.structs.replace(
            told,
            kind=str(clean(told.kind)),
            target=str(clean(told.target)),
            object=clean(told.object),
            text=clean(told.text, 4000),
            ref=str(clean(told.ref)),
        )


def has_table(db: Database, name: str) -> bool:
    """Whether it has a table that one of an earlier version does not have."""
    query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
    return bool(db.ask(query, (name,)).fetchone()[0])


def raised(db: Database) -> set[alarm.Raised]:
    """Every alert that was told of, by its id and when it was raised."""
    found: set[alarm.Raised] = set()
    for (body,) in db.ask("SELECT body FROM alarm") if has_table(db, "alarm") else ():
        found |= alarm.raised_in(body) if isinstance(body, bytes) else set()
    return found


def alerts_at(db: Database, moment: float) -> list[Told]:
    """The stretch in which that moment is; empty when there is none."""
    query = "SELECT body FROM alarm WHERE since <= ? ORDER BY since DESC, id DESC LIMIT 1"
    found = db.ask(query, (moment,)).fetchone() if has_table(db, "alarm") else None
    return alarm.unpack(found[0]) if found and isinstance(found[0], bytes) else []


def alerts_between(db: Database, since: float, until: float) -> Iterator[list[Told]]:
    """Stretches that began in that time, in order of time."""
    query = "SELECT body FROM alarm WHERE since > ? AND since <= ? ORDER BY since, id"
    for (body,) in db.ask(query, (since, until)) if has_table(db, "alarm") else ():
        if isinstance(body, bytes):
            yield alarm.unpack(body)


def targets(db: Database) -> list[Target]:
    """What was watched."""
    found: list[Target] = []
    for (body,) in db.ask("SELECT body FROM target ORDER BY id"):
        try:
            known = msgspec.msgpack.decode(body, type=Known)
        except (msgspec.MsgspecError, TypeError):
            continue
        labels = {str(clean(name)): str(clean(value)) for name, value in known.labels.items()}
        groups = tuple(str(clean(group)) for group in known.groups)
        found.append(
            Target(
                str(clean(known.id)),
                str(clean(known.kind)),
                "recording",
                labels=labels,
                groups=groups,
            )
        )
    return found


def totals(db: Database) -> Totals:
    """What is there, counted."""
    chunks, samples, points, size = db.ask(
        "SELECT count(*), coalesce(sum(samples), 0), coalesce(sum(points), 0),"
        " coalesce(sum(length(body)), 0) FROM chunk"
    ).fetchone()
    known = db.ask("SELECT count(*) FROM pair").fetchone()[0]
    told = db.ask("SELECT count(*) FROM occurrence").fetchone()[0]
    return Totals(int(chunks), int(samples), int(points), int(size), int(known), int(told))


# -- what can be merged ---------------------------------------------------------------------------


class Sized(NamedTuple):
    """A chunk without its body."""

    id: int
    since: float
    until: float
    shape: int
    samples: int
    points: int


def sized_chunks(db: Database, pair: int, since: float, until: float) -> list[Sized]:
    """Chunks that began at one moment or later, and before another, in order of time."""
    query = (
        "SELECT id, since, until, shape, samples, points FROM chunk"
        " WHERE pair = ? AND since >= ? AND since < ? ORDER BY since, id"
    )
    return [Sized(*row) for row in db.ask(query, (pair, since, until))]


def newest_chunk(db: Database, pair: int) -> float | None:
    """When the newest chunk of a pair began."""
    found = db.ask("SELECT max(since) FROM chunk WHERE pair = ?", (pair,)).fetchone()[0]
    return found if isinstance(found, float) else None


def body(db: Database, chunk: int) -> bytes:
    """What a chunk holds."""
    return bytes(db.ask("SELECT body FROM chunk WHERE id = ?", (chunk,)).fetchone()[0])


def merged_until(db: Database) -> list[tuple[int, tuple[str, str], float]]:
    """Number of each pair, its name, and up to when its chunks are merged."""
    query = (
        "SELECT pair.id, probe, target, coalesce(until, 0.0) FROM pair"
        " LEFT JOIN merged ON merged.pair = pair.id"
    )
    return [(number, (probe, target), until) for number, probe, target, until in db.ask(query)]


def reaches(db: Database) -> dict[int, float]:
    """Seconds that chunks of a pair span at most, of pairs with merged ones."""
    if not has_table(db, "merged"):
        return {}
    found = db.ask("SELECT pair, reach FROM merged WHERE reach > ?", (SPAN,)).fetchall()
    return {int(pair): min(float(reach), REACH) for pair, reach in found}
