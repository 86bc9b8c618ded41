"""A recording that is read: the database, and the journals that are not in it yet."""

import heapq
import math
import sqlite3
import threading
from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opsconsole.alert import Alerts, Occurrence
from opsconsole.errors import Unrecorded
from opsconsole.model import Row, Sample, Target
from opsconsole.ports import Point
from opsconsole.recorder import alarm, base, folder, query
from opsconsole.recorder.alarm import Told
from opsconsole.recorder.catalogue import Catalogue
from opsconsole.recorder.chunk import OpenChunk, moment
from opsconsole.recorder.column import harmless, harmless_row
from opsconsole.recorder.courses import Courses, of_journals
from opsconsole.recorder.database import Database
from opsconsole.recorder.fitting import Fitting
from opsconsole.recorder.journal import Index, JournalReader, Shape
from opsconsole.recorder.stretch import stretches
from opsconsole.recorder.summary import course_of_summaries
from opsconsole.spec import Probe

Pair = tuple[str, str]

COARSE = 300.0
"""Seconds of a stretch from which on summaries say as much as all values would."""

WINDOW = 900.0
"""Seconds of samples that are in memory at a time."""

DAMAGED = (ValueError, TypeError, IndexError, OverflowError)
"""What a chunk that does not hold together raises."""

TRIES = 5
"""Reads of a recording whose journal becomes chunks at that moment."""


