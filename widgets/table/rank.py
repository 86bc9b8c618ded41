"""Rows in the order of one column: a change costs what changed, and a pass over the rest."""

import functools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import groupby

from opsconsole.model import Row, Value
from widgets.format import state_level

_DIGITS = re.compile(r"\d+")


@functools.lru_cache(65536)
def natural(text: str) -> str:
    """A key that puts `web-2` before `web-10`, whatever the case."""
    return _DIGITS.sub(lambda found: found[0].rjust(12, "0"), text.lower())


Rank = tuple[int, float | str, str, str]
"""Numbers before text before what is not known; then the value, then the id."""

UNKNOWN = 2


@functools.lru_cache(4096)
def badness(word: str) -> str:
    """A key that puts words of a state in the order of how bad they are; no word is the best."""
    return f"{state_level(word):d}{natural(word)}" if word else ""


def rank(row_id: str, value: Value, state: bool = False) -> Rank:
    """Where a row stands; a word of a state by how bad it is."""
    if isinstance(value, str):
        return 1, badness(value) if state else natural(value), natural(row_id), row_id
    if value is None or value != value:
        return UNKNOWN, 0, natural(row_id), row_id
    return 0, value, natural(row_id), row_id


class Ranking:
    """Ids in the order of a column's values, ties in the order of ids; what is unknown is last."""

    def __init__(self, index: int, rows: Mapping[str, Row], state: bool = False) -> None:
        self.index = index
        self._state = state
        self._ranks = {row_id: rank(row_id, row[index], state) for row_id, row in rows.items()}
        self._order = sorted(self._ranks, key=self._ranks.__getitem__)
        self._moved: set[str] = set()

    def put(self, row_id: str, row: Row) -> None:
        """A row that is new, or whose value changed."""
        self._ranks[row_id] = rank(row_id, row[self.index], self._state)
        self._moved.add(row_id)

    def drop(self, ids: Iterable[str]) -> None:
        """Rows that went."""
        for row_id in ids:
            if self._ranks.pop(row_id, None) is not None:
                self._moved.add(row_id)

    def without(self, order: list[str], lost: Iterable[str]) -> list[str] | None:
        """An ascending order without these, found where they stand; None when one stands elsewhere.

        For a few of many that is much less than to look at all.
        """
        ranks = self._ranks
        order = list(order)
        try:
            for row_id in lost:
                at = bisect_left(order, ranks[row_id], key=ranks.__getitem__)
                if order[at] != row_id:
                    return None
                del order[at]
        except LookupError:
            return None
        return order

    def ascending(self) -> list[str]:
        """All ids, the smallest value first; not to be changed by the caller."""
        if self._moved:
            moved, ranks = self._moved, self._ranks
            order = [row_id for row_id in self._order if row_id not in moved]
            order.extend(row_id for row_id in moved if row_id in ranks)
            # What stood in order still does: sorting costs little more than looking at it.
            order.sort(key=ranks.__getitem__)
            self._order, self._moved = order, set()
        return self._order

    def descending(self) -> list[str]:
        """All ids, the largest value first; ties and what is unknown as when ascending."""
        order, ranks = self.ascending(), self._ranks
        down: list[str] = []
        unknown: list[str] = []
        for (kind, _), group in groupby(reversed(order), key=lambda row_id: ranks[row_id][:2]):
            ties = list(group)
            ties.reverse()
            if kind == UNKNOWN:
                unknown = ties
            else:
                down += ties
        return down + unknown
