"""Rows of a watched list, and what changed among them since a pane last looked."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from opsconsole.model import Row
from opsconsole.ports import Patch
from opsconsole.turn import keyed

REMEMBERED = 2000
"""Changes that are remembered at least; of a longer list as many as it has rows."""


class Changes(NamedTuple):
    """What changed in a watched list since a version of it."""

    rows: list[Row]
    """Those that are new or different, as they are now."""
    gone: list[Row]
    """Keys of those that went."""
    version: int
    """What to ask from the next time."""


class Listed:
    """The rows by key, in order of arrival, and a log of the keys that were touched."""

    __slots__ = ("_all", "_floor", "_key_of", "_rows", "_touched", "version")

    def __init__(self, key: Sequence[int], rows: Iterable[Row], version: int) -> None:
        self._key_of = keyed(key)
        self._rows = {self._key_of(row): row for row in rows}
        self._all: list[Row] | None = None
        self._touched: dict[Row, int] = {}
        """The version in which a key was last touched, in order of versions."""
        self._floor = self.version = version
        """Versions from the floor on can be told apart."""

    def lay(self, patch: Patch, version: int) -> None:
        """Take in a patch; `version` is greater than all before it."""
        rows, touched, key_of = self._rows, self._touched, self._key_of
        if patch.whole:
            rows.clear()
            touched.clear()
            self._floor = version
        elif not patch.rows and not patch.gone:
            return
        self._all = None
        self.version = version
        for key in patch.gone:
            if rows.pop(key, None) is not None:
                touched.pop(key, None)
                touched[key] = version
        for row in patch.rows:
            key = key_of(row)
            rows[key] = row
            touched.pop(key, None)
            touched[key] = version
        self._prune()

    def _prune(self) -> None:
        touched = self._touched
        over = len(touched) - max(REMEMBERED, len(self._rows))
        for key in list(islice(touched, max(0, over))):
            self._floor = touched.pop(key)

    def since(self, version: int) -> Changes | None:
        """What was touched after that version; None when that is not known any more."""
        if not self._floor <= version <= self.version:
            return None
        rows: list[Row] = []
        gone: list[Row] = []
        for key, touched in reversed(self._touched.items()):
            if touched <= version:
                break
            row = self._rows.get(key)
            if row is None:
                gone.append(key)
            else:
                rows.append(row)
        rows.reverse()
        return Changes(rows, gone, self.version)

    def differing(self, rows: Iterable[Row], places: Sequence[int]) -> list[Row]:
        """Those of which there is none yet, or one with another value at one of these places."""
        mine, key_of, part = self._rows, self._key_of, keyed(places)
        return [
            row for row in rows if (old := mine.get(key_of(row))) is None or part(old) != part(row)
        ]

    @property
    def rows(self) -> list[Row]:
        """All rows; the same list until something changes."""
        if self._all is None:
            self._all = list(self._rows.values())
        return self._all

    @property
    def keys(self) -> set[Row]:
        """Keys of all rows."""
        return set(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
