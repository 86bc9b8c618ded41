"""Horizontal meters in as many columns as there is room: one bar per core, disk or device."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from opsconsole.clean import Clean
from opsconsole.model import Level
from widgets.format import ASCII, SIGN, UNICODE, fit

PARTS = 5
"""Colours for the parts of a bar; a sixth part takes the first again."""

_BAR_LEAST = 3
_GAP = 2
_FULL = "▆"  # not the whole cell: bars on neighbouring rows stay apart
_LABEL_MOST = 16
_COLUMN_MOST = 64


@dataclass(frozen=True, slots=True)
class Bar:
    """One meter."""

    label: Clean
    parts: tuple[float, ...]
    """Shares of the bar from the left, in percent; more than 100 together is cut."""
    text: str
    """The value in words, at the right: `63 %`."""
    level: Level = Level.OK
    """Colours value and bar when not OK; a bar of several parts keeps their colours."""


class Meters(Widget):
    """`CPU0 ▕▆▆▆▆▆▆▆     ▏ 63 %`, down first and then across; what has no room is counted."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "meters--label",
        "meters--rail",
        "meters--warn",
        "meters--crit",
        "meters--unknown",
        *(f"meters--part-{at}" for at in range(PARTS)),
    }
    DEFAULT_CSS = """
    Meters {
        height: 1fr; width: 1fr;
        color: $foreground; background: $background;
        & > .meters--rail { color: $text-muted; }
        & > .meters--warn { color: $warning; }
        & > .meters--crit { color: $error; text-style: bold; }
        & > .meters--unknown { color: $text-muted; text-style: italic; }
        & > .meters--part-0 { color: $success; }
        & > .meters--part-1 { color: $primary; }
        & > .meters--part-2 { color: $warning; }
        & > .meters--part-3 { color: $error; }
        & > .meters--part-4 { color: $secondary; }
    }
    """

    def __init__(
        self,
        *,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._ascii = ascii_only
        self._bars: tuple[Bar, ...] = ()
        self._strips: dict[int, Strip] = {}

    def show(self, bars: Sequence[Bar]) -> None:
        """Draw these meters; nothing happens when they are those already shown."""
        new = tuple(bars)
        if new != self._bars:
            self._bars = new
            self._strips.clear()
            self.refresh()

    def set_ascii(self, ascii_only: bool) -> None:
        """Draw with ASCII only, or not."""
        self._ascii = ascii_only
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Colours changed: draw anew."""
        self._strips.clear()
        super().notify_style_update()

    def on_resize(self) -> None:
        """Another size holds other columns."""
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """The meters on one row."""
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._row(y)
        return strip

    # -- drawing --------------------------------------------------------------------------------

    def _row(self, y: int) -> Strip:
        width, height = self.size
        plain = self.rich_style
        if not self._bars or width <= 0 or height <= 0:
            return Strip.blank(max(0, width), plain)
        label, text = self._texts()
        columns, cell = self._columns(width, height, label, text)
        shown = min(len(self._bars), columns * height)
        rows = -(-shown // columns)
        strips: list[Strip] = []
        for column in range(columns):
            at = column * rows + y
            if y >= rows or at >= shown:
                break
            missing = len(self._bars) - shown
            if missing and at == shown - 1:
                strips.append(Strip([Segment(fit(f"+{missing + 1} more", cell), plain)]))
            else:
                strips.append(self._bar(self._bars[at], cell, label, text))
            strips.append(Strip.blank(_GAP, plain))
        return Strip.join(strips).adjust_cell_length(width, plain)

    def _texts(self) -> tuple[int, int]:
        """Widths of the longest label and the longest value."""
        label = max(cell_len(bar.label) for bar in self._bars)
        text = max(cell_len(bar.text) + len(SIGN[bar.level]) for bar in self._bars)
        return min(label, _LABEL_MOST), text

    def _columns(self, width: int, height: int, label: int, text: int) -> tuple[int, int]:
        """How many columns there are, and how wide each is without its gap."""
        least = label + text + _BAR_LEAST + 4
        most = max(1, (width + _GAP) // (least + _GAP))
        needed = -(-len(self._bars) // height)
        columns = min(most, needed)
        return columns, min(_COLUMN_MOST, (width + _GAP) // columns - _GAP)

    def _bar(self, bar: Bar, cell: int, label: int, text: int) -> Strip:
        """`label ▕▆▆▆   ▏ text` in exactly `cell` cells."""
        glyphs = ASCII if self._ascii else UNICODE
        width = max(0, cell - label - text - 4)
        left, right = "[]" if self._ascii else "▕▏"
        rail = self.get_component_rich_style("meters--rail")
        level = self._level_style(bar.level)
        value = SIGN[bar.level] + bar.text
        segments = [
            Segment(fit(bar.label, label, glyphs), self.get_component_rich_style("meters--label")),
            Segment(f" {left}", rail),
            *self._fill(bar, width, level),
            Segment(f"{right} ", rail),
            Segment(value.rjust(text), level or self.rich_style),
        ]
        return Strip(segments).adjust_cell_length(cell, self.rich_style)

    def _fill(self, bar: Bar, width: int, level: Style | None) -> list[Segment]:
        full = "#" if self._ascii else _FULL
        segments: list[Segment] = []
        end = total = 0.0
        drawn = 0
        for at, part in enumerate(bar.parts):
            total += max(0.0, part) if part == part else 0.0
            end = min(width, max(round(total * width / 100), drawn + (part > 0)))
            if end > drawn:
                style = self.get_component_rich_style(f"meters--part-{at % PARTS}")
                if level is not None and len(bar.parts) == 1:
                    style = level
                segments.append(Segment(full * (int(end) - drawn), style))
                drawn = int(end)
        if drawn < width:
            segments.append(Segment(" " * (width - drawn), self.rich_style))
        return segments

    def _level_style(self, level: Level) -> Style | None:
        if level is Level.OK:
            return None
        return self.get_component_rich_style(f"meters--{level.name.lower()}")
