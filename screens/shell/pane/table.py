"""A pane that lists the rows of one probe of one target."""

from collections import deque
from collections.abc import Mapping, Sequence, Set
from itertools import islice
from typing import Any

from textual.timer import Timer

from opsconsole.model import Row
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from widgets.table import LiveTable

SEPARATOR = "\x1f"
"""Joins the parts of a row's identity; no clean text holds it."""

SLICE = 500
"""Rows that are put at once: keys are answered between two slices of a long list."""

PAUSE = 0.01
"""Seconds between two slices."""


class TableBody(LiveTable):
    """Rows by identity: the probe's key columns."""

    def __init__(self, pane: Pane, probe: Probe[Any]) -> None:
        super().__init__(probe.columns, shown=pane.columns, sort=pane.sort)
        self.pane = pane
        self.probe = probe.id
        """Whose rows they are."""
        self._keys = tuple(probe.index(key) for key in probe.key)
        self._store: Store | None = None
        self._target = ""
        self._version = 0
        self._waiting: deque[tuple[Sequence[Row], Sequence[Row]]] = deque()
        """Rows of a watched list that are to be put, and keys that are gone before; in order."""
        self._seen: dict[str, None] | None = None
        """Ids that were put since all rows were drawn anew; None while that is not under way."""
        self._next: Timer | None = None

    def draw(self, store: Store, target: str) -> None:
        """Show the newest rows of the target; of a watched list what changed since last time."""
        probe = self.pane.probes[0]
        known = store is self._store and target == self._target
        self._store, self._target = store, target
        version = store.version(probe, target)
        changes = store.changes(probe, target, self._version) if known else None
        self._version = version
        if changes is not None:
            if changes.rows or changes.gone:
                self._waiting.append((changes.rows, changes.gone))
        else:
            self._forget_waiting()
            rows = store.rows(probe, target)
            if not version:
                self.replace({self._identity(row, at): row for at, row in enumerate(rows)})
                return
            self._seen = {}
            self._waiting.append((rows, ()))
        if self._next is None:
            self._put_some()

    @property
    def busy(self) -> bool:
        """Whether more of what it was told to draw is to be put."""
        return self._next is not None

    def _put_some(self) -> None:
        """Put a slice of what waits, and the next one after the keys that came meanwhile."""
        self._next = None
        if not self._waiting:
            return
        rows, gone = self._waiting.popleft()
        some = {self._identity(row, 0): row for row in islice(rows, SLICE)}
        lost = {SEPARATOR.join(map(str, key)) for key in gone} - some.keys()
        if len(rows) > SLICE:
            self._waiting.appendleft((rows[SLICE:], ()))
        if self._seen is None:
            self.put(some, gone=lost)
        else:
            self._put_anew(some, lost, self._seen)
        if self._waiting:
            self._next = self.set_timer(PAUSE, self._put_some)

    def _put_anew(self, some: Mapping[str, Row], lost: Set[str], seen: dict[str, None]) -> None:
        """Put a slice of all rows; after the last one those that were there before go."""
        for row_id in lost:
            seen.pop(row_id, None)
        seen.update(dict.fromkeys(some))
        if self._waiting:
            self.put(some, gone=lost)
            return
        self._seen = None
        self.put(some, gone=lost | (self.known - seen.keys()))
        self.relist(list(seen))

    def _forget_waiting(self) -> None:
        self._waiting.clear()
        self._seen = None
        if self._next is not None:
            self._next.stop()
            self._next = None

    def clear(self) -> None:
        """Forget the rows of the target shown before."""
        self._store = None
        self._forget_waiting()
        self.replace({})

    def _identity(self, row: Row, at: int) -> str:
        if not self._keys:
            return str(at)
        return SEPARATOR.join([str(row[index]) for index in self._keys])

    def key_of(self, row: Row) -> Row:
        """What tells a row from all others."""
        return tuple([row[index] for index in self._keys])
