"""Marks and cursors, kept while objects come and go with the moment that is shown."""

from collections.abc import Iterable, Iterator
from weakref import WeakKeyDictionary

from screens.shell.tab import TabView
from widgets.table import LiveTable


class Places:
    """What was marked and where the cursor stood, per list; also of objects that are not there."""

    def __init__(self) -> None:
        self._kept: WeakKeyDictionary[LiveTable, tuple[str | None, frozenset[str]]] = (
            WeakKeyDictionary()
        )

    def take(self, tabs: Iterable[TabView]) -> None:
        """Note them, before another moment is drawn."""
        for tab in tabs:
            for table in _tables(tab):
                cursor, marks = self._kept.get(table, (None, frozenset()))
                absent = {mark for mark in marks if table.row(mark) is None}
                stands = table.cursor_id
                if cursor is not None and table.row(cursor) is None:
                    stands = cursor
                self._kept[table] = stands, table.marked | absent

    def put_back(self, tab: TabView) -> None:
        """Mark again, and find again, what is there again."""
        for table in _tables(tab):
            if table in self._kept:
                table.put_back(*self._kept[table])


def _tables(tab: TabView) -> Iterator[LiveTable]:
    yield tab.fleet.table
    for listed in tab.across.values():
        yield listed.table
    for detail in tab.details.values():
        for pane in detail.panes.values():
            if pane.table is not None:
                yield pane.table
