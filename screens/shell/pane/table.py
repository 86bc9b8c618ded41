"""A pane that lists the rows of one probe of one target."""

from typing import Any

from opsconsole.model import Row
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from screens.shell.pane.sliced import SEPARATOR, SlicedTable

__all__ = ["SEPARATOR", "TableBody"]


class TableBody(SlicedTable):
    """Rows by identity: the probe's key columns."""

    def __init__(self, pane: Pane, probe: Probe[Any]) -> None:
        keys = [probe.index(key) for key in probe.key]
        super().__init__(probe.columns, keys, shown=pane.columns, sort=pane.sort)
        self.pane = pane
        self.probe = probe.id
        """Whose rows they are."""

    def draw(self, store: Store, target: str) -> None:
        """Show the newest rows of the target."""
        if self.sources.keys() - {target}:
            self.clear()
        self.take(store, self.pane.probes[0], target)

    def clear(self) -> None:
        """Forget the rows of the target shown before."""
        self.drop_all()

    def key_of(self, row: Row) -> Row:
        """What tells a row from all others."""
        return tuple([row[index] for index in self.keys])
