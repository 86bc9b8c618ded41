"""Garbage is looked for in small portions, and not among what is there to stay."""

import gc
from collections.abc import Iterator

import pytest

from opsconsole import garbage


@pytest.fixture
def kept() -> Iterator[None]:
    """What these tests set is that of the whole process."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("kept")
def test_what_is_there_is_put_aside_and_the_rest_is_looked_at_in_small_portions() -> None:
    stays: list[object] = [{"a": object()}]
    garbage.begin()
    frozen = gc.get_freeze_count()
    assert gc.isenabled()
    assert frozen > 0
    assert not any(one is stays for one in gc.get_objects())
    looked: list[int] = []

    def look(phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            looked.append(gc.get_count()[0])

    gc.callbacks.append(look)
    try:
        rows = {("team", f"pod-{at}"): ("team", f"pod-{at}", at) for at in range(20_000)}
    finally:
        gc.callbacks.remove(look)
    assert len(rows) == 20_000
    assert len(looked) >= 5, "a whole list of rows is never looked at in one go"
    assert max(looked) <= 2 * garbage.YOUNG


def test_a_list_is_put_aside_when_it_has_doubled() -> None:
    aside = garbage.Aside()
    before = gc.get_freeze_count()
    aside.note(garbage.LONG - 1)
    assert gc.get_freeze_count() <= before
    for rows in (garbage.LONG, 2 * garbage.LONG):
        young: list[object] = [[]]
        aside.note(rows)
        assert not any(one is young for one in gc.get_objects())
        young = [[]]
        aside.note(rows + rows // 2)
        assert any(one is young for one in gc.get_objects()), "what ends must be let go some time"


@pytest.mark.usefixtures("kept")
def test_a_list_of_rows_is_not_looked_at_again() -> None:
    rows = {("team", f"pod-{at}"): ("team", f"pod-{at}", at, 0.5, None) for at in range(1000)}
    gc.collect(0)
    assert not any(map(gc.is_tracked, rows.values())), "a tuple of plain values is let go"


@pytest.mark.usefixtures("kept")
def test_rows_that_take_the_place_of_others_are_looked_at_in_portions() -> None:
    rows = {at: (at, str(at), 0.5) for at in range(3 * garbage.PORTION)}
    gc.enable()
    gc.collect()
    portions, tracked = garbage.Portions(), 0
    for turn in range(40):
        for at in range(100):
            key = (100 * turn + at) % len(rows)
            rows[key] = (key, str(turn), 0.5)
        portions.note(100)
        tracked = max(tracked, sum(map(gc.is_tracked, rows.values())))
    assert garbage.PORTION - 100 <= tracked <= garbage.PORTION, "no more wait at a time"
    assert gc.get_count()[1] <= garbage.OLDER + 1, "what outlived one look is looked at again"


def test_nothing_is_looked_at_while_that_is_switched_off() -> None:
    gc.disable()
    try:
        row = (len("ab"), "x")
        garbage.Portions().note(garbage.PORTION)
        assert gc.is_tracked(row)
    finally:
        gc.enable()
