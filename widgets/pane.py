"""The frame of a pane: a title line with state and age of the data, and the content below."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, State
from widgets.format import UNICODE, Glyphs, spell
from widgets.oneline import OneLine, Part

_AGE = Column("age_s", "AGE", Quantity.SECONDS, "age of the sample")


class PaneTitle(OneLine):
    """The title line; hatched from edge to edge while the data is old."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "pane--title",
        "pane--faint",
        "pane--filter",
        "pane--stale",
        "pane--fault",
    }
    DEFAULT_CSS = """
    PaneTitle {
        & > .pane--title { text-style: bold; color: $foreground; background: $panel; }
        & > .pane--faint { color: $text-muted; background: $panel; }
        & > .pane--filter { color: $foreground; background: $primary 30%; }
        & > .pane--stale { color: $warning; background: $panel; text-style: bold; }
        & > .pane--fault { color: $error; background: $panel; text-style: bold reverse; }
    }
    """


class PaneFrame(Vertical):
    """Content under a title. Its data is waiting, live, stale, at fault or empty, and says so.

    A change of age redraws the title only. While stale or at fault the whole content is dim.
    """

    ALLOW_MAXIMIZE = True
    DEFAULT_CSS = """
    PaneFrame { height: 1fr; width: 1fr; background: $background; }
    PaneFrame.-stale > .pane--content { text-opacity: 50%; }
    PaneFrame:focus-within > PaneTitle { background: $boost; }
    PaneFrame:focus-within > PaneTitle > .pane--title { text-style: bold reverse; }
    """

    def __init__(
        self,
        content: Widget,
        *,
        title: str = "",
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self.content = content
        content.add_class("pane--content", update=False)  # it is styled when it is mounted
        self._glyphs = glyphs
        self._bar = PaneTitle(glyphs=glyphs)
        self._title = title
        self._count = ""
        self._filter = ""
        self._state = State.WAITING
        self._age: float | None = None
        self._message = ""
        self._draw()

    def compose(self) -> ComposeResult:
        """Title, then content."""
        yield self._bar
        yield self.content

    def on_descendant_focus(self) -> None:
        """It has the keys: its title says so."""
        self._retitle()

    def on_descendant_blur(self) -> None:
        """It has the keys no longer."""
        self._retitle()

    def _retitle(self) -> None:
        # Textual restyles for focus-within only below the outermost widget that it thinks has it.
        self._bar.update_node_styles(animate=False)

    @property
    def state(self) -> State:
        """What the pane says of its data."""
        return self._state

    @property
    def title_text(self) -> str:
        """The text of the title line."""
        return self._bar.plain

    def set_title(self, title: str) -> None:
        """Name the pane."""
        if title != self._title:
            self._title = title
            self._draw()

    def set_count(self, count: str) -> None:
        """How many objects: `1000`, `37 of 1000, 2 marked`."""
        if count != self._count:
            self._count = count
            self._draw()

    def set_filter(self, text: str) -> None:
        """Show the filter in force as a chip; empty for none."""
        self._filter = text
        self._draw()

    def set_state(self, state: State, age_s: float | None = None, message: str = "") -> None:
        """Say how the data is: its age in seconds (None before there was any), and why.

        While live, the message says what part of the data is not.
        """
        if (state, age_s, message) == (self._state, self._age, self._message):
            return
        self._state, self._age, self._message = state, age_s, message
        self.set_class(state in (State.STALE, State.FAULT), "-stale")
        self._draw()

    def toggle_zoom(self) -> bool:
        """Give the pane the whole screen, or its place again; whether it has the screen now."""
        screen = self.screen
        if screen.maximized is self:
            screen.minimize()
            return False
        return screen.maximize(self, container=False)

    def _draw(self) -> None:
        left = [Part(f" {self._title} ", "pane--title")]
        if self._count:
            left.append(Part(f" {self._count} ", "pane--faint"))
        if self._filter:
            left.append(Part(f" /{self._filter} ", "pane--filter"))
        stale = self._state in (State.STALE, State.FAULT)
        self._bar.fill = self._glyphs.hatch if stale else " "
        self._bar.fill_look = "pane--stale" if stale else ""
        looks = {State.STALE: "pane--stale", State.FAULT: "pane--fault"}
        look = looks.get(self._state, "pane--faint")
        right = [Part(f" {self._words()} ", look)]
        if self._message and self._state is State.LIVE:
            right.insert(0, Part(f" {self._message} ", "pane--stale"))
        self._bar.show(left, right)

    def _words(self) -> Clean:
        """`live 1 s`, `stale 42 s`, `fault: refused 2m 3s`, `waiting`, `empty 1 s`."""
        words = str(self._state)
        if self._message and self._state is not State.LIVE:
            words += f": {self._message}"
        if self._age is not None and self._state is not State.WAITING:
            words += f" {spell(_AGE, float(int(self._age)))}"
        return Clean(words)
