"""Calls to a device behind a broker: a point is told, or its command published within its clamp."""

from collections.abc import Callable

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Gone, Refused
from opsconsole.fieldmap.message import Heard, value, word_of
from opsconsole.fieldmap.topic import WHOLE, Map, Point, Write
from opsconsole.transports.mqtt.line import Line
from opsconsole.transports.pacing import Writings, wanted

FAILED = 128
"""Reasons of MQTT from here on are refusals."""


async def call(
    target: str,
    line: Line,
    writings: Writings,
    argv: tuple[str, ...],
    heard: Callable[[bytes], None],
) -> int:
    """Make a call, as `MqttTransport` says; raises `Refused` for words that are none."""
    known = await line.known()
    match argv:
        case ("READ", key):
            _point(target, known, key)
            await line.settled(key)
            heard(_told(target, line.judge(known).point(key), writings))
            return 0
        case ("WRITE", key, said):
            point = _point(target, known, key)
            write = point.write
            if write is None:
                raise Refused(f"{target}: the map does not let {key} be written", "argument")
            await line.settled(key)
            now = line.judge(known).point(key)
            body = (
                _word(target, key, write, said)
                if write.words
                else _number(target, now, write, writings, said)
            )
            status, why = await line.wire.publish(write.topic, body.encode(), write.retain)
            was = value(now)
            if status < FAILED and was is not None:
                writings.note(target, key, was)
            heard(f"the broker says: {why}".encode())
            return status if status >= FAILED else 0
        case _:
            said = clean(" ".join(argv[:1]), 40)
            raise Refused(f"{target}: {said!r}: READ POINT or WRITE POINT VALUE", "argument")


def _point(target: str, known: Map, key: str) -> Point:
    if key not in known.points:
        raise Gone(f"{target}: the map has no point {clean(key, 60)!r} any more")
    return known.points[key]


def _word(target: str, key: str, write: Write, said: str) -> str:
    if said not in write.words:
        words = ", ".join(write.words)
        raise Refused(f"{target}: {key}: {clean(said, 20)!r} is none of {words}", "clamp")
    return write.words[said]


def _number(target: str, now: Heard, write: Write, writings: Writings, said: str) -> str:
    """What to publish; raises `Refused` where the map does not allow it."""
    point, was = now.point, value(now)
    new = wanted(target, now.key, said, point.clamp, point.shown_unit)
    if write.step is not None and was is None and new != writings.before(target, now.key):
        what = f"{target}: {now.key}: what it is now is not known, and its map bounds the step"
        raise Refused(what, "rate")
    writings.paced(target, now.key, write, new, was)
    return write.payload.replace(WHOLE, f"{point.raw(new):.9g}")


def _told(target: str, now: Heard, writings: Writings) -> bytes:
    point, write = now.point, now.point.write
    low, high = point.clamp
    switch = point.takes == "switch"
    told = {
        "point": now.key,
        "name": point.name or now.key,
        "value": value(now),
        "unit": point.shown_unit,
        "source": point.source,
        "resolution": write.tolerance / 0.51 if write else 0.0,
        "takes": point.takes,
        "low": low,
        "high": high,
        "step": write.step if write else None,
        "pause_s": writings.pause(target, now.key, write),
        "before": writings.before(target, now.key),
        "said": {
            "told": now.state if not now.error else f"{now.state}: {now.error}",
            **({"published on": write.topic} if write else {}),
            **({"words": ", ".join(write.words), "word": word_of(now)} if write and switch else {}),
            **({"_away": f"{now.error}: nobody would hear it"} if now.state == "offline" else {}),
        },
    }
    return msgspec.json.encode(told)
