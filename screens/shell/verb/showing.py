"""Verbs about the screen itself: pause, zoom, help, cost, theme, link, the command line."""

import os
import sys

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.model import Column, Quantity, Row
from screens.shell.base import ConsoleApp
from screens.shell.command import complete
from screens.shell.commands import COMMANDS
from screens.shell.help import HELP, help_rows
from screens.shell.link import wants_mouse
from screens.shell.sheet import Sheet, text_column
from screens.shell.verb.base import Console
from screens.shell.verb.listing import Listing
from screens.shell.verb.reading import Reading
from widgets.filter import parse as parse_filter
from widgets.format import spell

_LEDGER = "the collector's ledger, since it started"
_COST = (
    text_column("target", "TARGET"),
    Column("state", "STATE", Quantity.STATE, _LEDGER),
    Column("answers", "ANSWERS", Quantity.COUNT, _LEDGER),
    Column("received_bytes", "RECEIVED", Quantity.BYTES, _LEDGER),
    Column("sent_bytes", "SENT", Quantity.BYTES, _LEDGER),
    Column("parse_seconds", "PARSING", Quantity.SECONDS, _LEDGER),
    text_column("slowest_probe", "SLOWEST"),
    Column("slowest_seconds", "TOOK", Quantity.SECONDS, _LEDGER),
    Column("connects", "CONNECTS", Quantity.COUNT, _LEDGER),
    Column("retry_in_s", "RETRY IN", Quantity.SECONDS, _LEDGER),
    text_column("note", "NOTE"),
)
_SIZE = Column("bytes", "SIZE", Quantity.BYTES, "the flight recorder")
_NAME = (text_column("name", "NAME"), text_column("about", "ABOUT"))


MOUSE_ON = "\x1b[?1000h\x1b[?1003h\x1b[?1006h"
MOUSE_OFF = "\x1b[?1000l\x1b[?1003l\x1b[?1006l"


