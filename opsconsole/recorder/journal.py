"""The journal: what came since the last chunks, in frames that a crash can cut but not spoil."""

import contextlib
import os
import re
import struct
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from opsconsole.alert import Occurrence
from opsconsole.model import Fault, Quantity, Sample
from opsconsole.recorder import alarm
from opsconsole.recorder.alarm import Told
from opsconsole.spec import Probe

NAME = "journal-{:08d}"
_NAMED = re.compile(r"journal-.{8}")

_FRAME = struct.Struct("<4sII")
"""A mark, the bytes of its records, their check sum."""
_MARK = b"opsj"
_RECORD = struct.Struct("<IBId")
"""Bytes of the body, kind, number of the pair in this journal, Unix time."""

PAIR, SAMPLE, OCCURRENCE, ALERTS = range(4)

LARGEST = 1 << 28
"""Bytes of a frame; more is none."""

_encode = msgspec.msgpack.Encoder().encode


class Shape(msgspec.Struct, frozen=True, array_like=True):
    """The columns of a probe as they were when it was recorded."""

    columns: tuple[str, ...]
    key: tuple[str, ...]
    wide: tuple[str, ...] = ()
    """Columns whose numbers need eight bytes."""


class _Pair(msgspec.Struct, array_like=True):
    probe: str
    target: str
    shape: Shape


class Raw(msgspec.Struct, array_like=True):
    """A sample as the journal holds it."""

    at: float
    rows: list[list[Any]] | None  # Any: a Value, which is what it is decoded to
    fault: Fault | None
    period: float


_decode_pair = msgspec.msgpack.Decoder(_Pair).decode
_decode_raw = msgspec.msgpack.Decoder(Raw).decode
_decode_occurrence = msgspec.msgpack.Decoder(Occurrence).decode


def is_named(name: str) -> bool:
    """Whether a file of that name is a journal."""
    return _NAMED.fullmatch(name) is not None


class Places:
    """Unix time, offset and length of samples; in a tenth of the room that tuples take."""

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers = array("d")

    def append(self, place: tuple[float, int, int]) -> None:
        """Add one."""
        self._numbers.extend(place)

    def __len__(self) -> int:
        return len(self._numbers) // 3

    def __iter__(self) -> Iterator[tuple[float, int, int]]:
        numbers = iter(self._numbers)
        for at, offset, length in zip(numbers, numbers, numbers, strict=True):
            yield at, int(offset), int(length)


@dataclass(slots=True)
class Index:
    """What stands where in a journal."""

    pairs: dict[int, tuple[str, str]] = field(default_factory=dict[int, tuple[str, str]])
    shapes: dict[tuple[str, str], Shape] = field(default_factory=dict[tuple[str, str], Shape])
    samples: dict[tuple[str, str], "Places"] = field(
        default_factory=dict[tuple[str, str], "Places"]
    )
    """Where the samples of each pair stand, in order of arrival."""
    occurrences: list[Occurrence] = field(default_factory=list[Occurrence])
    alerts: list[Told] = field(default_factory=list[Told])
    """What was told of them, in order of arrival: all that stood first."""
    end: int = 0
    """Bytes that hold together."""


class JournalWriter:
    """Appends what comes, one write a frame."""

    def __init__(self, path: Path, shapes: Mapping[str, Shape]) -> None:
        """Make the file; raises `OSError`."""
        self.path = path
        self._shapes = shapes
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
        self._descriptor = os.open(path, flags, 0o600)
        self._pairs: dict[tuple[str, str], int] = {}
        self.size = 0

    def write(
        self,
        samples: Sequence[Sample],
        occurrences: Sequence[Occurrence],
        alerts: Sequence[Told] = (),
    ) -> None:
        """Append one frame; what is written half is taken back. Raises `OSError`."""
        known = len(self._pairs)
        body = b"".join([*self._records(samples), *_records_of(occurrences, alerts)])
        if not body:
            return
        frame = _FRAME.pack(_MARK, len(body), zlib.crc32(body)) + body
        try:
            left = memoryview(frame)
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            for pair in list(self._pairs)[known:]:
                del self._pairs[pair]
            os.ftruncate(self._descriptor, self.size)
            raise
        self.size += len(frame)

    def _records(self, samples: Sequence[Sample]) -> Iterator[bytes]:
        pairs, head = self._pairs, _RECORD.pack
        for one in samples:
            pair = (one.probe, one.target)
            number = pairs.get(pair)
            if number is None:
                number = pairs[pair] = len(pairs)
                body = _encode(_Pair(*pair, self._shapes.get(one.probe, Shape((), ()))))
                yield head(len(body), PAIR, number, 0.0)
                yield body
            body = _encode((one.at, one.rows, one.fault, one.period))
            yield head(len(body), SAMPLE, number, one.at)
            yield body

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def _records_of(occurrences: Sequence[Occurrence], alerts: Sequence[Told]) -> Iterator[bytes]:
    for kind, all_ in ((OCCURRENCE, occurrences), (ALERTS, alerts)):
        for told in all_:
            body = _encode(told)
            yield _RECORD.pack(len(body), kind, 0, told.at)
            yield body


