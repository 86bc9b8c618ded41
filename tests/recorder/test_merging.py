"""Small chunks that are merged: few rows, fewer bytes, and every answer as it was before."""

import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from opsconsole.clean import Clean
from opsconsole.model import Fault, Sample
from opsconsole.recorder import Archive, base
from opsconsole.recorder.chunk import chunks_of, moment
from opsconsole.recorder.database import Database
from opsconsole.recorder.folder import DATABASE
from opsconsole.recorder.journal import Raw, shapes_of
from opsconsole.recorder.merging import FULL, WINDOW_S, Merger
from opsconsole.recorder.query import REACH
from tests.recorder.scene import DISKS, PROBES, START, VITALS, Deck, disk, vitals

HOURS = 26
END = START + HOURS * 3600
MINUTE, TEN, FAST = (VITALS.id, "minute"), (DISKS.id, "ten"), (VITALS.id, "fast")
COURSES = (
    (TEN, (Clean("/"),), "used_percent"),
    (TEN, (Clean("/srv"),), "free_bytes"),
    (MINUTE, (), "cpu_percent"),
)
DOWN = Fault(Clean("down"), Clean("nobody there"), Clean("go and see"))
SHAPES = shapes_of(PROBES)


def _raws(pair: tuple[str, str], rng: random.Random) -> Iterator[Raw]:
    period = {MINUTE: 60.0, TEN: 600.0, FAST: 2.0}[pair]
    hours = 1 if pair == FAST else HOURS
    for number in range(int(hours * 3600 / period)):
        at = START + number * period + rng.random() * 0.01
        if rng.random() < 0.02:
            yield Raw(at, None, DOWN, period)
        elif pair == TEN:
            used = round(rng.random(), 2)
            yield Raw(at, [[*disk("/", used)], [*disk("/srv", 7.0, 1e12 + number)]], None, period)
        else:
            yield Raw(at, [[*vitals(round(40 + rng.random(), 1))]], None, period)


def _fill(db: Database, pair: tuple[str, str], raws: list[Raw]) -> None:
    """Chunks of five minutes, as the recorder makes them."""
    ids, shape = base.Ids(db), SHAPES[pair[0]]
    first = 0
    for place in range(1, len(raws) + 1):
        if place == len(raws) or raws[place].at // 300 != raws[first].at // 300:
            for made in chunks_of(raws[first:place], shape):
                base.put_chunk(db, ids.pair(pair), ids.shape(shape), made)
            first = place


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """A recording of a day of two slow probes, and an hour of a fast one."""
    rng = random.Random(2)
    with closing(base.make(tmp_path / DATABASE)) as made:
        made.ask("BEGIN")
        for pair in (MINUTE, TEN, FAST):
            _fill(made, pair, [*_raws(pair, rng)])
        made.ask("COMMIT")
        yield made


def _merge(db: Database, wall: float = END) -> None:
    merger = Merger(db)
    merger.look()
    merger.turn(wall, lambda: False)


def _rows(db: Database, target: str, table: str = "chunk") -> tuple[int, int]:
    """How many rows of a target, and their bytes."""
    query = f"SELECT count(*), sum(length(body)) FROM {table} JOIN pair ON pair.id = pair"
    count, size = db.ask(f"{query} WHERE target = ?", (target,)).fetchone()
    return int(count), int(size)


def _answers(where: Path) -> list[object]:
    """What a reader is told, all over the time."""
    rng = random.Random(7)
    found: list[object] = []
    with closing(Archive(where, PROBES)) as archive:
        found.append([*archive.between(START - 10, END)])
        found += [archive.at(rng.uniform(START - 5, END)) for _ in range(40)]
        found += [archive.rows_before(rng.uniform(START, END), [MINUTE, TEN]) for _ in range(10)]
        for since, until in ((START - 9, END), (START + 7000, START + 20_000), (END - 900, END)):
            for points in (300, 12):
                for (probe, target), key, column in COURSES:
                    found.append(archive.series(probe, target, key, column, since, until, points))
        assert archive.spoiled == 0
    return found


def test_every_answer_stays_as_it_was(db: Database, tmp_path: Path) -> None:
    before = _answers(tmp_path)
    rows = [_rows(db, target) for target in ("minute", "ten", "fast")]
    _merge(db)
    assert _rows(db, "minute")[0] < rows[0][0] / 5
    assert _rows(db, "fast") == rows[2]
    assert _answers(tmp_path) == before


