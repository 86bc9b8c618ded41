"""Patches of one pair that wait to cross a bus, laid over one another."""

from itertools import islice

import msgspec

from opsconsole.errors import BusClosed
from opsconsole.model import Row, Value
from opsconsole.ports import Patch
from opsconsole.turn import keyed

LONGEST_GONE = 200_000
"""Keys of rows that went and may wait to be told; a peer this far behind does not read at all."""

LONGEST_TEXT = 1024 * 1024
"""Characters of one value that crosses."""


class Waiting:
    """What several patches come to: taking it, a part at a time, is as good as taking them all."""

    __slots__ = ("_gone", "_key_of", "_last", "_restoring", "_rows", "_whole")

    def __init__(self, patch: Patch) -> None:
        self._key_of = keyed(patch.key)
        self._rows: dict[Row, Row] = {}
        self._gone: dict[Row, None] = {}
        self._whole = False
        self._restoring = False
        self.lay(patch)

    def lay(self, patch: Patch) -> int:
        """Lay a later patch over it; returns how many of its rows gave way.

        Raises `BusClosed` when too much waits.
        """
        rows = self._rows
        before = len(rows)
        if patch.whole:
            rows.clear()
            self._gone.clear()
            self._whole = self._restoring = True
        for key in patch.gone:
            rows.pop(key, None)
            if not self._whole:
                self._gone[key] = None
        lost = before - len(rows)
        before = len(rows)
        key_of = self._key_of
        for row in patch.rows:
            rows[key_of(row)] = row
        self._last = patch
        if len(self._gone) > LONGEST_GONE:
            raise BusClosed(f"the other side stopped reading: {LONGEST_GONE} keys wait for it")
        return lost + before + len(patch.rows) - len(rows)

    def take(self, limit: int) -> tuple[Patch, bool]:
        """Remove and return at most so many rows and keys; and whether that was all."""
        gone = list(islice(self._gone, limit))
        for key in gone:
            del self._gone[key]
        # A row may have gone and come again: its key must not go after it.
        keys = [] if self._gone else list(islice(self._rows, limit - len(gone)))
        rows = [self._rows.pop(key) for key in keys]
        done = not self._rows and not self._gone
        last, whole = self._last, self._whole
        self._whole = False
        loading = last.loading or (self._restoring and not done)
        told = last.probe, last.target, last.at, last.period, last.key
        return Patch(*told, rows, gone, whole=whole, loading=loading), done


def halves(patch: Patch) -> tuple[Patch, Patch]:
    """Two patches that come to the same one after the other."""
    half = len(patch.rows) // 2
    loading = patch.loading or patch.whole
    first = msgspec.structs.replace(patch, rows=patch.rows[:half], loading=loading)
    return first, msgspec.structs.replace(patch, rows=patch.rows[half:], gone=[], whole=False)


def fitted(patch: Patch) -> Patch:
    """The same with None in the place of every value that cannot be sent."""
    rows, gone = ([tuple(map(_fitted, row)) for row in some] for some in (patch.rows, patch.gone))
    return msgspec.structs.replace(patch, rows=rows, gone=gone)


def _fitted(value: Value) -> Value:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return value if len(value) <= LONGEST_TEXT else None
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else None
    return value
