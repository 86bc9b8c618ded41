"""A clock that is set, either way, loses nothing and leaves no disorder."""

from pathlib import Path

import pytest

from tests.recorder.scene import START, VITALS, Deck, vitals

DAY = 86400.0


@pytest.mark.parametrize("step", [-3600.0, -7.0, 5.0, 3600.0, 400 * DAY, -400 * DAY])
def test_nothing_is_lost_and_all_is_in_order(tmp_path: Path, step: float) -> None:
    deck = Deck(tmp_path)
    values: list[float] = []

    def each(number: int) -> None:
        if number == 100:
            deck.wall += step
        values.append(float(number))
        deck.tell(vitals(float(number)))

    deck.run(800, each)
    found = list(deck.archive().between(0, START + 500 * DAY))
    assert sorted(sample.rows[0][0] for sample in found if sample.rows) == values  # type: ignore[type-var]
    times = [sample.at for sample in found]
    assert times == sorted(times)


def test_a_moment_told_twice_shows_the_newest_before_it(tmp_path: Path) -> None:
    deck = Deck(tmp_path)

    def each(number: int) -> None:
        if number == 200:
            deck.wall -= 301.0
        deck.tell(vitals(float(number)))

    deck.run(1000, each)
    archive = deck.archive()
    every = list(archive.between(0, START + 5000))
    for at in range(0, 700, 13):
        past = [one for one in every if one.at <= START + at]
        assert archive.at(START + at)[0].at == past[-1].at


def test_years_ahead_for_a_while_empty_no_recording(tmp_path: Path) -> None:
    deck = Deck(tmp_path)
    deck.run(700, lambda n: deck.tell(vitals(float(n))))
    deck.wall += 4000 * DAY
    deck.run(700, lambda n: deck.tell(vitals(float(n))))
    deck.wall -= 4000 * DAY
    deck.run(700, lambda n: deck.tell(vitals(float(n))))
    deck.chunk()
    assert len(list(deck.archive().between(0, START + 5000 * DAY))) == 3 * 350
    assert deck.archive().at(START + 100)[0].probe == VITALS.id
