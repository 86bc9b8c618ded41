"""Paragraphs to read: wrapped to the width, scrolled by who owns them, one of them chosen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.events import Click, Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from opsconsole.clean import clean
from widgets.oneline import Part

_TOKEN = re.compile(r" +|[^ ]+")
_TEXT = 10_000
"""Characters of one part that are drawn."""

Line = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph; what does not fit goes on in the next line, `indent` cells from the left."""

    parts: Line
    indent: int = 0
    target: str = ""
    """What a click on it means; blocks that follow with the same one are chosen together."""


class Page(ScrollView, can_focus=False):
    """Draws blocks; keeps its place when they change, or stays at the end when told to."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "page--title",
        "page--name",
        "page--faint",
        "page--code",
        "page--good",
        "page--warn",
        "page--crit",
        "page--key",
        "page--off",
        "page--chosen",
    }
    DEFAULT_CSS = """
    Page {
        height: 1fr; color: $foreground; background: $surface;
        overflow-x: hidden; scrollbar-size: 1 1;
        & > .page--title { text-style: bold; color: $foreground; }
        & > .page--name { text-style: bold; color: $primary; }
        & > .page--faint { color: $text-muted; }
        & > .page--code { color: $accent; }
        & > .page--good { color: $success; text-style: bold; }
        & > .page--warn { color: $warning; text-style: bold; }
        & > .page--crit { color: $error; text-style: bold; }
        & > .page--key { text-style: bold; color: $primary; }
        & > .page--off { color: $text-muted; text-style: dim; }
        & > .page--chosen { background: $primary 30%; }
    }
    """

    class Clicked(Message):
        """A click on a block that means something."""

        def __init__(self, target: str) -> None:
            super().__init__()
            self.target = target

    def __init__(self, *, follow: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        """With `follow` the end stays in sight until the operator scrolls away from it."""
        super().__init__(id=id)
        self._blocks: tuple[Block, ...] = ()
        self._lines: list[tuple[Line, str]] = []
        self._follow = follow
        self._chosen = ""

    # -- content --------------------------------------------------------------------------------

    def set_blocks(self, blocks: Sequence[Block]) -> None:
        """Draw these; nothing is drawn when they are as before."""
        if tuple(blocks) != self._blocks:
            self._blocks = tuple(blocks)
            self._lay_out()

    def choose(self, target: str) -> None:
        """Show the blocks with that target as chosen, and bring them into sight."""
        self._chosen = target
        at = [y for y, (_, found) in enumerate(self._lines) if found == target]
        if at:
            top, page = self.scroll_offset.y, self.size.height
            if at[0] < top:
                self._scroll(at[0])
            elif at[-1] >= top + page:
                self._scroll(at[-1] - page + 1)
        self.refresh()

    @property
    def plain(self) -> str:
        """All lines as they are wrapped."""
        return "\n".join("".join(part.text for part in line) for line, _ in self._lines)

    # -- moving ---------------------------------------------------------------------------------

    @property
    def length(self) -> int:
        """Lines there are."""
        return len(self._lines)

    @property
    def below(self) -> int:
        """Lines out of sight at the lower end."""
        return max(0, len(self._lines) - self.scroll_offset.y - self.size.height)

    def move(self, lines: int) -> None:
        """Scroll by so many lines, as far as there are any."""
        self._scroll(self.scroll_offset.y + lines)

    def leaf(self, pages: int) -> None:
        """Scroll by so many pages, with a line of overlap."""
        self.move(pages * max(1, self.size.height - 1))

    def _scroll(self, y: int) -> None:
        self.scroll_to(
            y=max(0, min(y, len(self._lines) - self.size.height)), animate=False, force=True
        )

    # -- drawing --------------------------------------------------------------------------------

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines that the blocks take at that width."""
        del container, viewport
        return sum(1 for block in self._blocks for _ in wrapped(block, width)) if width > 0 else 0

    def on_mount(self) -> None:
        """What was set before there was room."""
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        """Another width wraps differently."""
        del event
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.size.width
        at_end = self._follow and not self.below
        self._lines = [
            (line, block.target)
            for block in self._blocks
            for line in wrapped(block, width)
            if width > 0
        ]
        self.virtual_size = Size(width, len(self._lines))
        if at_end:
            self._scroll(len(self._lines))
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Tell which block was clicked."""
        y = event.y + self.scroll_offset.y
        if y < len(self._lines) and (target := self._lines[y][1]):
            self.post_message(self.Clicked(target))

    def render_line(self, y: int) -> Strip:
        """One wrapped line."""
        width = self.size.width
        at = y + self.scroll_offset.y
        if at >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        line, target = self._lines[at]
        chosen = bool(target) and target == self._chosen
        ground = self._look("page--chosen") if chosen else self.rich_style
        segments = [
            Segment(part.text, self._over(part.look, ground) if part.look else ground)
            for part in line
        ]
        return Strip(segments).adjust_cell_length(width, ground)

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def _over(self, name: str, ground: Style) -> Style:
        return self._look(name) + Style(bgcolor=ground.bgcolor)


def wrapped(block: Block, width: int) -> Iterator[Line]:
    """The block in lines of at most `width` cells, at least one."""
    indent = min(block.indent, width // 2)
    line: list[Part] = []
    x = 0
    for part in block.parts:
        text = part.text if part.text.isprintable() else clean(part.text, _TEXT)
        for token in _TOKEN.findall(text[:_TEXT]):
            rest = str(token)
            while rest:
                size = cell_len(rest)
                if x + size <= width:
                    line.append(Part(rest, part.look))
                    x += size
                    break
                if rest.isspace() or (x > indent and size <= width - indent):
                    head, rest = "", rest.lstrip(" ")
                else:
                    head, rest = _cut(rest, width - x, at_least_one=x <= indent)
                if head:
                    line.append(Part(head, part.look))
                yield tuple(line)
                line, x = ([Part(" " * indent)] if indent else []), indent
    yield tuple(line)


def _cut(text: str, room: int, *, at_least_one: bool) -> tuple[str, str]:
    """As much as fits into `room` cells, and the rest."""
    head = chop_cells(text, room)[0] if room > 0 else ""
    if not head and at_least_one:
        head = text[:1]
    return head, text[len(head) :]
