"""Names and values of one row, in as many text columns as fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Resize
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from opsconsole.model import Column, Level, Quantity, Row, Value
from widgets.format import TEXTUAL, UNICODE, Cell, Glyphs, cell_maker, fit, natural_width

_GAP = 3
_TEXT_CAP = 60


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one fact stands."""

    index: int
    x: int
    y: int
    name_width: int
    value_width: int
    make: Callable[[Value], Cell]


class Facts(ScrollView, can_focus=True):
    """One row, read like a form: down the first text column, then the next."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "facts--name",
        "facts--unknown",
        "facts--warn",
        "facts--crit",
    }
    DEFAULT_CSS = """
    Facts {
        height: 1fr;
        color: $foreground;
        background: $background;
        overflow-x: hidden;
        scrollbar-size: 1 1;
        & > .facts--name { color: $text-muted; }
        & > .facts--unknown { color: $text-muted; text-style: italic; }
        & > .facts--warn { color: $warning; }
        & > .facts--crit { color: $error; text-style: bold reverse; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        shown: Sequence[str] = (),
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._columns = tuple(columns)
        by_key = {column.key: index for index, column in enumerate(columns)}
        self._shown = [by_key[key] for key in shown] if shown else list(by_key.values())
        self._glyphs = glyphs
        self._row: Row | None = None
        self._cells: list[Cell] = []
        self._text_widths: dict[int, int] = {}
        self._lines: list[list[int]] = []
        self._places: list[_Place] = []

    def set_row(self, row: Row | None) -> None:
        """Show a row in the order of the columns; None for nothing. Repaints what changed."""
        old, self._row = self._row, row
        if row is None or self._grew(row) or old is None or not self._places:
            self._relayout()
            return
        regions: list[Region] = []
        for at, place in enumerate(self._places):
            if old[place.index] == row[place.index]:
                continue
            cell = place.make(row[place.index])
            if cell != self._cells[at]:
                self._cells[at] = cell
                x = place.x + place.name_width + 1
                regions.append(Region(x, place.y - self.scroll_offset.y, place.value_width, 1))
        if regions:
            self.refresh(*regions)

    def on_resize(self, event: Resize) -> None:
        """Another width has room for more or fewer text columns."""
        del event
        self._relayout()

    def _grew(self, row: Row) -> bool:
        grown = False
        for index in self._shown:
            value = row[index]
            if self._columns[index].quantity in TEXTUAL and isinstance(value, str):
                size = min(cell_len(value), _TEXT_CAP)
                if size > self._text_widths.get(index, 0):
                    self._text_widths[index] = size
                    grown = True
        return grown

    def _value_width(self, index: int) -> int:
        column = self._columns[index]
        if column.quantity not in TEXTUAL:
            return natural_width(Column(column.key, "", column.quantity, "", column.limits))
        return self._text_widths.get(index, 1) + 2 * (column.quantity is Quantity.STATE)

    def _relayout(self) -> None:
        """Find the most text columns that fit, and place everything."""
        room = self.size.width
        count = len(self._shown)
        self._places, self._lines, self._cells = [], [], []
        if room > 4 and count:
            for columns in range(min(count, max(1, room // 12)), 0, -1):
                height = -(-count // columns)
                if self._place(height, room, single=columns == 1):
                    break
            row = self._row
            if row is not None:
                self._cells = [place.make(row[place.index]) for place in self._places]
        self.virtual_size = Size(1, len(self._lines))
        self.refresh()

    def _place(self, height: int, room: int, *, single: bool) -> bool:
        """Fill text columns of that height; whether they fit into the room."""
        places: list[_Place] = []
        x = 0
        for start in range(0, len(self._shown), height):
            block = self._shown[start : start + height]
            name = max(cell_len(self._columns[index].title) for index in block)
            value = max(self._value_width(index) for index in block)
            if single:
                value = max(1, min(value, room - name - 1))
            for y, index in enumerate(block):
                make = cell_maker(self._columns[index], value, self._glyphs)
                places.append(_Place(index, x, y, name, value, make))
            x += name + 1 + value + _GAP
        self._places = places
        self._lines = [[] for _ in range(height)]
        for at, place in enumerate(places):
            self._lines[place.y].append(at)
        return single or x - _GAP <= room

    def render_line(self, y: int) -> Strip:
        """The facts that stand on that line."""
        width = self.size.width
        line = y + self.scroll_offset.y
        if line >= len(self._lines) or not self._cells:
            return Strip.blank(width, self.rich_style)
        name_style = self.get_component_rich_style("facts--name")
        segments: list[Segment] = []
        x = 0
        for at in self._lines[line]:
            place = self._places[at]
            text, level = self._cells[at]
            title = self._columns[place.index].title
            name = fit(title, place.name_width, self._glyphs) + " "
            segments.append(Segment(" " * (place.x - x) + name, name_style))
            look = "" if level is Level.OK else f"facts--{level.name.lower()}"
            style = self.get_component_rich_style(look) if look else self.rich_style
            segments.append(Segment(text, style))
            x = place.x + place.name_width + 1 + place.value_width
        return Strip(segments, x).adjust_cell_length(width, self.rich_style)
