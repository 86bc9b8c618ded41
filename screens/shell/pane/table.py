"""A pane that lists the rows of one probe of one target."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from opsconsole.model import Row, Value
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from screens.shell.pane.sliced import SEPARATOR, SlicedTable

__all__ = ["SEPARATOR", "TableBody"]


class TableBody(SlicedTable):
    """Rows by identity: the probe's key columns."""

    def __init__(self, pane: Pane, probe: Probe[Any], titles: Probe[Any] | None = None) -> None:
        """`titles` is the probe that says what its columns are called."""
        keys = [probe.index(key) for key in probe.key]
        super().__init__(probe.columns, keys, shown=pane.columns, sort=pane.sort)
        self.pane = pane
        self.probe = probe.id
        """Whose rows they are."""
        self.subject = ""
        """Which list it is of, where that is one of many: rows of another one are not drawn."""
        self._columns = probe.columns
        self._titles = titles
        self._called: Mapping[str, Value] = {}

    def draw(self, store: Store, target: str) -> None:
        """Show the newest rows of the target."""
        if self.sources.keys() - {target}:
            self.clear()
        if self._titles is not None:
            self._entitle(self._titles, store.rows(self._titles.id, target))
            if self._called.get("subject") != self.subject:
                return
        self.take(store, self.pane.probes[0], target)

    def _entitle(self, probe: Probe[Any], rows: Sequence[Row]) -> None:
        """Put the columns under the titles that came with the rows; begins anew."""
        keys = [column.key for column in probe.columns]
        called = dict(zip(keys, rows[0], strict=False)) if rows else {}
        if not called or called == self._called:
            return
        self._called = called
        hidden = {*str(called.get("wide") or "").split(), *(k for k in keys if not called[k])}
        columns = [
            replace(one, title=str(called.get(one.key) or one.title)) for one in self._columns
        ]
        shown = [key for key in self.pane.columns if key not in hidden]
        self.drop_all()
        self.set_columns(columns, shown=shown, sort=self.pane.sort)

    def clear(self) -> None:
        """Forget the rows of the target shown before."""
        self.drop_all()

    def key_of(self, row: Row) -> Row:
        """What tells a row from all others."""
        return tuple([row[index] for index in self.keys])
