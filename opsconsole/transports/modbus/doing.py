"""Calls to a device: a point is read, or written within the clamp, steps and pauses of its map."""

import math
import time
from collections.abc import Callable, Mapping

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Gone, Lost, Malformed, Refused, TargetError
from opsconsole.fieldmap.register import Heard, Point, decoded, encoded, value
from opsconsole.transports.modbus.wire import Refused as Exceptional
from opsconsole.transports.modbus.wire import Silent, Wire


class Writings:
    """When points were written last, and what they were before; the pauses are counted by it."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], tuple[float, float]] = {}

    def pause(self, target: str, key: str, point: Point) -> float:
        """Seconds until it may be written again."""
        at, _ = self._last.get((target, key), (-math.inf, 0.0))
        wanted = point.write.pause_s if point.write else 0.0
        return max(0.0, at + wanted - time.monotonic())

    def before(self, target: str, key: str) -> float | None:
        """The value it had before it was written last: going back need not wait."""
        found = self._last.get((target, key))
        return found[1] if found else None

    def note(self, target: str, key: str, was: float) -> None:
        """It is being written."""
        self._last[target, key] = time.monotonic(), was


async def call(
    target: str,
    wire: Wire,
    points: Mapping[str, Point],
    writings: Writings,
    argv: tuple[str, ...],
    heard: Callable[[bytes], None],
) -> int:
    """Make a call, as `ModbusTransport` says; raises `Refused` for words that are none."""
    match argv:
        case ("READ", key):
            return await _read(target, wire, _point(target, points, key), writings, key, heard)
        case ("WRITE", key, said):
            point = _point(target, points, key)
            wanted = _wanted(target, key, point, said)
            return await _write(target, wire, point, writings, key, wanted, heard)
        case _:
            said = clean(" ".join(argv[:1]), 40)
            raise Refused(f"{target}: {said!r}: READ POINT or WRITE POINT VALUE", "argument")


def _point(target: str, points: Mapping[str, Point], key: str) -> Point:
    if key not in points:
        raise Gone(f"{target}: the map has no point {clean(key, 60)!r} any more")
    return points[key]


def _wanted(target: str, key: str, point: Point, said: str) -> float:
    """The value to write; raises `Refused` where the map does not allow it."""
    if point.write is None:
        raise Refused(f"{target}: the map does not let {key} be written", "argument")
    try:
        wanted = float(said)
    except ValueError:
        wanted = math.nan
    low, high = point.clamp
    if not low <= wanted <= high or (point.bits and wanted not in {0.0, 1.0}):
        unit = point.shown_unit
        what = f"{clean(said, 20)} is outside of {low:g} to {high:g} {unit}".strip()
        raise Refused(f"{target}: {key}: {what}", "clamp")
    return wanted


async def _heard(target: str, wire: Wire, key: str, point: Point) -> Heard:
    try:
        words = await wire.read(point.fc, point.unit_id, point.address, point.count)
    except Silent:
        raise Malformed(f"{target}: unit {point.unit_id} does not answer") from None
    return Heard(key, point, words)


async def _read(
    target: str,
    wire: Wire,
    point: Point,
    writings: Writings,
    key: str,
    heard: Callable[[bytes], None],
) -> int:
    try:
        found = await _heard(target, wire, key, point)
    except Exceptional as error:
        heard(str(error).encode())
        return error.code
    raw = decoded(point, found.words)
    low, high = point.clamp
    told = {
        "point": key,
        "name": point.name or key,
        "value": value(found),
        "raw": raw,
        "unit": point.shown_unit,
        "source": point.source,
        "resolution": abs((point.value(1) or 0.0) - (point.value(0) or 0.0)),
        "written_by": point.code,
        "low": low,
        "high": high,
        "step": point.write.step if point.write else None,
        "pause_s": writings.pause(target, key, point),
        "before": writings.before(target, key),
    }
    heard(msgspec.json.encode(told))
    return 0


async def _write(
    target: str,
    wire: Wire,
    point: Point,
    writings: Writings,
    key: str,
    wanted: float,
    heard: Callable[[bytes], None],
) -> int:
    try:
        was = value(await _heard(target, wire, key, point))
        _paced(target, point, writings, key, wanted, was)
        await _sent(target, wire, point, encoded(point, wanted))
    except Exceptional as error:
        heard(str(error).encode())
        return error.code
    if was is not None:
        writings.note(target, key, was)
    return 0


def _paced(
    target: str, point: Point, writings: Writings, key: str, wanted: float, was: float | None
) -> None:
    """Raise `Refused` when that is too far at once, or too soon."""
    back = wanted == writings.before(target, key)
    if (pause := writings.pause(target, key, point)) and not back:
        what = f"{target}: {key} was written just now; its map wants {pause:.0f} s more"
        raise Refused(what, "rate")
    step = point.write.step if point.write else None
    if step is not None and was is not None and abs(wanted - was) > step * 1.000001 and not back:
        raise Refused(f"{target}: {key}: from {was:g} to {wanted:g} is more than {step:g}", "rate")


async def _sent(target: str, wire: Wire, point: Point, words: tuple[int, ...]) -> None:
    """Write once; what may have been done is `Lost`."""
    await wire.connect()  # what fails until here was not sent
    try:
        await wire.write(point.code, point.unit_id, point.address, words)
    except Silent:
        raise Lost(f"{target}: no answer: whether it was written is not known") from None
    except TargetError as error:
        raise Lost(f"{error}: whether it was written is not known") from None
