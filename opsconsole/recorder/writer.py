"""The flight recorder: a thread writes what the collector hears; the loop never waits."""

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from pathlib import Path
from typing import Any

from opsconsole.alert import Alerts, Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.errors import Unrecorded
from opsconsole.model import Sample, Target
from opsconsole.ports import Recording
from opsconsole.recorder import alarm, base, folder, journal
from opsconsole.recorder.alarm import Standing, Told
from opsconsole.recorder.chunk import chunks_of
from opsconsole.recorder.journal import JournalReader, JournalWriter, Shape, shapes_of
from opsconsole.recorder.merging import Merger
from opsconsole.spec import Probe

WRITE_S = 1.0
"""Seconds between writes to the journal: what a crash can cost, and then some."""

CHUNK_S = 300.0
"""Seconds after which what is in the journal becomes chunks."""

LARGEST_JOURNAL = 64 * 1024 * 1024
"""Bytes after which it does so earlier."""

WORK_S = 0.5
"""Seconds of work on chunks between two writes to the journal."""

RETRY_S = 30.0
"""Seconds after which it is tried again what could not be written."""

LONGEST_QUEUE = 200_000
"""Samples that wait for the thread; more are dropped, and counted."""

LONGEST_TALK = 10_000
"""Messages about alerts that wait; of more only what they come to is kept."""

SUMMED = 13
"""Summaries and occurrences are kept so many times as long as samples."""

SUMMED_SHARE = 4
"""One part in so many of the room is theirs at most."""

TELL_S = 5.0
"""Seconds between two reports of the same state."""


SHARED = Clean("another collector records this estate")

_STATES = {Clean(""): "waiting", SHARED: "shared"}
"""By trouble; with any other it has stopped."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept."""

    bytes: float = 1024 * 2**20
    seconds: float = 168 * 3600.0