class JournalReader:
    """Reads a journal, also one that is still being written.

    Holds where things stand, and one frame at a time: a journal is as large as all the rest of a
    collector. The file stays open until `close`, or until nobody holds the reader any more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.index = Index()
        self._descriptor = -1
        self._size = 0
        self._shapes: dict[Shape, Shape] = {}

    def read(self) -> "JournalReader":
        """Take in what is new; raises `OSError`. What does not hold together is left."""
        self._size = self.path.stat().st_size  # of who is there no more, its reader is told
        if self._descriptor < 0:
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        # A half that was taken back is written anew: it is read again.
        while frame := self._frame(self.index.end):
            start = self.index.end + _FRAME.size
            self._take(frame, start)
            self.index.end = start + len(frame)
        return self

    def _frame(self, at: int) -> bytes:
        """The records of a frame; nothing when there is none that holds together."""
        head = self.body(at, _FRAME.size)
        if len(head) < _FRAME.size:
            return b""
        mark, length, check = _FRAME.unpack(head)
        start = at + _FRAME.size
        if mark != _MARK or length > LARGEST or start + length > self._size:
            return b""
        frame = self.body(start, length)
        return frame if len(frame) == length and zlib.crc32(frame) == check else b""

    @property
    def torn(self) -> int:
        """Bytes at the end of the file that do not hold together."""
        return max(0, self.path.stat().st_size - self.index.end)

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        self.close()

    def _take(self, frame: bytes, start: int) -> None:
        """Note what stands in a frame, whose records begin at byte `start` of the file."""
        index, at, end = self.index, 0, len(frame)
        samples, unpack, size = index.samples, _RECORD.unpack_from, _RECORD.size
        while at + size <= end:
            length, kind, number, moment = unpack(frame, at)
            at += size
            if at + length > end:
                return
            if kind == SAMPLE and number in index.pairs:
                samples[index.pairs[number]].append((moment, start + at, length))
            elif kind != SAMPLE:
                with contextlib.suppress(msgspec.MsgspecError):
                    self._note(kind, number, frame[at : at + length])
            at += length

    def _note(self, kind: int, number: int, body: bytes) -> None:
        index = self.index
        if kind == PAIR:
            pair = _decode_pair(body)
            name = (pair.probe, pair.target)
            index.pairs[number] = name
            # A few shapes for thousands of pairs: one object for all that are the same.
            index.shapes[name] = self._shapes.setdefault(pair.shape, pair.shape)
            index.samples.setdefault(name, Places())
        elif kind == OCCURRENCE:
            index.occurrences.append(_decode_occurrence(body))
        elif kind == ALERTS:
            index.alerts.append(alarm.decode(body))

    def body(self, at: int, length: int) -> bytes:
        """Some bytes of the file; raises `OSError`."""
        return os.pread(self._descriptor, length, at)

    def raw(self, at: int, length: int) -> Raw | None:
        """One sample; None when it is none. Raises `OSError`."""
        try:
            return _decode_raw(self.body(at, length))
        except (msgspec.MsgspecError, RecursionError):
            return None


WIDE = (Quantity.TIME, Quantity.SINCE)
"""Quantities whose numbers do not fit in four bytes: a moment would be off by minutes."""


def shapes_of(probes: Mapping[str, Probe[Any]]) -> dict[str, Shape]:
    """The shapes of probes."""
    return {
        probe.id: Shape(
            tuple(column.key for column in probe.columns),
            probe.key,
            tuple(column.key for column in probe.columns if column.quantity in WIDE),
        )
        for probe in probes.values()
    }
