"""The frame of everything one acts in: a title, a page, what is said below, and the keys."""

from collections.abc import Iterable
from typing import ClassVar, Generic, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Paste, Resize
from textual.screen import ScreenResultType
from textual.widget import Widget

from opsconsole.clean import clean
from screens.shell.base import ConsoleApp
from screens.shell.turnstile import Modal
from widgets.oneline import OneLine, Part
from widgets.page import Page


class Words(OneLine):
    """A line of the frame."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "words--title",
        "words--faint",
        "words--key",
        "words--warn",
        "words--crit",
    }
    DEFAULT_CSS = """
    Words {
        background: $surface;
        & > .words--title { text-style: bold; color: $foreground; background: $surface; }
        & > .words--faint { color: $text-muted; background: $surface; }
        & > .words--key { text-style: bold; color: $primary; background: $surface; }
        & > .words--warn { color: $warning; text-style: bold; background: $surface; }
        & > .words--crit { color: $error; text-style: bold; background: $surface; }
    }
    """

    def say(self, text: str, look: str = "") -> None:
        """Show one text; `look` is `warn`, `crit`, `faint`, `title` or nothing."""
        self.show([Part(clean(text, 1000), f"words--{look}" if look else "")])


def hints(*pairs: tuple[str, str]) -> list[Part]:
    """Keys and what they do."""
    return [
        part for key, what in pairs for part in (Part(f"{key} ", "words--key"), Part(f"{what}   "))
    ]


class ActFrame(Modal[ScreenResultType], Generic[ScreenResultType]):
    """A modal screen around a page; arrows and pages scroll it."""

    DEFAULT_CSS = """
    ActFrame { align: center middle; }
    ActFrame > Vertical {
        width: 100%; max-width: 140; height: auto; max-height: 100%;
        padding: 0 1; border: round $warning; background: $surface;
    }
    ActFrame Page { height: auto; min-height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "scroll_page(1)", "down", id="act.down", show=False),
        Binding("up", "scroll_page(-1)", "up", id="act.up", show=False),
        Binding("pagedown", "leaf(1)", "page down", id="act.page-down", show=False),
        Binding("pageup", "leaf(-1)", "page up", id="act.page-up", show=False),
    ]

    def __init__(self, *, follow: bool = False) -> None:
        super().__init__()
        self.head = Words()
        self.page = Page(follow=follow)
        self.note = Words()
        """What was wrong with the last key."""
        self.keys = Words()

    def compose(self) -> ComposeResult:
        """Title, page, fields, note, keys."""
        with Vertical():
            yield self.head
            yield self.page
            yield from self.fields()
            yield self.note
            yield self.keys

    @property
    def lines_around(self) -> int:
        """Lines that are not the page's: the border, title, note and keys, and the fields."""
        return 5

    def on_resize(self, event: Resize) -> None:
        """What does not fit is scrolled, so that the rest stays in sight."""
        del event
        self.fit()

    def fit(self) -> None:
        """Give the page the lines that are left."""
        self.page.styles.max_height = max(1, self.size.height - self.lines_around)

    def fields(self) -> Iterable[Widget]:
        """What stands between page and note."""
        return ()

    @property
    def console(self) -> ConsoleApp:
        """The app."""
        return cast("ConsoleApp", self.app)  # pyright: ignore[reportUnknownMemberType]

    def action_scroll_page(self, lines: int) -> None:
        """Scroll by lines."""
        self.page.move(lines)

    def action_leaf(self, pages: int) -> None:
        """Scroll by pages."""
        self.page.leaf(pages)

    def on_paste(self, event: Paste) -> None:
        """Nothing is ever confirmed by a paste."""
        event.stop()
        self.refuse_paste()

    def on_entry_paste_refused(self) -> None:
        """Not in a field either."""
        self.refuse_paste()

    def refuse_paste(self) -> None:
        """Say that it was not taken."""
        self.note.say("paste refused: what decides is typed", "warn")
