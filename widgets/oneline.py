"""A line of text parts, drawn only when they change: what bars and titles are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from opsconsole.clean import clean
from widgets.format import UNICODE, Glyphs, fit


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line: clean or literal text, never markup."""

    text: str
    look: str = ""
    """Component class it is drawn in; empty for the widget's own style."""
    target: str = ""
    """What a click on it means to the widget; empty for nothing."""


def _harmless(part: Part) -> Part:
    return part if part.text.isprintable() else Part(clean(part.text), part.look, part.target)


class OneLine(Widget):
    """Parts from the left, parts at the right edge; the left ones give way when room is short."""

    DEFAULT_CSS = """
    OneLine { height: 1; width: 1fr; color: $foreground; background: $panel; }
    """

    fill = " "
    """What stands between left and right; one cell wide."""
    fill_look = ""

    def __init__(
        self,
        *,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._glyphs = glyphs
        self._left: tuple[Part, ...] = ()
        self._right: tuple[Part, ...] = ()
        self._spans: list[tuple[int, int, str]] = []

    def show(self, left: Sequence[Part], right: Sequence[Part] = ()) -> bool:
        """Draw these parts; nothing is drawn, and False returned, when they are as before."""
        parts = tuple(map(_harmless, left)), tuple(map(_harmless, right))
        if parts == (self._left, self._right):
            return False
        self._left, self._right = parts
        self.refresh()
        return True

    @property
    def plain(self) -> str:
        """The text of all parts."""
        return "".join(part.text for part in (*self._left, *self._right))

    def target_at(self, x: int) -> str:
        """What stands at that cell of the line, empty for nothing."""
        return next((target for start, end, target in self._spans if start <= x < end), "")

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(name) if name else self.rich_style

    def render_line(self, y: int) -> Strip:
        """The line; there is but one."""
        width = self.size.width
        if y or not width:
            return Strip.blank(width, self.rich_style)
        self._spans.clear()
        right_width = min(width, sum(cell_len(part.text) for part in self._right))
        segments: list[Segment] = []
        x = self._draw(segments, self._left, 0, width - right_width)
        gap = width - right_width - x
        if gap:
            segments.append(Segment(self.fill * gap, self._look(self.fill_look)))
        self._draw(segments, self._right, x + gap, width)
        return Strip(segments, width)

    def _draw(self, segments: list[Segment], parts: Sequence[Part], x: int, end: int) -> int:
        """Add as much of the parts as fits before `end`; the cell after the last."""
        for part in parts:
            size = cell_len(part.text)
            if not size:
                continue
            text = part.text if x + size <= end else fit(part.text, end - x, self._glyphs)
            size = min(size, end - x)
            if size <= 0:
                break
            segments.append(Segment(text, self._look(part.look)))
            if part.target:
                self._spans.append((x, x + size, part.target))
            x += size
        return x
