"""A list that takes rows of watched lists by what changed, some at a time."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from textual.timer import Timer

from opsconsole.model import Row
from opsconsole.store import Store
from opsconsole.turn import keyed
from widgets.table import Head, LiveTable

SEPARATOR = "\x1f"
"""Joins the parts of a row's identity; no clean text holds it."""

SLICE = 500
"""Rows that are put at once: keys are answered between two slices of a long list."""

PAUSE = 0.01
"""Seconds between two slices."""


class Source:
    """What was drawn of one target."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.store: Store | None = None
        self.version = 0
        self.ids: dict[str, None] = {}
        """Ids of its rows, in order of arrival."""
        self.before: dict[str, None] = {}
        """Ids from before all rows were put anew, while that is under way."""


@dataclass(slots=True)
class _Work:
    """Rows of a target that are to be put, after these keys are gone."""

    source: Source
    rows: Sequence[Row]
    gone: Sequence[Row]
    anew: bool
    """Whether they are all it has."""
    at: int = 0
    """How many of the rows have been put."""


class SlicedTable(LiveTable):
    """Rows of targets, put in slices; what changed of a watched list is all that is put."""

    def __init__(
        self, heads: Sequence[Head], keys: Sequence[int], *, shown: Sequence[str], sort: str
    ) -> None:
        """`keys` are the positions of what identifies a row of a target."""
        super().__init__(heads, shown=shown, sort=sort)
        self.keys = tuple(keys)
        self._key_of = keyed(self.keys)
        self.sources: dict[str, Source] = {}
        self._waiting: deque[_Work] = deque()
        self._next: Timer | None = None

    def identity(self, source: Source, key: Sequence[object]) -> str:
        """Id of the row with that key."""
        del source
        return SEPARATOR.join(map(str, key))

    def filled(self, source: Source, row: Row) -> Row:
        """A row as it is listed."""
        del source
        return row

    def take(self, store: Store, probe: str, target: str) -> None:
        """Put what changed of a target's rows since it was last taken; all of another store."""
        source = self.sources.get(target)
        if source is None:
            source = self.sources[target] = Source(target)
        changes = store.changes(probe, target, source.version) if source.store is store else None
        source.store, source.version = store, store.version(probe, target)
        if changes is None:
            self._waiting = deque(work for work in self._waiting if work.source is not source)
            source.before, source.ids = source.ids | source.before, {}
            self._waiting.append(_Work(source, store.rows(probe, target), (), anew=True))
        elif changes.rows or changes.gone:
            self._waiting.append(_Work(source, changes.rows, changes.gone, anew=False))
        if self._next is None:
            self._put_some()

    @property
    def busy(self) -> bool:
        """Whether more of what it has taken is to be put."""
        return self._next is not None

    def _put_some(self) -> None:
        """Put a slice of what waits, and the next one after the keys that came meanwhile."""
        self._next = None
        some: dict[str, Row] = {}
        gone: set[str] = set()
        anew: Source | None = None
        while self._waiting and len(some) < SLICE:
            work = self._waiting.popleft()
            for row_id in self._put_of(work, some, SLICE - len(some)):
                some.pop(row_id, None)
                gone.add(row_id)
            gone -= some.keys()
            if work.at < len(work.rows):
                self._waiting.appendleft(work)
            elif work.anew:
                anew = work.source
        if some or gone:
            self.put(some, gone=gone)
        if anew is not None and len(self.sources) == 1:
            self.relist(list(anew.ids))
        if self._waiting:
            self._next = self.set_timer(PAUSE, self._put_some)

    def _put_of(self, work: _Work, some: dict[str, Row], room: int) -> Sequence[str]:
        """Add so many rows of a piece of work to `some`; returns the ids of what went."""
        source, start = work.source, work.at
        lost: list[str] = []
        if not start:
            lost = [self.identity(source, key) for key in work.gone]
            for row_id in lost:
                source.ids.pop(row_id, None)
        work.at = min(len(work.rows), start + room)
        made: dict[str, Row] = {}
        for at in range(start, work.at):
            row = work.rows[at]
            key = self._key_of(row) if self.keys else (at,)
            made[self.identity(source, key)] = self.filled(source, row)
        source.ids.update(dict.fromkeys(made))
        if work.anew and work.at == len(work.rows):
            lost += [row_id for row_id in source.before if row_id not in source.ids]
            source.before = {}
        some.update(made)
        return [row_id for row_id in lost if row_id not in made]

    def drop_all(self) -> None:
        """Forget all rows, and what waits."""
        self._waiting.clear()
        self.sources.clear()
        if self._next is not None:
            self._next.stop()
            self._next = None
        self.replace({})
