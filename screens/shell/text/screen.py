"""Reads one text: as it comes, to its end, with the keys of a pager."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from opsconsole.clean import Clean, clean
from opsconsole.engine.handing import put
from opsconsole.errors import BusClosed, OpsError
from opsconsole.model import State
from opsconsole.plan import Thing
from opsconsole.ports import Line, Passage, TextPort
from opsconsole.spec import Argument, Form, Inquiry
from screens.shell.act.frame import Words, hints
from screens.shell.base import ConsoleApp
from screens.shell.sheet import Sheet, text_column
from screens.shell.turnstile import Modal
from widgets.commandline import CommandLine
from widgets.pane import PaneFrame
from widgets.text import Dress, TextLine, TextView

FIND, FILTER, WHY = "/", "&", "?"
"""Prompts, the first two as in `less`."""

AGAIN = 2.0
"""Seconds before a text is opened again whose collector went."""

_OPTION = (
    text_column("name", "OPTION"),
    text_column("value", "VALUE"),
    text_column("now", "NOW"),
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be read."""

    inquiry: Inquiry
    things: tuple[Thing, ...]
    port: TextPort
    folder: Path
    """Where texts are saved."""


class TextScreen(Modal[None]):
    """A text over the tab."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    TextScreen { align: center middle; }
    TextScreen > Vertical { width: 100%; height: 100%; background: $surface; }
    TextScreen PaneFrame { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,ctrl+g,ctrl+c", "leave", "Close", id="read.close"),
        Binding("slash", "find", "Search", id="read.find"),
        Binding("ampersand", "filter", "Filter", id="read.filter"),
        Binding("o", "options", "Options", id="read.options"),
        Binding("p", "previous", "Previous", id="read.previous"),
        Binding("s", "save", "Save", id="read.save"),
        Binding("r", "reload", "Read anew", id="read.reload"),
        Binding("y", "yank", "Copy", id="read.yank"),
    ]

    def __init__(self, subject: Subject, copy: Callable[[str], None]) -> None:
        """`copy` puts text on the operator's clipboard."""
        super().__init__()
        self._subject = subject
        self._copy = copy
        form = subject.inquiry.form
        dress = Dress(yaml=form is Form.YAML, log=form is Form.LOG)
        self.view = TextView(dress, follow=subject.inquiry.follows)
        self._arguments = {one.name: one.default for one in subject.inquiry.arguments}
        self._frame = PaneFrame(self.view, title=self._title)
        self._note = Words()
        self._keys = Words()
        self._line = CommandLine(id="read-line")
        self._filter = self._reason = ""
        self._ended = False

    @property
    def _title(self) -> str:
        names = ", ".join(thing.name for thing in self._subject.things[:3])
        more = len(self._subject.things) - 3
        said = [f"{name}={value}" for name, value in self._arguments.items() if value]
        places = ", ".join(dict.fromkeys(thing.target for thing in self._subject.things))
        tail = f" and {more} more" if more > 0 else ""
        title = f"{self._subject.inquiry.title}: {names}{tail} on {places}  {' '.join(said)}"
        return clean(title.rstrip(), 400)

    def compose(self) -> ComposeResult:
        """The framed text, what is to be known of it, and the keys."""
        with Vertical():
            yield self._frame
            yield self._note
            yield self._keys
            yield self._line

    def on_mount(self) -> None:
        """Begin to read; where that reveals a secret, ask why first."""
        pairs = [("/", "search"), ("&", "filter"), ("n N", "next"), ("f", "follow"), ("W", "wrap")]
        if self._subject.inquiry.form is Form.LOG:
            pairs += [("e", "error"), ("t", "times"), ("J", "JSON")]
        pairs += [("o", "options")] if self._subject.inquiry.arguments else []
        self._keys.show(hints(*pairs, ("s", "save"), ("Esc", "closes")))
        if self._subject.inquiry.audited and not self._reason:
            self._note.say(f"{self._subject.inquiry.audited}: why? It is written down", "warn")
            self._line.open(WHY, "")
        else:
            self.view.focus()
            self._read()

    # -- reading --------------------------------------------------------------------------------

    def _read(self) -> None:
        self._frame.set_title(self._title)
        self.run_worker(self._reading(), exclusive=True, group="reading")

    async def _reading(self) -> None:
        port, self._ended = self._subject.port, False
        text: int | None = None
        self._frame.set_state(State.WAITING)
        try:
            while not self._ended:
                try:
                    if text is None:
                        text = await self._open(port)
                    self._take(await port.more(text))
                except BusClosed as error:
                    text = None
                    self._gap(f"{error}; read on from here when it is back")
                    await asyncio.sleep(AGAIN)
        except OpsError as error:
            self._ended = True
            self._frame.set_state(State.FAULT, None, clean(str(error), 300))
            self._note.say(str(error), "crit")
        finally:
            if text is not None:
                with contextlib.suppress(OpsError):
                    await port.close(text)

    async def _open(self, port: TextPort) -> int:
        subject = self._subject
        opened = await port.open(subject.inquiry.id, subject.things, self._arguments, self._reason)
        return opened.id

    def _take(self, passage: Passage) -> None:
        if passage.skipped:
            self._gap(f"{passage.skipped} lines skipped: they came faster than they were read")
        if passage.lines:
            self.view.add([_line(line) for line in passage.lines])
        if passage.note:
            self._note.say(passage.note, "warn")
        self._ended = passage.ended
        self._tell()

    def _gap(self, words: str) -> None:
        self.view.add([TextLine(clean(f"--- {words} ---"), gap=True)])

    def _tell(self) -> None:
        """Say how much there is, where one is, and whether more comes."""
        view = self.view
        total, shown = len(view.lines), len(view.lines.shown)
        count = f"{shown}/{total}" if view.lines.filtered else str(total)
        dropped = f", {view.lines.dropped} older ones let go" if view.lines.dropped else ""
        follows = "follows" if view.follow else "stands"
        state = "ended" if self._ended else follows
        self._frame.set_count(clean(f"{count} lines{dropped}, {state}"))
        self._frame.set_state(
            State.LIVE if total else State.EMPTY if self._ended else State.WAITING
        )

    def on_text_view_changed(self) -> None:
        """Another place, or drawn in another way."""
        self._tell()

    def on_text_view_nothing(self, event: TextView.Nothing) -> None:
        """What was looked for is not there."""
        wanted = event.wanted or "nothing was looked for: / does"
        self._note.say(f"not found: {wanted}" if event.wanted else wanted, "warn")

    # -- what the operator asks -----------------------------------------------------------------

    def action_leave(self) -> None:
        """Stop reading; first a filter is taken back."""
        if self._filter:
            self._filter_by("")
        else:
            self.dismiss(None)

    def action_find(self) -> None:
        """Search."""
        self._line.open(FIND, "")

    def action_filter(self) -> None:
        """Show only lines that match."""
        self._line.open(FILTER, self._filter)

    def on_command_line_edited(self, event: CommandLine.Edited) -> None:
        """A filter follows while it is typed."""
        event.stop()
        if event.prompt == FILTER:
            self.view.set_filter(event.text)
            self._tell()

    def on_command_line_submitted(self, event: CommandLine.Submitted) -> None:
        """Search for it, or keep the filter."""
        event.stop()
        self._note.say("")
        self.view.focus()
        if event.prompt == WHY:
            self._reason = event.text.strip()
            self.on_mount()
        elif event.prompt == FIND:
            self.view.search(event.text)
        else:
            self._filter_by(event.text)

    def on_command_line_cancelled(self, event: CommandLine.Cancelled) -> None:
        """As it was; who says not why reads nothing."""
        event.stop()
        self.view.focus()
        if event.prompt == WHY:
            self.dismiss(None)
            return
        self.view.set_filter(self._filter)

    def _filter_by(self, text: str) -> None:
        self._filter = text
        self.view.set_filter(text)
        self._frame.set_filter(clean(text))
        self._tell()

    def action_reload(self) -> None:
        """Read it from the beginning."""
        self.view.lines.clear()
        self.view.add(())
        self._note.say("")
        self._read()

    def action_options(self) -> None:
        """Choose what is read: since when, which container."""
        arguments = {one.name: one for one in self._subject.inquiry.arguments}
        if not arguments:
            self._note.say("this text has no options", "warn")
            return
        rows = {
            f"{one.name}\x1f{value}": (
                clean(one.title),
                clean(value or "any"),
                Clean("yes" if self._arguments[one.name] == value else ""),
            )
            for one in arguments.values()
            for value in _values(one)
        }
        sheet = Sheet(Clean("Options"), _OPTION, lambda: rows, choose=True)
        app = cast("ConsoleApp", self.app)  # pyright: ignore[reportUnknownMemberType]
        app.push_screen(sheet, self._set)

    def _set(self, chosen: str | None) -> None:
        if chosen is not None:
            name, _, value = chosen.partition("\x1f")
            self._arguments[name] = value
            self.action_reload()

    def action_previous(self) -> None:
        """The log of the run before, where there is such an option."""
        name = "previous"
        if name not in self._arguments:
            self._note.say("this text has no previous one", "warn")
            return
        self._arguments[name] = "no" if self._arguments[name] == "yes" else "yes"
        self.action_reload()

    def action_save(self) -> None:
        """Write the lines that pass the filter to a file."""
        subject = self._subject
        what = subject.inquiry.id.partition(".")[2]
        names = f"{subject.things[0].target}-{subject.things[0].name}-{what}"
        safe = "".join(letter if letter.isalnum() or letter in "-._" else "_" for letter in names)
        stamp = time.strftime("%Y%m%dT%H%M%S")
        path = subject.folder / f"{safe[:150]}-{stamp}.txt"
        text = self.view.plain
        try:
            subject.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            put(path, text + "\n")
        except OSError as error:
            self._note.say(f"{path} cannot be written: {error.strerror or error}", "crit")
            return
        self._copy(str(path))
        self._note.say(f"{len(self.view.lines.shown)} lines saved as {path}")

    def action_yank(self) -> None:
        """Copy what is in sight."""
        top, size = self.view.top_row, self.view.size.height
        numbers = self.view.lines.shown[top : top + size]
        self._copy("\n".join(self.view.text_of(number) for number in numbers))
        self._note.say("copied what is in sight")


def _line(line: Line) -> TextLine:
    return TextLine(line.text, line.at, line.source)


def _values(argument: Argument) -> Sequence[str]:
    return argument.choices or (argument.default,)
