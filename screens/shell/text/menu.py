"""What can be read of an object, a letter each; and why, where it reveals a secret."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key

from opsconsole.clean import Clean, clean
from screens.shell.act.frame import ActFrame, hints
from screens.shell.act.wording import FAINT, KEY, TITLE, WARN
from screens.shell.text.aim import Offer
from widgets.oneline import Part
from widgets.page import Block, Page

_TITLE = 18


class TextMenu(ActFrame[str | None]):
    """Returns the id of the text that was picked."""

    DEFAULT_CSS = "TextMenu > Vertical { border: round $primary; max-width: 100; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,ctrl+g,ctrl+c", "leave", "Close", id="texts.close"),
    ]

    def __init__(self, what: Clean, offered: tuple[Offer, ...]) -> None:
        super().__init__()
        self._what = what
        self._offered = offered
        self._at = 0

    def on_mount(self) -> None:
        """Show what there is."""
        self.head.say(f"Read of {self._what}", "title")
        self.keys.show(hints(("letter or Enter", "reads it"), ("Esc", "closes")))
        self._draw()

    def _draw(self) -> None:
        self.page.set_blocks([block for one in self._offered for block in _blocks(one)])
        self.page.choose(self._offered[self._at].id)

    def on_key(self, event: Key) -> None:
        """The letter of a text, else a key of the menu."""
        for one in self._offered:
            if event.character == one.letter:
                event.stop()
                event.prevent_default()
                self.dismiss(one.id)
                return
        if event.key in ("down", "j", "up", "k"):
            event.stop()
            event.prevent_default()
            self._at = (self._at + (1 if event.key in ("down", "j") else -1)) % len(self._offered)
            self._draw()
        elif event.key == "enter":
            event.stop()
            self.dismiss(self._offered[self._at].id)
        elif event.key == "q":
            event.stop()
            self.action_leave()
        elif event.is_printable:
            event.stop()
            self.note.say(f"nothing to read on {clean(event.character or '')}", "warn")

    def on_page_clicked(self, event: Page.Clicked) -> None:
        """A click picks as its letter does."""
        self.dismiss(event.target)

    def action_leave(self) -> None:
        """Close; nothing was picked."""
        self.dismiss(None)


def _blocks(one: Offer) -> list[Block]:
    reveals = f"   {one.audited}" if one.audited else ""
    head = (
        Part(f" {one.letter}  ", KEY),
        Part(f"{one.title:<{_TITLE}}", TITLE),
        Part(clean(reveals), WARN),
    )
    return [Block(head, 4, one.id), Block((Part(f"    {one.about}", FAINT),), 4, one.id)]
