"""A pane that lists the rows of one probe of one target."""

from typing import Any

from opsconsole.model import Row
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from widgets.table import LiveTable

SEPARATOR = "\x1f"
"""Joins the parts of a row's identity; no clean text holds it."""


class TableBody(LiveTable):
    """Rows by identity: the probe's key columns."""

    def __init__(self, pane: Pane, probe: Probe[Any]) -> None:
        super().__init__(probe.columns, shown=pane.columns, sort=pane.sort)
        self.pane = pane
        self.probe = probe.id
        """Whose rows they are."""
        self._keys = tuple(probe.index(key) for key in probe.key)

    def draw(self, store: Store, target: str) -> None:
        """Show the newest rows of the target."""
        rows = store.rows(self.pane.probes[0], target)
        self.replace({self._identity(row, at): row for at, row in enumerate(rows)})

    def clear(self) -> None:
        """Forget the rows of the target shown before."""
        self.replace({})

    def _identity(self, row: Row, at: int) -> str:
        if not self._keys:
            return str(at)
        return SEPARATOR.join(str(row[index]) for index in self._keys)

    def key_of(self, row: Row) -> Row:
        """What tells a row from all others."""
        return tuple([row[index] for index in self._keys])
