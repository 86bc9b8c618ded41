"""What an action wants to know besides its object: a value to choose or to type for each."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click, Key
from textual.widget import Widget
from textual.widgets import Input

from opsconsole.clean import Clean
from opsconsole.spec import Action, Argument
from screens.shell.act.frame import ActFrame, Words, hints
from widgets.entry import Entry, Field
from widgets.oneline import OneLine, Part

LABEL = 20
"""Cells of a field's name."""


class Choice(OneLine, can_focus=True):
    """One of a few values; left, right and Space go through them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice--chosen"}
    DEFAULT_CSS = """
    Choice {
        background: $panel;
        &:focus { background: $boost; }
        & > .choice--chosen { text-style: bold reverse; }
    }
    """

    def __init__(self, choices: tuple[str, ...], value: str) -> None:
        super().__init__()
        self._choices = choices
        self._at = choices.index(value) if value in choices else 0

    @property
    def value(self) -> str:
        """The one chosen."""
        return self._choices[self._at]

    def on_mount(self) -> None:
        """Show them."""
        self._show()

    def _show(self) -> None:
        # What is left of the chosen one gives way when room is short.
        first = max(0, self._at - 2)
        parts: list[Part] = []
        for at, choice in enumerate(self._choices[first:], first):
            chosen = at == self._at
            text = f"[{choice}]" if chosen else f" {choice} "
            parts.append(Part(text, "choice--chosen" if chosen else "", choice))
        self.show(parts)

    def on_key(self, event: Key) -> None:
        """Go through the values."""
        step = {"left": -1, "right": 1, "space": 1}.get(event.key)
        if step is not None:
            event.stop()
            self._at = (self._at + step) % len(self._choices)
            self._show()

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        target = self.target_at(event.x)
        if target in self._choices:
            self._at = self._choices.index(target)
            self._show()


class FieldName(Words):
    """The name of a field."""

    DEFAULT_CSS = f"FieldName {{ width: {LABEL}; }}"


class ArgumentForm(ActFrame[dict[str, str] | None]):
    """Returns values by name, each of them allowed; nothing runs by it."""

    DEFAULT_CSS = """
    ArgumentForm > Vertical { border: round $primary; max-width: 100; }
    ArgumentForm Horizontal { height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g,ctrl+c", "leave", "Cancel", id="form.cancel"),
    ]

    def __init__(self, action: Action, what: Clean) -> None:
        super().__init__()
        self._action = action
        self._what = what
        self._fields: dict[str, Entry | Choice] = {
            argument.name: Choice(argument.choices, argument.default)
            if argument.choices
            else (Field if argument.pasted else Entry)(argument.default)
            for argument in action.arguments
        }

    def fields(self) -> Iterable[Widget]:
        """A line for each argument."""
        for argument in self._action.arguments:
            with Horizontal():
                label = FieldName()
                label.say(argument.title, "title")
                yield label
                yield self._fields[argument.name]

    def on_mount(self) -> None:
        """Begin with the first."""
        self.head.say(f"{self._action.title}: {self._what}", "title")
        self.page.display = False
        self.keys.show(
            hints(
                ("Enter", "goes on, then shows the plan"),
                ("left right", "choose"),
                ("Esc", "cancels"),
            )
        )
        next(iter(self._fields.values())).focus()

    def on_key(self, event: Key) -> None:
        """Enter goes on, wherever it is pressed."""
        if event.key == "enter":
            event.stop()
            self._go_on()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong with it."""
        event.stop()
        for argument in self._action.arguments:
            if self._fields[argument.name] is event.input:
                self.note.say(_wrong(argument, event.value), "warn")

    def _go_on(self) -> None:
        """To the next field, or from the last one to the plan; not past a value that is wrong."""
        names = [argument.name for argument in self._action.arguments]
        at = next((at for at, name in enumerate(names) if self._fields[name].has_focus), 0)
        last = at == len(names) - 1
        for argument in self._action.arguments if last else (self._action.arguments[at],):
            field = self._fields[argument.name]
            if wrong := _wrong(argument, field.value):
                self.note.say(wrong, "warn")
                field.focus()
                return
        self.note.say("")
        if last:
            self.dismiss({name: field.value for name, field in self._fields.items()})
        else:
            self._fields[names[at + 1]].focus()

    def action_leave(self) -> None:
        """Cancel."""
        self.dismiss(None)


def _wrong(argument: Argument, value: str) -> str:
    wrong = argument.check(value)
    return f"{argument.title}: {wrong}" if wrong else ""