class Showing(Listing, Reading):
    """What the console shows of itself."""

    def __init__(self, app: ConsoleApp, console: Console) -> None:
        super().__init__(app, console)
        self.holds_mouse = wants_mouse(os.environ)

    def ask_command(self, argument: str) -> None:
        """Open the command line with this text in it."""
        self.screen.command_line.open(":", argument, self._completions)

    def _completions(self, line: str) -> list[str]:
        lists = [name for name in self.tab.across if name.startswith(line)] if line else []
        return [*complete(line, COMMANDS, self._source), *lists]

    def _source(self, name: str) -> list[str]:
        table = self.tab.table
        columns = [column.key for column in table.data.columns] if table else []
        changes = [f"{sign}{key}" for sign in "+-" for key in columns]
        words = {
            "tabs": [domain.id for domain in self.screen.scene.domains],
            "panes": list(self.tab.detail.panes if self.tab.target else self.tab.lists),
            "lists": list(self.tab.lists),
            "targets": list(self.tab.targets),
            "everyone": [target.id for target in self.screen.scene.targets],
            "timelines": ["all", *(target.id for target in self.screen.scene.targets)],
            "columns": columns,
            "column-changes": [*changes, "all", "default"],
            "filters": [f"{key}:" for key in columns],
            "actions": self._action_ids(),
            "texts": self.texts_here(),
            "runbooks": [book.id for book in self.screen.scene.runbooks],
            "themes": sorted(self.app.available_themes),
            "silences": list(self.screen.alarms.silences),
            "silence-matches": [f"target:{target}" for target in self.tab.targets],
        }
        return words.get(name, [])

    def _action_ids(self) -> list[str]:
        kinds = {target.kind for target in self.tab.targets.values()}
        known = self.screen.scene.actions
        return sorted({name for kind in kinds for name in known.get(kind, {})})

    def show_help(self, argument: str) -> None:
        """Show keys and commands; the argument filters them, or raises `UsageError`."""
        if argument:
            parse_filter(argument, HELP)  # what is no filter is told, and no sheet opened
        rows = help_rows(self.app, self.screen, self.tab.table)
        self.app.push_screen(Sheet(Clean("Keys and commands"), HELP, lambda: rows, find=argument))

    def show_cost(self, argument: str) -> None:
        """Show what watching each target costs."""
        del argument
        title = Clean(f"What watching costs, since the collector started{self._recorded()}")
        self.app.push_screen(Sheet(title, _COST, self._costs, live=True))

    def _recorded(self) -> str:
        recording = self.feed.recording
        if recording is None or recording.state != "recording":
            return ""
        lost = f", {recording.dropped} samples lost" if recording.dropped else ""
        return f"; recorded: {spell(_SIZE, recording.bytes)}{lost}"

    def _costs(self) -> dict[str, Row]:
        ledger = self.feed.ledger
        costs = ledger.costs if ledger is not None else []
        return {
            cost.target: (
                clean(cost.target),
                clean(cost.state),
                cost.answers,
                cost.received_bytes,
                cost.sent_bytes,
                cost.parse_seconds,
                clean(cost.slowest_probe),
                cost.slowest_seconds,
                cost.connects,
                cost.retry_in_s,
                cost.note,
            )
            for cost in costs
        }

    def pause(self, argument: str) -> None:
        """Stop or resume the screen; data still arrives. `on` and `off` say which."""
        if self.console.replay.on:
            self.console.replay.play(0.0 if self.console.replay.speed else 1.0)
            return
        self.paused = {"on": True, "off": False}.get(argument, not self.paused)
        self.screen.set_class(self.paused, "-paused")
        self.say("PAUSED: the screen stands still; P resumes" if self.paused else "")

    def refresh_now(self, argument: str) -> None:
        """Ask the targets on screen again at once."""
        del argument
        self.must_be_live()
        targets = [self.tab.target] if self.tab.target else list(self.tab.targets)
        self.feed.refresh(targets)
        self.say(f"asked {len(targets)} target{'s' * (len(targets) != 1)} again")

    def repaint(self, argument: str) -> None:
        """Send the whole screen again."""
        del argument
        self.app.repaint_screen()

    def zoom(self, argument: str) -> None:
        """Give the focused pane the whole room, or take it back."""
        del argument
        if not self.tab.target:
            raise UsageError("the list has the whole room already")
        self.tab.detail.zoom(not self.tab.detail.zoomed)

    def choose_theme(self, argument: str) -> None:
        """Change the palette; empty asks."""
        if argument:
            self.console.use_theme(argument)
            return
        names = {name: (clean(name), Clean("")) for name in sorted(self.app.available_themes)}
        sheet = Sheet(Clean("Theme"), _NAME, lambda: names, choose=True)
        self.app.push_screen(sheet, lambda name: self.console.use_theme(name) if name else None)

    def choose_link(self, argument: str) -> None:
        """Set the link profile: `lan`, `wan`, `thin` or `auto`."""
        if argument not in ("lan", "wan", "thin", "auto"):
            raise UsageError(f"no link {argument!r}; there are lan, wan, thin and auto")
        link = self.app.gauge.choose(argument)
        self.say(f"link {link.name}: a frame each {link.flush_s:g} s")

    def dump(self, argument: str) -> None:
        """Leave the full screen and print the focused pane as plain text."""
        del argument
        text = self.plain()
        with self.app.suspend():
            sys.stdout.write(f"{text}\n\nEnter goes back to the console ")
            sys.stdout.flush()
            sys.stdin.readline()
        self.app.repaint_screen()

    def mouse(self, argument: str) -> None:
        """Let go of the mouse, so that the terminal can select text, or take it again."""
        self.holds_mouse = {"on": True, "off": False}.get(argument, not self.holds_mouse)
        self.console.write_raw(MOUSE_ON if self.holds_mouse else MOUSE_OFF)
        held = "the console has the mouse" if self.holds_mouse else "the terminal has the mouse"
        self.say(f"{held}; M changes that")
