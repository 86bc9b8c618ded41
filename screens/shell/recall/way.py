"""The way to where something happened: its tab, its target, the pane and the row."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.timer import Timer

from opsconsole.errors import UsageError
from opsconsole.spec import Domain, View
from screens.shell.console import ConsoleScreen
from screens.shell.pane.table import SEPARATOR

TRIES = 120
"""Looks for the row before it is given up: its pane may have to be asked first."""

EVERY_S = 0.25


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go."""

    target: str
    probe: str = ""
    """Whose pane to show; empty takes the one that has the object."""
    key: tuple[object, ...] = ()
    """Of the row; empty for none."""


class Going:
    """Takes the operator to a place; the row is found as soon as it is there."""

    def __init__(self, main: ConsoleScreen) -> None:
        self._main = main
        self._timer: Timer | None = None
        self._left = 0

    def domain_of(self, target: str) -> Domain:
        """The tab that shows a target; raises `UsageError` when none does."""
        kinds = {each.id: each.kind for each in self._main.scene.targets}
        for domain in self._main.scene.domains:
            if kinds.get(target) in domain.kinds:
                return domain
        raise UsageError(f"no tab shows {target!r}")

    def go(self, place: Place, domain: Domain) -> None:
        """Show it in that tab."""
        self._stop()
        self._main.show_tab(domain.id)
        if self._main.tab.is_mounted:
            self._open(place)
        else:
            self._main.call_after_refresh(self._open, place)

    def _open(self, place: Place) -> None:
        tab = self._main.tab
        if place.target not in tab.targets:
            return
        tab.open(place.target)
        panes = [pane for pane in tab.domain.detail if place.probe in pane.probes]
        panes.sort(key=lambda pane: pane.view is not View.TABLE)
        if panes:
            tab.detail.focus_pane(panes[0].id.partition(".")[2])
        if place.key:
            self._left = TRIES
            self._timer = self._main.set_interval(EVERY_S, lambda: self._seek(place))
            self._seek(place)

    def _seek(self, place: Place) -> None:
        """Put the cursor on the row, unless the operator went elsewhere."""
        tab = self._main.tab
        self._left -= 1
        if self._left < 0 or tab.target != place.target:
            self._stop()
            return
        for pane in tab.on_screen:
            table = pane.table
            if table is None or (place.probe and place.probe not in pane.pane.probes):
                continue
            row_id = _row_of(table.data.rows, place.key)
            if row_id and (table.move_to(row_id) or not place.probe):
                table.focus()
                self._stop()
                return

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None


def _row_of(rows: Iterable[str], key: tuple[object, ...]) -> str:
    """The row of that key, or the first one whose key begins so."""
    wanted = SEPARATOR.join(map(str, key))
    return next((one for one in rows if one == wanted or one.startswith(wanted + SEPARATOR)), "")
