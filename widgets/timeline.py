"""What happened, a line each, the newest at the end; lanes by target where there is room."""

import time
from bisect import bisect_left
from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Focus
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.model import Level
from opsconsole.timeline import kind
from widgets.format import ASCII, SIGN, UNICODE, fit

LANES_FROM = 120
"""Columns from which on there are lanes."""

TEXT = 46
"""Cells of text that lanes leave at least."""

DAY_S = 20 * 3600.0
"""Seconds of a window from which on times have a date."""

CACHED = 500

_LOOKS = {
    Level.OK: "timeline--text",
    Level.UNKNOWN: "timeline--unknown",
    Level.WARN: "timeline--warn",
    Level.CRIT: "timeline--crit",
}

_Part = tuple[str, str]


class TimelineView(ScrollView, can_focus=True, inherit_bindings=False):
    """Draws the lines in sight only. The cursor stays with its line; at the end it follows."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "timeline--header",
        "timeline--time",
        "timeline--target",
        "timeline--lane",
        "timeline--text",
        "timeline--unknown",
        "timeline--warn",
        "timeline--crit",
        "timeline--cause",
        "timeline--cursor",
        "timeline--cursor-blurred",
        "timeline--empty",
    }
    DEFAULT_CSS = """
    TimelineView {
        height: 1fr; color: $foreground; background: $background;
        overflow-x: hidden; overflow-y: scroll; scrollbar-size: 1 1;
        & > .timeline--header { text-style: bold; color: $foreground; background: $panel; }
        & > .timeline--time { color: $text-muted; }
        & > .timeline--target { text-style: bold; }
        & > .timeline--lane { color: $text-muted; text-style: dim; }
        & > .timeline--unknown { color: $text-muted; text-style: italic; }
        & > .timeline--warn { color: $warning; }
        & > .timeline--crit { color: $error; text-style: bold; }
        & > .timeline--cause { color: $accent; text-style: bold; }
        & > .timeline--cursor {
            color: $block-cursor-foreground; background: $block-cursor-background;
            text-style: bold;
        }
        & > .timeline--cursor-blurred {
            color: $block-cursor-blurred-foreground;
            background: $block-cursor-blurred-background;
        }
        & > .timeline--empty { color: $text-muted; text-style: italic; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "later", id="timeline.down", show=False),
        Binding("up,k", "move(-1)", "earlier", id="timeline.up", show=False),
        Binding("pagedown", "page(1)", "page later", id="timeline.page-down", show=False),
        Binding("pageup", "page(-1)", "page earlier", id="timeline.page-up", show=False),
        Binding("ctrl+d", "half(1)", "half down", id="timeline.half-down", show=False),
        Binding("ctrl+u", "half(-1)", "half up", id="timeline.half-up", show=False),
        Binding("home", "top", "first", id="timeline.top", show=False),
        Binding("end,G", "bottom", "newest", id="timeline.bottom", show=False),
        Binding("enter", "open", "go there", id="timeline.open", show=False),
    ]

    class Opened(Message):
        """Enter on a line."""

        def __init__(self, occurrence: Occurrence) -> None:
            super().__init__()
            self.occurrence = occurrence

    class Moved(Message):
        """The cursor is on another line, or on none."""

        def __init__(self, occurrence: Occurrence | None) -> None:
            super().__init__()
            self.occurrence = occurrence

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._ascii = ascii_only
        self._glyphs = ASCII if ascii_only else UNICODE
        self._items: Sequence[Occurrence] = ()
        self._lanes: tuple[str, ...] = ()
        self._cause: Occurrence | None = None
        self._dated = False
        self._cursor = 0
        self._strips: dict[int, Strip] = {}
        self.empty = "nothing happened in this time"
        """What stands in an empty one."""

    # -- content --------------------------------------------------------------------------------

    def show(
        self,
        items: Sequence[Occurrence],
        lanes: Sequence[str] = (),
        cause: Occurrence | None = None,
        span_s: float = 0.0,
    ) -> None:
        """Draw these, in order of time; `lanes` are targets from the left, `cause` is marked."""
        at_end = self._cursor >= len(self._items) - 1
        chosen = self.current
        self._items, self._lanes, self._cause = items, tuple(lanes), cause
        self._dated = span_s >= DAY_S
        self._strips.clear()
        self._cursor = len(items) - 1 if at_end or chosen is None else self._find(chosen)
        self._cursor = max(0, self._cursor)
        self._fit_height()
        self._reveal()
        self.refresh()

    def _find(self, wanted: Occurrence) -> int:
        """Where it stands now, or what is nearest to it."""
        first = bisect_left(self._items, wanted.at, key=lambda one: one.at)
        for index in range(first, len(self._items)):
            if self._items[index].at != wanted.at:
                break
            if self._items[index] == wanted:
                return index
        return min(first, len(self._items) - 1)

    def _fit_height(self) -> None:
        size = Size(1, len(self._items) + 1)
        # The descriptor's overloads make pyright see a Size where the class has the reactive.
        self.set_reactive(Widget.virtual_size, size)  # pyright: ignore[reportArgumentType]
        if self.is_mounted:
            self.vertical_scrollbar.window_virtual_size = size.height
            if self.scroll_y > self.max_scroll_y:
                self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    @property
    def current(self) -> Occurrence | None:
        """What the cursor is on."""
        return self._items[self._cursor] if 0 <= self._cursor < len(self._items) else None

    @property
    def page(self) -> int:
        """Lines below the header."""
        return max(1, self.size.height - 1)

    @property
    def lines_kept(self) -> int:
        """Lines whose drawing is remembered."""
        return len(self._strips)

    # -- moving ---------------------------------------------------------------------------------

    def go_to(self, wanted: Occurrence) -> None:
        """Put the cursor on it, or on what is nearest in time."""
        if self._items:
            self._go(self._find(wanted))

    def _go(self, index: int) -> None:
        before, self._cursor = self._cursor, max(0, min(index, len(self._items) - 1))
        if before != self._cursor:
            for line in (before, self._cursor):
                self._strips.pop(line, None)
                self._refresh_line(line)
            self.post_message(self.Moved(self.current))
        self._reveal()

    def _refresh_line(self, index: int) -> None:
        self.refresh(Region(0, index - self.scroll_offset.y + 1, self.size.width, 1))

    def _reveal(self) -> None:
        top, page = self.scroll_offset.y, self.page
        if self._cursor < top:
            self.scroll_to(y=self._cursor, animate=False, force=True)
        elif self._cursor >= top + page:
            self.scroll_to(y=self._cursor - page + 1, animate=False, force=True)

    def on_resize(self) -> None:
        """Another width places everything anew."""
        self._strips.clear()
        self._fit_height()
        self._reveal()

    def action_move(self, lines: int) -> None:
        """Later or earlier by lines."""
        self._go(self._cursor + lines)

    def action_page(self, pages: int) -> None:
        """By pages."""
        self._go(self._cursor + pages * self.page)

    def action_half(self, pages: int) -> None:
        """By half pages."""
        self._go(self._cursor + pages * max(1, self.page // 2))

    def action_top(self) -> None:
        """The first."""
        self._go(0)

    def action_bottom(self) -> None:
        """The newest; from there on it follows."""
        self._go(len(self._items) - 1)

    def action_open(self) -> None:
        """Ask to be taken there."""
        if self.current is not None:
            self.post_message(self.Opened(self.current))

    def on_click(self, event: Click) -> None:
        """A click chooses, a double click opens."""
        if event.y > 0 and self.scroll_offset.y + event.y - 1 < len(self._items):
            self._go(self.scroll_offset.y + event.y - 1)
            if event.chain == 2:
                self.action_open()

    def on_focus(self, event: Focus) -> None:
        """The cursor shows that keys go here."""
        del event
        self._strips.pop(self._cursor, None)
        self._refresh_line(self._cursor)

    def on_blur(self, event: Blur) -> None:
        """The cursor shows that keys go elsewhere."""
        del event
        self._strips.pop(self._cursor, None)
        self._refresh_line(self._cursor)

    # -- drawing --------------------------------------------------------------------------------

    def notify_style_update(self) -> None:
        """Colours changed: draw anew."""
        self._strips.clear()
        super().notify_style_update()

    def lanes_at(self, names: Sequence[str]) -> int:
        """How many of these have room for a lane at this width."""
        width = self.scrollable_content_region.width
        if width < LANES_FROM or not names:
            return 0
        room = width - self._fixed - self._target_width - TEXT
        return min(len(names), max(0, room // _lane_width(names)))

    @property
    def lanes(self) -> tuple[str, ...]:
        """Targets that have a lane at this width."""
        return self._lanes[: self.lanes_at(self._lanes)]

    @property
    def _lane_width(self) -> int:
        return _lane_width(self._lanes)

    @property
    def _fixed(self) -> int:
        """Mark, time, sign and glyph with the blanks between."""
        return 1 + (14 if self._dated else 8) + 5

    @property
    def _target_width(self) -> int:
        width = self.scrollable_content_region.width
        return 10 if width < 60 else 14 if width < 140 else 20

    def render_line(self, y: int) -> Strip:
        """The header, a line, or nothing."""
        width = self.scrollable_content_region.width
        if y == 0:
            style = self.get_component_rich_style("timeline--header")
            return Strip([Segment(fit(self._head(), width, self._glyphs), style)], width)
        index = self.scroll_offset.y + y - 1
        if index >= len(self._items):
            text = f"  {self.empty}" if y == 2 and not self._items else ""
            style = self.get_component_rich_style("timeline--empty")
            return Strip([Segment(fit(text, width, self._glyphs), style)], width)
        strip = self._strips.get(index)
        if strip is None:
            if len(self._strips) >= CACHED:
                self._strips.clear()
            strip = self._strips[index] = self._line(index, width)
        return strip

    def _head(self) -> str:
        time_width = 14 if self._dated else 8
        lanes = "".join(fit(name, self._lane_width - 1, self._glyphs) + " " for name in self.lanes)
        head = f" {'TIME':<{time_width}}     {lanes}"
        return f"{head}{'TARGET':<{self._target_width}}WHAT HAPPENED"

    def _line(self, index: int, width: int) -> Strip:
        one = self._items[index]
        told = kind(one)
        sign, glyph = SIGN[one.level] or " ", told.ascii if self._ascii else told.glyph
        look = _LOOKS[one.level]
        cause = one is self._cause or one == self._cause
        parts: list[_Part] = [
            ((">" if self._ascii else "»") if cause else " ", "timeline--cause"),
            (clock(one.at, dated=self._dated), "timeline--time"),
            (f" {sign}{glyph}  ", look),
        ]
        parts += self._lane_parts(one, f"{sign}{glyph}", look)
        target_width = self._target_width
        target = fit(_plain(one.target or "-"), target_width - 1, self._glyphs) + " "
        parts.append((target, "timeline--target"))
        named = one.object and one.object not in one.text
        text = f"{one.object}: {one.text}" if named else one.text
        used = sum(cell_len(part) for part, _ in parts)
        parts.append((fit(_plain(text), max(0, width - used), self._glyphs), look))
        ground = self._ground(index)
        segments = [Segment(text, self._style(look, ground)) for text, look in parts]
        return Strip(segments).adjust_cell_length(width, ground or self.rich_style)

    def _lane_parts(self, one: Occurrence, mark: str, look: str) -> list[_Part]:
        """A cell per lane: its mark in the lane of its target, a line in the others."""
        lane_width = self._lane_width
        bar = "|" if self._ascii else "│"
        parts: list[_Part] = []
        for name in self.lanes:
            if name == one.target:
                parts.append((fit(mark, lane_width, self._glyphs), look))
            else:
                parts.append((f" {bar}".ljust(lane_width), "timeline--lane"))
        return parts

    def _ground(self, index: int) -> Style | None:
        if index != self._cursor:
            return None
        name = "timeline--cursor" if self.has_focus else "timeline--cursor-blurred"
        return self.get_component_rich_style(name)

    def _style(self, look: str, ground: Style | None) -> Style:
        return ground if ground is not None else self.get_component_rich_style(look)


def _lane_width(names: Sequence[str]) -> int:
    return max(6, min(14, max((cell_len(name) for name in names), default=0) + 2))


def _plain(text: str) -> str:
    return text if text.isprintable() else clean(text)


def clock(at: float, *, dated: bool = False) -> str:
    """A moment in local time: `14:02:11`, with `dated` `11-28 14:02:11`."""
    try:
        return time.strftime("%m-%d %H:%M:%S" if dated else "%H:%M:%S", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return "?".ljust(14 if dated else 8)
