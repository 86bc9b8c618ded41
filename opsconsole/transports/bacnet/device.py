"""What is read of one device: its list of objects now and then, what they are each time."""

import contextlib
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeGuard

from opsconsole.errors import Malformed
from opsconsole.fieldmap.object import BINARY, STATES, TYPES, Answer, Heard, Point, Raw
from opsconsole.transports.bacnet import codec
from opsconsole.transports.bacnet.codec import DEVICE, Found, Property, Value
from opsconsole.transports.bacnet.wire import Refused, Silent, TooLong, Unknown, Wire

MOST = 1000
"""Objects of a device that are read."""

TOGETHER = 40
"""Properties of one request at first; half of it whenever the answer would be too long."""

SURVEY_S = 900.0
"""Seconds between two looks at which objects there are, and how they are called."""

ITSELF = 4_194_303
"""The instance by which any device means itself."""

IDENTIFIER, LIST, NAME, ABOUT, MAKER, MODEL = 75, 76, 77, 28, 121, 70
VALUE, FLAGS, EVENT, RELIABILITY = 85, 111, 36, 103
UNITS, HIGH, LOW, ENABLED = 117, 45, 59, 52
ACTIVE, INACTIVE, STATE_TEXT = 4, 46, 110
SLOTS, REST = 87, 104

LIVE = (VALUE, FLAGS, EVENT, RELIABILITY)

Thing = tuple[int, int]
Told = Mapping[Property, Found]


