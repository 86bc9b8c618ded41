"""Calls to a device: a point is read, commanded at its priority within its clamp, or let go."""

from collections.abc import Callable, Mapping

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Gone, Lost, Refused
from opsconsole.fieldmap.object import (
    BINARY,
    Heard,
    Point,
    Write,
    failed,
    holder,
    meaning,
    told_slots,
    value,
    word,
)
from opsconsole.transports.bacnet import codec
from opsconsole.transports.bacnet.codec import Property
from opsconsole.transports.bacnet.device import VALUE, Device
from opsconsole.transports.bacnet.wire import Refused as Said
from opsconsole.transports.bacnet.wire import Silent
from opsconsole.transports.pacing import Writings, wanted

HOW = {45: "integer", 46: "double", 48: "unsigned"} | dict.fromkeys(BINARY, "enumerated")
"""In what an object has its value, by its type; all others in reals."""


async def call(
    target: str,
    device: Device,
    points: Mapping[str, Point],
    writings: Writings,
    argv: tuple[str, ...],
    heard: Callable[[bytes], None],
) -> int:
    """Make a call, as `BacnetTransport` says; raises `Refused` for words that are none."""
    match argv:
        case ("READ", key):
            now = await device.one(key, _point(target, points, key))
            if now.error:
                heard(now.error.encode())
                return 1
            heard(_told(target, now, writings))
            return 0
        case ("WRITE", key, said):
            write = _write(target, key, _point(target, points, key))
            now = await device.one(key, points[key])
            new = _wanted(target, now, write, writings, said)
            status = await _sent(target, device, now, meaning(now).raw(new), heard)
            was = value(now)
            if not status and was is not None:
                writings.note(target, key, was)
            return status
        case ("RELINQUISH", key):
            _write(target, key, _point(target, points, key))
            now = Heard(points[key].kind, points[key].instance, key, points[key])
            return await _sent(target, device, now, None, heard)
        case _:
            said = clean(" ".join(argv[:1]), 40)
            what = f"{target}: {said!r}: READ POINT, WRITE POINT VALUE or RELINQUISH POINT"
            raise Refused(what, "argument")


def _point(target: str, points: Mapping[str, Point], key: str) -> Point:
    if key not in points:
        raise Gone(f"{target}: the map has no point {clean(key, 60)!r}; only those are written")
    return points[key]


def _write(target: str, key: str, point: Point) -> Write:
    if point.write is None:
        raise Refused(f"{target}: the map does not let {key} be written", "argument")
    return point.write


def _wanted(target: str, now: Heard, write: Write, writings: Writings, said: str) -> float:
    """The value to write; raises `Refused` where the map does not allow it."""
    assert now.point is not None
    ends = now.point.clamp or (0.0, 0.0)
    new = wanted(target, now.key, said, ends, meaning(now).shown_unit)
    if now.kind in BINARY and new not in {0.0, 1.0}:
        raise Refused(f"{target}: {now.key}: {new:g} is outside of 0 to 1, and neither", "clamp")
    writings.paced(target, now.key, write, new, value(now))
    return new


async def _sent(
    target: str, device: Device, now: Heard, raw: float | None, heard: Callable[[bytes], None]
) -> int:
    """Write once, at the priority of the map; what may have been done is `Lost`."""
    assert now.point is not None
    assert now.point.write is not None
    asked = Property(now.kind, now.instance, VALUE)
    how = HOW.get(now.kind, "real")
    request = codec.writing(asked, how, raw, now.point.write.priority)
    try:
        await device.wire.ask(codec.WRITE, request, tries=1)
    except Said as error:
        heard(str(error).encode())
        return 1
    except Silent:
        raise Lost(f"{target}: no answer: whether it was written is not known") from None
    return 0


def _told(target: str, now: Heard, writings: Writings) -> bytes:
    assert now.point is not None
    known, write = meaning(now), now.point.write
    low, high = now.point.clamp or (0.0, 0.0)
    takes = "" if write is None else "switch" if now.kind in BINARY else "setpoint"
    by = holder(now)
    slot = now.slots[write.priority - 1] if write and len(now.slots) >= write.priority else None
    at = known.value(slot) if isinstance(slot, int | float) else None
    number = None if failed(now) or not isinstance(now.value, float) else known.value(now.value)
    told = {
        "point": now.key,
        "name": known.name or now.key,
        "value": number,
        "unit": known.shown_unit,
        "source": now.object,
        "resolution": 0.0,
        "takes": takes,
        "low": low,
        "high": high,
        "step": write.step if write else None,
        "pause_s": writings.pause(target, now.key, write),
        "before": writings.before(target, now.key),
        "said": {
            **({"takes": takes, "priority": str(write.priority)} if write else {}),
            **({"commanded": told_slots(now) or "by nobody"} if now.slots else {}),
            **({"says": word(now)} if word(now) else {}),
            **({"state": failed(now)} if failed(now) else {}),
            **({"own command": repr(at)} if at is not None else {}),
            "_holder": str(by.priority),
        },
    }
    return msgspec.json.encode(told)
