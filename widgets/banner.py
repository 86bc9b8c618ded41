"""A band across the screen that cannot be overlooked: bold and reversed, whatever the colours."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from opsconsole.clean import clean
from widgets.format import fit


class Banner(Widget):
    """Words in the middle line of a band; hidden while there are none."""

    DEFAULT_CSS = """
    Banner {
        display: none; height: 1; width: 1fr;
        color: $warning; background: $panel; text-style: bold reverse;
    }
    """

    TALL_FROM = 40
    """Lines of the screen from which on the band is three lines high."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._words: tuple[str, ...] = ()

    def say(self, *words: str) -> None:
        """Show these, the most important first: what has no room is left out; none hides it."""
        words = tuple(str(clean(word)) for word in words if word)
        if words != self._words:
            self._words = words
            self.display = bool(words)
            self.refresh()

    @property
    def plain(self) -> str:
        """What it says."""
        return "   ".join(self._words)

    def set_tall(self, tall: bool) -> None:
        """Take three lines, or one."""
        self.styles.height = 3 if tall else 1

    def render_line(self, y: int) -> Strip:
        """The words in the middle, the band above and below."""
        width = self.size.width
        text = self._fitting(width) if y == self.size.height // 2 else ""
        return Strip([Segment(text + " " * (width - cell_len(text)), self.rich_style)], width)

    def _fitting(self, width: int) -> str:
        text = ""
        for word in self._words:
            more = f"{text}   {word}" if text else f" {word}"
            if cell_len(more) > width:
                break
            text = more
        return text or fit(" ".join(self._words[:1]), width)
