"""What a key or the command line can ask of the console; one table row each, no code of the app."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Protocol

from opsconsole.errors import UsageError


class Need(enum.Enum):
    """What must stand on screen for a command to mean something."""

    NOTHING = "nothing"
    TABLE = "a list"
    ROW = "a row under the cursor"


class Shell(Protocol):
    """What commands may do to the console; `argument` is the text after the command's name."""

    def go_tab(self, argument: str) -> None:
        """Show the tab with that id or number; `+1` and `-1` step."""
        ...

    def go_pane(self, argument: str) -> None:
        """Focus the pane with that name; `+1` and `-1` step."""
        ...

    def go_list(self, argument: str) -> None:
        """Show the list of targets, or that of the rows of all of them; empty shows the next."""
        ...

    def go_target(self, argument: str) -> None:
        """Open one target's panes; a pattern narrows the list instead."""
        ...

    def go_back(self, argument: str) -> None:
        """Close what is open: menu, filter, zoom, target. Never quits."""
        ...

    def go_owner(self, argument: str) -> None:
        """Go to what the row under the cursor belongs to."""
        ...

    def go_history(self, argument: str) -> None:
        """Step `-1` or `+1` through what was looked at."""
        ...

    def close(self, argument: str) -> None:
        """As back; on the root it asks whether to quit."""
        ...

    def quit(self, argument: str) -> None:
        """Ask whether to quit; `now` does not ask."""
        ...

    def cancel(self, argument: str) -> None:
        """Cancel what runs; twice on the root asks whether to quit."""
        ...

    def ask_command(self, argument: str) -> None:
        """Open the command line with this text in it."""
        ...

    def ask_go(self, argument: str) -> None:
        """Wait for the letter of a tab."""
        ...

    def show_help(self, argument: str) -> None:
        """Show keys and commands; the argument filters them."""
        ...

    def show_cost(self, argument: str) -> None:
        """Show what watching each target costs."""
        ...

    def describe(self, argument: str) -> None:
        """Show every field of the row under the cursor, with its source and limits."""
        ...

    def read_text(self, argument: str) -> None:
        """Read a text of what is marked or under the cursor, by letter or name; empty asks."""
        ...

    def pause(self, argument: str) -> None:
        """Stop or resume the screen; data still arrives. `on` and `off` say which."""
        ...

    def refresh_now(self, argument: str) -> None:
        """Ask the targets on screen again at once."""
        ...

    def repaint(self, argument: str) -> None:
        """Send the whole screen again."""
        ...

    def zoom(self, argument: str) -> None:
        """Give the focused pane the whole room, or take it back."""
        ...

    def filter(self, argument: str) -> None:
        """Filter the focused list; without text open the filter line."""
        ...

    def sort(self, argument: str) -> None:
        """Sort the focused list by a column; `+1` and `-1` step, `invert` turns, empty asks."""
        ...

    def columns(self, argument: str) -> None:
        """Show columns: `+key` adds, `-key` removes, `all`, `default`; empty asks."""
        ...

    def wide(self, argument: str) -> None:
        """Widen the focused list's columns to their content, or back."""
        ...

    def act(self, argument: str) -> None:
        """Open the menu of what can be done to what is selected, or the plan of one action."""
        ...

    def undo(self, argument: str) -> None:
        """Open the plan of what takes the last run back."""
        ...

    def show_runs(self, argument: str) -> None:
        """List what was run from here."""
        ...

    def show_asked(self, argument: str) -> None:
        """List the plans of others that wait for a second person."""
        ...

    def runbook(self, argument: str) -> None:
        """Open a runbook where it was left, on the target shown or the one named after it."""
        ...

    def go_worst(self, argument: str) -> None:
        """Go to the worst alert; pressed again, to the next."""
        ...

    def show_alerts(self, argument: str) -> None:
        """List all alerts, worst first; the argument filters them."""
        ...

    def acknowledge(self, argument: str) -> None:
        """Take on the alerts of what is marked or current: `[TIME] [NOTE]`; empty asks."""
        ...

    def unacknowledge(self, argument: str) -> None:
        """Take acknowledgements back."""
        ...

    def silence(self, argument: str) -> None:
        """Call nobody for what a filter names: `MATCH TIME REASON`; empty asks."""
        ...

    def unsilence(self, argument: str) -> None:
        """End a silence, by id; empty lists them."""
        ...

    def show_timeline(self, argument: str) -> None:
        """Open the timeline: `[TARGET|all] [SINCE]`; empty takes the target shown, or all."""
        ...

    def show_relatives(self, argument: str) -> None:
        """List what the target stands on, what stands on it and who is beside it."""
        ...

    def show_dark(self, argument: str) -> None:
        """List what goes dark, and when, if a target gives no power; empty is all batteries."""
        ...

    def show_growth(self, argument: str) -> None:
        """How much each row of the list grew since it was recorded first."""
        ...

    def show_changes(self, argument: str) -> None:
        """List what changed on a target and on what it stands on: `[TARGET] [SINCE]`."""
        ...

    def arm(self, argument: str) -> None:
        """Lift read-only for a while, for targets that a glob names."""
        ...

    def disarm(self, argument: str) -> None:
        """Fall back to read-only at once."""
        ...

    def go_at(self, argument: str) -> None:
        """Show the whole console as it was at a moment."""
        ...

    def toggle_replay(self, argument: str) -> None:
        """Replay on or off."""
        ...

    def step_replay(self, argument: str) -> None:
        """In a replay, go back or on by a time."""
        ...

    def play_replay(self, argument: str) -> None:
        """In a replay, let time pass at a speed."""
        ...

    def note(self, argument: str) -> None:
        """Write a line into the audit log, about the target that is shown."""
        ...

    def handover(self, argument: str) -> None:
        """Write the handover of the last shift into a file."""
        ...

    def yank(self, argument: str) -> None:
        """Copy `cell`, `row`, `id` or `pane` to the clipboard; empty copies the row."""
        ...

    def dump(self, argument: str) -> None:
        """Leave the full screen and print the focused pane as plain text."""
        ...

    def mouse(self, argument: str) -> None:
        """Let go of the mouse, so that the terminal can select text, or take it again."""
        ...

    def choose_theme(self, argument: str) -> None:
        """Change the palette; empty asks."""
        ...

    def choose_link(self, argument: str) -> None:
        """Set the link profile: `lan`, `wan`, `thin` or `auto`."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the console can be asked, by key or by `:name argument`."""

    name: str
    title: str
    """One or two words, for the key bar and help."""
    help: str
    verb: str
    """Method of `Shell`."""
    keys: tuple[str, ...] = ()
    binding: str = ""
    """Id of a widget's binding that does the same, when the key is the widget's."""
    argument: str = ""
    """What a key passes."""
    takes: str = ""
    """What the command line may add, for help: `COLUMN`, `[cell|row|id]`."""
    completes: str = ""
    """A completion source (`tabs`, `targets` …), or the words themselves, split by `|`."""
    need: Need = Need.NOTHING
    rank: int = 0
    """Place on the key bar, lower first; 0 keeps it off."""


