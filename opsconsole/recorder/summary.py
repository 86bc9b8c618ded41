"""A chunk's summary: mean, lowest and highest of each number of each row; kept for long."""

import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from opsconsole.model import Row, Value
from opsconsole.recorder.column import fold, unfold
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


class _Many(msgspec.Struct, array_like=True):
    columns: list[str]
    keys: list[list[Any]]  # Any: as above
    ends: list[tuple[float, float]]
    """Beginning and end of each."""
    counts: list[list[int]]
    """Of how many cells each is, by key."""
    numbers: bytes
    """For each column of each key all means, all lowest, all highest; folded."""


MANY = b"\x01"
"""Begins a body that holds many summaries."""

_DAMAGED = (zlib.error, msgspec.MsgspecError, RecursionError, IndexError, ValueError)

_decode = msgspec.msgpack.Decoder(_Summary).decode
_decode_many = msgspec.msgpack.Decoder(_Many).decode


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


def heading(body: bytes) -> bytes | None:
    """What summaries that can be joined have in common: columns and rows; None when it is none."""
    try:
        summary = _decode(_inflated(body))
    except _DAMAGED:
        return None
    if len(summary.numbers) != 12 * len(summary.columns) * len(summary.keys):
        return None
    if len(summary.counts) != len(summary.keys):
        return None
    return _encode((summary.columns, summary.keys))


def joined(summaries: Sequence[tuple[float, float, bytes]]) -> bytes:
    """One body of many, in order of time, all with one `heading`: number by number."""
    every = [_decode(_inflated(body)) for _, _, body in summaries]
    first, numbers, ordered = every[0], array("f"), array("f")
    for one in every:
        numbers.frombytes(one.numbers)
    width = 3 * len(first.columns) * len(first.keys)
    for place in range(width):
        ordered.extend(numbers[place::width])
    ends = [(begin, end) for begin, end, _ in summaries]
    counts = [one.counts for one in every]
    many = _Many(first.columns, first.keys, ends, counts, fold(ordered.tobytes(), 4))
    return MANY + zlib.compress(_encode(many), 6)


def _inflated(body: bytes) -> bytes:
    return zlib.decompressobj().decompress(body, LARGEST)


class Extent(NamedTuple):
    """Mean, lowest and highest of a column of one row, of how many cells, and when."""

    at: float
    mean: float
    low: float
    high: float
    cells: int


Summarised = tuple[float, float, bytes]
"""Beginning and end of a summary, and its body."""


def extents(summary: Summarised, key: Row, column: str, since: float, until: float) -> list[Extent]:
    """What a summary, or many in one, say of a column; only of those that began in that time."""
    begin, end, body = summary
    try:
        if body[:1] == MANY:
            many = _decode_many(_inflated(body[1:]))
        else:
            one = _decode(_inflated(body))
            if not one.counts and one.keys:
                one.counts = [1] * len(one.keys)
            many = _Many(one.columns, one.keys, [(begin, end)], [one.counts], one.numbers)
        return _extents(many, key, column, since, until, folded=body[:1] == MANY)
    except _DAMAGED:
        return []


def _extents(
    many: _Many, key: Row, column: str, since: float, until: float, *, folded: bool
) -> list[Extent]:
    wanted: list[Value] = list(key)
    if column not in many.columns or wanted not in many.keys:
        return []
    row, count = many.keys.index(wanted), len(many.ends)
    numbers = array("f")
    if len(many.numbers) != 12 * count * len(many.columns) * len(many.keys):
        return []
    numbers.frombytes(unfold(many.numbers, 4) if folded else many.numbers)
    at = 3 * count * (many.columns.index(column) * len(many.keys) + row)
    means, lows, highs = (numbers[at + n * count : at + (n + 1) * count] for n in range(3))
    return [
        Extent((begin + end) / 2, means[n], lows[n], highs[n], many.counts[n][row])
        for n, (begin, end) in enumerate(many.ends)
        if since < begin <= until
    ]


def course_of_summaries(
    summaries: Iterable[Summarised], key: Row, column: str, since: float, until: float
) -> Course:
    """What summaries that began after one moment and up to another say of a column of a row."""
    known = [found for one in summaries for found in extents(one, key, column, since, until)]
    known.sort()
    if not known:
        return Course((), (), (), (), ())
    times, means, lows, highs, weights = zip(*known, strict=True)
    return Course(times, means, lows, highs, weights)
