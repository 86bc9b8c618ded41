"""The tabs on one line: number, title, what is alarming inside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.cells import cell_len
from textual.events import Click, Resize
from textual.message import Message

from opsconsole.model import Level
from widgets.format import SIGN
from widgets.oneline import OneLine, Part


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    id: str
    title: str
    number: str = ""
    """The key that goes there; empty when there is none."""
    alerts: Mapping[Level, int] = field(default_factory=dict[Level, int])
    """How many alerts of each level stand inside."""


class TabBar(OneLine):
    """All tabs while they fit; then numbers with signs, and the title of the current one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tabs--current",
        "tabs--warn",
        "tabs--crit",
        "tabs--unknown",
        "tabs--badge",
        "tabs--badge-warn",
        "tabs--badge-crit",
    }
    DEFAULT_CSS = """
    TabBar {
        & > .tabs--current { text-style: bold reverse; }
        & > .tabs--warn { color: $warning; background: $panel; }
        & > .tabs--crit { color: $error; background: $panel; text-style: bold reverse; }
        & > .tabs--unknown { color: $text-muted; background: $panel; }
        & > .tabs--badge { color: $text-muted; background: $panel; }
        & > .tabs--badge-warn { color: $warning; background: $panel; text-style: bold; }
        & > .tabs--badge-crit { color: $error; background: $panel; text-style: bold reverse; }
    }
    """

    class Chosen(Message):
        """A click on a tab."""

        def __init__(self, bar: "TabBar", tab_id: str) -> None:
            super().__init__()
            self.bar = bar
            self.tab_id = tab_id

        @property
        def control(self) -> "TabBar":
            """The bar."""
            return self.bar

    def __init__(self, tabs: Sequence[Tab] = (), current: str = "", **options: str | None) -> None:
        super().__init__(id=options.get("id"), classes=options.get("classes"))
        self._tabs = tuple(tabs)
        self._current = current
        self._badge: tuple[Part, ...] = ()

    @property
    def current(self) -> str:
        """Id of the current tab."""
        return self._current

    def set_tabs(self, tabs: Sequence[Tab], current: str | None = None) -> None:
        """Show these tabs; `current` stays when it is None."""
        self._tabs = tuple(tabs)
        if current is not None:
            self._current = current
        self._compose_line()

    def set_badges(self, *badges: tuple[str, str]) -> None:
        """Words at the right edge, each with its look: `warn`, `crit` or nothing.

        Where room is short the last one gives way first.
        """
        badge = tuple(
            Part(f" {words} ", f"tabs--badge-{look}" if look else "tabs--badge")
            for words, look in badges
            if words
        )
        if badge != self._badge:
            self._badge = badge
            self._compose_line()

    def on_resize(self, event: Resize) -> None:
        """Another width leaves room for more or fewer titles."""
        del event
        self._compose_line()

    def on_click(self, event: Click) -> None:
        """Tell which tab was clicked."""
        if target := self.target_at(event.x):
            self.post_message(self.Chosen(self, target))

    def _compose_line(self) -> None:
        width = self.size.width - sum(cell_len(part.text) for part in self._badge)
        parts = [part for tab in self._tabs for part in self._tab(tab, titled=True)]
        if width > 0 and sum(cell_len(part.text) for part in parts) > width:
            parts = [
                part
                for tab in self._tabs
                for part in self._tab(tab, titled=tab.id == self._current)
            ]
            parts = self._around_current(parts, width)
        self.show(parts, self._badge)

    def _around_current(self, parts: list[Part], width: int) -> list[Part]:
        """Drop tabs from the left until the current one is in sight."""
        while parts:
            end = 0
            for part in parts:
                end += cell_len(part.text)
                if part.target == self._current:
                    break
            if end <= width or parts[0].target == self._current:
                return parts
            parts = parts[1:]
        return parts

    def _tab(self, tab: Tab, *, titled: bool) -> list[Part]:
        look = "tabs--current" if tab.id == self._current else ""
        name = f"{tab.number} {tab.title}" if tab.number and titled else tab.number or tab.title
        parts = [Part(f" {name} ", look, tab.id)]
        for level in (Level.CRIT, Level.WARN, Level.UNKNOWN):
            if count := tab.alerts.get(level, 0):
                text = f"{SIGN[level]}{count if titled else ''}"
                parts.append(Part(text, f"tabs--{level.name.lower()}", tab.id))
                parts.append(Part(" ", "", tab.id))
        return parts
