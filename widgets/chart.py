"""Curves as characters: filled, stacked or drawn as lines; pure, without colours."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from opsconsole.model import Quantity

Curve = Sequence[float]
"""Values from oldest to newest; NaN where there was none."""

NOBODY = -1
"""Owner of a cell that shows nothing."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """The characters a curve is drawn with."""

    across: int
    """Points in one cell, side by side."""
    steps: int
    """Heights in one cell."""
    fill: str
    """By left height times (steps + 1) plus right height; by height alone when one point wide."""
    dots: str
    """By bits; bit 0 is the top left dot, counted down, then the right column."""
    dot_rows: int


def _braille(bits: int) -> str:
    """Braille numbers its dots 1 2 3 7 down the left and 4 5 6 8 down the right."""
    order = (0, 1, 2, 6, 3, 4, 5, 7)
    return chr(0x2800 + sum(1 << place for bit, place in enumerate(order) if bits >> bit & 1))


def _column(height: int) -> int:
    """Bits of a column of four dots filled from below."""
    return 0b1111 & ~((1 << (4 - height)) - 1)


BRAILLE = Symbols(
    across=2,
    steps=4,
    fill="".join(
        _braille(_column(left) | _column(right) << 4) if left or right else " "
        for left in range(5)
        for right in range(5)
    ),
    dots=" " + "".join(map(_braille, range(1, 256))),
    dot_rows=4,
)
BLOCK = Symbols(across=1, steps=8, fill=" ▁▂▃▄▅▆▇█", dots=" ▀▄█", dot_rows=2)
ASCII = Symbols(across=1, steps=2, fill=" .:", dots=" '.:", dot_rows=2)

SYMBOLS = {"braille": BRAILLE, "block": BLOCK, "ascii": ASCII}


@dataclass(frozen=True, slots=True)
class Grid:
    """Lines of characters from top to bottom, and which series each cell belongs to."""

    lines: list[str]
    owners: list[list[int]]


def newest(curve: Curve, points: int) -> list[float]:
    """The newest `points` values, with NaN before the first."""
    seen = list(curve[-points:]) if points > 0 else []
    return [math.nan] * (points - len(seen)) + seen


def swept(curve: Curve, points: int, position: int) -> list[float]:
    """The same values on a ring: each keeps its column, and a gap runs ahead of the newest.

    `position` counts samples since any fixed moment; a step forward changes two columns only.
    """
    line = newest(curve, points)
    at = position % points
    ring = [line[(column - at - 1) % points] for column in range(points)]
    for ahead in range(1, 1 + max(1, points // 32)):
        ring[(at + ahead) % points] = math.nan
    return ring


def filled(curves: Sequence[Sequence[float]], top: float, rows: int, symbols: Symbols) -> Grid:
    """Areas on top of each other, first at the bottom; all curves equally long.

    A missing value counts as nothing, and leaves a gap only where all are missing.
    """
    scale = rows * symbols.steps / top if top > 0 else 0.0
    limit = rows * symbols.steps
    if len(curves) == 1:
        return _area_alone([_height(value, scale, limit) for value in curves[0]], rows, symbols)
    columns = [_heights(column, scale, limit) for column in zip(*curves, strict=True)]
    across = symbols.across
    cells = [columns[x : x + across] for x in range(0, len(columns), across)]
    lines: list[str] = []
    owners: list[list[int]] = []
    for row in range(rows):
        floor = (rows - 1 - row) * symbols.steps
        drawn = [_area(cell, floor, symbols) for cell in cells]
        lines.append("".join(char for char, _ in drawn))
        owners.append([owner for _, owner in drawn])
    return Grid(lines, owners)


def _height(value: float, scale: float, limit: int) -> int:
    """Upper edge of the only area at one point; 0 where nothing is known."""
    if not value > 0:
        return 0
    edge = value * scale
    return limit if edge >= limit else round(edge) or 1  # a little is not nothing


def _area_alone(heights: Sequence[int], rows: int, symbols: Symbols) -> Grid:
    """What `filled` draws of one curve, which needs no look at who owns a cell."""
    steps, fill = symbols.steps, symbols.fill
    lines: list[str] = []
    owners: list[list[int]] = []
    for row in range(rows):
        floor = (rows - 1 - row) * steps
        part = [min(max(height - floor, 0), steps) for height in range(rows * steps + 1)]
        cells = [part[height] for height in heights]
        if symbols.across > 1:
            rest = cells[len(cells) & ~1 :]  # one alone stands at the right
            pairs = zip(cells[::2], cells[1::2], strict=False)
            cells = [left * (steps + 1) + right for left, right in pairs] + rest
        lines.append("".join([fill[cell] for cell in cells]))
        owners.append([0 if cell else NOBODY for cell in cells])
    return Grid(lines, owners)


def _heights(column: Sequence[float], scale: float, limit: int) -> list[int]:
    """Upper edge of each area at one point; empty where nothing is known."""
    if all(value != value for value in column):
        return []
    sums = accumulate(value if value == value and value > 0 else 0.0 for value in column)
    edges = [min(limit, round(value * scale)) for value in sums]
    if edges[-1] == 0 and any(value > 0 for value in column):
        edges[-1] = 1  # a little is not nothing
    return edges


def _area(cell: Sequence[list[int]], floor: int, symbols: Symbols) -> tuple[str, int]:
    steps = symbols.steps
    index = 0
    owner = NOBODY
    for edges in cell:
        height = edges[-1] - floor if edges else 0
        height = 0 if height < 0 else min(height, steps)
        index = index * (steps + 1) + height
        if height:
            middle = floor + (height + 1) // 2
            owner = max(owner, next(k for k, edge in enumerate(edges) if edge >= middle))
    return symbols.fill[index], owner


def lined(curves: Sequence[Sequence[float]], top: float, rows: int, symbols: Symbols) -> Grid:
    """Lines over each other; where two meet in a cell, the later one gives the colour."""
    high = rows * symbols.dot_rows - 1
    scale = high / top if top > 0 else 0.0
    width = -(-len(curves[0]) // symbols.across) if curves else 0
    bits = [[0] * width for _ in range(rows)]
    owners = [[NOBODY] * width for _ in range(rows)]
    for series, curve in enumerate(curves):
        before: int | None = None
        for point, value in enumerate(curve):
            if value != value:
                before = None
                continue
            level = min(high, max(0, round(value * scale)))
            column, side = divmod(point, symbols.across)
            start = level if before is None else before
            # The stroke to a far point starts next to the one before, not on its height.
            low, up = min(start + (start < level), level), max(start - (start > level), level)
            for dot in range(high - up, high - low + 1):
                row, down = divmod(dot, symbols.dot_rows)
                bits[row][column] |= 1 << (side * symbols.dot_rows + down)
                owners[row][column] = series
            before = level
    lines = ["".join(symbols.dots[cell] for cell in row) for row in bits]
    return Grid(lines, owners)


def nice_top(highest: float, quantity: Quantity) -> float:
    """A round number not under `highest`: 1, 2, 5 by tens, or by twos for bytes."""
    if not highest > 0 or math.isinf(highest):
        return 1.0
    if quantity in {Quantity.BYTES, Quantity.BYTES_PER_S}:
        return float(2 ** math.ceil(math.log2(highest)))
    size = 10.0 ** math.floor(math.log10(highest))
    return next((step * size for step in (1, 2, 5) if step * size >= highest), 10 * size)
