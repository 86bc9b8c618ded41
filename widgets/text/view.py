"""Draws a long text: only the lines in sight; wrapped or cut, followed at its end."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from opsconsole.clean import clean
from widgets.oneline import Part
from widgets.text.dress import Dress, bad
from widgets.text.finder import Finder, finder
from widgets.text.lines import Lines, TextLine

SURVEYED = 300
"""Lines by which widths are chosen."""

SIDEWAYS = 20
"""Cells that Left and Right move."""


class TextView(ScrollView, can_focus=True):
    """A text with a place in it. What is added below never moves what one reads."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text--gap",
        "text--time",
        "text--key",
        "text--value",
        "text--number",
        "text--field",
        "text--bad",
        "text--dubious",
        "text--match",
        "text--mark",
        *(f"text--source{n}" for n in range(6)),
    }
    DEFAULT_CSS = """
    TextView {
        height: 1fr; color: $foreground; background: $surface;
        overflow-x: hidden; scrollbar-size: 1 1;
        & > .text--gap { color: $warning; text-style: italic; }
        & > .text--time { color: $text-muted; }
        & > .text--key { color: $primary; }
        & > .text--value { color: $foreground; }
        & > .text--number { color: $accent; }
        & > .text--field { color: $text-muted; }
        & > .text--bad { color: $error; text-style: bold; }
        & > .text--dubious { color: $warning; text-style: bold; }
        & > .text--match { background: $accent; color: $surface; }
        & > .text--mark { background: $primary 30%; }
        & > .text--source0 { color: $primary; }
        & > .text--source1 { color: $success; }
        & > .text--source2 { color: $warning; }
        & > .text--source3 { color: $accent; }
        & > .text--source4 { color: $secondary; }
        & > .text--source5 { color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "down", id="text.down", show=False),
        Binding("up,k", "move(-1)", "up", id="text.up", show=False),
        Binding("pagedown,space,ctrl+d", "leaf(1)", "page down", id="text.page-down", show=False),
        Binding("pageup,b,ctrl+u", "leaf(-1)", "page up", id="text.page-up", show=False),
        Binding("home,g", "top", "top", id="text.top", show=False),
        Binding("end,G", "end", "end", id="text.end", show=False),
        Binding("left,h", "sideways(-1)", "left", id="text.left", show=False),
        Binding("right", "sideways(1)", "right", id="text.right", show=False),
        Binding("f", "follow", "follow", id="text.follow"),
        Binding("W", "wrap", "wrap", id="text.wrap"),
        Binding("t", "times", "times", id="text.times"),
        Binding("J", "json", "JSON in columns", id="text.json"),
        Binding("n", "next(1)", "next match", id="text.next"),
        Binding("N", "next(-1)", "previous match", id="text.previous"),
        Binding("e", "fault(1)", "next error", id="text.fault"),
        Binding("E", "fault(-1)", "previous error", id="text.fault-back"),
        Binding("m", "mark", "bookmark", id="text.mark"),
        Binding("apostrophe", "marked", "next bookmark", id="text.marked"),
    ]

    class Changed(Message):
        """What can be seen of it is another: its place, its filter, how it is drawn."""

    class Nothing(Message):
        """What was looked for is not there."""

        def __init__(self, wanted: str) -> None:
            super().__init__()
            self.wanted = wanted

    def __init__(self, dress: Dress | None = None, *, follow: bool = False) -> None:
        super().__init__()
        self.lines = Lines()
        self.dress = dress or Dress()
        self.follow = follow
        """Whether the end stays in sight."""
        self.wrapped = False
        self._ends: list[int] = []
        """Of wrapped lines: rows up to and with each shown line."""
        self._x = 0
        self._wanted: Finder | None = None
        self._words = ""
        self._marks: set[int] = set()
        self._surveyed = 0

    # -- content --------------------------------------------------------------------------------

    def add(self, lines: Sequence[TextLine]) -> None:
        """Put lines below the others; one that follows sees them."""
        top, dropped = self._number_at_top(), self.lines.dropped
        self.lines.add(lines)
        if len(self.lines) <= SURVEYED or self._surveyed < SURVEYED:
            self._survey()
            dropped = -1  # all may look different now
        self._lay_out(top, grown=self.lines.dropped == dropped)

    def set_filter(self, text: str) -> None:
        """Show only lines in which that is found."""
        top = self._number_at_top()
        self.lines.set_filter(text)
        self._lay_out(top)

    def search(self, text: str) -> None:
        """Look for that from here on; nothing forgets it."""
        self._words, self._wanted = text, finder(text)
        self.refresh()
        if self._wanted is not None:
            self._seek(1, self._wanted, text, inclusive=True)

    def _survey(self) -> None:
        shown = self.lines.shown
        sample = [self.lines[number] for number in shown[-SURVEYED:]]
        self._surveyed = len(sample)
        self.dress.survey(sample)

    # -- moving ---------------------------------------------------------------------------------

    @property
    def top_row(self) -> int:
        """The first row in sight."""
        return self.scroll_offset.y

    @property
    def rows(self) -> int:
        """Rows there are, wrapped as they are."""
        if self.wrapped:
            return self._ends[-1] if self._ends else 0
        return len(self.lines.shown)

    @property
    def at_end(self) -> bool:
        """Whether the last row is in sight."""
        return self.top_row + self.size.height >= self.rows

    def _number_at_top(self) -> int | None:
        shown = self.lines.shown
        place, _ = self._place(self.top_row)
        return shown[place] if place < len(shown) else None

    def _place(self, row: int) -> tuple[int, int]:
        """Which of the shown lines stands in that row, and with which of its rows."""
        if not self.wrapped:
            return row, 0
        place = bisect_right(self._ends, row)
        return place, row - (self._ends[place - 1] if place else 0)

    def _row(self, place: int) -> int:
        if not self.wrapped:
            return place
        return self._ends[place - 1] if place else 0

    def _go(self, row: int) -> None:
        row = max(0, min(row, self.rows - self.size.height))
        self.scroll_to(y=row, animate=False, force=True)
        self.post_message(self.Changed())

    def action_move(self, rows: int) -> None:
        """Scroll by rows; who goes up no longer follows."""
        self.follow = self.follow and rows > 0
        self._go(self.top_row + rows)

    def action_leaf(self, pages: int) -> None:
        """Scroll by pages, with a row of overlap."""
        self.action_move(pages * max(1, self.size.height - 1))

    def action_top(self) -> None:
        """Go to the beginning."""
        self.follow = False
        self._go(0)

    def action_end(self) -> None:
        """Go to the end."""
        self._go(self.rows)

    def action_sideways(self, by: int) -> None:
        """See what has no room."""
        self._x = max(0, self._x + by * SIDEWAYS)
        self.refresh()
        self.post_message(self.Changed())

    def action_follow(self) -> None:
        """Keep the end in sight, or stop that."""
        self.follow = not self.follow
        if self.follow:
            self._go(self.rows)
        self.post_message(self.Changed())

    def action_next(self, by: int) -> None:
        """Go to the next place of what was looked for."""
        if self._wanted is not None:
            self._seek(by, self._wanted, self._words)
        else:
            self.post_message(self.Nothing(""))

    def action_fault(self, by: int) -> None:
        """Go to the next line that tells of an error."""
        start, shown = self._number_at_top(), self.lines.shown
        if start is None:
            return
        at, size = self.lines.place(start), len(shown)
        for step in range(1, size + 1):
            number = shown[(at + by * step) % size]
            if bad(self.lines[number].text):
                self._reach(number)
                return
        self.post_message(self.Nothing("error"))

    def _seek(self, by: int, wanted: Finder, words: str, *, inclusive: bool = False) -> None:
        start = self._number_at_top()
        if start is None:
            return
        found = self.lines.find(wanted, start - by if inclusive else start, by)
        if found is None:
            self.post_message(self.Nothing(words))
        else:
            self._reach(found)

    def _reach(self, number: int) -> None:
        """Bring a line to the top; at the end of the text it stands lower."""
        self.follow = False
        self._go(self._row(self.lines.place(number)))
        self.refresh()

    def action_mark(self) -> None:
        """Remember the line at the top, or forget it."""
        number = self._number_at_top()
        if number is not None:
            self._marks ^= {number}
            self.refresh()
            self.post_message(self.Changed())

    def action_marked(self) -> None:
        """Go to the next line that is remembered."""
        top = self._number_at_top()
        marks = sorted(mark for mark in self._marks if top is not None)
        later = [mark for mark in marks if top is not None and mark > top]
        if marks:
            self._reach((later or marks)[0])
        else:
            self.post_message(self.Nothing("bookmark"))

    # -- looks ----------------------------------------------------------------------------------

    def action_wrap(self) -> None:
        """Draw long lines in several rows, or cut them."""
        top = self._number_at_top()
        self.wrapped, self._x = not self.wrapped, 0
        self._lay_out(top)

    def action_times(self) -> None:
        """Show when each line was written."""
        self.dress.times = not self.dress.times
        self._lay_out(self._number_at_top())

    def action_json(self) -> None:
        """Show JSON lines in columns."""
        self.dress.json = not self.dress.json
        self._survey()
        self._lay_out(self._number_at_top())

    @property
    def plain(self) -> str:
        """The lines that pass the filter, as they are drawn."""
        return "\n".join(self.text_of(number) for number in self.lines.shown)

    def text_of(self, number: int) -> str:
        """One line as it is drawn."""
        return "".join(part.text for part in self.dress.parts(self.lines[number]))

    # -- drawing --------------------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        """Another width wraps differently."""
        del event
        self._lay_out(self._number_at_top())

    def _lay_out(self, top: int | None, *, grown: bool = False) -> None:
        """Count rows anew; `top` is the line that stays where it is.

        `grown`: all lines are as they were, and more stand below them.
        """
        width = self.size.width
        if self.wrapped and width:
            if not grown:
                self._ends = []
            more = self.lines.shown[len(self._ends) :]
            start = self._ends.pop() if self._ends else 0
            heights = (self._height(number, width) for number in more)
            self._ends += accumulate(heights, initial=start)
            if not start:
                del self._ends[:1]
        self.virtual_size = Size(width, self.rows)
        if self.follow:
            self._go(self.rows)
        elif top is not None:
            self._go(self._row(self.lines.place(top)))
        else:
            self.post_message(self.Changed())
        self.refresh()

    def _height(self, number: int, width: int) -> int:
        return len(_chopped(self.text_of(number), width))

    def render_line(self, y: int) -> Strip:
        """One row."""
        width = self.size.width
        place, sub = self._place(y + self.top_row)
        shown = self.lines.shown
        if not width or place >= len(shown):
            return Strip.blank(width, self.rich_style)
        number = shown[place]
        parts = self._found(self.dress.parts(self.lines[number]))
        ground = self.rich_style
        if number in self._marks:
            ground = self.get_component_rich_style("text--mark")
        segments = [
            Segment(part.text, ground + self.get_component_rich_style(part.look, partial=True))
            if part.look
            else Segment(part.text, ground)
            for part in parts
            if part.text
        ]
        start = self._x
        if self.wrapped:
            start = sum(map(cell_len, _chopped(self.text_of(number), width)[:sub]))
        strip = Strip(segments).crop(start, start + width)
        return strip.adjust_cell_length(width, ground)

    def _found(self, parts: list[Part]) -> list[Part]:
        """The same with what was looked for in a look of its own."""
        wanted = self._wanted
        if wanted is None:
            return parts
        found: list[Part] = []
        for part in parts:
            text, at = part.text, 0
            for start, end in wanted.spans(text):
                found.append(Part(text[at:start], part.look))
                found.append(Part(text[start:end], "text--match"))
                at = end
            found.append(Part(text[at:], part.look))
        return found


def _chopped(text: str, width: int) -> list[str]:
    """A line in rows of at most that many cells, at least one."""
    if text.isascii():
        return [text[at : at + width] for at in range(0, len(text), width)] or [""]
    return chop_cells(clean(text, len(text)), width) or [""]
