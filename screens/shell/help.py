"""Help, made from the keys in force and the table of commands; it cannot say what is not so."""

from textual.binding import Binding
from textual.screen import Screen

from opsconsole.clean import Clean, clean
from opsconsole.model import Row
from screens.shell.base import ConsoleApp
from screens.shell.command import Command
from screens.shell.commands import COMMANDS
from screens.shell.sheet import text_column
from widgets.table import LiveTable

HELP = (
    text_column("keys", "KEYS"),
    text_column("command", "COMMAND"),
    text_column("what", "WHAT IT DOES"),
)


def help_rows(app: ConsoleApp, screen: Screen[None], table: LiveTable | None) -> dict[str, Row]:
    """A row per command and per key of a list, in the order of the table of commands."""
    keys = _keys(app, screen, table)
    rows: dict[str, Row] = {}
    for command in COMMANDS:
        names = [command.name, command.binding]
        if command.name == "tab":
            names += [name for name in keys if name.startswith("tab-")]
        bound = [key for name in names if name for key in keys.pop(name, [])]
        rows[command.name] = _row(bound, _typed(command), command.help)
    for name, bound in keys.items():
        if name.startswith("table."):
            rows[name] = _row(bound, "", f"List: {name.removeprefix('table.').replace('-', ' ')}")
    return rows


def _keys(app: ConsoleApp, screen: Screen[None], table: LiveTable | None) -> dict[str, list[str]]:
    """Keys in force by binding id, as they are shown; those of lists even where none has focus."""
    found: dict[str, list[str]] = {}
    for active in screen.active_bindings.values():
        name = app.get_key_display(active.binding)
        found.setdefault(active.binding.id or "", []).append(name)
    for binding in LiveTable.BINDINGS if table is None else ():
        if isinstance(binding, Binding) and binding.id:
            found.setdefault(binding.id, [app.get_key_display(binding)])
    return found


def _typed(command: Command) -> str:
    return f":{command.name} {command.takes}".rstrip()


def _row(keys: list[str], typed: str, what: str) -> Row:
    return (clean(" ".join(keys)), Clean(typed), Clean(what))
