"""A field that only typing fills: what decides over a deed must pass through fingers."""

from textual import events
from textual.message import Message
from textual.widgets import Input


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
