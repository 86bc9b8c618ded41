"""The small form of who takes care: for how long, why, and for a silence of what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input

from opsconsole.clean import Clean
from screens.shell.act.form import Choice, FieldName
from screens.shell.act.frame import ActFrame, hints
from widgets.entry import Entry

HOLDS = "until it is over"
FREE = "other"
TIMES: dict[str, float] = {HOLDS: 0.0, "1 h": 3600.0, "8 h": 28800.0, "24 h": 86400.0}
"""Seconds by what the form offers."""

_FREE = re.compile(r"\s*(\d{1,6})\s*([smhd]?)\s*")
_UNITS = {"s": 1.0, "": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Given:
    """What was filled in."""

    note: str
    seconds: float
    match: str = ""


class CareForm(ActFrame[Given | None]):
    """Returns what was filled in; `holds` offers "until it is over", `match` asks for what."""

    DEFAULT_CSS = """
    CareForm > Vertical { border: round $primary; max-width: 100; }
    CareForm Horizontal { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g,ctrl+c", "leave", "Cancel", id="care.cancel"),
    ]

    def __init__(self, title: Clean, *, holds: bool = False, match: str | None = None) -> None:
        super().__init__()
        self._title = title
        self._asks_what = match is not None
        offered = [word for word in TIMES if holds or word != HOLDS]
        self.match = Entry(match or "")
        self.note_field = Entry()
        self.time = Choice((*offered, FREE), offered[0])
        self.other = Entry()

    @property
    def _named(self) -> list[tuple[str, Entry | Choice]]:
        what = [("Which", self.match)] if self._asks_what else []
        why = "Reason" if self._asks_what else "Note"
        return [*what, (why, self.note_field), ("For", self.time), ("  other, as 90m", self.other)]

    def fields(self) -> Iterable[Widget]:
        """A line for each."""
        for name, field in self._named:
            with Horizontal():
                label = FieldName()
                label.say(name, "title")
                yield label
                yield field

    def on_mount(self) -> None:
        """Begin with the note, which nobody can guess."""
        self.head.say(self._title, "title")
        self.page.display = False
        self.keys.show(
            hints(("Enter", "goes on, then does it"), ("left right", "time"), ("Esc", "cancels"))
        )
        self.note_field.focus()

    def on_key(self, event: Key) -> None:
        """Enter goes on, wherever it is pressed."""
        if event.key == "enter":
            event.stop()
            self._go_on()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Whoever types a time of their own means it."""
        event.stop()
        self.note.say("")

    def _go_on(self) -> None:
        """From the note to the time, from there to the end; not past what is wrong."""
        if self.match.has_focus:
            self.note_field.focus()
        elif self.note_field.has_focus:
            self.time.focus()
        elif self.time.has_focus and self.time.value == FREE and not self.other.value.strip():
            self.other.focus()
        else:
            self._finish()

    def _finish(self) -> None:
        note, match = self.note_field.value.strip(), self.match.value.strip()
        if self._asks_what and not match:
            self._wrong("Which: a filter over alerts, as target:web* or label:env=dev", self.match)
        elif self._asks_what and not note:
            self._wrong("Reason: others will ask why nobody was called", self.note_field)
        elif (for_s := self._seconds()) is None:
            self._wrong("other: a time as 90s, 10m, 8h or 2d", self.other)
        else:
            self.dismiss(Given(note, for_s, match))

    def _seconds(self) -> float | None:
        if self.other.value.strip() or self.time.value == FREE:
            found = _FREE.fullmatch(self.other.value)
            wanted = float(found[1]) * _UNITS[found[2]] if found else 0.0
            return wanted or None
        return TIMES[self.time.value]

    def _wrong(self, words: str, field: Entry) -> None:
        self.note.say(words, "warn")
        field.focus()

    def action_leave(self) -> None:
        """Cancel."""
        self.dismiss(None)
