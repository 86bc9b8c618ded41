"""A chunk: some minutes of one pair's samples, column by column, compressed; and its summary."""

import struct
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, groupby, islice, repeat
from operator import itemgetter, sub
from typing import Any

import msgspec

from opsconsole.model import Fault, Row, Sample, Value
from opsconsole.recorder.column import Packed, harmless, harmless_row, pack, unpack
from opsconsole.recorder.journal import Raw, Shape
from opsconsole.recorder.summary import Track, summarise

SPAN = 600.0
"""Seconds that a chunk spans at most, until it is merged with others."""

STREAM = 1 << 16
"""Bytes after which another stream begins, so that one column of a large table is read alone."""

LARGEST = 1 << 28
"""Bytes of a stream; more is no chunk of ours."""

MOST_CELLS = 1 << 26
"""Cells of all columns of a chunk."""

MOST_SAMPLES = 1 << 20

LEVEL = 1

_FRONT = struct.Struct("<II")
"""Check sum of all that follows, bytes of the head."""

_encode = msgspec.msgpack.Encoder().encode


class Form(msgspec.Struct, array_like=True):
    """What a sample was, apart from its cells: which rows in which order, or why there are none."""

    slots: list[int] | None = None
    fault: Fault | None = None
    odd: list[list[Any]] | None = None  # Any: cells of rows that do not fit the columns


class _Head(msgspec.Struct, array_like=True):
    count: int
    began: int
    """Unix time of the first sample, microseconds."""
    forms: list[Form]
    runs: list[tuple[int, int]]
    """(number of a form, samples in a row that have it)."""
    periods: Packed
    columns: list[Packed]
    cells: int
    """Cells of a column."""
    streams: list[tuple[int, int]]
    """(bytes, bytes compressed)."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is stored of some minutes of one pair."""

    since: float
    until: float
    samples: int
    points: int
    """Cells that are no part of a key."""
    body: bytes
    summary: bytes
    """Empty when there is nothing to sum up."""


def moment(at: float) -> float:
    """A time as recordings keep it: to the microsecond, never later than it was."""
    return int(at * 1e6) / 1e6


def chunks_of(raws: Sequence[Raw], shape: Shape, span: float = SPAN) -> Iterator[Chunk]:
    """Make chunks of samples, in order of time, each of so many seconds at most."""
    ordered = sorted(raws, key=lambda raw: raw.at)
    start = 0
    for place, raw in enumerate(ordered):
        if raw.at - ordered[start].at > span:
            yield _chunk(ordered[start:place], shape)
            start = place
    if ordered:
        yield _chunk(ordered[start:], shape)


def _chunk(raws: list[Raw], shape: Shape) -> Chunk:
    width = len(shape.columns)
    key = [shape.columns.index(name) for name in shape.key if name in shape.columns]
    forms, tracks = _layout(raws, width, key)
    table = _Table()
    times = [int(raw.at * 1e6) for raw in raws]
    table.add(_steps(times))
    rows = list(chain.from_iterable(tracks))
    wide = {shape.columns.index(name) for name in shape.wide if name in shape.columns}
    numbers: dict[str, Sequence[float]] = {}
    columns: list[Packed] = []
    for place, cells in enumerate(zip(*rows, strict=True)):
        packed, data, found = pack(cells, wide=place in wide, exact=place in key)
        columns.append(packed)
        table.add(data)
        if found is not None and place not in wide and place not in key:
            numbers[shape.columns[place]] = found
    periods = pack([raw.period for raw in raws], exact=True)[0]
    told, runs = _forms(forms)
    streams, body = table.close()
    head = _Head(len(raws), times[0], told, runs, periods, columns, len(rows), streams)
    packed_head = zlib.compress(_encode(head), LEVEL)
    rest = _FRONT.pack(0, len(packed_head))[4:] + packed_head + body
    keys = [tuple(track[0][i] for i in key) for track in tracks]
    return Chunk(
        since=times[0] / 1e6,
        until=times[-1] / 1e6,
        samples=len(raws),
        points=len(rows) * (width - len(key)),
        body=struct.pack("<I", zlib.crc32(rest)) + rest,
        summary=summarise([Track(k, len(t)) for k, t in zip(keys, tracks, strict=True)], numbers),
    )


