"""A chunk's summary: mean, lowest and highest of each number of each row; kept for long."""

import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from opsconsole.model import Row, Value
from opsconsole.recorder.stretch import Course

MOST_ROWS = 64
"""Rows that are summed up; the rest of a longer table is a crowd that comes and goes."""

LARGEST = 1 << 24

_encode = msgspec.msgpack.Encoder().encode


class Track(NamedTuple):
    """The cells of one row in each column."""

    key: Row
    cells: int


class _Summary(msgspec.Struct, array_like=True):
    columns: list[str]
    keys: list[list[Any]]  # Any: a Value
    counts: list[int]
    numbers: bytes
    """Three of four bytes for each column of each key: mean, lowest, highest."""


_decode = msgspec.msgpack.Decoder(_Summary).decode


def summarise(tracks: Sequence[Track], numbers: Mapping[str, Sequence[float]]) -> bytes:
    """Sum up columns, each of which holds the cells of all tracks; empty when there are none."""
    if not numbers or not tracks or len(tracks) > MOST_ROWS:
        return b""
    found = array("f")
    for column in numbers.values():
        start = 0
        for track in tracks:
            cells = column[start : start + track.cells] if len(tracks) > 1 else column
            start += track.cells
            found.extend((sum(cells) / len(cells), min(cells), max(cells)))
    summary = _Summary(
        list(numbers),
        [list(track.key) for track in tracks],
        [t.cells for t in tracks],
        found.tobytes(),
    )
    return zlib.compress(_encode(summary), 1)


class Extent(NamedTuple):
    """Mean, lowest and highest of a column of one row, and of how many cells."""

    mean: float
    low: float
    high: float
    cells: int


def extent(body: bytes, key: Row, column: str) -> Extent | None:
    """What a summary says of a column; None when that is not in it, or it is none."""
    try:
        summary = _decode(zlib.decompressobj().decompress(body, LARGEST))
    except (zlib.error, msgspec.MsgspecError, RecursionError):
        return None
    numbers = array("f")
    if len(summary.numbers) != 12 * len(summary.columns) * len(summary.keys):
        return None
    numbers.frombytes(summary.numbers)
    wanted: list[Value] = list(key)
    if column not in summary.columns or wanted not in summary.keys:
        return None
    row = summary.keys.index(wanted)
    at = 3 * (summary.columns.index(column) * len(summary.keys) + row)
    count = summary.counts[row] if row < len(summary.counts) else 1
    return Extent(numbers[at], numbers[at + 1], numbers[at + 2], count)


def course_of_summaries(
    summaries: Iterable[tuple[float, float, bytes]], key: Row, column: str
) -> Course:
    """What summaries say of a column of a row."""
    known = [
        ((begin + end) / 2, *found)
        for begin, end, body in summaries
        if (found := extent(body, key, column)) is not None
    ]
    known.sort()
    if not known:
        return Course((), (), (), (), ())
    times, means, lows, highs, weights = zip(*known, strict=True)
    return Course(times, means, lows, highs, weights)
