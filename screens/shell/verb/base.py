"""What all verbs lean on: the app, its main screen, the estate, the line to the collector."""

from collections.abc import Sequence
from typing import Protocol

from opsconsole.errors import UsageError
from opsconsole.model import Target
from opsconsole.ports import AlertPort, TextPort
from opsconsole.store import Store
from screens.shell.act.flow import Flow
from screens.shell.base import ConsoleApp
from screens.shell.console import ConsoleScreen
from screens.shell.feed import Feed
from screens.shell.recall.chronicle import Chronicle
from screens.shell.replay.scrub import BARRED, Replay
from screens.shell.tab import TabView
from screens.shell.witness.lookout import Lookout


class Console(Protocol):
    """The part of the app that verbs need."""

    @property
    def main(self) -> ConsoleScreen:
        """The main screen."""
        ...

    @property
    def feed(self) -> Feed:
        """The line to the collector."""
        ...

    @property
    def flow(self) -> Flow | None:
        """The way to act; None when this console only looks."""
        ...

    @property
    def lookout(self) -> Lookout | None:
        """Who of others waits for a second person; None when this console only looks."""
        ...

    @property
    def store(self) -> Store:
        """What is shown: what came, or in a replay what was."""
        ...

    @property
    def replay(self) -> Replay:
        """Where in the recording the console stands."""
        ...

    @property
    def alert_port(self) -> AlertPort | None:
        """The way to take care of alerts; None when there is none."""
        ...

    @property
    def options(self) -> tuple[str, ...]:
        """What makes other commands load the same estate."""
        ...

    @property
    def text_port(self) -> TextPort | None:
        """The way to read texts of objects; None when there is none."""
        ...

    @property
    def chronicle(self) -> Chronicle:
        """What happened, as far as the console knows."""
        ...

    def tick_soon(self) -> None:
        """Draw what was turned to without waiting."""
        ...

    def select(self, pattern: str) -> Sequence[Target]:
        """Targets a pattern names; raises `UsageError` when there are none."""
        ...

    def carry_out(self, line: str) -> None:
        """Do what a line typed after `:` says."""
        ...

    def use_theme(self, name: str) -> None:
        """Change the palette; raises `UsageError` for one there is not."""
        ...

    def write_raw(self, sequence: str) -> None:
        """Send an escape sequence of our own to the terminal."""
        ...

    def copy(self, text: str) -> None:
        """Put text on the operator's clipboard, and say how."""
        ...


class Base:
    """Holds what verbs act on."""

    def __init__(self, app: ConsoleApp, console: Console) -> None:
        """`app` and `console` are the same object, by its two trades."""
        self.app = app
        self.console = console
        self.paused = False

    @property
    def screen(self) -> ConsoleScreen:
        """The main screen."""
        return self.console.main

    @property
    def feed(self) -> Feed:
        """The line to the collector."""
        return self.console.feed

    @property
    def tab(self) -> TabView:
        """The tab shown."""
        return self.screen.tab

    def must_be_live(self) -> None:
        """Raise `UsageError` in a replay: what is over cannot be acted on."""
        if self.console.replay.on:
            raise UsageError(BARRED)

    def say(self, text: str) -> None:
        """Tell the operator what happened, on the status line."""
        self.screen.status.notice(text)
