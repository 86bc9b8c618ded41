"""Where panes stand: areas of a `Board` turned into regions of the screen; arithmetic only."""

from collections.abc import Sequence
from dataclasses import dataclass

from opsconsole.spec import Board

SLOT = "*"
"""The area that holds whichever pane is chosen among those without an area."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of the room: left, top, width, height in cells."""

    x: int
    y: int
    width: int
    height: int


def fitting(boards: Sequence[Board], width: int, height: int) -> Board:
    """The last board whose smallest room fits; the first one when none does."""
    fits = [board for board in boards if board.width <= width and board.height <= height]
    return fits[-1] if fits else boards[0]


def areas(board: Board) -> list[str]:
    """Names of the board's areas in reading order, each once."""
    return list(dict.fromkeys(name for _, names in board.rows for name in names.split()))


def place(board: Board, width: int, height: int) -> dict[str, Place]:
    """Rectangle of each area in a room of that size; areas without room are left out."""
    found: dict[str, Place] = {}
    edges = _edges([_share(size) for size, _ in board.rows], height)
    for (_, names), (top, bottom) in zip(board.rows, edges, strict=True):
        columns = names.split()
        for name, (left, right) in zip(
            columns, _edges([("fr", 1)] * len(columns), width), strict=True
        ):
            cell = Place(left, top, right - left, bottom - top)
            found[name] = _around(found[name], cell) if name in found else cell
    return {name: spot for name, spot in found.items() if spot.width > 0 and spot.height > 0}


def _share(size: str) -> tuple[str, int]:
    return ("fr", int(size[:-2])) if size.endswith("fr") else ("cells", int(size))


def _edges(shares: Sequence[tuple[str, int]], room: int) -> list[tuple[int, int]]:
    """Start and end of each share: fixed ones first, the rest of the room by weight."""
    fixed = sum(amount for unit, amount in shares if unit == "cells")
    weight = sum(amount for unit, amount in shares if unit == "fr")
    spare = max(0, room - fixed)
    edges: list[tuple[int, int]] = []
    start = taken = 0
    for unit, amount in shares:
        if unit == "fr":
            before, taken = spare * taken // weight, taken + amount
            size = spare * taken // weight - before
        else:
            size = amount
        end = min(room, start + size)
        edges.append((start, end))
        start = end
    return edges


def _around(one: Place, other: Place) -> Place:
    x, y = min(one.x, other.x), min(one.y, other.y)
    right = max(one.x + one.width, other.x + other.width)
    bottom = max(one.y + one.height, other.y + other.height)
    return Place(x, y, right - x, bottom - y)
