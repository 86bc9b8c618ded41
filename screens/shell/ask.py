"""A question that only `y` answers with yes: no Enter, nothing typed before it was on screen."""

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key, Paste
from textual.widgets import Static

from opsconsole.clean import Clean
from screens.shell.turnstile import Modal

DEAF_S = 0.3
"""Seconds after it opened in which keys mean nothing: they were typed for what stood before."""


class Ask(Modal[bool]):
    """A short text and y or n; Escape is no."""

    DRAINS = True
    DEFAULT_CSS = """
    Ask { align: center middle; }
    Ask > Vertical {
        width: 60; max-width: 90%; height: auto; max-height: 90%;
        padding: 1 2; border: round $warning; background: $surface;
    }
    Ask Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,escape,q,ctrl+c", "answer_no", "No", id="ask-no"),
    ]

    def __init__(self, question: Clean, *, yes: Clean, no: Clean) -> None:
        super().__init__()
        self._question = question
        self._answers = (yes, no)
        self._opened = 0.0

    def compose(self) -> ComposeResult:
        """The question above its two answers."""
        yes, no = self._answers
        with Vertical():
            yield Static(self._question, markup=False)
            yield Static(f"\ny  {yes}\nn  {no}", markup=False)
            yield Static("", id="ask-note", markup=False)

    def on_mount(self) -> None:
        """Be deaf for a moment."""
        self._opened = time.monotonic()

    def action_answer_no(self) -> None:
        """Nothing happens."""
        self.dismiss(False)

    def on_key(self, event: Key) -> None:
        """Only `y` is yes; Enter says so."""
        if event.key == "y":
            event.stop()
            if time.monotonic() - self._opened >= DEAF_S:
                self.dismiss(True)
        elif event.key == "enter":
            event.stop()
            self.query_one("#ask-note", Static).update(Content("\nEnter confirms nothing: y or n"))

    def on_paste(self, event: Paste) -> None:
        """What is pasted was not meant as an answer."""
        event.stop()
        self.query_one("#ask-note", Static).update(Content("\npaste ignored: y or n"))
