"""One column of a chunk: cells to bytes and back, every cell with its type."""

import math
import sys
from array import array
from collections.abc import Sequence
from itertools import groupby
from typing import Any, cast

import msgspec

from opsconsole.clean import clean
from opsconsole.model import Fault, Row, Value

SAME, FLOATS, INTS, RUNS, MIXED = range(5)
"""Kinds: one value throughout; numbers of one type; few values in runs; numbers between others."""

LONGEST_TEXT = 100_000
"""Characters of a cell."""

EXACT = 2**24
"""Whole numbers below this are exact in four bytes."""
EXACT_WIDE = 2**53

_NUMBER = (float, int)


class Packed(msgspec.Struct, array_like=True):
    """How a column's cells are kept; its bytes stand elsewhere."""

    kind: int
    width: int = 0
    """Bytes of a number."""
    length: int = 0
    """Bytes of all numbers."""
    extra: Any = None  # Any: by kind, a value or lists of values and of run lengths


def pack(
    cells: Sequence[Value], *, wide: bool = False, exact: bool = False
) -> tuple[Packed, bytes, "Sequence[float] | None"]:
    """Keep cells: the description, the bytes of numbers, and the numbers if there is nothing else.

    `wide` keeps eight bytes of a number, `exact` all of any value.
    """
    first = cells[0]
    types = set(map(type, cells))
    if len(types) == 1 and cells.count(first) == len(cells):
        return Packed(SAME, extra=first), b"", _only_numbers(cells, types)
    kind = next((each for each in _NUMBER if each in types), None)
    if exact or kind is None:
        return _in_runs(cells, types), b"", None
    if len(types) == 1:
        found = _numbers(cast("Sequence[float]", cells), kind, wide=wide)
        if found is None:
            return _in_runs(cells, types), b"", None
        numbers, width = found
        data = fold(_bytes(numbers), width)
        return Packed(FLOATS if kind is float else INTS, width, len(data)), data, numbers
    return _mixed(cells, kind, wide=wide)


def _only_numbers(cells: Sequence[Value], types: set[type]) -> "Sequence[float] | None":
    return cast("Sequence[float]", cells) if types <= {float, int} else None


def _mixed(
    cells: Sequence[Value], kind: type, *, wide: bool
) -> tuple[Packed, bytes, "Sequence[float] | None"]:
    """Numbers of one type, and others between them."""
    runs = [len(list(run)) for _, run in groupby(cells, lambda cell: type(cell) is kind)]
    mine = cast("list[float]", [cell for cell in cells if type(cell) is kind])
    found = _numbers(mine, kind, wide=wide)
    if found is None:
        return _in_runs(cells, set(map(type, cells))), b"", None
    numbers, width = found
    others = [cell for cell in cells if type(cell) is not kind]
    data = fold(_bytes(numbers), width)
    extra = [
        kind is float,
        type(cells[0]) is kind,
        runs,
        _in_runs(others, set(map(type, others))).extra,
    ]
    return Packed(MIXED, width, len(data), extra), data, None


def _numbers(
    cells: Sequence[float], kind: type, *, wide: bool
) -> "tuple[array[float], int] | None":
    """Numbers of one type in as few bytes as hold them; None when none do."""
    if kind is int:
        most = max(*cells, -min(cells))
        if most >= EXACT_WIDE:
            return None
        return (array("f", cells), 4) if most < EXACT and not wide else (array("d", cells), 8)
    if wide:
        return array("d", cells), 8
    numbers = array("f", cells)
    # What is too large for four bytes has become infinite there.
    if not math.isfinite(sum(numbers)):
        return array("d", cells), 8
    return numbers, 4


def _in_runs(cells: Sequence[Value], types: set[type]) -> Packed:
    codes: dict[object, int] = {}
    values: list[Value] = []
    told: list[int] = []
    lengths: list[int] = []
    # One, one point nought and true are equal, and three different cells.
    plain = types == {str}
    for name, run in groupby(cells, None if plain else _typed):
        at = codes.get(name)
        some = list(run)
        if at is None:
            at = codes[name] = len(values)
            values.append(some[0])
        told.append(at)
        lengths.append(len(some))
    return Packed(RUNS, extra=[values, told, lengths])