class Device:
    """One device, and what is known of it so far."""

    def __init__(self, target: str, wire: Wire, instance: int | None = None) -> None:
        """`instance` is its number, where the estate says it."""
        self.wire = wire
        self._target = target
        self._instance = instance
        self._together = TOGETHER
        self._multiple = True
        """Whether it can be asked for several properties at once."""
        self._surveyed = -SURVEY_S
        self._things: list[Thing] = []
        self._left_off = 0
        self._name = ""
        self._fixed: dict[Property, Found] = {}
        self.begun = False

    async def begin(self) -> None:
        """Hear of it which device it is; raises `Silent`, or a `TargetError`."""
        await self._itself()
        self.begun = True

    async def told(self, name: str, points: Mapping[str, Point]) -> Answer:
        """All objects; `name` is that of the map file."""
        before = self.wire.requests
        if time.monotonic() - self._surveyed >= SURVEY_S:
            await self._survey()
        named = {(one.kind, one.instance): key for key, one in points.items()}
        missing = [thing for thing in named if thing not in self._things]
        things = [*self._things, *missing]
        live = await self.properties(Property(*thing, one) for thing in things for one in LIVE)
        commanded = [(one.kind, one.instance) for one in points.values() if one.write]
        live |= await self.properties(
            Property(*thing, one) for thing in commanded for one in (SLOTS, REST)
        )
        known = self._fixed | live
        all_of = [heard(known, thing, named.get(thing), points) for thing in things]
        return Answer(name, self._name, all_of, self._left_off, self.wire.requests - before)

    async def one(self, key: str, point: Point) -> Heard:
        """One object of the map, with all that commands it."""
        thing = (point.kind, point.instance)
        asked = (*LIVE, *_fixed(point.kind), SLOTS, REST)
        known = await self.properties(Property(*thing, one) for one in asked)
        return heard(known, thing, key, {key: point})

    async def _survey(self) -> None:
        """Which objects there are, and what does not change of them."""
        itself = await self._itself()
        about = [Property(DEVICE, itself, one) for one in (NAME, MAKER, MODEL)]
        found = await self.properties(about)
        self._name = ", ".join(word for one in about if (word := _text(found.get(one))))
        length = Property(DEVICE, itself, LIST, 0)
        count = _number((await self.properties([length]))[length])
        if count is None:
            raise Malformed(f"{self._target}: it does not tell how many objects it has")
        listed = await self.properties(
            Property(DEVICE, itself, LIST, at) for at in range(1, min(int(count), 8 * MOST) + 1)
        )
        things = [one for found in listed.values() for one in found.values if _is_thing(one)]
        kept = [thing for thing in dict.fromkeys(things) if thing[0] in TYPES]
        self._things, self._left_off = kept[:MOST], max(0, len(kept) - MOST)
        self._fixed = await self.properties(
            Property(*thing, one) for thing in self._things for one in _fixed(thing[0])
        )
        self._surveyed = time.monotonic()

    async def _itself(self) -> int:
        """Its instance: as the estate says, else as it calls itself, or answers who is there."""
        own = Property(DEVICE, ITSELF if self._instance is None else self._instance, IDENTIFIER)
        try:
            found = codec.read(await self.wire.ask(codec.READ, codec.reading(own)))
            for one in found.values:
                if _is_thing(one) and one[0] == DEVICE:
                    return one[1]
        except Refused:
            with contextlib.suppress(Silent):
                if self._instance is None:
                    return codec.identity(await self.wire.who_is())
        except codec.WRONG:
            raise Malformed(f"{self._target}: no proper BACnet") from None
        what = f"{self._target}: it does not tell which device it is"
        raise Malformed(what, "write its number: instance = 4711")

    async def properties(self, asked: Iterable[Property]) -> dict[Property, Found]:
        """All of these; one that is refused says why and spoils no other."""
        wanted = list(asked)
        found: dict[Property, Found] = {}
        at = 0
        while at < len(wanted):
            some = wanted[at : at + self._together]
            if self._multiple and len(some) > 1:
                more = await self._some(some)
                if more is None:
                    continue  # in smaller pieces, or one by one from now on
            else:
                more = {one: await self._single(one) for one in some}
            found |= more
            at += len(some)
        return found

    async def _some(self, some: Sequence[Property]) -> dict[Property, Found] | None:
        """Several at once; None where they have to be asked for in another way."""
        try:
            answer = await self.wire.ask(codec.READ_MULTIPLE, codec.reading_all(some))
            found = codec.read_all(answer)
        except TooLong:
            self._together = max(1, min(self._together, len(some)) // 2)
            return None
        except Unknown:
            self._multiple = False
            return None
        except Refused:  # all of them, over one
            return {one: await self._single(one) for one in some}
        except codec.WRONG:
            raise Malformed(f"{self._target}: an answer that cannot be read") from None
        return {one: found.get(one, Found((), "no answer")) for one in some}

    async def _single(self, one: Property) -> Found:
        try:
            return codec.read(await self.wire.ask(codec.READ, codec.reading(one)))
        except Refused as error:
            return Found((), str(error).rpartition(": ")[2])
        except codec.WRONG:
            return Found((), "cannot be read")


def _fixed(kind: int) -> tuple[int, ...]:
    if kind in BINARY:
        return NAME, ABOUT, INACTIVE, ACTIVE
    return (NAME, ABOUT, STATE_TEXT) if kind in STATES else (NAME, ABOUT, UNITS, LOW, HIGH, ENABLED)


def heard(known: Told, thing: Thing, key: str | None, points: Mapping[str, Point]) -> Heard:
    """What came of one object; `key` is its point in the map, if it has one."""

    def of(number: int) -> Found:
        return known.get(Property(*thing, number), Found(()))

    value = of(VALUE)
    texts = (
        tuple(_text(of(one)) for one in (INACTIVE, ACTIVE))
        if thing[0] in BINARY
        else tuple(one if isinstance(one, str) else "" for one in of(STATE_TEXT).values)
    )
    return Heard(
        kind=thing[0],
        instance=thing[1],
        key=key or f"{TYPES[thing[0]]},{thing[1]}",
        point=points.get(key) if key else None,
        value=_raw(value.values[0]) if value.values else None,
        name=_text(of(NAME)),
        about=_text(of(ABOUT)),
        units=_whole(of(UNITS), 95),
        texts=texts,
        flags=_bits(of(FLAGS)),
        event=_whole(of(EVENT)),
        reliability=_whole(of(RELIABILITY)),
        limits=_limits(of(LOW), of(HIGH), of(ENABLED)),
        slots=tuple(_raw(one) for one in of(SLOTS).values[:16]),
        rest=_raw(of(REST).values[0]) if of(REST).values else None,
        error=value.error,
    )


def _limits(low: Found, high: Found, enabled: Found) -> tuple[float | None, float | None]:
    """Where the device itself watches them: its bits say which."""
    bits = _bits(enabled)
    if len(bits) < 2:
        return None, None
    return (_number(low) if bits[0] else None), (_number(high) if bits[1] else None)


def _bits(found: Found) -> tuple[bool, ...]:
    bits = found.values[0] if found.values else ()
    return tuple(bit is True for bit in bits) if isinstance(bits, tuple) else ()


def _raw(one: Value) -> Raw:
    if isinstance(one, bool):
        return float(one)
    return one if isinstance(one, float | str) else None


def _number(found: Found | None) -> float | None:
    one = found.values[0] if found and found.values else None
    return one if isinstance(one, float) and abs(one) < 1e300 else None


def _whole(found: Found, otherwise: int = 0) -> int:
    one = _number(found)
    return otherwise if one is None else int(max(-1, min(one, 65535)))


def _text(found: Found | None) -> str:
    one = found.values[0] if found and found.values else None
    return one if isinstance(one, str) else ""


def _is_thing(one: Value) -> TypeGuard[Thing]:
    return isinstance(one, tuple) and len(one) == 2 and not any(isinstance(x, bool) for x in one)
