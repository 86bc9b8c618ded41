"""Panes tile their room: no overlap, no gap, and the right board for the size."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.spec import Board
from screens.shell.board import Place, areas, fitting, place
from screens.system import HOST

SIZES = [(80, 21), (100, 30), (160, 47), (240, 60), (400, 97)]


def _cells(spot: Place) -> set[tuple[int, int]]:
    return set(
        itertools.product(range(spot.x, spot.x + spot.width), range(spot.y, spot.y + spot.height))
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_boards_of_the_system_tab_tile_the_room(width: int, height: int) -> None:
    board = fitting(HOST.boards, width, height)
    spots = place(board, width, height)
    assert sorted(spots) == sorted(areas(board))
    covered = [cell for spot in spots.values() for cell in _cells(spot)]
    assert len(covered) == len(set(covered)) == width * height


def test_bigger_screens_get_bigger_boards() -> None:
    counts = [len(areas(fitting(HOST.boards, *size))) for size in SIZES]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_a_tiny_screen_gets_the_smallest_board() -> None:
    assert fitting(HOST.boards, 20, 5) is HOST.boards[0]


def test_same_name_spans_rows_and_columns() -> None:
    board = Board(0, 0, (("1fr", "a b"), ("1fr", "a c")))
    assert place(board, 10, 4)["a"] == Place(0, 0, 5, 4)


def test_areas_without_room_are_left_out() -> None:
    board = Board(0, 0, (("4", "a"), ("1fr", "b")))
    assert sorted(place(board, 10, 4)) == ["a"]


def test_every_area_names_a_pane_or_the_slot() -> None:
    panes = {pane.id.partition(".")[2] for pane in HOST.detail}
    for board in HOST.boards:
        assert set(areas(board)) - {"*"} <= panes


@given(st.integers(1, 500), st.integers(1, 200), st.lists(st.integers(1, 5), min_size=1))
def test_weights_share_the_whole_room(width: int, height: int, weights: list[int]) -> None:
    board = Board(0, 0, tuple((f"{weight}fr", f"p{i}") for i, weight in enumerate(weights)))
    spots = place(board, width, height).values()
    assert sum(spot.height for spot in spots) == height
