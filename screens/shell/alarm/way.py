"""The way to an alert: its tab, target, pane and row, and the line that says what it is."""

from collections.abc import Callable, Mapping, Sequence

from opsconsole.alert import Alert
from opsconsole.model import State
from opsconsole.spec import Domain, Pane, View
from screens.shell.console import ConsoleScreen
from screens.shell.pane.table import SEPARATOR
from screens.shell.tab import TabView
from widgets.table import LiveTable

GONE = "its row is gone"
WAITING = "waiting for its row"
OLD = "old data"
SILENT = "no data"

DOING = ("ack", "act")
"""What keys do that a replay refuses."""


def pane_of(domain: Domain, alert: Alert) -> Pane | None:
    """The pane that shows its row: a list if it has a key, else the curve of its column."""
    panes = [pane for pane in domain.detail if alert.probe in pane.probes]
    if alert.key:
        panes.sort(key=lambda pane: pane.view is not View.TABLE)
    else:
        panes.sort(key=lambda pane: not _draws(pane, alert))
    return panes[0] if panes else None


def _draws(pane: Pane, alert: Alert) -> bool:
    return pane.view is View.PLOTS and any(
        series.probe == alert.probe and alert.column in series.columns for series in pane.series
    )


class Way:
    """Takes the operator to alerts, worst first; what they leave is let go."""

    def __init__(self, main: ConsoleScreen) -> None:
        self._main = main
        self._id = ""
        self._tab = ""
        self._seen: set[str] = set()
        self._seeking = self._going = False
        self._keys: Mapping[str, str] = {}

    @property
    def alert(self) -> Alert | None:
        """The alert one was taken to, while one is there."""
        return self._main.alarms.get(self._id) if self._id else None

    def next(self) -> Alert | None:
        """The worst one not gone to yet since the way began; from the end back to the worst."""
        wanted = self._main.alarms.wanted()
        if not self._id:
            self._seen.clear()
        left = [alert for alert in wanted if alert.id not in self._seen]
        if not left and wanted:
            self._seen.clear()
            left = wanted
        return left[0] if left else None

    def domain_of(self, alert: Alert) -> Domain | None:
        """The tab that has its target."""
        kinds = {target.id: target.kind for target in self._main.scene.targets}
        kind = kinds.get(alert.target)
        found = (domain for domain in self._main.scene.domains if kind in domain.kinds)
        return next(found, None)

    def go(self, alert: Alert, keys: Mapping[str, str]) -> bool:
        """Show it where it is; whether any tab has its target."""
        domain = self.domain_of(alert)
        if domain is None:
            return False
        self._id, self._tab, self._keys = alert.id, domain.id, keys
        self._seen.add(alert.id)
        self._seeking = self._going = True
        self._main.show_tab(domain.id)
        self._when_there(lambda: self._open(domain, alert))
        return True

    def _when_there(self, done: Callable[[], None]) -> None:
        """A tab that is shown for the first time has to be made first."""
        if self._main.tab.is_mounted:
            done()
        else:
            self._main.call_after_refresh(done)

    def _open(self, domain: Domain, alert: Alert) -> None:
        self._going = False
        tab = self._main.tab
        if tab.domain.id != domain.id:
            return
        tab.open(alert.target)
        pane = pane_of(domain, alert)
        if pane is not None:
            tab.detail.focus_pane(pane.id.partition(".")[2])
        self.follow()

    # -- being there ----------------------------------------------------------------------------

    def leave(self) -> None:
        """Let go of the alert; the next way begins at the worst again."""
        self._id = ""
        self._seeking = False
        self._main.strip.display = False

    def follow(self) -> None:
        """Put the cursor on the object as soon as it is there, and say how things are."""
        alert = self.alert
        if not self._id or self._going:
            return
        if alert is None or not self._is_there(alert):
            self.leave()
            return
        note = self._seek(alert)
        self._main.strip.display = True
        over = self._main.has_class("-replay")
        keys = {key: word for key, word in self._keys.items() if not over or word not in DOING}
        self._main.strip.tell(alert, note, keys, self._main.alarms.now)

    def _is_there(self, alert: Alert) -> bool:
        tab = self._main.tab
        return tab.domain.id == self._tab and tab.target == alert.target and tab.is_mounted

    def _seek(self, alert: Alert) -> str:
        """Look for its row; what is to be said when it is not in sight."""
        tab = self._main.tab
        state = tab.pane.state
        silent = {State.FAULT: SILENT, State.STALE: OLD}.get(state, "")
        table = self._table(tab, alert)
        if table is None:
            self._seeking = False
            return silent
        row_id = identity(alert.key)
        if row_id in table.data.rows:
            if self._seeking:
                self._aim(table, row_id)
            return silent
        if state in (State.LIVE, State.EMPTY):
            self._seeking = False
            return GONE
        return silent or WAITING

    def _aim(self, table: LiveTable, row_id: str) -> None:
        if table.filter_text and not table.data.passes(row_id):
            table.set_filter("")  # it was asked for by name: nothing hides it
        self._seeking = not table.move_to(row_id)

    def _table(self, tab: TabView, alert: Alert) -> LiveTable | None:
        """The list that has its row, if that has the keys."""
        if not alert.key:
            return None
        current = tab.detail.current
        return current.table if alert.probe in current.pane.probes else None

    def at_object(self) -> Alert | None:
        """The alert one was taken to, unless the cursor was moved to something else since."""
        alert = self.alert
        if alert is None or not self._is_there(alert):
            return None
        table = self._main.tab.table
        if table is None:
            return alert
        if table.marked:
            return None
        own = self._table(self._main.tab, alert)
        row_id = identity(alert.key)
        if own is None or row_id not in own.data.rows:
            return alert
        return alert if own.cursor_id == row_id else None


def identity(key: Sequence[object]) -> str:
    """Id of the row with that key in a list."""
    return SEPARATOR.join(map(str, key))