def _layout(
    raws: list[Raw], width: int, key: Sequence[int]
) -> tuple[list[Form], list[list[list[Any]]]]:
    """The form of each sample, and the rows of each slot: of one object, one after the other."""
    slots: dict[object, int] = {}
    tracks: list[list[list[Any]]] = []
    forms: list[Form] = []
    one = Form([0])
    pick = itemgetter(*key) if key else None
    for raw in raws:
        rows = raw.rows
        if rows is None or raw.fault is not None:
            forms.append(Form(None, raw.fault, rows))
        elif not all(len(row) == width for row in rows) or not width:
            forms.append(Form(None, None, rows))
        elif len(rows) == 1 and pick is None:
            if not tracks:
                slots[(0, None)] = 0
                tracks.append([])
            tracks[0].append(rows[0])
            forms.append(one)
        else:
            forms.append(Form(_slots(rows, pick, slots, tracks)))
    return forms, tracks


def _slots(
    rows: list[list[Any]],
    pick: "itemgetter[Any] | None",
    slots: dict[object, int],
    tracks: list[list[list[Any]]],
) -> list[int]:
    """The slot of each row; rows that say they are the same object are told apart by count."""
    seen: dict[object, int] = {}
    found: list[int] = []
    for row in rows:
        name = pick(row) if pick else None
        again = seen.get(name, 0)
        seen[name] = again + 1
        slot = slots.get((again, name))
        if slot is None:
            slot = slots[(again, name)] = len(tracks)
            tracks.append([])
        tracks[slot].append(row)
        found.append(slot)
    return found


def _forms(forms: list[Form]) -> tuple[list[Form], list[tuple[int, int]]]:
    told: list[Form] = []
    numbers: dict[bytes, int] = {}
    runs: list[tuple[int, int]] = []
    for form, same in groupby(forms):
        name = _encode(form)
        number = numbers.setdefault(name, len(told))
        if number == len(told):
            told.append(form)
        runs.append((number, sum(1 for _ in same)))
    return told, runs


def _steps(times: list[int]) -> bytes:
    """Steps between steps: small numbers where samples come at a pace."""
    steps = array("q", map(sub, times[1:], times))
    seconds = array("q", map(sub, steps[1:], steps))
    data = (steps[:1] + seconds).tobytes()
    return b"".join([data[place::8] for place in range(8)])


def _times(began: int, data: bytes) -> list[float]:
    size = len(data)
    count = size // 8
    whole = bytearray(8 * count)
    for place in range(8):
        whole[place::8] = data[place * count : (place + 1) * count]
    seconds = array("q")
    seconds.frombytes(whole)
    # Microseconds are whole numbers that a float holds exactly, and adds faster.
    micros = accumulate(accumulate(seconds), initial=float(began))
    return [*map(float.__truediv__, micros, repeat(1e6))]


