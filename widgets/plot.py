"""A plot of recent values over time, drawn by line: one strip per row, nothing when equal."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity
from widgets.chart import NOBODY, SYMBOLS, Grid, filled, lined, newest, nice_top, swept
from widgets.format import ASCII, UNICODE, spell

SERIES = 8
"""Colours a theme gives to series; a ninth takes the first again."""

Series = Sequence[tuple[str, Sequence[float]]]
"""(label, values from oldest to newest, NaN where there was none)."""

_Data = tuple[tuple[str, tuple[float, ...]], ...]


class Plot(Widget):
    """The first row names title, newest values and scale; the others show the curves.

    One series is an area; several are lines, or areas on top of each other when `stacked`.
    A `sweep` plot writes round and round like a heart monitor: two columns change per sample.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "plot--title",
        "plot--scale",
        *(f"plot--series-{at}" for at in range(SERIES)),
    }
    DEFAULT_CSS = """
    Plot {
        height: 1fr; width: 1fr; min-height: 2;
        color: $foreground; background: $background;
        & > .plot--title { text-style: bold; }
        & > .plot--scale { color: $text-muted; }
        & > .plot--series-0 { color: $primary; }
        & > .plot--series-1 { color: $success; }
        & > .plot--series-2 { color: $warning; }
        & > .plot--series-3 { color: $error; }
        & > .plot--series-4 { color: $secondary; }
        & > .plot--series-5 { color: $accent; }
        & > .plot--series-6 { color: $foreground; }
        & > .plot--series-7 { color: $text-muted; }
    }
    """

    def __init__(
        self,
        title: Clean,
        top: float | None = None,
        unit: Quantity = Quantity.NUMBER,
        *,
        stacked: bool = False,
        sweep: bool = False,
        symbols: str = "braille",
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        """`top` is the value at the upper edge; None scales to what is in sight.

        `symbols` is a key of `chart.SYMBOLS`: `braille`, `block` or `ascii`.
        """
        super().__init__(id=id, classes=classes)
        self._title = title
        self._fixed_top = top
        self._column = Column(key="value", title="", quantity=unit, source="")
        self._stacked = stacked
        self._sweep = sweep
        self._symbols = symbols
        self._data: _Data = ()
        self._span_s = 0.0
        self._at = 0.0
        self._strips: list[Strip] | None = None
        self._styles_made: dict[str, Style] = {}

    def show(self, series: Series, span_s: float, at: float = 0.0) -> None:
        """Draw these values, which reach back `span_s` seconds; `at` is the newest one's time.

        Only a sweep needs `at`: any clock whose steps are those between samples.
        """
        data = tuple((label, tuple(values)) for label, values in series)
        if _same(data, self._data) and span_s == self._span_s:
            return
        self._data, self._span_s, self._at = data, span_s, at
        self._redraw()

    def set_symbols(self, name: str) -> None:
        """Draw with other characters: a key of `chart.SYMBOLS`."""
        if name != self._symbols:
            self._symbols = name
            self._redraw()

    def _redraw(self) -> None:
        self._strips = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Colours changed: draw anew."""
        self._strips = None
        self._styles_made.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Another size holds other points."""
        self._strips = None

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as there is room."""
        del viewport
        return container.width

    def render_line(self, y: int) -> Strip:
        """One row of the plot."""
        width, height = self.size
        if self._strips is None:
            self._strips = self._draw(width, height)
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(width, self._look())

    # -- drawing --------------------------------------------------------------------------------

    def _look(self, name: str = "") -> Style:
        """The style of a component, or the widget's own.

        Kept here: Textual forgets them with every refresh, and asks all ancestors for a new one.
        """
        style = self._styles_made.get(name)
        if style is None:
            style = self.get_component_rich_style(name) if name else self.rich_style
            self._styles_made[name] = style
        return style

    def _draw(self, width: int, height: int) -> list[Strip]:
        if width <= 0 or height <= 0:
            return []
        symbols = SYMBOLS[self._symbols]
        points = width * symbols.across
        curves = [self._points(values, points) for _, values in self._data]
        stacked = self._stacked or len(curves) == 1
        top = self._fixed_top or nice_top(_highest(curves, stacked), self._column.quantity)
        strips = [self._header(width, points, top)]
        if height > 1 and curves:
            draw = filled if stacked else lined
            strips += self._colored(draw(curves, top, height - 1, symbols))
        return strips

    def _points(self, values: Sequence[float], points: int) -> list[float]:
        if not self._sweep or not values or not self._span_s:
            return newest(values, points)
        step = self._span_s / len(values)
        return swept(values, points, round(self._at / step))

    def _colored(self, grid: Grid) -> list[Strip]:
        plain = self._look()
        styles = [self._series_style(at) for at in range(len(self._data))]
        strips: list[Strip] = []
        for line, owners in zip(grid.lines, grid.owners, strict=True):
            segments: list[Segment] = []
            start = 0
            for owner, run in groupby(owners):
                end = start + sum(1 for _ in run)
                style = plain if owner == NOBODY else styles[owner]
                segments.append(Segment(line[start:end], style))
                start = end
            strips.append(Strip(segments, len(line)))
        return strips

    def _series_style(self, at: int) -> Style:
        return self._look(f"plot--series-{at % SERIES}")

    def _header(self, width: int, points: int, top: float) -> Strip:
        """Title, newest value of each series, and at the right the scale as far as it fits."""
        parts: list[tuple[str, Style]] = []
        if self._title:
            parts.append((self._title, self._look("plot--title")))
        for at, (label, values) in enumerate(self._data):
            value = spell(self._column, values[-1] if values else None)
            parts.append((f"{label} {value}" if label else value, self._series_style(at)))
        needed = sum(cell_len(text) + 1 for text, _ in parts)
        scales = [*self._scales(points, top), ""]
        scale = next((each for each in scales if needed + cell_len(each) <= width), "")
        room = width - cell_len(scale)
        plain = self._look()
        segments: list[Segment] = []
        for text, style in parts:
            size = cell_len(text)
            if size > room:
                # Part of a number would be another number.
                more = (ASCII if self._symbols == "ascii" else UNICODE).ellipsis
                segments.append(Segment(more[: max(0, room)], plain))
                break
            segments += [Segment(text, style), Segment(" ", plain)]
            room -= size + 1
        left = Strip(segments).adjust_cell_length(width - cell_len(scale), plain)
        right = Strip([Segment(scale, self._look("plot--scale"))])
        return Strip.join([left, right])

    def _scales(self, points: int, top: float) -> list[str]:
        """Upper edge and time span in words, longest first."""
        upper = spell(self._column, top)
        longest = max((len(values) for _, values in self._data), default=0)
        if longest < 2 or self._span_s <= 0:
            return [upper]
        span = self._span_s * min(points, longest) / longest
        return [f"{upper} / {spell(_SPAN, round(span))}", upper]


_SPAN = Column(key="span_s", title="", quantity=Quantity.SECONDS, source="")


def _highest(curves: Sequence[Sequence[float]], stacked: bool) -> float:
    """The largest value to be drawn; 0 when nothing is known."""
    if stacked:
        columns = zip(*curves, strict=True)
        return max(
            (sum(value for value in column if value == value) for column in columns), default=0.0
        )
    return max((value for curve in curves for value in curve if value == value), default=0.0)


def _same(one: _Data, other: _Data) -> bool:
    """Equality for which NaN equals NaN."""
    if len(one) != len(other):
        return False
    for (label, values), (other_label, others) in zip(one, other, strict=True):
        if label != other_label or len(values) != len(others):
            return False
        if values != others and not all(
            a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(values, others, strict=True)
        ):
            return False
    return True
