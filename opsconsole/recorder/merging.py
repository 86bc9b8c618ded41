"""Small chunks that are old become few larger ones: a slow probe leaves one sample in each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from opsconsole.recorder import base, query
from opsconsole.recorder.chunk import SPAN, OpenChunk, chunks_of
from opsconsole.recorder.database import Database
from opsconsole.recorder.journal import Raw, Shape
from opsconsole.recorder.query import REACH, Sized
from opsconsole.recorder.summary import heading, joined

WINDOW_S = REACH - 2 * SPAN
"""Seconds whose chunks are merged together, once they are over."""

FULL = 150
"""Samples of a chunk of a fast probe: what a jump has to read of one pair, and no more."""

MOST_POINTS = 20_000
"""Values of a chunk that is merged: large tables are large enough."""

STRIDE = 7919.0
"""Seconds between the windows of two pairs: they take turns."""

HALF = 4e-7
"""Seconds that a time goes up by so that it comes down to the same microsecond."""

_DAMAGED = (ValueError, TypeError, IndexError, OverflowError)

Pair = tuple[str, str]


class Merger:
    """Merges what is there, some pairs at a time; raises `sqlite3.Error` with nothing half done."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._left: Iterator[tuple[int, Pair, float]] = iter(())
        self._shapes: dict[int, Shape] = {}

    def look(self) -> None:
        """Look with the next turn for what can be merged."""
        self._left = iter(query.merged_until(self._db))
        self._shapes = query.shapes(self._db)

    def turn(self, wall: float, is_over: Callable[[], bool]) -> None:
        """Merge until it is over, in one transaction; nothing after `wall` is believed."""
        db, at_work = self._db, False
        try:
            for number, pair, done in self._left:
                end = self._end(number, wall)
                if end is None or done == end:
                    continue
                if not at_work:
                    db.ask("BEGIN IMMEDIATE")
                    at_work = True
                # Who set the clock ahead for a while left a moment that is still to come.
                self._merge(number, pair, done if done < end else 0.0, end)
                if is_over():
                    break
            if at_work:
                db.ask("COMMIT")
                at_work = False
        finally:
            if at_work:
                self._left = iter(())
                if db.in_transaction:
                    db.ask("ROLLBACK")

    def _end(self, number: int, wall: float) -> float | None:
        """When the last window of a pair that is over ended."""
        newest = query.newest_chunk(self._db, number)
        if newest is None:
            return None
        offset = number * STRIDE % WINDOW_S
        return (min(newest, wall) - offset) // WINDOW_S * WINDOW_S + offset

    def _merge(self, number: int, pair: Pair, since: float, end: float) -> None:
        longest = 0.0
        for group in _groups(query.sized_chunks(self._db, number, since, end)):
            longest = max(longest, self._merge_chunks(group, pair))
        rows = query.summary_rows(self._db, number, since, end)
        for run in _runs(rows):
            if len(run) > 1:
                ids = [row[0] for row in run]
                ends = run[0][1], run[-1][2]
                base.join_summaries(self._db, ids, *ends, joined([row[1:] for row in run]))
        base.put_merged(self._db, number, end, longest)

    def _merge_chunks(self, group: Sequence[Sized], pair: Pair) -> float:
        """Make one of them; returns the seconds that it spans."""
        shape = self._shapes.get(group[0].shape)
        if shape is None:
            return 0.0
        raws: list[Raw] = []
        try:
            for small in group:
                opened = OpenChunk(query.body(self._db, small.id), shape)
                raws += [
                    Raw(one.at + HALF, rows, one.fault, one.period)
                    for one in opened.samples(*pair)
                    for rows in [None if one.rows is None else [list(row) for row in one.rows]]
                ]
            (whole,) = chunks_of(raws, shape, REACH)
        except _DAMAGED:
            # It stays as it is: who reads it says so.
            return 0.0
        base.join_chunks(self._db, [small.id for small in group], whole)
        return whole.until - whole.since


def _groups(chunks: Iterable[Sized]) -> Iterator[list[Sized]]:
    """Chunks that follow one another, alike, and small enough together."""
    group: list[Sized] = []
    samples = points = 0
    for small in chunks:
        samples, points = samples + small.samples, points + small.points
        fits = (
            group
            and small.shape == group[-1].shape
            and small.since >= group[-1].until
            and samples <= FULL
            and points <= MOST_POINTS
            and small.until - group[0].since <= REACH
        )
        if not fits:
            if len(group) > 1:
                yield group
            group, samples, points = [], small.samples, small.points
        group.append(small)
    if len(group) > 1:
        yield group


Row = tuple[int, float, float, bytes]


def _runs(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Summaries that follow one another and are of the same columns and rows."""
    for name, run in groupby(rows, lambda row: heading(row[3])):
        if name is not None:
            yield list(run)
