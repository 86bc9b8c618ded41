"""Curves become the right characters, and a sweep changes two columns per sample."""

import math

import pytest

from opsconsole.model import Quantity
from widgets.chart import ASCII, BLOCK, BRAILLE, NOBODY, filled, lined, newest, nice_top, swept

NAN = math.nan


def test_areas_fill_from_below() -> None:
    grid = filled([[0.0, 25.0, 50.0, 100.0]], 100.0, 2, BRAILLE)
    assert grid.lines == [" ⢸", "⢠⣿"]
    assert grid.owners == [[NOBODY, 0], [0, 0]]
    assert filled([[0.0, 12.5, 50.0, 100.0]], 100.0, 1, BLOCK).lines == [" ▁▄█"]
    assert filled([[0.0, 50.0, 100.0]], 100.0, 1, ASCII).lines == [" .:"]


def test_a_little_is_not_nothing_and_too_much_is_cut() -> None:
    assert filled([[0.0, 0.1, 900.0]], 100.0, 1, BLOCK).lines == [" ▁█"]


def test_one_area_is_drawn_like_one_that_lies_on_nothing() -> None:
    for symbols in (BRAILLE, BLOCK, ASCII):
        for points in range(9):
            curve = [(7 * at * at) % 130 - 9.0 if at % 4 else NAN for at in range(points)]
            under = [NAN] * points
            for rows in (1, 2, 5):
                alone = filled([curve], 100.0, rows, symbols)
                both = filled([under, curve], 100.0, rows, symbols)
                assert alone.lines == both.lines
                assert alone.owners == [[one - (one > 0) for one in row] for row in both.owners]


def test_stacked_areas_belong_to_their_series() -> None:
    grid = filled([[50.0] * 2, [50.0] * 2], 100.0, 4, BRAILLE)
    assert grid.lines == ["⣿"] * 4
    assert [row[0] for row in grid.owners] == [1, 1, 0, 0]


def test_missing_values_leave_a_gap_and_zero_leaves_none() -> None:
    grid = filled([[50.0, NAN, NAN, 50.0], [NAN, NAN, NAN, 50.0]], 100.0, 1, BLOCK)
    assert grid.lines == ["▄  █"]


def test_lines_join_their_points() -> None:
    assert lined([[0.0, 0.0, 100.0, 100.0]], 100.0, 1, BRAILLE).lines == ["⣀⡏"[:1] + "⠏"]
    assert lined([[0.0, 100.0]], 100.0, 2, BLOCK).lines == [" █", "▄▀"]
    assert lined([[100.0, NAN, 0.0]], 100.0, 1, ASCII).lines == ["' ."]


def test_where_lines_meet_the_later_one_gives_the_colour() -> None:
    grid = lined([[0.0] * 4, [0.0, 0.0, 100.0, 100.0]], 100.0, 2, BRAILLE)
    assert grid.owners[1] == [1, 1]
    assert grid.owners[0] == [NOBODY, 1]


def test_the_newest_values_stand_at_the_right() -> None:
    assert newest([1.0, 2.0, 3.0], 2) == [2.0, 3.0]
    padded = newest([1.0], 3)
    assert math.isnan(padded[0])
    assert math.isnan(padded[1])
    assert padded[2] == 1.0


def test_a_sweep_changes_two_columns_per_sample() -> None:
    points = 20
    values = [float(value) for value in range(100)]
    for position in range(40, 80):
        before = swept(values[:position], points, position)
        after = swept(values[: position + 1], points, position + 1)
        changed = [
            column
            for column in range(points)
            if before[column] != after[column]
            and not (math.isnan(before[column]) and math.isnan(after[column]))
        ]
        assert len(changed) == 2
        assert after[(position + 1) % points] == values[position]


@pytest.mark.parametrize(
    ("highest", "quantity", "top"),
    [
        (0.0, Quantity.NUMBER, 1.0),
        (NAN, Quantity.NUMBER, 1.0),
        (1.0, Quantity.NUMBER, 1.0),
        (1.1, Quantity.NUMBER, 2.0),
        (3.0, Quantity.PER_S, 5.0),
        (730.0, Quantity.PER_S, 1000.0),
        (0.03, Quantity.SECONDS, 0.05),
        (3e6, Quantity.BYTES_PER_S, 4194304.0),
        (1024.0, Quantity.BYTES, 1024.0),
    ],
)
def test_the_upper_edge_is_a_round_number(highest: float, quantity: Quantity, top: float) -> None:
    assert nice_top(highest, quantity) == pytest.approx(top)
