"""How one row of a live table becomes a strip: cells, signs, styles; nothing is parsed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from opsconsole.model import Column, Level, Quantity, Row, Value
from widgets.format import SIGN, UNICODE, Cell, Glyphs, cell_maker, fit, sparkline
from widgets.table.layout import GUTTER, Layout, Place, SparkColumn

Trend = Callable[[str, str], Sequence[float]]
"""Recent values of (row id, column key), oldest first; NaN where there was none."""


class Look:
    """What kind of cell it is; each has a component class. Plain numbers: drawing compares many."""

    PLAIN = 0
    UNKNOWN = 1
    WARN = 2
    CRIT = 3
    KEY = 4
    SPARK = 5


class Flag:
    """What is special about a whole row; added up."""

    NONE = 0
    CURSOR = 1
    BLURRED = 2
    """The cursor of a table without focus."""
    GONE = 4
    """The cursor stands here only because its own object is gone."""
    MARKED = 8
    RANGE = 16
    """Would be marked if the range ended here."""
    DIM = 32
    """Old data."""


_LOOKS = (Look.PLAIN, Look.UNKNOWN, Look.WARN, Look.CRIT)
"""By level."""

Drawn = tuple[str, int]
"""A cell ready to be drawn."""


@dataclass(slots=True, eq=False)
class Line:
    """One row as last drawn: its cells, and the strip made of them until one changes."""

    cells: list[Drawn]
    level: Level
    flags: int = Flag.NONE
    strip: Strip | None = None


@dataclass(slots=True)
class Painter:
    """Draws rows for one layout; made anew when columns or width change."""

    layout: Layout
    width: int
    glyphs: Glyphs = UNICODE
    trend: Trend | None = None
    tops: Mapping[str, float] = field(default_factory=dict[str, float])
    """Value of a full spark cell, by column key; others are scaled to what is in sight."""
    sparks: bool = field(init=False)
    """Whether a spark column is on screen."""
    aging: tuple[int, ...] = field(init=False)
    """Numbers of the places that show an age, which changes by itself."""
    _makers: list[Callable[[Value], Cell] | None] = field(init=False)

    def __post_init__(self) -> None:
        self._makers = [
            None
            if isinstance(place.head, SparkColumn)
            else cell_maker(place.head, place.width, self.glyphs)
            for place in self.layout.places
        ]
        self.aging = tuple(
            at
            for at, place in enumerate(self.layout.places)
            if isinstance(place.head, Column) and place.head.quantity is Quantity.SINCE
        )
        self.sparks = self.trend is not None and None in self._makers

    def cells(self, row_id: str, row: Row) -> list[Drawn]:
        """All cells of a row."""
        return [self.cell(at, row_id, row) for at in range(len(self._makers))]

    def cell(self, at: int, row_id: str, row: Row) -> Drawn:
        """The cell at the place with that number."""
        place = self.layout.places[at]
        maker = self._makers[at]
        if maker is None:
            return self._spark(place, row_id), Look.SPARK
        text, level = maker(row[place.index])
        return text, _LOOKS[level] if level or at else Look.KEY

    def _spark(self, place: Place, row_id: str) -> str:
        head = place.head
        if self.trend is None or not isinstance(head, SparkColumn):
            return " " * place.width
        values = self.trend(row_id, head.of)
        top = self.tops.get(head.of)
        return sparkline(values, place.width, top=top, glyphs=self.glyphs)

    def segments(self, line: Line, style: Callable[[int, int], Style]) -> list[Segment]:
        """Join the cells; neighbours of the same look become one segment."""
        flags = line.flags
        plain = style(Look.PLAIN, flags)
        if self.width <= GUTTER:
            return [Segment(" " * self.width, plain)]
        segments = [Segment(self._gutter(line.level, flags), style(_LOOKS[line.level], flags))]
        text, current, x = "", plain, GUTTER
        for place, (cell, look) in zip(self.layout.places, line.cells, strict=True):
            wanted = style(look, flags)
            gap = " " * (place.x - x)
            if wanted is current:
                text += gap + cell
            else:
                if current is not plain and gap:
                    segments.append(Segment(text, current))
                    text, current = "", plain
                text += gap
                if text:
                    segments.append(Segment(text, current))
                text, current = cell, wanted
            x = place.x + place.width
        rest = " " * (self.width - x)
        if current is plain:
            segments.append(Segment(text + rest, plain))
        else:
            segments.append(Segment(text, current))
            if rest:
                segments.append(Segment(rest, plain))
        return segments

    def _gutter(self, level: Level, flags: int) -> str:
        if flags & Flag.MARKED:
            first = "*"
        elif flags & Flag.RANGE:
            first = "+"
        elif flags & Flag.GONE:
            first = "?"
        else:
            first = ">" if flags & Flag.CURSOR else " "
        sign = self.glyphs.stale if flags & Flag.DIM and not level else SIGN[level] or " "
        return first + sign

    def header(self, sort: str, style: Style, sorted_style: Style) -> Strip:
        """The line of titles; `sort` is the key sorted by, with a leading `-` if descending."""
        key = sort.removeprefix("-")
        segments = [Segment(" " * GUTTER, style)]
        x = GUTTER
        for place in self.layout.places:
            chosen = bool(key) and place.head.key == key
            title = place.head.title
            if chosen:
                title += self.glyphs.sorted[sort.startswith("-")]
            text = fit(title, place.width, self.glyphs)
            if place.flush_right:
                text = " " * (len(text) - len(text.rstrip())) + text.rstrip()
            segments.append(Segment(" " * (place.x - x), style))
            segments.append(Segment(text, sorted_style if chosen else style))
            x = place.x + place.width
        strip = Strip([piece for piece in segments if piece.text]).extend_cell_length(
            self.width, style
        )
        return self._with_hints(strip, style)

    def _with_hints(self, strip: Strip, style: Style) -> Strip:
        """Say at the edges that columns hang out."""
        left, right = self.glyphs.more[0], self.glyphs.more[1]
        start, end = GUTTER, self.width
        pieces: list[Strip] = []
        if self.layout.hidden_left:
            pieces.append(Strip([Segment(left.ljust(GUTTER), style)], GUTTER))
        else:
            pieces.append(strip.crop(0, start))
        if self.layout.hidden_right and end > start:
            pieces += [strip.crop(start, end - 1), Strip([Segment(right, style)], 1)]
        else:
            pieces.append(strip.crop(start, end))
        return Strip.join(pieces)


def spark_tops(columns: Sequence[Column]) -> dict[str, float]:
    """Full height of the sparks of columns that have one by nature."""
    return {column.key: 100.0 for column in columns if column.quantity is Quantity.PERCENT}