def test_rows_and_bytes_are_few(db: Database) -> None:
    """A row for 150 samples or six hours, whichever comes first; and the last window as it came."""
    before = {
        (target, table): _rows(db, target, table)
        for target in ("minute", "ten")
        for table in ("chunk", "summary")
    }
    _merge(db)
    windows = HOURS * 3600 / WINDOW_S + 2
    assert _rows(db, "ten")[0] <= windows + WINDOW_S / 600
    assert _rows(db, "minute")[0] <= windows * (1 + WINDOW_S / 60 / FULL) + WINDOW_S / 300
    for name, (_, size) in before.items():
        assert _rows(db, *name)[1] < size / 2, name


def test_merged_again_nothing_happens(db: Database) -> None:
    _merge(db)
    before = db.total_changes
    _merge(db)
    assert db.total_changes == before


def test_a_window_is_merged_when_it_is_over(db: Database) -> None:
    _merge(db, START + 2 * WINDOW_S)
    some = _rows(db, "minute")[0]
    longest = db.ask(
        "SELECT max(until - since), max(until) FROM chunk WHERE samples BETWEEN 6 AND 149"
    ).fetchone()
    assert longest[0] <= REACH
    assert longest[1] <= START + 2 * WINDOW_S + 600
    _merge(db)
    assert _rows(db, "minute")[0] < some


def test_a_clock_that_was_ahead_does_not_end_it(db: Database) -> None:
    _merge(db, START + WINDOW_S * 2)
    db.ask("UPDATE merged SET until = until + 1e9")
    _merge(db)
    assert _rows(db, "minute")[0] < 60


def test_times_that_came_twice_stay_in_order(tmp_path: Path) -> None:
    """The clock was set back by an hour; chunks overlap."""
    raws = [*_raws(MINUTE, random.Random(1))][:900]
    again = [Raw(raw.at - 3600, [[*vitals(90.0)]], None, 60.0) for raw in raws[600:660]]
    with closing(base.make(tmp_path / DATABASE)) as db:
        _fill(db, MINUTE, raws[:600])
        _fill(db, MINUTE, again)
        _fill(db, MINUTE, raws[660:])
        before, count = _answers(tmp_path), _rows(db, "minute")[0]
        _merge(db)
        assert _rows(db, "minute")[0] < count / 2
        assert _answers(tmp_path) == before


def test_what_fails_leaves_all_as_it_was(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _answers(tmp_path), _rows(db, "minute"), _rows(db, "ten")

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(base, "put_merged", full)
    with pytest.raises(sqlite3.OperationalError):
        _merge(db)
    assert (_answers(tmp_path), _rows(db, "minute"), _rows(db, "ten")) == before
    monkeypatch.undo()
    _merge(db)
    assert _rows(db, "minute")[0] < before[1][0]


def test_a_damaged_chunk_stays_where_it_is(db: Database, tmp_path: Path) -> None:
    db.ask("UPDATE chunk SET body = x'00' WHERE id = (SELECT min(id) + 3 FROM chunk)")
    _merge(db)
    with closing(Archive(tmp_path, PROBES)) as archive:
        assert len([*archive.between(START - 10, END, [TEN])]) == HOURS * 6
        list(archive.between(START - 10, END, [MINUTE]))
        assert archive.spoiled > 0


def test_it_stops_when_its_time_is_over(db: Database) -> None:
    merger = Merger(db)
    merger.look()
    merger.turn(END, lambda: True)
    assert _rows(db, "minute")[0] < 60
    assert _rows(db, "ten")[0] == HOURS * 6, "one pair a turn"
    merger.turn(END, lambda: True)
    assert _rows(db, "ten")[0] < 60


def test_the_oldest_goes_first_by_the_numbers_of_what_was_merged(db: Database) -> None:
    _merge(db)
    total = db.ask("SELECT count(*) FROM chunk").fetchone()[0]
    deleted = base.forget_oldest(db, "chunk")
    assert 0 < deleted < total / 4
    sized = db.ask("SELECT sum(60 + length(body)) FROM summary").fetchone()[0]
    assert sized / 2 < base.summed_bytes(db) < sized * 2


def test_the_recorder_merges_by_itself(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    told: list[Sample] = []
    deck.run(2.2 * WINDOW_S, lambda n: told.append(deck.tell(vitals(float(n % 50)))), step=300.0)
    deck.chunk()
    tape = deck.recorder._tape
    assert tape is not None
    count, samples = tape._db.ask("SELECT count(*), max(samples) FROM chunk").fetchone()
    assert count < len(told) * 0.7
    assert samples > 20
    with closing(deck.archive()) as archive:
        found = [*archive.between(0, math.inf)]
    assert [(one.at, one.rows) for one in found] == [(moment(one.at), one.rows) for one in told]
