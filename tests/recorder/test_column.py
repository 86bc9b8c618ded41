"""Cells survive as they were: value, type, order."""

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import Clean, clean
from opsconsole.model import Value
from opsconsole.recorder.column import FLOATS, INTS, MIXED, RUNS, SAME, fold, pack, unfold, unpack

TEXTS = st.text(max_size=20).map(clean)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63),
    st.floats(width=32),
    st.floats(),
    TEXTS,
)


def alike(one: Value, other: Value) -> bool:
    """Equal, with the same type, and within float32 where it is a number."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float) and isinstance(other, float):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return one == other or math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-37)
    return one == other


@given(st.lists(VALUES, min_size=1, max_size=60), st.booleans(), st.booleans())
def test_any_cells_come_back(cells: list[Value], wide: bool, exact: bool) -> None:
    packed, data, _ = pack(cells, wide=wide, exact=exact)
    found = unpack(packed, data, len(cells))
    assert len(found) == len(cells)
    assert all(map(alike, cells, found)), (cells, found)
    if exact:
        assert all(c == f or c != c for c, f in zip(cells, found, strict=True))


@given(st.binary(max_size=400), st.sampled_from([4, 8]))
def test_folding_is_undone(data: bytes, width: int) -> None:
    data = data[: len(data) // width * width]
    assert unfold(fold(data, width), width) == data


@pytest.mark.parametrize(
    ("cells", "kind", "width"),
    [
        ([1.5, 1.5, 1.5], SAME, 0),
        ([1.5, 2.5], FLOATS, 4),
        ([1.5, 1e300], FLOATS, 8),
        ([1, 2], INTS, 4),
        ([1, 2**40], INTS, 8),
        ([1, 2**60], RUNS, 0),
        ([True, False], RUNS, 0),
        ([Clean("a"), Clean("b")], RUNS, 0),
        ([1.5, None, 2.5], MIXED, 4),
        ([1.5, Clean("odd"), 2.5], MIXED, 4),
        ([1, None, 2], MIXED, 4),
    ],
)
def test_each_kind_of_column(cells: list[Value], kind: int, width: int) -> None:
    packed, data, _ = pack(cells)
    assert (packed.kind, packed.width) == (kind, width)
    assert unpack(packed, data, len(cells)) == cells


def test_what_did_not_change_is_noughts() -> None:
    data = array("f", [7.25] * 100).tobytes()
    assert sum(map(bool, fold(data, 4))) <= 4


def test_one_and_true_are_told_apart() -> None:
    cells: list[Value] = [1, True, 1.0, 0, False]
    packed, data, _ = pack(cells, exact=True)
    assert list(map(type, unpack(packed, data, 5))) == [int, bool, float, int, bool]


@given(st.lists(VALUES, min_size=1, max_size=10), st.integers(0, 30))
def test_another_number_of_cells_is_refused(cells: list[Value], count: int) -> None:
    packed, data, _ = pack(cells)
    if packed.kind == SAME or count == len(cells):
        return
    with pytest.raises(ValueError):
        unpack(packed, data, count)