class Archive:
    """Satisfies `ports.Past`. One question at a time; every one raises `Unrecorded`.

    `where` is a collector's folder or a file that was exported. Rows come in the columns that
    probes have now: what is not recorded is None, what is not known any more is left out.
    """

    def __init__(self, where: Path, probes: Mapping[str, Probe[Any]]) -> None:
        """Open it; raises `Unrecorded`."""
        self.where = where
        self._folder = where if where.is_dir() else None
        self._path = where / folder.DATABASE if self._folder else where
        self._fitting = Fitting(probes)
        self._db: Database | None = None
        self._lock = threading.Lock()
        self._known = Catalogue()
        self._courses = Courses()
        self._journals: dict[Path, JournalReader] = {}
        self.spoiled = 0
        """Chunks that did not hold together, so far."""
        with self._asking():
            pass

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None
            self._journals = {}

    # -- what is there --------------------------------------------------------------------------

    @property
    def span(self) -> tuple[float, float] | None:
        """Unix times of the oldest and the newest that is there; None when nothing is."""
        with self._asking() as db:
            ends = [found] if db and (found := base.span(db)) else []
            for index in self._indexes():
                times = [place[0] for places in index.samples.values() for place in places]
                if times:
                    ends.append((moment(min(times)), moment(max(times))))
        if not ends:
            return None
        return min(low for low, _ in ends), max(high for _, high in ends)

    def pairs(self) -> list[Pair]:
        """(probe id, target id) of all that is there."""
        with self._asking():
            found = set(self._known.pairs)
            for index in self._indexes():
                found.update(pair for pair, places in index.samples.items() if places)
        return sorted(found)

    def targets(self) -> list[Target]:
        """What was watched."""
        with self._asking() as db:
            return query.targets(db) if db else []

    def totals(self) -> query.Totals:
        """What is in the database, counted."""
        with self._asking() as db:
            return query.totals(db) if db else query.Totals(0, 0, 0, 0, 0, 0)

    def waiting(self) -> tuple[int, int]:
        """Samples in journals, and bytes there that do not hold together."""
        with self._asking():
            readers = self._journals.values()
            count = sum(len(p) for reader in readers for p in reader.index.samples.values())
            return count, sum(reader.torn for reader in readers)

    def shape(self, pair: Pair) -> Shape | None:
        """The columns that the rows of a pair come in; None when nobody knows any more."""
        return self._fitting.shape(pair[0])

    # -- samples --------------------------------------------------------------------------------

    def at(self, at: float, pairs: Sequence[Pair] | None = None) -> list[Sample]:
        """The newest sample of each pair at that moment, as it was when it came."""
        with self._asking() as db:
            wanted = self._wanted(pairs)
            found = [self._at(db, pair, at) for pair in wanted]
        return [sample for sample in found if sample is not None]

    def _at(self, db: Database | None, pair: Pair, at: float) -> Sample | None:
        newest = self._in_journals(pair, at)
        if db is None or pair not in self._known.pairs:
            return newest
        known, number = self._known, self._known.pairs[pair]
        for stored in query.chunks_at(db, number, at, known.shapes, known.reach(number)):
            if newest is not None and stored.until <= newest.at:
                continue
            sample = self._one(stored, pair, at)
            if sample is not None and (newest is None or sample.at > newest.at):
                newest = sample
        return newest

    def rows_before(self, at: float, pairs: Sequence[Pair]) -> list[Sample]:
        """The newest sample with rows of each pair at that moment; what a fault left standing."""
        with self._asking() as db:
            found = [self._rows_before(db, pair, at) for pair in pairs]
        return [sample for sample in found if sample is not None]

    def _rows_before(self, db: Database | None, pair: Pair, at: float) -> Sample | None:
        for reader in reversed(self._journals.values()):
            for place in sorted(reader.index.samples.get(pair, ()), reverse=True):
                sample = self._of_journal(pair, reader, place) if place[0] <= at else None
                if sample is not None and sample.rows is not None:
                    return sample
        if db is None or pair not in self._known.pairs:
            return None
        for stored in query.chunks_before(db, self._known.pairs[pair], at, self._known.shapes):
            for sample in reversed(self._some(stored, pair, -math.inf, at)):
                if sample.rows is not None:
                    return sample
        return None

    def _one(self, stored: query.Stored, pair: Pair, at: float) -> Sample | None:
        try:
            chunk = OpenChunk(stored.body, stored.shape)
            number = bisect_right(chunk.times, at) - 1
            if number < 0:
                return None
            sample = next(chunk.samples(*pair, number, number + 1))
        except DAMAGED:
            self.spoiled += 1
            return None
        return self._fitting.fit(sample, stored.shape)

    def _in_journals(self, pair: Pair, at: float) -> Sample | None:
        best: tuple[float, JournalReader, tuple[float, int, int]] | None = None
        for reader in self._journals.values():
            for place in reader.index.samples.get(pair, ()):
                if place[0] <= at and (best is None or place[0] >= best[0]):
                    best = place[0], reader, place
        return self._of_journal(pair, best[1], best[2]) if best else None

    def _of_journal(
        self, pair: Pair, reader: JournalReader, place: tuple[float, int, int]
    ) -> Sample | None:
        raw = reader.raw(place[1], place[2])
        if raw is None:
            return None
        try:
            rows = None if raw.rows is None else [harmless_row(row) for row in raw.rows]
        except ValueError:
            return None
        sample = Sample(*pair, moment(raw.at), rows, harmless(raw.fault), raw.period)
        return self._fitting.fit(sample, reader.index.shapes[pair])

    def between(
        self, since: float, until: float, pairs: Sequence[Pair] | None = None
    ) -> Iterator[Sample]:
        """Samples after `since` and up to `until`, in order of time."""
        ends = self.span
        if ends is None:
            return
        begin, end = max(since, ends[0] - 1.0), min(until, ends[1])
        while begin < end:
            upto = min(begin + WINDOW, end)
            with self._asking() as db:
                wanted = self._wanted(pairs)
                parts = [self._between(db, pair, begin, upto) for pair in wanted]
                found = list(heapq.merge(*parts, key=lambda sample: sample.at))
                if not found:
                    upto = max(upto, min(end, self._next(db, wanted, upto)))
            yield from found
            begin = upto

    def _next(self, db: Database | None, pairs: Sequence[Pair], after: float) -> float:
        """A moment before which there is nothing: what is far apart is not looked for in steps."""
        known = self._known
        numbers = {number: known.reach(number) for p in pairs if (number := known.pairs.get(p))}
        starts = query.starts_after(db, numbers, after) if db is not None else []
        for index in self._indexes():
            for pair in pairs:
                starts += [place[0] for place in index.samples.get(pair, ()) if place[0] > after]
        return min(starts, default=math.inf) - 1.0

    def _between(self, db: Database | None, pair: Pair, since: float, until: float) -> list[Sample]:
        found: list[Sample] = []
        if db is not None and pair in self._known.pairs:
            number = self._known.pairs[pair]
            asked = (number, since, until, self._known.shapes, self._known.reach(number))
            for stored in query.chunks_between(db, *asked):
                found += self._some(stored, pair, since, until)
        for reader in self._journals.values():
            for place in reader.index.samples.get(pair, ()):
                if since < moment(place[0]) <= until:
                    sample = self._of_journal(pair, reader, place)
                    found += [sample] if sample is not None else []
        found.sort(key=lambda sample: sample.at)
        return found

    def _some(self, stored: query.Stored, pair: Pair, since: float, until: float) -> list[Sample]:
        try:
            chunk = OpenChunk(stored.body, stored.shape)
            first, last = bisect_right(chunk.times, since), bisect_right(chunk.times, until)
            found = list(chunk.samples(*pair, first, last))
        except DAMAGED:
            self.spoiled += 1
            return []
        return [self._fitting.fit(sample, stored.shape) for sample in found]

    # -- courses --------------------------------------------------------------------------------

    def series(
        self,
        probe: str,
        target: str,
        key: Row,
        column: str,
        since: float,
        until: float,
        points: int,
    ) -> list[Point]:
        """The course of one column of one row, in at most `points` stretches; gaps are left out."""
        pair = (probe, target)
        with self._asking() as db:
            readers = self._journals.values()
            pieces = of_journals(readers, pair, key, column, since, until)
            known = self._known
            if db is not None and pair in known.pairs:
                number = known.pairs[pair]
                coarse = (until - since) / max(1, points) >= COARSE
                oldest = None if coarse else query.oldest_chunk(db, number)
                summed = until if oldest is None else min(until, math.nextafter(oldest, 0))
                summaries = query.summaries(db, number, since, summed)
                pieces.append(course_of_summaries(summaries, key, column, since, summed))
                if not coarse:
                    asked = (number, since, until, known.shapes, known.reach(number))
                    for stored in query.chunks_between(db, *asked):
                        try:
                            name = (stored, key, column, since, until, known.version)
                            pieces.append(self._courses.of(*name))
                        except DAMAGED:
                            self.spoiled += 1
        return stretches(pieces, since, until, points)

    def occurrences(self, since: float, until: float) -> list[Occurrence]:
        """What happened, in order of time."""
        with self._asking() as db:
            found = list(query.occurrences(db, since, until)) if db else []
            for index in self._indexes():
                found += [told for told in index.occurrences if since <= told.at <= until]
        return sorted(found, key=lambda told: told.at)

    def raised(self) -> int:
        """How many alerts were told of, each time they were raised."""
        with self._asking() as db:
            found = query.raised(db) if db else set[alarm.Raised]()
            for index in self._indexes():
                found |= {(one.id, one.since) for told in index.alerts for one in told.alerts}
        return len(found)

    def alerts(self, at: float) -> Alerts | None:
        """All alerts and silences at that moment; None where nobody told of any."""
        with self._asking() as db:
            standing = alarm.standing_at(self._alerts_at(db, at), at)
        return alarm.alerts_of(standing, at) if standing.spoke else None

    def alerts_between(self, since: float, until: float) -> Iterator[tuple[float, Alerts]]:
        """All alerts at a moment, then how they changed."""
        with self._asking() as db:
            found = [self._alerts_at(db, since)]
            found += query.alerts_between(db, since, until) if db else []
            for told in (index.alerts for index in self._indexes()):
                found += [told] if told and since < told[0].at <= until else []
        yield from alarm.courses(sorted(filter(None, found), key=alarm.began), since, until)

    def _alerts_at(self, db: Database | None, at: float) -> list[Told]:
        """The stretch that began last before that moment."""
        found = [query.alerts_at(db, at)] if db else []
        found += [index.alerts for index in self._indexes()]
        known = [one for one in found if one and one[0].at <= at]
        return max(known, key=alarm.began) if known else []

    # -- the files ------------------------------------------------------------------------------

    def _wanted(self, pairs: Iterable[Pair] | None) -> list[Pair]:
        if pairs is not None:
            return list(dict.fromkeys(pairs))
        known = set(self._known.pairs)
        for index in self._indexes():
            known.update(index.samples)
        return sorted(known)

    def _indexes(self) -> list[Index]:
        return [reader.index for reader in self._journals.values()]

    @contextmanager
    def _asking(self) -> Generator[Database | None, None, None]:
        """One view of the database and of the journals that are not in it."""
        with self._lock:
            try:
                db = self._look()
                yield db
            except sqlite3.Error as error:
                raise Unrecorded(f"{self.where} cannot be read: {error}") from error
            except OSError as error:
                raise Unrecorded(f"{self.where} cannot be read: {error.strerror}") from error
            finally:
                if self._db is not None and self._db.in_transaction:
                    self._db.ask("ROLLBACK")

    def _look(self) -> Database | None:
        for _ in range(TRIES):
            db = self._database()
            if db is not None:
                db.ask("BEGIN")
                self._known.read(db)
            try:
                self._read_journals(self._known.done)
            except FileNotFoundError:
                # It became chunks a moment ago: look again.
                if db is not None:
                    db.ask("ROLLBACK")
                continue
            return db
        raise Unrecorded(f"{self.where}: it changes faster than it can be read; try again")

    def _database(self) -> Database | None:
        if self._db is None and (self._folder is None or self._path.exists()):
            self._db = query.open_to_read(self._path)
        elif self._db is None and not self._found_journals():
            raise Unrecorded(f"{self.where}: nothing is recorded there")
        if self._db is not None:
            query.bounded(self._db)
        return self._db

    def _found_journals(self) -> list[Path]:
        return folder.journals(self._folder) if self._folder else []

    def _read_journals(self, done: int) -> None:
        there = [path for path in self._found_journals() if folder.number_of(path) > done]
        self._journals = {path: self._journals.get(path) or JournalReader(path) for path in there}
        for reader in self._journals.values():
            reader.read()