def parse(line: str, commands: Sequence[Command]) -> tuple[Command, str]:
    """Command and argument of a line typed after `:`; raises `UsageError` with the nearest name."""
    name, _, argument = line.strip().partition(" ")
    known = {command.name: command for command in commands}
    starts = [found for found in known if found.startswith(name)] if name else []
    chosen = known.get(name) or (known[starts[0]] if len(starts) == 1 else None)
    if chosen is not None:
        return chosen, argument.strip() or chosen.argument
    near = starts or get_close_matches(name, known, n=1)
    hint = f"; did you mean :{', :'.join(near)}?" if near else "; :help lists all"
    raise UsageError(f"no command {name!r}{hint}")


def complete(
    line: str, commands: Sequence[Command], sources: Callable[[str], Sequence[str]]
) -> list[str]:
    """Whole lines that could follow from `line`, in name order; of arguments at most 50."""
    name, space, argument = line.lstrip().partition(" ")
    if not space:
        return sorted(c.name for c in commands if c.name.startswith(name))
    try:
        command, _ = parse(name, commands)
    except UsageError:
        return []
    words = _words(command, sources)
    head, _, last = argument.rpartition(" ")
    before = f"{command.name} {head} " if head else f"{command.name} "
    hits = [word for word in words if word.startswith(last)]
    hits += [word for word in words if last and last in word and word not in hits]
    return [before + word for word in hits[:50]]


def _words(command: Command, sources: Callable[[str], Sequence[str]]) -> Sequence[str]:
    if "|" in command.completes:
        return command.completes.split("|")
    return sources(command.completes) if command.completes else ()
