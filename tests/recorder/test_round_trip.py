"""What was told is there again: rows, faults, silences, what happened."""

import math
import random
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.model import Fault, Level, Quantity, Row, Sample
from opsconsole.recorder import chunk
from opsconsole.recorder.chunk import OpenChunk, chunks_of, moment
from opsconsole.recorder.journal import Raw, Shape
from tests.recorder.scene import DISKS, PERIOD, START, VITALS, Deck, disk, journal_of, probe, vitals
from tests.recorder.test_column import TEXTS, VALUES, alike

ROWS = st.lists(st.lists(VALUES, min_size=3, max_size=3), max_size=6)
ODD = st.lists(st.lists(VALUES, max_size=4), max_size=3)
FAULTS = st.builds(Fault, TEXTS, TEXTS, TEXTS)
RAWS = st.lists(
    st.builds(
        Raw,
        st.floats(START, START + 500, allow_nan=False),
        st.one_of(ROWS, ROWS, ROWS, ODD, st.none()),
        st.one_of(st.none(), st.none(), FAULTS),
        st.sampled_from([2.0, 10.0, 0.5]),
    ),
    min_size=1,
    max_size=12,
)


def _same(one: Sample, raw: Raw) -> bool:
    if (one.at, one.fault, one.period) != (moment(raw.at), raw.fault, raw.period):
        return False
    if one.rows is None or raw.rows is None:
        return one.rows is None and raw.rows is None
    return len(one.rows) == len(raw.rows) and all(
        len(row) == len(other) and all(map(alike, row, other))
        for row, other in zip(one.rows, raw.rows, strict=True)
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RAWS, st.sampled_from([(), ("a",), ("a", "c")]))
def test_any_samples_come_back(raws: list[Raw], key: tuple[str, ...]) -> None:
    shape = Shape(("a", "b", "c"), key, ("b",))
    found: list[Sample] = []
    for made in chunks_of(raws, shape):
        found += OpenChunk(made.body, shape).samples("p", "t")
    ordered = sorted(raws, key=lambda raw: raw.at)
    assert len(found) == len(ordered)
    assert all(map(_same, found, ordered))


def _no_number(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RAWS, st.sampled_from([(), ("a",)]))
def test_one_column_is_read_as_far_as_it_reaches(raws: list[Raw], key: tuple[str, ...]) -> None:
    shape = Shape(("a", "b", "c"), key)
    made = next(chunks_of(raws, shape))
    every = OpenChunk(made.body, shape)
    names = {
        tuple(row[shape.columns.index(one)] for one in key)
        for s in every.samples("p", "t")
        for row in s.rows or ()
        if len(row) == 3
    }
    names -= {name for name in names if any(map(_no_number, name))}  # NaN names nothing
    for name in sorted(names, key=repr):
        for column in ("c", "a", "b"):
            part = OpenChunk(made.body, shape, whole=False).course(name, column)
            assert repr(part) == repr(every.course(name, column))


def test_a_first_column_is_inflated_alone() -> None:
    shape = Shape(tuple(f"m{n}" for n in range(40)), ())
    rng = random.Random(5)
    raws = [Raw(START + n, [[rng.random() for _ in range(40)]], None, 1.0) for n in range(150)]
    (made,) = chunks_of(raws, shape)
    part = OpenChunk(made.body, shape, whole=False)
    whole = OpenChunk(made.body, shape)
    assert part.course((), "m1") == whole.course((), "m1")
    sizes = [sum(map(len, opened._streams.values())) for opened in (part, whole)]
    assert sizes[0] * 8 < sizes[1]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(RAWS, st.data())
def test_some_of_a_chunk_are_those_of_all(raws: list[Raw], data: st.DataObject) -> None:
    shape = Shape(("a", "b", "c"), ("a",))
    made = next(chunks_of(raws, shape))
    every = [*map(repr, OpenChunk(made.body, shape).samples("p", "t"))]
    first = data.draw(st.integers(0, len(every)))
    last = data.draw(st.integers(first, len(every)))
    some = [*map(repr, OpenChunk(made.body, shape).samples("p", "t", first, last))]
    assert some == every[first:last]


def test_a_table_large_enough_for_many_streams() -> None:
    shape = Shape(("pid", "cpu", "rss"), ("pid",))
    rows = [[[pid, pid * 0.37 + at, float(pid * at)] for pid in range(700)] for at in range(60)]
    raws = [Raw(START + at, each, None, 1.0) for at, each in enumerate(rows)]
    made = next(chunks_of(raws, shape))
    opened = OpenChunk(made.body, shape)
    assert all(map(_same, opened.samples("p", "t"), raws))
    assert len(opened._head.streams) == 2
    times, cells = opened.course((41,), "rss")
    assert len(times) == 60
    assert cells == [41.0 * at for at in range(60)]
    assert chunk.STREAM < 700 * 60 * 4


