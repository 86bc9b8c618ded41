"""A list that lies over the tab: help, costs, all fields of a row, or a choice to make."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row, State
from screens.shell.turnstile import Modal
from widgets.commandline import CommandLine
from widgets.filter import FilterError
from widgets.pane import PaneFrame
from widgets.table import LiveTable

Rows = Mapping[str, Row]


def text_column(key: str, title: str) -> Column:
    """A column of plain words for a sheet."""
    return Column(key, title, Quantity.TEXT, "the console itself")


class Sheet(Modal[str | None]):
    """A table with a title; Enter returns the row's id when there is something to choose."""

    DEFAULT_CSS = """
    Sheet { align: center middle; }
    Sheet > Vertical { width: 92%; height: 84%; max-width: 180; background: $surface; }
    Sheet PaneFrame { height: 1fr; }
    Sheet.-narrow > Vertical { width: 100%; height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,ctrl+g,ctrl+c", "leave", "Close", id="sheet-close"),
        Binding("slash", "find", "Filter", id="sheet-filter"),
    ]

    def __init__(
        self,
        title: Clean,
        columns: Sequence[Column],
        rows: Callable[[], Rows],
        *,
        choose: bool = False,
        act: Callable[[str], None] | None = None,
        live: bool = False,
        find: str = "",
    ) -> None:
        """Enter on a row chooses it and closes, or `act`s on it and stays, or does nothing.

        `rows` is asked again every two seconds when the sheet is `live`; `find` is its filter.
        """
        super().__init__()
        self._title = title
        self._rows = rows
        self._choose = choose
        self._act = act
        self._live = live
        self._find = find
        self.table = LiveTable(columns)
        self.line = CommandLine(id="sheet-line")

    def compose(self) -> ComposeResult:
        """The framed table, and the filter line when asked for."""
        with Vertical():
            yield PaneFrame(self.table, title=self._title)
            yield self.line

    def on_mount(self) -> None:
        """Fill the table."""
        self.reload()
        self.query_one(PaneFrame).set_state(State.LIVE)
        if self._find:
            self.table.set_filter(self._find)
        self.table.focus()
        if self._live:
            self.set_interval(2.0, self.reload)

    def reload(self) -> None:
        """Ask for the rows again."""
        self.table.replace(self._rows())

    def on_live_table_opened(self, event: LiveTable.Opened) -> None:
        """Enter on a row: the choice, if there is one to make."""
        event.stop()
        if self._choose:
            self.dismiss(event.row_id)
        elif self._act is not None:
            self._act(event.row_id)
            self.reload()

    def on_live_table_sort_requested(self, event: LiveTable.SortRequested) -> None:
        """`s` goes through the columns: a list over this one would hide what is sorted."""
        event.stop()
        self.table.action_sort_step(1)

    def on_live_table_columns_requested(self, event: LiveTable.ColumnsRequested) -> None:
        """`c` is for the lists of the main screen."""
        event.stop()

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_find(self) -> None:
        """Filter as one types."""
        self.line.open("/", self.table.filter_text)

    def on_command_line_edited(self, event: CommandLine.Edited) -> None:
        """Follow what is typed, as far as it makes sense."""
        event.stop()
        with contextlib.suppress(FilterError):
            self.table.set_filter(event.text)

    def on_command_line_submitted(self, event: CommandLine.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self.table.focus()

    def on_command_line_cancelled(self, event: CommandLine.Cancelled) -> None:
        """Drop the filter."""
        event.stop()
        self.table.set_filter("")
        self.table.focus()
