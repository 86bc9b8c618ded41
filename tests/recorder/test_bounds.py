"""A recording keeps within its bounds: age, size, and what it takes for a point."""

import random
from pathlib import Path

from opsconsole.model import Quantity, Row, Sample
from opsconsole.recorder import Bounds
from opsconsole.recorder.folder import DATABASE
from tests.recorder.scene import START, Deck, disk, journal_of, probe, vitals

METRICS = probe("test.metrics", *((f"m{n}", Quantity.NUMBER) for n in range(20)))


class Metrics:
    """Twenty numbers as hosts have them: five nearly constant, ten that wander, five of noise."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._row = [50.0] * 20

    def row(self) -> Row:
        """The next ones."""
        rng, row = self._rng, self._row
        for at in range(5):
            if rng.random() < 0.002:
                row[at] = rng.choice([1.0, 2.0, 3.0])
        for at in range(5, 15):
            row[at] = round(row[at] + rng.choice([0, 0, 0.1, -0.1, 0.2, -0.2]), 1)
        for at in range(15, 20):
            row[at] = 50 + rng.gauss(0, 10)
        return tuple(row)


def _feed(deck: Deck, targets: int, seconds: float) -> None:
    sources = [Metrics(number) for number in range(targets)]

    def each(_: int) -> None:
        batch = [
            Sample(METRICS.id, f"t{number}", deck.wall + number / 999, [source.row()], None, 2.0)
            for number, source in enumerate(sources)
        ]
        deck.recorder.take(batch)

    deck.run(seconds, each)


def test_three_bytes_a_point(tmp_path: Path) -> None:
    deck = Deck(tmp_path, probes={METRICS.id: METRICS})
    _feed(deck, 10, 1210)
    tape = deck.recorder._tape
    assert tape is not None
    deck.chunk()
    tape._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    points = deck.archive().totals().points
    assert points == 10 * 605 * 20
    assert (tmp_path / DATABASE).stat().st_size / points < 3.0


def test_what_does_not_change_costs_next_to_nothing(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(300, lambda _: deck.tell(vitals()))
    one = _chunk_bytes(deck)
    still = [disk(f"unit-{n}", 1.5, 3.5e9) for n in range(200)]
    deck.run(300, lambda _: deck.tell(*still, probe="test.disk"))
    assert one < 400
    assert _chunk_bytes(deck) - one < 200 * 25


def _chunk_bytes(deck: Deck) -> int:
    deck.chunk()
    return deck.archive().totals().bytes


def test_size_is_bounded_and_the_oldest_goes_first(tmp_path: Path) -> None:
    bounds = Bounds(bytes=1_000_000)
    deck = Deck(tmp_path, probes={METRICS.id: METRICS}, bounds=bounds)
    _feed(deck, 10, 6000)
    deck.chunk()
    files = (tmp_path / DATABASE).stat().st_size
    span = deck.archive().span
    assert span is not None
    assert files < 1.4 * bounds.bytes
    assert span[1] > START + 5990
    oldest = next(deck.archive().between(0, START + 10**6)).at
    assert START + 300 < oldest < START + 5400
    coarse = deck.archive().series(METRICS.id, "t1", (), "m7", START - 2, START + 6000, 20)
    assert coarse[0].at < START + 300, "summaries of what is gone are kept"


def test_age_is_bounded(tmp_path: Path) -> None:
    deck = Deck(tmp_path, bounds=Bounds(seconds=1000.0))
    deck.run(4000, lambda n: deck.tell(vitals(float(n))))
    deck.chunk()
    oldest = next(deck.archive().between(0, START + 10**6)).at
    assert oldest > START + 4000 - 1000 - 700
    assert oldest < START + 4000 - 900
    assert len(journal_of(tmp_path)) == 1
