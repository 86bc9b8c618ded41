"""Courses: gathered as one would by hand, and kept for who asks again, as long as they hold."""

import random
from pathlib import Path

import pytest

from opsconsole.ports import Point
from opsconsole.recorder import Archive, courses
from opsconsole.recorder.stretch import Course, stretches
from tests.recorder.scene import START, VITALS, Deck, vitals

LONG = 1200.0


@pytest.fixture
def deck(tmp_path: Path) -> Deck:
    """Twenty minutes in chunks."""
    deck = Deck(tmp_path)
    deck.run(LONG, lambda n: deck.tell(vitals(float(n % 37))), step=10.0)
    deck.chunk()
    return deck


def _ask(archive: Archive, since: float, until: float, points: int = 50) -> list[Point]:
    return archive.series(VITALS.id, "web-1", (), "cpu_percent", since, until, points)


def test_stretches_are_what_one_would_count() -> None:
    rng = random.Random(3)
    for _ in range(50):
        times = sorted(rng.uniform(-20, 120) for _ in range(rng.randint(0, 80)))
        values = [rng.uniform(-5, 5) for _ in times]
        cut = rng.randint(0, len(times))
        pieces = [
            Course(t, v, v, v, ())
            for t, v in ((times[:cut], values[:cut]), (times[cut:], values[cut:]))
        ]
        rng.shuffle(pieces)
        points = rng.randint(1, 40)
        step = 100 / points
        by_hand: dict[int, list[float]] = {}
        for at, value in zip(times, values, strict=True):
            if at >= 0:
                by_hand.setdefault(min(points - 1, int(at / step)), []).append(value)
        found = stretches(pieces, 0.0, 100.0, points)
        assert [point.at for point in found] == [place * step for place in sorted(by_hand)]
        for point, place in zip(found, sorted(by_hand), strict=True):
            some = by_hand[place]
            assert point.mean == pytest.approx(sum(some) / len(some))
            assert (point.low, point.high) == (min(some), max(some))


def test_means_of_many_weigh_more() -> None:
    one = Course([1.0, 2.0], [10.0, 20.0], [5.0, 20.0], [12.0, 25.0], [3, 1])
    (point,) = stretches([one, Course([3.0], [60.0], [60.0], [60.0], ())], 0.0, 10.0, 1)
    assert point == Point(0.0, (30.0 + 20.0 + 60.0) / 5, 5.0, 60.0)


def test_who_asks_again_gets_the_same(deck: Deck) -> None:
    kept = deck.archive()
    for shift in range(0, 600, 37):
        since, until = START + shift, START + shift + 600
        fresh = deck.archive()
        assert _ask(kept, since, until) == _ask(fresh, since, until)
        fresh.close()
    kept.close()


def test_what_is_known_is_not_read_again(deck: Deck) -> None:
    archive = deck.archive()
    _ask(archive, START, START + LONG)
    asked: list[str] = []
    assert archive._db is not None
    archive._db.set_trace_callback(asked.append)
    _ask(archive, START + 60, START + LONG)
    assert not [one for one in asked if " pair " in f"{one} " and "WHERE pair" not in one]
    assert not [one for one in asked if "FROM shape" in one]
    assert len(asked) <= 6, asked
    archive.close()


def test_another_chunk_of_the_same_number_is_not_taken_for_it(deck: Deck) -> None:
    archive = deck.archive()
    before = _ask(archive, START, START + LONG)
    tape = deck.recorder._tape
    assert tape is not None
    tape._db.ask("DELETE FROM chunk")
    deck.wall = START
    deck.run(LONG, lambda n: deck.tell(vitals(1000.0 + n % 5)), step=10.0)
    deck.chunk()
    after = _ask(archive, START, START + LONG)
    assert max(point.high for point in before) < 100
    assert min(point.low for point in after) >= 1000
    archive.close()


def test_what_is_kept_is_bounded(deck: Deck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courses, "MOST_VALUES", 80)
    archive = deck.archive()
    whole = _ask(archive, START - 1, START + LONG)
    kept = archive._courses
    assert 0 < sum(len(one.times) for one in kept._known.values()) == kept._values <= 80
    assert _ask(archive, START - 1, START + LONG) == whole
    archive.close()
