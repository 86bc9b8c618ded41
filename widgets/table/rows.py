"""The rows of a live table: what they are, which pass the filter, in which order; no screen."""

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from opsconsole.model import Column, Level, Quantity, Row, Value
from widgets.filter import Filter, FilterError, parse
from widgets.format import TEXTUAL, spell
from widgets.table.rank import Ranking, natural

WORST = "!"
"""Sort by this: highest level first, then highest score, then id."""

FEW = 50
"""Rows that are found one by one when they go."""


class Rows:
    """Rows by id, judged by a filter and put in order; ties are always broken by id."""

    def __init__(self, columns: Sequence[Column], sort: str = "") -> None:
        self.columns = tuple(columns)
        self.rows: dict[str, Row] = {}
        self.order: list[str] = []
        """Ids that pass the filter, as drawn."""
        self.levels: Mapping[str, Level] = MappingProxyType({})
        self.scores: Mapping[str, float] = MappingProxyType({})
        self.labels: Mapping[str, Mapping[str, str]] = MappingProxyType({})
        self.filter = Filter()
        self.sort = sort
        self.searched: tuple[int, ...] = ()
        self._base: list[str] | None = None
        self._ranking: Ranking | None = None
        self.added: list[str] = []
        """Ids that the last `put` added."""
        self._late: list[str] = []
        """Ids that are not in the order yet."""
        self._passing: set[str] = set()
        self._unjudged: set[str] = set()
        self._hay: dict[bool, dict[str, str]] = {}
        self._hay_due: dict[bool, set[str]] = {}
        self.search_in(range(len(self.columns)))

    @property
    def sort_key(self) -> str:
        """Key of the column sorted by, `WORST`, or empty for the order of arrival."""
        return self.sort.removeprefix("-")

    @property
    def descending(self) -> bool:
        """Whether the largest come first."""
        return self.sort.startswith("-")

    def search_in(self, indexes: Iterable[int]) -> None:
        """Let bare words of a filter look into the text among these columns (and into the id)."""
        found = tuple(index for index in indexes if self.columns[index].quantity in TEXTUAL)
        if found != self.searched:
            self.searched = found
            self._hay.clear()

    def put(self, rows: Mapping[str, Row], gone: Collection[str] = ()) -> bool:
        """Merge changed rows; whether the order has to be made anew."""
        mine = self.rows
        self.added = [row_id for row_id in rows if row_id not in mine]
        moved = self._moves(rows) or bool(self.added) or bool(self.filter)
        mine.update(rows)
        lost = [row_id for row_id in gone if mine.pop(row_id, None) is not None]
        self._late += self.added
        if self.added or lost:
            self._base = None
        if lost:
            self._remove(lost)
        if self.filter:
            self._unjudged.update(rows)
            self._passing.difference_update(lost)
        self._unjudged.difference_update(lost)
        for fold, hay in self._hay.items():
            self._hay_due[fold].update(rows)
            for row_id in lost:
                hay.pop(row_id, None)
        return moved

    def _remove(self, lost: Sequence[str]) -> None:
        """Take these out of the order."""
        ranking = self._ranking
        order: list[str] | None = None
        if ranking is not None:
            if len(lost) < FEW and not self.descending:
                order = ranking.without(self.order, lost)
            ranking.drop(lost)
        if order is None:
            dead = set(lost)
            order = [row_id for row_id in self.order if row_id not in dead]
        self.order = order

    def _moves(self, rows: Mapping[str, Row]) -> bool:
        """Whether a change among known rows touches what they are sorted by."""
        key = self.sort_key
        if not key:
            return False
        if key == WORST:
            return True
        ranking, mine = self._ranked(), self.rows
        index, moved = ranking.index, False
        for row_id, row in rows.items():
            old = mine.get(row_id)
            if old is None or row[index] != old[index]:
                ranking.put(row_id, row)
                moved = True
        return moved

    def _ranked(self) -> Ranking:
        """The rows in the order of the column that they are sorted by."""
        if self._ranking is None:
            index = self.index(self.sort_key)
            state = self.columns[index].quantity is Quantity.STATE
            self._ranking = Ranking(index, self.rows, state)
        return self._ranking

    def index(self, key: str) -> int:
        """Position of a column; raises `KeyError`."""
        for index, column in enumerate(self.columns):
            if column.key == key:
                return index
        raise KeyError(key)

    def relist(self, ids: Sequence[str]) -> None:
        """Make this the order of arrival."""
        self.rows = {row_id: self.rows[row_id] for row_id in ids}
        self._base = None

    def set_filter(self, text: str) -> None:
        """Take a filter; raises `FilterError` and keeps the old one when it makes no sense."""
        wanted = parse(text, self.columns)
        passing = set(wanted.keep(self.rows, self)) if wanted else set[str]()
        self.filter = wanted
        self._passing = passing
        self._unjudged.clear()
        if not wanted:
            self._hay.clear()

    def passes(self, row_id: str) -> bool:
        """Whether the row was found to pass the filter."""
        return row_id in self.rows and (not self.filter or row_id in self._passing)

    def rejudge(self) -> None:
        """Forget which rows pass: labels have changed."""
        self._unjudged.update(self.rows)

    def arrange(self) -> None:
        """Filter and sort: `order` is made anew."""
        self._late = []
        key = self.sort_key
        if not key or key == WORST:
            ids = self._judged(self._listed())
            if key:
                ids = self._worst_first(ids)
            self.order = ids[::-1] if self.descending else ids
        else:
            ranking = self._ranked()
            self.order = self._judged(
                ranking.descending() if self.descending else ranking.ascending()
            )

    def append_new(self) -> None:
        """Put rows that are not in the order yet at its end; nothing else moves."""
        late, self._late = self._late, []
        if self.filter:  # others may pass that did not
            known = set(self.order)
            late = [row_id for row_id in self._listed() if row_id not in known]
        known = set[str]()
        for row_id in self._judged(late):
            if row_id in self.rows and row_id not in known:
                known.add(row_id)
                self.order.append(row_id)

    def _listed(self) -> list[str]:
        """All ids: in order of arrival when unsorted, else by id."""
        if self._base is None:
            self._base = sorted(self.rows, key=natural) if self.sort else list(self.rows)
        return self._base

    def _judged(self, ids: Sequence[str]) -> list[str]:
        """Those that pass the filter."""
        if not self.filter:
            return list(ids)
        if self._unjudged:
            waiting = self._unjudged & self.rows.keys()
            try:
                kept = self.filter.keep(waiting, self)
            except FilterError:
                kept = list(waiting)  # too costly to judge: shown rather than hidden
            self._passing -= waiting
            self._passing.update(kept)
            self._unjudged.clear()
        passing = self._passing
        return [row_id for row_id in ids if row_id in passing]

    def set_sort(self, sort: str) -> None:
        """Sort by a key (`-key` for largest first), `WORST`, or empty. Raises `KeyError`."""
        key = sort.removeprefix("-")
        if key not in ("", WORST):
            self.index(key)
        self.sort = sort
        self._base = self._ranking = None

    def _worst_first(self, ids: list[str]) -> list[str]:
        """Two stable sorts from the last criterion to the first; `ids` come sorted by id."""
        if self.scores:
            scores = self.scores
            ids = _by(ids, [scores.get(row_id, 0.0) for row_id in ids], descending=True)
        levels = self.levels
        # Adding nothing makes plain numbers of enum members, which compare much faster.
        return _by(ids, [levels.get(row_id, 0) + 0 for row_id in ids], descending=True)

    def haystacks(self, *, fold: bool) -> Mapping[str, str]:
        """The text bare words are looked for in, by row id; kept while a filter stands."""
        hay = self._hay.get(fold)
        if hay is None:
            hay = self._hay[fold] = {}
            self._hay_due[fold] = set(self.rows)
        due = self._hay_due[fold]
        for row_id in due & self.rows.keys():
            row = self.rows[row_id]
            text = "\n".join([row_id, *[str(row[index]) for index in self.searched]])
            hay[row_id] = text.lower() if fold else text
        due.clear()
        return hay

    def speller(self, index: int) -> Callable[[Value], str]:
        """How values of that column are written."""
        return functools.partial(spell, self.columns[index])


def _by(ids: list[str], values: Sequence[float], *, descending: bool) -> list[str]:
    """Ids in the order of their values; equal ones stay as they stand."""
    return [ids[at] for at in sorted(range(len(ids)), key=values.__getitem__, reverse=descending)]
