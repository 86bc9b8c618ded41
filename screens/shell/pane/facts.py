"""A pane that reads the only row of a probe like a form."""

from typing import Any

from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from widgets.facts import Facts


class FactsBody(Facts):
    """Name and value of each column."""

    def __init__(self, pane: Pane, probe: Probe[Any]) -> None:
        super().__init__(probe.columns, shown=pane.columns)
        self.pane = pane

    def draw(self, store: Store, target: str) -> None:
        """Show the newest row of the target."""
        rows = store.rows(self.pane.probes[0], target)
        self.set_row(rows[0] if rows else None)

    def clear(self) -> None:
        """Forget the row of the target shown before."""
        self.set_row(None)