class FlightRecorder:
    """Satisfies `ports.Recorder`. `close` writes what waits and ends the thread."""

    def __init__(
        self,
        where: Path,
        probes: Mapping[str, Probe[Any]],
        targets: Iterable[Target] = (),
        bounds: Bounds = Bounds(),
        *,
        told: Callable[[Recording], None] = lambda _: None,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`told` is called in the thread whenever there is news, and every few seconds."""
        self._where = where
        self._shapes = shapes_of(probes)
        self._targets = tuple(targets)
        self._bounds = bounds
        self._told = told
        self._wall, self._clock = wall, clock
        self._samples: deque[Sequence[Sample]] = deque()
        self._waiting = 0
        self._occurrences: deque[Occurrence] = deque(maxlen=10_000)
        self._alerts: deque[Told] = deque()
        self._said = Standing()
        self.standing = Standing()
        """Alerts that stand, as far as they are written; the thread's own."""
        self._dropped = 0
        self._trouble = Clean("")
        self._notice = Clean("")
        self._retry_at = self._told_at = 0.0
        self._tape: _Tape | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def take(self, samples: Sequence[Sample]) -> None:
        """Keep samples; when too many wait, they are dropped and counted."""
        if self._waiting > LONGEST_QUEUE:
            self._dropped += len(samples)
            return
        self._waiting += len(samples)
        self._samples.append(samples)

    def note(self, occurrences: Sequence[Occurrence]) -> None:
        """Keep what happened."""
        self._occurrences.extend(occurrences)

    def alert(self, message: Alerts) -> None:
        """Keep what is told of alerts."""
        told = self._said.hear(self._wall(), message)
        if len(self._alerts) >= LONGEST_TALK:
            self._alerts.clear()
            told = self._said.whole(told.at)
        self._alerts.append(told)

    def close(self, patience: float = 3.0) -> None:
        """Write what waits, and end; what the disk does not take in that time is lost."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(patience)

    # -- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        self.turn()
        while not self._ending.wait(WRITE_S):
            self.turn()
        self.turn(last=True)
        if self._tape is not None:
            self._tape.close()

    def turn(self, *, last: bool = False) -> None:
        """Write what came; work for a while on what is to become chunks."""
        samples, occurrences = self._queue()
        alerts: list[Told] = []
        while self._alerts:
            alerts.append(self._alerts.popleft())
        try:
            if self._tape is None and self._clock() >= self._retry_at:
                self._open()
            if self._tape is None:
                self._dropped += len(samples)
            else:
                self._tape.write(samples, occurrences, alerts)
                samples = []
                self._trouble = Clean("")
                if not last:
                    self._tape.work(self._clock() + WORK_S)
        except (OSError, sqlite3.Error, Unrecorded) as error:
            self._dropped += len(samples)
            self._stop(error)
        for told in alerts:
            self.standing.take(told)
        self._tell()

    def _queue(self) -> tuple[list[Sample], list[Occurrence]]:
        samples: list[Sample] = []
        while self._samples:
            samples += self._samples.popleft()
        # A little of what is counted here may have come since: the bound need not be exact.
        self._waiting = 0
        samples = [one for one in samples if isfinite(one.at) and 0 <= one.at < 2**40]
        occurrences: list[Occurrence] = []
        while self._occurrences:
            occurrences.append(self._occurrences.popleft())
        return samples, occurrences

    def _open(self) -> None:
        folder.prepare(self._where)
        held = folder.hold(self._where)
        if held is None:
            self._trouble = SHARED
            self._retry_at = self._clock() + RETRY_S
            return
        try:
            self._tape = _Tape(self, held)
        except (OSError, sqlite3.Error, Unrecorded):
            os.close(held)
            raise

    def _stop(self, error: Exception) -> None:
        """Say what is wrong, let go of all files, and try again later."""
        words = getattr(error, "strerror", None) or str(error)
        self._trouble = clean(f"{self._where}: {words}", 300)
        self._retry_at = self._clock() + RETRY_S
        if self._tape is not None:
            self._tape.close()
            self._tape = None

    def _tell(self) -> None:
        state = self.state()
        now = self._clock()
        if state.trouble != self._notice or now - self._told_at >= TELL_S:
            self._notice, self._told_at = state.trouble, now
            self._told(state)

    def state(self) -> Recording:
        """How it stands."""
        tape = self._tape
        if tape is None:
            state = _STATES.get(self._trouble, "stopped")
            return Recording(state, 0, None, self._dropped, self._trouble, str(self._where))
        trouble = self._trouble or tape.notice
        where = str(self._where)
        return Recording("recording", tape.bytes, tape.since, self._dropped, trouble, where)

    # -- what a tape needs to know --------------------------------------------------------------

    @property
    def where(self) -> Path:
        """The folder of the recording."""
        return self._where

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """Columns of all probes."""
        return self._shapes

    @property
    def targets(self) -> Sequence[Target]:
        """What is watched."""
        return self._targets

    @property
    def bounds(self) -> Bounds:
        """How much is kept."""
        return self._bounds

    @property
    def now(self) -> tuple[float, float]:
        """Unix time, and the clock that nobody sets."""
        return self._wall(), self._clock()


class _Tape:
    """Open files of a recording; all that is done with them raises `OSError`, `sqlite3.Error`."""

    def __init__(self, recorder: FlightRecorder, held: int) -> None:
        self._recorder = recorder
        self._held = held
        self.notice = Clean("")
        where = recorder.where
        self._journal: JournalWriter | None = None
        self._db = base.make(where / folder.DATABASE)
        try:
            base.put_targets(self._db, recorder.targets)
            done = int(base.meta(self._db, "journal") or 0)
            self._closed: deque[Path] = deque()
            for path in folder.journals(where):
                if folder.number_of(path) <= done:
                    path.unlink()
                else:
                    self._closed.append(path)
            self._number = max([done, *map(folder.number_of, self._closed)])
            self._ids = base.Ids(self._db)
            self._merger = Merger(self._db)
            self._work: Iterator[None] | None = None
            self._alerts: Told | None = None
            self._credit, self._looked = 86400.0, recorder.now[1]
            if base.meta(self._db, "trusted") is None:
                base.put_meta(self._db, "trusted", recorder.now[0])
            self._begin()
        except (OSError, sqlite3.Error):
            self._db.close()
            raise
        found = base.span(self._db)
        self.since = found[0] if found else None
        self.bytes = folder.size_of(where)

    def _begin(self) -> None:
        self._number += 1
        path = self._recorder.where / journal.NAME.format(self._number)
        self._journal = JournalWriter(path, self._recorder.shapes)
        self._began = self._recorder.now[1]

    def write(
        self, samples: list[Sample], occurrences: list[Occurrence], alerts: list[Told]
    ) -> None:
        """Append to the journal; begin another one when it is time."""
        assert self._journal is not None
        standing = self._recorder.standing
        if not self._journal.size and standing.spoke and (samples or occurrences or alerts):
            began = min([self._recorder.now[0], *(told.at for told in alerts)])
            alerts = [standing.whole(began), *alerts]
        self._journal.write(samples, occurrences, alerts)
        if self.since is None and samples:
            self.since = samples[0].at
        old = self._recorder.now[1] - self._began >= CHUNK_S
        if self._journal.size and (old or self._journal.size > LARGEST_JOURNAL):
            self._journal.close()
            self._closed.append(self._journal.path)
            self._begin()

    def work(self, until: float) -> None:
        """Make chunks of closed journals until that time."""
        while self._closed or self._work is not None:
            if self._work is None:
                self._work = self._take_over(self._closed.popleft())
            for _ in self._work:
                if self._recorder.now[1] > until:
                    return
            self._work = None
            self._merger.look()
        self._merger.turn(self._recorder.now[0], lambda: self._recorder.now[1] > until)

    def _take_over(self, path: Path) -> Iterator[None]:
        """Make chunks of one journal, a pair at a time, all of them or none."""
        reader = JournalReader(path).read()
        if reader.torn:
            self.notice = clean(
                f"{path.name}: the last {reader.torn} bytes were cut off by a crash"
            )
        db, index, whole = self._db, reader.index, False
        db.ask("BEGIN IMMEDIATE")
        try:
            for pair, places in index.samples.items():
                raws = [raw for _, at, length in places if (raw := reader.raw(at, length))]
                shape = index.shapes[pair]
                for chunk in chunks_of(raws, shape):
                    base.put_chunk(db, self._ids.pair(pair), self._ids.shape(shape), chunk)
                yield
            base.put_occurrences(db, index.occurrences)
            self._put_alerts(index.alerts)
            base.put_meta(db, "journal", folder.number_of(path))
            self._forget()
            db.ask("COMMIT")
            whole = True
        finally:
            reader.close()
            if not whole:
                # The numbers of pairs that were new in it are gone with it.
                self._ids = base.Ids(db)
                self._alerts = None
                if db.in_transaction:
                    db.ask("ROLLBACK")
        path.unlink(missing_ok=True)
        base.give_back(db)
        found = base.span(db)
        self.since = found[0] if found else self.since
        self.bytes = folder.size_of(self._recorder.where)

    def _put_alerts(self, stretch: list[Told]) -> None:
        """Store what was told of alerts, unless they only stand as they stood before."""
        if not stretch:
            return
        end = alarm.standing_at(stretch, inf).whole(stretch[-1].at)
        if len(stretch) > 1 or not alarm.repeats(end, self._alerts):
            base.put_alerts(self._db, stretch)
            self._alerts = end

    def _forget(self) -> None:
        """Keep within the bounds: first by age, then what came first."""
        bounds, db = self._recorder.bounds, self._db
        trusted = self._trusted()
        base.forget_before(db, trusted - bounds.seconds, trusted - SUMMED * bounds.seconds)
        base.forget_alerts(db, trusted - bounds.seconds)
        while base.used_bytes(db) > bounds.bytes:
            full = base.summed_bytes(db) > bounds.bytes / SUMMED_SHARE
            tables = ("summary", "chunk") if full else ("chunk", "summary")
            if not any(base.forget_oldest(db, table) for table in (*tables, "alarm")):
                break
            base.forget_alerts(db, trusted - bounds.seconds)

    def _trusted(self) -> float:
        """Unix time as far as it is believed: a clock set years ahead must not empty a recording.

        It follows the wall in steps: a day at each start, then ten times as fast as time passes.
        """
        wall, clock = self._recorder.now
        before = float(base.meta(self._db, "trusted") or wall)
        told = min(wall, before + self._credit + 10 * (clock - self._looked))
        self._credit, self._looked = 0.0, clock
        base.put_meta(self._db, "trusted", told)
        return told

    def close(self) -> None:
        """Let go; what is in journals is taken over by the next."""
        if self._work is not None:
            close = getattr(self._work, "close", None)
            if close is not None:
                close()
        if self._journal is not None:
            self._journal.close()
        self._db.close()
        os.close(self._held)