class _Table:
    """Bytes of columns, gathered into streams."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0
        self._streams: list[tuple[int, int]] = []
        self._done: list[bytes] = []

    def add(self, data: bytes) -> None:
        """Bytes that are read together."""
        self._parts.append(data)
        self._size += len(data)
        if self._size > STREAM:
            self._end()

    def _end(self) -> None:
        packed = zlib.compress(b"".join(self._parts), LEVEL)
        self._streams.append((self._size, len(packed)))
        self._done.append(packed)
        self._parts, self._size = [], 0

    def close(self) -> tuple[list[tuple[int, int]], bytes]:
        """All streams: their sizes and bytes."""
        if self._size:
            self._end()
        return self._streams, b"".join(self._done)


_decode_head = msgspec.msgpack.Decoder(_Head).decode


class OpenChunk:
    """A chunk that is read; raises `ValueError` wherever it does not hold together."""

    def __init__(self, body: bytes, shape: Shape, *, whole: bool = True) -> None:
        """`whole` when all columns are wanted; otherwise a stream is read as far as one reaches."""
        if len(body) < _FRONT.size:
            raise ValueError("a chunk is cut")
        check, size = _FRONT.unpack_from(body)
        if zlib.crc32(memoryview(body)[4:]) != check:
            raise ValueError("a chunk does not hold together")
        at = _FRONT.size
        try:
            self._head = head = _decode_head(_inflate(body[at : at + size], LARGEST))
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ValueError(str(error)) from error
        self.shape, width = shape, max(1, len(shape.columns))
        self._body, self._whole = body, whole
        self._start = at + size
        self._streams: dict[int, bytes] = {}
        if not 0 < head.count <= MOST_SAMPLES or not 0 <= head.cells * width <= MOST_CELLS:
            raise ValueError("a chunk of no size")
        known = range(len(head.forms))
        if not all(n > 0 and at in known for at, n in head.runs):
            raise ValueError("a chunk of other samples")
        if head.cells and len(head.columns) != len(shape.columns):
            raise ValueError("a chunk of other columns")
        self._places = self._lay_out([8 * (head.count - 1), *(c.length for c in head.columns)])
        self.times = _times(head.began, self._data(0))
        if len(self.times) != head.count or sum(n for _, n in head.runs) != head.count:
            raise ValueError("a chunk of other samples")

    def _lay_out(self, lengths: list[int]) -> list[tuple[int, int, int]]:
        """Stream, offset and length of each part."""
        if min(lengths) < 0 or max(lengths) > LARGEST:
            raise ValueError("a column of no size")
        if sum(lengths) <= STREAM:
            return [*zip(repeat(0), accumulate(lengths, initial=0), lengths)]
        places: list[tuple[int, int, int]] = []
        stream = offset = 0
        for length in lengths:
            places.append((stream, offset, length))
            offset += length
            if offset > STREAM:
                stream, offset = stream + 1, 0
        return places

    def _data(self, part: int) -> bytes:
        stream, offset, length = self._places[part]
        if not length:
            return b""
        end = offset + length
        if len(self._streams.get(stream, b"")) < end:
            if stream >= len(self._head.streams):
                raise ValueError("a chunk is cut")
            start = self._start + sum(size for _, size in self._head.streams[:stream])
            raw, size = self._head.streams[stream]
            most = raw if self._whole else min(raw, end)
            self._streams[stream] = _inflate(self._body[start : start + size], most)
        return self._streams[stream][offset:end]

    def cells(self, column: int) -> list[Value]:
        """All cells of a column, slot by slot."""
        return unpack(self._head.columns[column], self._data(1 + column), self._head.cells)

    def _starts(self) -> list[int]:
        """Where the cells of each slot begin."""
        counts: list[int] = []
        left = self._head.cells
        for number, times in self._head.runs:
            for slot in self._head.forms[number].slots or ():
                if not 0 <= slot <= len(counts):
                    raise ValueError("a chunk of other rows")
                if slot == len(counts):
                    counts.append(0)
                counts[slot] += times
                left -= times
                if left < 0:
                    raise ValueError("a chunk of other rows")
        if left:
            raise ValueError("a chunk of other rows")
        return [0, *accumulate(counts)]

    def samples(
        self, probe: str, target: str, first: int = 0, last: int | None = None
    ) -> Iterator[Sample]:
        """The samples from number `first` up to `last`, without it."""
        head = self._head
        columns = [self.cells(at) for at in range(len(head.columns))] if head.cells else []
        rows: list[Row] = list(zip(*columns, strict=True))
        periods = unpack(head.periods, b"", head.count)
        at = self._starts()
        forms = chain.from_iterable(repeat(head.forms[form], count) for form, count in head.runs)
        for number, form in enumerate(islice(forms, last)):
            found = self._rows(form, rows, at)
            if number >= first:
                period = periods[number]
                yield Sample(
                    probe,
                    target,
                    self.times[number],
                    found,
                    harmless(form.fault),
                    float(period) if isinstance(period, float | int) else 0.0,
                )

    def _rows(self, form: Form, rows: list[Row], at: list[int]) -> list[Row] | None:
        if form.slots is None:
            return None if form.odd is None else [harmless_row(row) for row in form.odd]
        found: list[Row] = []
        for slot in form.slots:
            found.append(rows[at[slot]])
            at[slot] += 1
        return found

    def course(self, key: Row, column: str) -> tuple[list[float], list[Value]]:
        """Times and cells of one column of one row; both empty when it is not there."""
        shape = self.shape
        if column not in shape.columns or not self._head.cells:
            return [], []
        cells = self.cells(shape.columns.index(column))
        names = [self.cells(shape.columns.index(name)) for name in shape.key]
        starts = self._starts()
        for slot, start in enumerate(starts[:-1]):
            if tuple(name[start] for name in names) == key:
                has = [form.slots is not None and slot in form.slots for form in self._head.forms]
                if all(has):
                    return self.times, cells[start : starts[slot + 1]]
                times: list[float] = []
                place = 0
                for number, count in self._head.runs:
                    if has[number]:
                        times += self.times[place : place + count]
                    place += count
                return times, cells[start : starts[slot + 1]]
        return [], []


def _inflate(data: bytes, most: int) -> bytes:
    """Decompress at most so many bytes; raises `ValueError` when it cannot be done."""
    if not 0 <= most <= LARGEST:
        raise ValueError("a stream of no size")
    try:
        return zlib.decompressobj().decompress(data, max(1, most))
    except zlib.error as error:
        raise ValueError(str(error)) from error