def test_everything_of_a_collector_comes_back(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    told: list[Sample] = []

    def each(number: int) -> None:
        told.append(deck.tell(vitals(number * 0.5, ntp=number % 7 == 0)))
        rows = [disk("/", 40.0 + number / 8), *[disk("/srv", 91.0)] * (number % 3 == 0)]
        told.append(deck.tell(*rows, probe=DISKS.id))

    deck.run(400, each)
    archive = deck.archive()
    assert archive.totals().chunks == 2
    assert len(journal_of(tmp_path)) == 1
    found = sorted(archive.between(0, START + 1000), key=lambda one: (one.at, one.probe))
    assert found == sorted(told, key=lambda one: (one.at, one.probe))
    assert archive.pairs() == [(DISKS.id, "web-1"), (VITALS.id, "web-1")]
    assert archive.span == (START, START + 398)
    assert [target.labels for target in archive.targets()] == [{"env": "prod"}]


def test_a_moment_shows_the_newest_of_each_pair(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(
        900, lambda n: (deck.tell(vitals(float(n))), n % 30 or deck.tell(disk("/"), probe=DISKS.id))
    )
    for ago in (0.0, 1.0, 100.0, 333.0, 899.0):
        at = START + 898 - ago
        if at < START:
            continue
        found = {sample.probe: sample for sample in deck.archive().at(at)}
        assert found[VITALS.id].at == START + (at - START) // 2 * 2
        assert found[VITALS.id].rows == [vitals((at - START) // 2)]
        assert found[DISKS.id].at == START + (at - START) // 60 * 60
    assert deck.archive().at(START - 1) == []


def test_faults_and_what_follows_them_are_recorded(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    fault = Fault("unreachable", Clean("web-1: no route"), Clean("look at the cable"))

    def each(number: int) -> None:
        if 50 <= number < 100:
            sample = Sample(VITALS.id, "web-1", deck.wall, None, fault, PERIOD)
            deck.recorder.take([sample])
        elif number != 120:
            deck.tell(*[vitals()] * (number != 30))

    deck.run(400, each)
    archive = deck.archive()
    assert archive.at(START + 110)[0].fault == fault
    assert archive.at(START + 110)[0].rows is None
    assert archive.at(START + 99)[0].rows == [vitals()]
    assert archive.at(START + 60)[0].rows == []
    assert archive.at(START + 240)[0].at == START + 238


def test_the_course_of_a_column(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(800, lambda n: deck.tell(disk("/", float(n)), disk("/srv", 50.0), probe=DISKS.id))
    archive = deck.archive()

    def course(mount: str, since: float, until: float, points: int) -> list[tuple[float, ...]]:
        found = archive.series(
            DISKS.id, "web-1", (Clean(mount),), "used_percent", since, until, points
        )
        return [(point.at - START, point.mean, point.low, point.high) for point in found]

    every = course("/", START - 1, START + 799, 400)
    assert [mean for _, mean, _, _ in every] == [float(n) for n in range(400)]
    few = course("/", START - 1, START + 799, 4)
    extents = [(low, high) for _, _, low, high in few]
    assert extents == [(0, 99), (100, 199), (200, 299), (300, 399)]
    assert {mean for _, mean, _, _ in course("/srv", START, START + 800, 10)} == {50.0}
    assert course("/nowhere", START, START + 800, 10) == []


def test_summaries_outlive_samples(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(1300, lambda n: deck.tell(vitals(float(n % 10))))
    deck.chunk()
    tape = deck.recorder._tape
    assert tape is not None
    tape._db.execute("DELETE FROM chunk WHERE since < ?", (START + 900,))
    archive = deck.archive()
    found = archive.series(VITALS.id, "web-1", (), "cpu_percent", START - 2, START + 1300, 100)
    old = [point for point in found if point.at < START + 880]
    assert len(old) == 3
    assert all((point.low, point.high) == (0.0, 9.0) for point in old)
    assert all(4.0 < point.mean < 5.0 for point in old)
    assert len(found) > 30


def test_what_happened_is_kept_in_order(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    one = Occurrence(
        START + 5, "alert", "web-1", Clean("/"), Level.CRIT, Clean("Disk is full"), "a"
    )
    two = Occurrence(START + 1, "note", "web-1", Clean(""), Level.OK, Clean("hm"))
    deck.tell(vitals())
    deck.recorder.note([one])
    deck.chunk()
    deck.recorder.note([two])
    deck.recorder.turn()
    assert deck.archive().occurrences(START, START + 10) == [two, one]
    assert deck.archive().occurrences(START + 2, START + 10) == [one]


def test_columns_are_found_by_name_in_a_later_version(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.tell(disk("/", 40.0, 7.0), probe=DISKS.id)
    deck.chunk()
    deck.tell(disk("/", 41.0, 8.0), probe=DISKS.id)
    deck.recorder.turn()
    now = probe(
        DISKS.id,
        ("free_bytes", Quantity.BYTES),
        ("inodes", Quantity.COUNT),
        ("mount", Quantity.TEXT),
        key=("mount",),
    )
    deck.probes = {now.id: now}
    rows: list[list[Row] | None] = [one.rows for one in deck.archive().between(0, START + 1000)]
    assert rows == [[(7.0, None, Clean("/"))], [(8.0, None, Clean("/"))]]


def test_a_journal_of_another_version_is_taken_over(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.tell(disk("/", 40.0, 7.0), probe=DISKS.id)
    deck.recorder.turn()
    deck.end()
    deck.probes = {DISKS.id: probe(DISKS.id, ("free_bytes", Quantity.BYTES))}
    deck.begin()
    deck.recorder.turn()
    assert deck.archive().totals().chunks == 1
    assert [one.rows for one in deck.archive().at(START)] == [[(7.0,)]]
