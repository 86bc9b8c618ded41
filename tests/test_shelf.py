"""Rows that many say are held once, are what they were, and are let go when nobody has them."""

import math
import random

from opsconsole.clean import Clean
from opsconsole.model import Row
from opsconsole.shelf import FEW, Shelf


def rows(count: int, salt: str = "") -> list[Row]:
    return [(Clean("package"), Clean(f"lib{n}{salt}"), Clean(f"{n}.0")) for n in range(count)]


def test_rows_come_back_as_they_were() -> None:
    shelf = Shelf()
    odd: list[Row] = [(None, True, 1, 1.5, Clean("é"), -(2**40), math.inf)] * 40
    for told in ([], rows(1), rows(FEW), rows(FEW + 1), rows(5000), odd):
        assert shelf.unpack(shelf.pack(told)) == told


def test_what_targets_say_alike_is_held_once() -> None:
    shelf = Shelf()
    first = shelf.pack(rows(3000))
    held = len(shelf)
    kept = [first, *(shelf.pack(rows(3000)) for _ in range(50))]
    assert all(parcel == first for parcel in kept)
    assert len(shelf) == held > 3


def test_a_row_that_is_new_leaves_the_rest_shared() -> None:
    shelf = Shelf()
    before = rows(3000)
    parcel = shelf.pack(before)
    held = len(shelf)
    now = before.copy()
    now.insert(1500, (Clean("package"), Clean("nginx"), Clean("1.24")))
    changed = shelf.pack(now)
    assert changed != parcel
    assert len(shelf) <= held + 3
    assert shelf.unpack(changed) == now
    assert shelf.unpack(parcel) == before


def test_what_nobody_has_any_more_is_let_go() -> None:
    shelf = Shelf()
    kept = shelf.pack(rows(2000))
    held = len(shelf)
    other = shelf.pack(rows(2000, "x"))
    assert len(shelf) > held
    del other
    assert len(shelf) == held
    del kept
    assert len(shelf) == 0


def test_rows_that_all_end_a_stretch_or_never_do_are_kept_too() -> None:
    same: Row = (Clean("again"),)
    rng = random.Random(1)
    for told in ([same] * 5000, [(rng.random(),) for _ in range(5000)]):
        shelf = Shelf()
        assert shelf.unpack(shelf.pack(told)) == told
