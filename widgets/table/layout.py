"""Where the columns of a live table stand: widths, what fits, what hangs out to the sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from opsconsole.model import Column, Quantity
from widgets.format import TEXTUAL, natural_width


@dataclass(frozen=True, slots=True)
class SparkColumn:
    """The recent course of another column, one cell per point."""

    key: str
    title: str
    of: str
    """Key of the column whose history is drawn."""
    width: int = 12
    """Cells at least; more when the terminal has room."""


Head = Column | SparkColumn
"""What can stand at the head of a column."""

GUTTER = 2
"""Cells at the left of every row: mark or cursor, then the row's level."""

_TEXT_CAP = 32
_SPARK_GROWTH = 5
_GAPS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Place:
    """One column on screen."""

    head: Head
    index: int
    """Position of its value in a row; for a spark column that of the column it follows."""
    x: int
    width: int
    flush_right: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns on screen, left to right, and how many hang out."""

    places: tuple[Place, ...] = ()
    hidden_left: int = 0
    hidden_right: int = 0

    @property
    def end(self) -> int:
        """The cell after the last column."""
        return self.places[-1].x + self.places[-1].width if self.places else GUTTER


def arrange(
    heads: Sequence[tuple[Head, int]],
    text_widths: Sequence[int],
    room: int,
    shift: int,
    *,
    wide: bool,
) -> Layout:
    """Place `heads` (each with its value's position in a row) in `room` cells.

    `text_widths` are the cells the widest text of each row position needs. The first head is
    pinned; `shift` of the others are scrolled out to the left. A number stands whole or not at
    all; text may be cut at the right edge. Room left over goes to text first, then to sparks.
    `wide` gives text all it needs before anything else gets a place.
    """
    if not heads or room <= GUTTER + 1:
        return Layout()
    layout = _arrange(heads, text_widths, room, shift, wide=wide)
    if layout.hidden_right and layout.end >= room:
        # The last cell is for the sign that columns hang out.
        layout = _arrange(heads, text_widths, room - 1, shift, wide=wide)
    return layout


def _arrange(
    heads: Sequence[tuple[Head, int]],
    text_widths: Sequence[int],
    room: int,
    shift: int,
    *,
    wide: bool,
) -> Layout:
    widths = [_needed(head, text_widths[index], wide=wide) for head, index in heads]
    space = room - GUTTER
    widths[0] = min(widths[0], max(8, space * 3 // 5), space)
    taken = [0]
    left = space - widths[0]
    position = 1 + min(shift, max(0, len(heads) - 2))
    hidden_left = position - 1
    while position < len(heads) and left > 1:
        need = widths[position]
        if need + 1 > left:
            if not _may_be_cut(heads[position][0]) or left < 1 + 8:
                break
            widths[position] = need = left - 1
        taken.append(position)
        left -= need + 1
        position += 1
    left = _grow(heads, text_widths, widths, taken, left)
    gap = _gap(len(taken), left)
    return Layout(_places(heads, widths, taken, gap), hidden_left, len(heads) - position)


def _needed(head: Head, text_width: int, *, wide: bool) -> int:
    if isinstance(head, SparkColumn):
        return max(head.width, cell_len(head.title))
    natural = natural_width(head)
    if head.quantity not in TEXTUAL:
        return natural
    extra = 2 if head.quantity is Quantity.STATE else 0
    need = max(cell_len(head.title) + 1, text_width + extra)
    return need if wide else min(need, _TEXT_CAP)


def _may_be_cut(head: Head) -> bool:
    return isinstance(head, Column) and head.quantity in TEXTUAL


def _grow(
    heads: Sequence[tuple[Head, int]],
    text_widths: Sequence[int],
    widths: list[int],
    taken: list[int],
    left: int,
) -> int:
    """Hand out what is left over; returns what nobody needs."""
    for position in taken:
        head, index = heads[position]
        if _may_be_cut(head) and left > 0:
            more = min(
                left, max(0, _needed(head, text_widths[index], wide=True) - widths[position])
            )
            widths[position] += more
            left -= more
    sparks = [at for at in taken if isinstance(heads[at][0], SparkColumn)]
    share = left // len(sparks) if sparks else 0
    for position in sparks:
        more = min(share, widths[position] * (_SPARK_GROWTH - 1))
        widths[position] += more
        left -= more
    return left


def _gap(columns: int, left: int) -> int:
    """Cells between columns: more where there is room for it everywhere."""
    return max((gap for gap in _GAPS if (gap - 1) * (columns - 1) <= left), default=1)


def _places(
    heads: Sequence[tuple[Head, int]], widths: list[int], taken: list[int], gap: int
) -> tuple[Place, ...]:
    places: list[Place] = []
    x = GUTTER
    for position in taken:
        head, index = heads[position]
        flush_right = isinstance(head, Column) and not (
            head.quantity in TEXTUAL or head.quantity is Quantity.FLAG
        )
        places.append(Place(head, index, x, widths[position], flush_right))
        x += widths[position] + gap
    return tuple(places)
