"""What commands do: each verb of `command.Shell`, acting on the main screen."""

from screens.shell.commands import COMMANDS
from screens.shell.place import SENSORS, PlacesView
from screens.shell.recall.way import Place
from screens.shell.verb.alarming import Alarming
from screens.shell.verb.handing import Handing
from screens.shell.verb.recalling import Recalling
from screens.shell.verb.replaying import Replaying
from screens.shell.verb.witnessing import Witnessing
from widgets.table import LiveTable


class Verbs(Replaying, Alarming, Handing, Witnessing, Recalling):
    """All verbs; satisfies `screens.shell.command.Shell`."""

    def enter(self, table: LiveTable, row_id: str) -> None:
        """Enter on a row: its target's panes, there the row itself, or else all its fields."""
        tab = self.tab
        if table is tab.fleet.table:
            tab.open(row_id)
            self.console.tick_soon()
        elif tab.rows_listed is not None and table is tab.rows_listed.table:
            if isinstance(tab.rows_listed, PlacesView):
                self._list_sensors(tab.rows_listed.narrowing(row_id))
                return
            target, probe, row = tab.rows_listed.place_of(row_id)
            key = tuple(row[probe.index(name)] for name in probe.key)
            # Sensors are listed of targets on other tabs, too.
            domain = tab.domain if target in tab.targets else None
            self.go_place(Place(target, probe.id, key), domain)
        elif tab.target and tab.drills.go(tab.detail, up=False):
            self.console.tick_soon()
        else:
            self.describe("row")

    def _list_sensors(self, narrowing: str) -> None:
        """The sensors of a place, one by one."""
        tab = self.tab
        tab.list_rows(SENSORS)
        if tab.table is not None:
            tab.table.set_filter(narrowing)
        self.console.tick_soon()

    def in_full(self, line: str) -> str:
        """A line as a command: the name of a list of the tab alone shows that list."""
        name = line.strip()
        if name in self.tab.across and not any(name == each.name for each in COMMANDS):
            return f"list {name}"
        return line
