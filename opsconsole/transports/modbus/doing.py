"""Calls to a device: a point is read, or written within the clamp, steps and pauses of its map."""

from collections.abc import Callable, Mapping

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Gone, Lost, Malformed, Refused, TargetError
from opsconsole.fieldmap.register import Heard, Point, decoded, encoded
from opsconsole.fieldmap.register import value as number
from opsconsole.transports.modbus.wire import Refused as Exceptional
from opsconsole.transports.modbus.wire import Silent, Wire
from opsconsole.transports.pacing import Writings, wanted


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
            value = _wanted(target, key, point, said)
            return await _write(target, wire, point, writings, key, value, heard)
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
    value = wanted(target, key, said, point.clamp, point.shown_unit)
    if point.bits and value not in {0.0, 1.0}:
        raise Refused(f"{target}: {key}: {value:g} is outside of 0 to 1, and neither", "clamp")
    return value


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
        "value": number(found),
        "raw": raw,
        "unit": point.shown_unit,
        "source": point.source,
        "resolution": abs((point.value(1) or 0.0) - (point.value(0) or 0.0)),
        "takes": point.takes,
        "low": low,
        "high": high,
        "step": point.write.step if point.write else None,
        "pause_s": writings.pause(target, key, point.write),
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
    value: float,
    heard: Callable[[bytes], None],
) -> int:
    try:
        assert point.write is not None
        was = number(await _heard(target, wire, key, point))
        writings.paced(target, key, point.write, value, was)
        await _sent(target, wire, point, encoded(point, value))
    except Exceptional as error:
        heard(str(error).encode())
        return error.code
    if was is not None:
        writings.note(target, key, was)
    return 0


async def _sent(target: str, wire: Wire, point: Point, words: tuple[int, ...]) -> None:
    """Write once; what may have been done is `Lost`."""
    await wire.connect()  # what fails until here was not sent
    try:
        await wire.write(point.code, point.unit_id, point.address, words)
    except Silent:
        raise Lost(f"{target}: no answer: whether it was written is not known") from None
    except TargetError as error:
        raise Lost(f"{error}: whether it was written is not known") from None
