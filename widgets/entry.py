"""A field that only typing fills: what decides over a deed must pass through fingers; and one that
takes what is pasted, for what is only read.
"""

import re

from textual import events
from textual.message import Message
from textual.widgets import Input

from opsconsole.clean import clean

NEWLINE = "\u2424"
"""Stands for the end of a line that was pasted into one line."""
_LINE_END = re.compile(r"\r\n|\r|\n")
LONGEST = 40_000
"""Characters that are taken of a paste."""


class Entry(Input):
    """One line of text; every way to paste is refused, and said."""

    DEFAULT_CSS = """
    Entry {
        width: 1fr; height: 1; border: none; padding: 0; background: $panel;
        &:focus { border: none; background: $boost; background-tint: $foreground 0%; }
    }
    """

    class PasteRefused(Message):
        """Something was pasted, and not taken."""

    def __init__(self, value: str = "", *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(value, select_on_focus=False, compact=True, id=id)
        self.cursor_blink = False

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(self.PasteRefused())

    def action_paste(self) -> None:
        """What was cut elsewhere is no typing either."""
        self.post_message(self.PasteRefused())


class Field(Entry):
    """One line of text that takes a paste, its line ends as signs."""

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = _LINE_END.sub(NEWLINE, event.text.strip()[:LONGEST].replace("\t", " "))
        self.insert_text_at_cursor(clean(text, LONGEST))

    def action_paste(self) -> None:
        """What was cut in this console."""
        self.insert_text_at_cursor(self.app.clipboard)  # pyright: ignore[reportUnknownMemberType]
