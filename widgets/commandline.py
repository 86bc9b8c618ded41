"""One line to type in, for `:` commands and `/` filters: history, completion, nothing blinks."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from opsconsole.clean import FOREIGN, clean
from widgets.oneline import OneLine, Part

Complete = Callable[[str], Sequence[str]]
"""Texts that could stand instead of what is typed, best first."""

HISTORY = 500
"""Lines of history kept for each prompt."""


_ALLOWED = f"[^{FOREIGN.pattern[1:-1]}]*"
"""What never reaches a screen is in no name there either: typed, it would find nothing."""


class _Field(Input):
    """Textual's input without a blink, refusing what a terminal would obey."""

    def __init__(self) -> None:
        super().__init__(select_on_focus=False, compact=True, restrict=_ALLOWED)
        self.cursor_blink = False

    def restricted(self) -> None:
        """Leave out what is not allowed, without a bell."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take plain text only: a pasted newline must not run anything."""
        if not event.text.isprintable() or FOREIGN.search(event.text):
            event.stop()
            event.prevent_default()
            self.post_message(CommandLine.Refused())


class _Prompt(OneLine):
    DEFAULT_CSS = "_Prompt { width: 1; }"


class _Candidates(OneLine):
    COMPONENT_CLASSES: ClassVar[set[str]] = {"command--chosen"}
    DEFAULT_CSS = "_Candidates > .command--chosen { text-style: bold reverse; }"


class CommandLine(Vertical):
    """Hidden until `open`; Enter submits, Esc cancels, Tab completes, up and down recall."""

    DEFAULT_CSS = """
    CommandLine {
        dock: bottom; height: 1; width: 1fr; display: none; background: $panel;
        &.-open { display: block; }
        &.-candidates { height: 2; }
        & _Candidates { display: none; }
        &.-candidates _Candidates { display: block; }
        & Horizontal { height: 1; }
        & Input { width: 1fr; height: 1; border: none; padding: 0; background: $panel; }
        & Input:focus { border: none; background-tint: $foreground 0%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="command.cancel", show=False),
        Binding("up", "recall(-1)", "older", id="command.older", show=False),
        Binding("down", "recall(1)", "newer", id="command.newer", show=False),
        Binding("tab", "complete(1)", "complete", id="command.complete", show=False, priority=True),
        Binding("shift+tab", "complete(-1)", "back", id="command.back", show=False, priority=True),
    ]

    class Submitted(Message):
        """Enter: the line is closed, and to be carried out."""

        def __init__(self, prompt: str, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

    class Edited(Message):
        """The text changed; a filter may follow as it is typed."""

        def __init__(self, prompt: str, text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

    class Cancelled(Message):
        """Esc: the line is closed, and nothing to be done."""

        def __init__(self, prompt: str) -> None:
            super().__init__()
            self.prompt = prompt

    class Refused(Message):
        """A paste held control characters or several lines, and was not taken."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.history: dict[str, list[str]] = {}
        """Submitted lines by prompt, newest last; the owner fills it at start and keeps it."""
        self._field = _Field()
        self._prompt_line = _Prompt()
        self._candidate_line = _Candidates()
        self._prompt = ""
        self._complete: Complete | None = None
        self._candidates: list[str] = []
        self._chosen = -1
        self._recalled: int | None = None
        self._typed = ""

    def compose(self) -> ComposeResult:
        """Candidates above, prompt and text below."""
        yield self._candidate_line
        with Horizontal():
            yield self._prompt_line
            yield self._field

    @property
    def is_open(self) -> bool:
        """Whether the operator is typing here."""
        return bool(self._prompt)

    @property
    def text(self) -> str:
        """What is typed so far."""
        return self._field.value

    @property
    def candidates(self) -> tuple[str, ...]:
        """Completions on offer."""
        return tuple(self._candidates)

    def open(self, prompt: str, text: str = "", complete: Complete | None = None) -> None:
        """Show the line with one character of prompt, and take the keys."""
        self._prompt, self._complete = prompt, complete
        self._recalled = None
        self._offer([])
        self._prompt_line.show([Part(prompt)])
        self.add_class("-open")
        self._put(text)
        self._typed = text
        # At once, and not with the next message: the next key may be on its way already.
        self.screen.set_focus(self._field)

    def close(self) -> None:
        """Hide the line; where the keys go then is the owner's business."""
        self._prompt = ""
        self._offer([])
        self.remove_class("-open")

    def _put(self, text: str) -> None:
        text = clean(text, len(text))  # a file of history, or a name that is offered
        with self.prevent(Input.Changed):
            self._field.value = text
        self._field.cursor_position = len(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keys were typed: completions start again."""
        event.stop()
        self._recalled = None
        self._typed = event.value
        self._offer([])
        if self._prompt:
            self.post_message(self.Edited(self._prompt, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Remember the line and hand it over."""
        event.stop()
        prompt, text = self._prompt, event.value
        if text.strip():
            lines = self.history.setdefault(prompt, [])
            if text in lines:
                lines.remove(text)
            lines.append(text)
            del lines[:-HISTORY]
        self.close()
        self.post_message(self.Submitted(prompt, text))

    def action_cancel(self) -> None:
        """Close the line without a deed."""
        prompt = self._prompt
        self.close()
        self.post_message(self.Cancelled(prompt))

    def action_recall(self, step: int) -> None:
        """Go through older lines that begin with what was typed."""
        lines = [
            line for line in self.history.get(self._prompt, []) if line.startswith(self._typed)
        ]
        at = (len(lines) if self._recalled is None else self._recalled) + step
        if at < 0 or not lines:
            return
        self._recalled = at if at < len(lines) else None
        self._replace(lines[at] if at < len(lines) else self._typed)

    def action_complete(self, step: int) -> None:
        """First extend to what all completions share, then go through them."""
        if self._candidates:
            self._chosen = (self._chosen + step) % len(self._candidates)
            self._replace(self._candidates[self._chosen])
            self._draw_candidates()
            return
        if self._complete is None:
            return
        found = list(self._complete(self._field.value))
        if not found:
            return
        shared = _shared_start(found)
        if len(shared) > len(self._field.value) or len(found) == 1:
            self._replace(shared)
        if len(found) > 1:
            self._offer(found)

    def _replace(self, text: str) -> None:
        self._put(text)
        self.post_message(self.Edited(self._prompt, text))

    def _offer(self, candidates: Sequence[str]) -> None:
        self._candidates = list(candidates)
        self._chosen = -1
        self.set_class(bool(self._candidates), "-candidates")
        self._draw_candidates()

    def _draw_candidates(self) -> None:
        """Show the words that differ, from a little before the chosen one on."""
        first = max(0, self._chosen - 2)
        self._candidate_line.show(
            [
                Part(
                    f" {text.rstrip().rpartition(' ')[2]} ",
                    "command--chosen" if at == self._chosen else "",
                )
                for at, text in enumerate(self._candidates)
                if at >= first
            ]
        )


def _shared_start(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    at = next(
        (at for at, pair in enumerate(zip(first, last, strict=False)) if len({*pair}) > 1), -1
    )
    return first if at < 0 else first[:at]
