"""A part of a recording as one file, which opens anywhere."""

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from opsconsole.alert import Alerts
from opsconsole.errors import Unrecorded
from opsconsole.model import Sample
from opsconsole.recorder import base
from opsconsole.recorder.alarm import Standing, Told
from opsconsole.recorder.chunk import SPAN, chunks_of
from opsconsole.recorder.database import Database
from opsconsole.recorder.journal import Raw
from opsconsole.recorder.reader import Archive

GROUP_S = 300.0
"""Seconds of samples in a chunk."""


class Exported(NamedTuple):
    """What was written."""

    samples: int
    occurrences: int
    bytes: int


def export(
    archive: Archive,
    path: Path,
    since: float,
    until: float,
    targets: Collection[str] | None = None,
) -> Exported:
    """Write all that is between two moments, of some targets or all, to a new file.

    What was known at the first moment is in it, too. Raises `Unrecorded`.
    """
    if path.exists() or path.is_symlink():
        raise Unrecorded(f"{path} cannot be written: it is there already")
    whole = False
    try:
        found = _write(archive, path, since, until, targets)
        whole = True
    except (OSError, sqlite3.Error) as error:
        raise Unrecorded(f"{path} cannot be written: {error}") from error
    finally:
        if not whole:
            for suffix in ("", "-wal", "-shm", ".new", ".new-journal"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
    return Exported(*found, path.stat().st_size)


def _write(
    archive: Archive, path: Path, since: float, until: float, targets: Collection[str] | None
) -> tuple[int, int]:
    samples = 0
    with contextlib.closing(base.make(path)) as db:
        db.ask("BEGIN IMMEDIATE")
        ids = base.Ids(db)
        for pair in archive.pairs():
            if targets is None or pair[1] in targets:
                samples += _write_pair(archive, db, ids, pair, since, until)
        told = [
            one
            for one in archive.occurrences(since, until)
            if targets is None or one.target in targets or not one.target
        ]
        base.put_occurrences(db, told)
        _write_alerts(archive, db, since, until, targets)
        known = [t for t in archive.targets() if targets is None or t.id in targets]
        base.put_targets(db, known)
        base.put_meta(db, "since", since)
        base.put_meta(db, "until", until)
        db.ask("COMMIT")
        # One file, without companions.
        db.ask("PRAGMA journal_mode = DELETE").fetchall()
    return samples, len(told)


def _write_alerts(
    archive: Archive, db: Database, since: float, until: float, targets: Collection[str] | None
) -> None:
    """How alerts stood, and how they changed; each stretch begins with all that stand."""
    standing = Standing()
    stretch: list[Told] = []
    for at, message in archive.alerts_between(since, until):
        mine = [one for one in message.alerts if targets is None or one.target in targets]
        told = Alerts(mine, whole=message.whole, silences=message.silences)
        if stretch and not 0 <= at - stretch[0].at <= GROUP_S:
            base.put_alerts(db, stretch)
            stretch = [standing.whole(at)]
        stretch.append(standing.hear(at, told))
    if stretch:
        base.put_alerts(db, stretch)


def _write_pair(
    archive: Archive,
    db: Database,
    ids: base.Ids,
    pair: tuple[str, str],
    since: float,
    until: float,
) -> int:
    shape = archive.shape(pair)
    if shape is None:
        return 0
    count = 0
    for group in _groups(archive, pair, since, until):
        for chunk in chunks_of(group, shape):
            base.put_chunk(db, ids.pair(pair), ids.shape(shape), chunk)
            count += chunk.samples
    return count


def _groups(
    archive: Archive, pair: tuple[str, str], since: float, until: float
) -> Iterator[list[Raw]]:
    before = [one for one in archive.at(since, [pair]) if one.at > since - SPAN]
    group = [*map(_raw, before)]
    for sample in archive.between(since, until, [pair]):
        if group and sample.at - group[0].at > GROUP_S:
            yield group
            group = []
        group.append(_raw(sample))
    if group:
        yield group


def _raw(sample: Sample) -> Raw:
    rows: list[list[Any]] | None = None  # Any: a Value
    if sample.rows is not None:
        rows = [list(row) for row in sample.rows]
    return Raw(sample.at, rows, sample.fault, sample.period)
