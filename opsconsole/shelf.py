"""Rows of many targets in little room: what several of them say alike is held once."""

import zlib
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import TypeAlias
from weakref import WeakValueDictionary

import msgspec

from opsconsole.clean import Clean
from opsconsole.model import Row

FEW = 16
"""Rows up to which they are kept as they are: there is nothing to share."""

STRETCH = 128
"""Rows of a stretch on the average: of these many, one ends it, wherever it stands."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[Clean | float | int | bool | None, ...]]).decode


class _Stretch:
    """Some rows that follow one another, compressed."""

    __slots__ = ("__weakref__", "packed")

    def __init__(self, packed: bytes) -> None:
        self.packed = packed


Parcel: TypeAlias = "bytes | tuple[_Stretch, ...]"
"""Packed rows; two of the same shelf are equal when their rows are."""


class Shelf:
    """Packs rows. A stretch is let go with the last parcel that has it."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[bytes, _Stretch] = WeakValueDictionary()

    def __len__(self) -> int:
        """Stretches that are held."""
        return len(self._held)

    def pack(self, rows: Sequence[Row]) -> Parcel:
        """Keep rows, whose text is clean."""
        if len(rows) <= FEW:
            return _encode(rows)
        return tuple([self._stretch(some) for some in _stretches(rows)])

    def unpack(self, parcel: Parcel) -> list[Row]:
        """The rows again."""
        if isinstance(parcel, bytes):
            return [*_decode(parcel)]
        return [row for one in parcel for row in _decode(zlib.decompress(one.packed))]

    def _stretch(self, rows: Sequence[Row]) -> _Stretch:
        body = _encode(rows)
        name = blake2b(body, digest_size=16).digest()
        found = self._held.get(name)
        if found is None:
            found = self._held[name] = _Stretch(zlib.compress(body, 1))
        return found


def _stretches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Cut where a row itself says so: what follows a row that is new is cut as it was before."""
    start = 0
    for place, row in enumerate(rows, 1):
        if hash(row) % STRETCH == 0 or place - start >= 8 * STRETCH:
            yield rows[start:place]
            start = place
    if start < len(rows):
        yield rows[start:]