def _typed(cell: Value) -> tuple[type, Value]:
    return type(cell), cell


def unpack(packed: Packed, data: bytes, count: int) -> list[Value]:
    """The cells again; raises `ValueError` for what cannot be `count` of them."""
    if packed.kind == SAME:
        return [value(packed.extra)] * count
    if packed.kind == RUNS:
        return _from_runs(packed.extra, count)
    if packed.kind not in (FLOATS, INTS, MIXED) or packed.width not in (4, 8):
        raise ValueError("a column of no known kind")
    numbers: array[float] = array("f" if packed.width == 4 else "d")
    numbers.frombytes(unfold(data, packed.width))
    if sys.byteorder == "big":
        numbers.byteswap()
    if packed.kind == MIXED:
        return _from_mixed(packed.extra, numbers, count)
    if len(numbers) != count:
        raise ValueError(f"{len(numbers)} numbers for {count} cells")
    return [*map(int, numbers)] if packed.kind == INTS else [*numbers]


def value(found: object) -> Value:
    """A cell as it may be shown, whoever recorded it; raises `ValueError` when it is none."""
    if isinstance(found, str):
        # A recording may be somebody else's: its text is no more to be trusted than a target's.
        return clean(found, LONGEST_TEXT)
    if found is None or isinstance(found, float | int):
        return found
    raise ValueError("a cell of no known type")


def harmless_row(row: list[Any]) -> Row:  # Any: from a file, checked here
    """A row as it may be shown, whoever recorded it; raises `ValueError` when it is none."""
    return tuple([cell if type(cell) is float else value(cell) for cell in row])


def harmless(fault: Fault | None) -> Fault | None:
    """A fault as it may be shown, whoever recorded it."""
    if fault is None:
        return None
    kind, message, remedy = (
        clean(t, LONGEST_TEXT) for t in (fault.kind, fault.message, fault.remedy)
    )
    return Fault(kind, message, remedy)


def _from_runs(extra: Any, count: int) -> list[Value]:  # Any: from a file, checked here
    values, told, lengths = (list(part) for part in extra)
    if not all(type(each) is int and each >= 0 for each in (*told, *lengths)):
        raise ValueError("runs of no length")
    if sum(lengths) != count:
        raise ValueError(f"{sum(lengths)} cells in runs, not {count}")
    cells: list[Value] = []
    for at, length in zip(told, lengths, strict=True):
        cells += [value(values[at])] * length
    return cells


def _from_mixed(extra: Any, numbers: "array[float]", count: int) -> list[Value]:  # Any: as above
    floats, number, runs, rest = extra
    if not all(type(each) is int and each >= 0 for each in runs) or sum(runs) != count:
        raise ValueError(f"{sum(runs)} cells in runs, not {count}")
    told: list[Value] = [*numbers] if floats else [*map(int, numbers)]
    others = _from_runs(rest, count - len(told))
    cells: list[Value] = []
    at = [0, 0]
    for length in runs:
        source = told if number else others
        cells += source[at[number] : at[number] + length]
        at[number] += length
        number = not number
    if len(cells) != count:
        raise ValueError(f"{len(cells)} cells, not {count}")
    return cells


# -- bytes ----------------------------------------------------------------------------------------


def fold(data: bytes, width: int) -> bytes:
    """Each number against the one before it, then first bytes, second bytes …: zeros in rows."""
    whole = int.from_bytes(data, "little")
    mixed = (whole ^ (whole << (8 * width))).to_bytes(len(data) + width, "little")
    size = len(data)
    return b"".join([mixed[place:size:width] for place in range(width)])


def unfold(data: bytes, width: int) -> bytes:
    """Undo `fold`; raises `ValueError` for a number that is cut."""
    size = len(data)
    if size % width:
        raise ValueError("a number is cut")
    count = size // width
    mixed = bytearray(size)
    for place in range(width):
        mixed[place::width] = data[place * count : (place + 1) * count]
    whole = int.from_bytes(mixed, "little")
    bits, shift = 8 * size, 8 * width
    mask = (1 << bits) - 1
    while shift < bits:
        whole = (whole ^ (whole << shift)) & mask
        shift *= 2
    return whole.to_bytes(size, "little")


def _bytes(numbers: "array[float]") -> bytes:
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()
