"""The drawing half of a live table: only what is on screen is formatted, once per change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import TRANSPARENT, Color
from textual.events import Resize
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from opsconsole.model import Column, Level, Row, Value
from widgets.format import TEXTUAL, UNICODE, Glyphs, fit
from widgets.table.layout import Head, Layout, Place, SparkColumn, arrange
from widgets.table.paint import Flag, Line, Look, Painter, Trend, spark_tops
from widgets.table.rows import Rows

CACHED_LINES = 2000

_STYLES = {
    Look.UNKNOWN: "table--unknown",
    Look.WARN: "table--warn",
    Look.CRIT: "table--crit",
    Look.KEY: "table--key",
    Look.SPARK: "table--spark",
}


class TableView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws `Rows` by lines: a header, then a window on the order."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--header",
        "table--sorted",
        "table--key",
        "table--unknown",
        "table--warn",
        "table--crit",
        "table--spark",
        "table--marked",
        "table--dim",
        "table--cursor",
        "table--cursor-blurred",
        "table--cursor-gone",
        "table--empty",
    }
    DEFAULT_CSS = """
    TableView {
        height: 1fr;
        color: $foreground;
        background: $background;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size: 1 1;
        & > .table--header { text-style: bold; color: $foreground; background: $panel; }
        & > .table--sorted { text-style: bold underline; color: $foreground; background: $panel; }
        & > .table--key { text-style: bold; }
        & > .table--unknown { color: $text-muted; text-style: italic; }
        & > .table--warn { color: $warning; }
        & > .table--crit { color: $error; text-style: bold reverse; }
        & > .table--spark { color: $secondary; }
        & > .table--marked { text-style: bold; background: $panel; }
        & > .table--dim { text-style: dim; }
        & > .table--cursor {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: bold;
        }
        & > .table--cursor-blurred {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
        }
        & > .table--cursor-gone { text-style: underline dim; }
        & > .table--empty { color: $text-muted; text-style: italic; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Head],
        *,
        shown: Sequence[str] = (),
        sort: str = "",
        glyphs: Glyphs = UNICODE,
        trend: Trend | None = None,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._glyphs = glyphs
        self._trend = trend
        self._wide = False
        self._shift = 0
        self._lines: dict[str, Line] = {}
        self._head: tuple[str, Strip] | None = None
        self._void: Strip | None = None
        """A line below the last row."""
        self._styles_made: dict[int, Style] = {}
        self._filters: Sequence[LineFilter] = ()
        self._backdrop = TRANSPARENT
        self._dim: frozenset[str] = frozenset()
        self.empty = "nothing here yet"
        """What stands in an empty table."""
        self._take_columns(columns, shown, sort)

    def _take_columns(self, heads: Sequence[Head], shown: Sequence[str], sort: str) -> None:
        self._heads = {head.key: head for head in heads}
        columns = [head for head in heads if isinstance(head, Column)]
        self.data = Rows(columns)
        self.data.set_sort(sort)
        self._shown = tuple(shown) or tuple(self._heads)
        self._text_widths = [0] * len(columns)
        self._textual = [at for at, one in enumerate(columns) if one.quantity in TEXTUAL]
        self._painter = Painter(Layout(), 0)

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the columns shown, in order; the first is pinned."""
        return self._shown

    def set_shown(self, keys: Sequence[str]) -> None:
        """Show these columns; raises `KeyError` for one there is not."""
        self._shown = tuple(self._heads[key].key for key in keys) or tuple(self._heads)
        self._shift = 0
        self._relayout()

    @property
    def places(self) -> tuple[Place, ...]:
        """The columns on screen, left to right."""
        return self._painter.layout.places

    @property
    def lines_kept(self) -> int:
        """Rows whose drawing is remembered; at most `CACHED_LINES`."""
        return len(self._lines)

    # -- geometry ---------------------------------------------------------------------------

    @property
    def top(self) -> int:
        """Position in the order of the first row on screen."""
        return self.scroll_offset.y

    @property
    def page(self) -> int:
        """Rows that fit below the header."""
        return max(0, self.size.height - 1)

    def _visible(self) -> dict[str, int]:
        """Line on screen of each row in sight."""
        window = self.data.order[self.top : self.top + self.page]
        return {row_id: line for line, row_id in enumerate(window, 1)}

    def on_resize(self, event: Resize) -> None:
        """A new width moves the columns."""
        del event
        if self.scrollable_content_region.width != self._painter.width:
            self._relayout()

    def _relayout(self) -> None:
        """Place the columns anew; every line will be drawn again."""
        width = self.scrollable_content_region.width  # without the scroll bar
        data = self.data
        heads: list[tuple[Head, int]] = []
        for key in self._shown:
            head = self._heads[key]
            heads.append((head, data.index(head.of if isinstance(head, SparkColumn) else key)))
        data.search_in(index for head, index in heads if isinstance(head, Column))
        layout = arrange(heads, self._text_widths, width, self._shift, wide=self._wide)
        tops = spark_tops(data.columns)
        self._painter = Painter(layout, width, self._glyphs, self._trend, tops)
        self._lines.clear()
        self._head = self._void = None
        self.refresh()

    def _measure(self, rows: Sequence[Row]) -> bool:
        """Learn how wide text is; whether a column wants to grow."""
        grown = False
        for index in self._textual:
            widest = max([_cells(row[index]) for row in rows], default=0)
            if widest > self._text_widths[index]:
                self._text_widths[index] = widest
                grown = True
        return grown

    def _fit_height(self, *, force: bool = False) -> None:
        """Tell the scroll bar how many rows there are, without laying out the whole screen."""
        size = Size(1, len(self.data.order) + 1)
        if size == self.virtual_size and not force:
            return
        # The descriptor's overloads make pyright see a Size where the class has the reactive.
        self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
        if self.is_mounted:
            self.vertical_scrollbar.window_virtual_size = size.height
            if self.scroll_y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    # -- drawing ----------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Forget everything that was drawn in the old styles."""
        super().notify_style_update()
        self._styles_made.clear()
        self._drop_strips()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Strips of the lines asked for; a line that did not change is the same object again.

        Stands before Textual's styles cache, which would wrap each changed line in a new strip
        for borders and padding that a table has not: strips are what a frame costs.
        """
        styles = self.styles
        plain = styles.gutter.totals == (0, 0) and styles.text_opacity == 1 and not styles.tint.a
        if not plain or self.opacity < 1:
            self._filter_by((), TRANSPARENT)
            return super().render_lines(crop)
        self._filter_by(self.get_line_filters(), self.background_colors[1])
        top = self.top - 1
        strips = [self._row(top + y) if y else self._header() for y in crop.line_range]
        self._dirty_regions.clear()
        if crop.column_span != (0, self.size.width):
            return [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _filter_by(self, filters: Sequence[LineFilter], backdrop: Color) -> None:
        """Send lines through these filters as they are made; others make them all anew."""
        if filters != self._filters or backdrop != self._backdrop:
            self._filters, self._backdrop = filters, backdrop
            self._drop_strips()

    def _drop_strips(self) -> None:
        """Draw every line again from its cells."""
        self._head = self._void = None
        for line in self._lines.values():
            line.strip = None

    def render_line(self, y: int) -> Strip:
        """Line `y` of the widget: the header, a row, or nothing."""
        return self._row(self.top + y - 1) if y else self._header()

    def _row(self, index: int) -> Strip:
        """The row at that position of the order, or nothing."""
        if index >= len(self.data.order):
            return self._blank(index - self.top + 1)
        row_id = self.data.order[index]
        line = self._line(row_id)
        flags = self._flags(row_id, index)
        if line.strip is None or line.flags != flags:
            line.flags = flags
            segments = self._painter.segments(line, self._style)
            for line_filter in self._filters:
                segments = line_filter.apply(segments, self._backdrop)
            line.strip = Strip(segments, self._painter.width)
        return line.strip

    def _line(self, row_id: str) -> Line:
        line = self._lines.get(row_id)
        if line is None:
            cells = self._painter.cells(row_id, self.data.rows[row_id])
            line = Line(cells, self.data.levels.get(row_id, Level.OK))
            if len(self._lines) >= CACHED_LINES:
                del self._lines[next(iter(self._lines))]
            self._lines[row_id] = line
        return line

    def _header(self) -> Strip:
        sort = self.data.sort
        if self._head is None or self._head[0] != sort:
            header = self.get_component_rich_style("table--header")
            chosen = self.get_component_rich_style("table--sorted")
            self._head = sort, self._filtered(self._painter.header(sort, header, chosen))
        return self._head[1]

    def _filtered(self, strip: Strip) -> Strip:
        for line_filter in self._filters:
            strip = strip.apply_filter(line_filter, self._backdrop)
        return strip

    def _blank(self, y: int) -> Strip:
        width = self._painter.width
        text = self._nothing() if y == 2 and not self.data.order else ""
        if not text:
            if self._void is None or self._void.cell_length != width:
                self._void = self._filtered(Strip.blank(width, self.rich_style))
            return self._void
        style = self.get_component_rich_style("table--empty")
        line = Segment(fit("  " + text, width, self._glyphs), style)
        return self._filtered(Strip([line], width))

    def _nothing(self) -> str:
        if self.data.filter:
            return f"none of {len(self.data.rows)} passes the filter {self.data.filter.text}"
        return self.empty

    def _flags(self, row_id: str, index: int) -> int:
        """What is special about a row; the half that knows cursor and marks says more."""
        del index
        return Flag.DIM if row_id in self._dim else Flag.NONE

    def _style(self, look: int, flags: int) -> Style:
        key = flags << 3 | look
        style = self._styles_made.get(key)
        if style is None:
            style = self._styles_made[key] = self._make_style(look, flags)
        return style

    def _make_style(self, look: int, flags: int) -> Style:
        if flags & Flag.CURSOR and not flags & Flag.GONE:
            if look not in (Look.PLAIN, Look.CRIT):
                return self._style(Look.PLAIN, flags)
            name = "table--cursor-blurred" if flags & Flag.BLURRED else "table--cursor"
            style = self.get_component_rich_style(name)
            return style + Style(bold=True, underline=True) if look == Look.CRIT else style
        component = _STYLES.get(look)
        style = self.get_component_rich_style(component) if component else self.rich_style
        for flag, part in (
            (Flag.MARKED | Flag.RANGE, "table--marked"),
            (Flag.DIM, "table--dim"),
            (Flag.GONE, "table--cursor-gone"),
        ):
            if flags & flag:
                style += self.get_component_rich_style(part, partial=True)
        return style

    # -- repainting -------------------------------------------------------------------------

    def _refresh_body(self) -> None:
        self.refresh(Region(0, 1, self._painter.width, self.page))

    def _refresh_line(self, y: int) -> None:
        self.refresh(Region(0, y, self._painter.width, 1))

    def _redraw(self, visible: Mapping[str, int], before: Mapping[str, Row]) -> None:
        """Repaint what differs on screen from `before`, the old rows of those that changed."""
        regions: list[Region] = []
        rows = self.data.rows
        for row_id, old in before.items():
            line = self._lines.get(row_id)
            if line is None:
                regions.append(Region(0, visible[row_id], self._painter.width, 1))
                continue
            span = self._redraw_cells(line, row_id, old, rows[row_id])
            if span is not None:
                regions.append(Region(span[0], visible[row_id], span[1] - span[0], 1))
        if regions:
            self.refresh(*regions)

    def grow_older(self) -> None:
        """Draw the ages in sight again that have become others; the rows are the same."""
        painter = self._painter
        if not painter.aging:
            return
        visible, rows = self._visible(), self.data.rows
        self._forget(self._lines.keys() - visible.keys())
        regions: list[Region] = []
        for row_id, line in self._lines.items():
            for at in painter.aging:
                cell = painter.cell(at, row_id, rows[row_id])
                if cell != line.cells[at]:
                    line.cells[at], line.strip = cell, None
                    place = painter.layout.places[at]
                    regions.append(Region(place.x, visible[row_id], place.width, 1))
        if regions:
            self.refresh(*regions)

    def _redraw_cells(self, line: Line, row_id: str, old: Row, new: Row) -> tuple[int, int] | None:
        """Make the cells that changed anew; the columns of the screen between first and last."""
        painter = self._painter
        first: int | None = None
        last = 0
        for at, place in enumerate(painter.layout.places):
            if old[place.index] == new[place.index] and not isinstance(place.head, SparkColumn):
                continue
            cell = painter.cell(at, row_id, new)
            if cell != line.cells[at]:
                line.cells[at] = cell
                first = place.x if first is None else first
                last = place.x + place.width
        if first is None:
            return None
        line.strip = None
        return first, last

    def _forget(self, ids: Iterable[str]) -> None:
        """Drop the drawn lines of rows that changed out of sight, or went."""
        lines = self._lines
        for row_id in ids:
            lines.pop(row_id, None)


def _cells(value: Value) -> int:
    """Cells a text takes; numbers are as wide as their column."""
    if not isinstance(value, str):
        return 0
    return len(value) if value.isascii() else cell_len(value)
