"""Objects of a BACnet device: what a map says of some, what they answer, and what that means."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Malformed
from opsconsole.fieldmap.clamp import Clamp
from opsconsole.fieldmap.loading import load
from opsconsole.fieldmap.meaning import Meaning, physical_of, reading
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import Physical, Reading, Span
from opsconsole.table import read, rows

TYPES: Mapping[int, str] = {
    0: "analog-input", 1: "analog-output", 2: "analog-value", 3: "binary-input",
    4: "binary-output", 5: "binary-value", 13: "multi-state-input", 14: "multi-state-output",
    19: "multi-state-value", 23: "accumulator", 45: "integer-value", 46: "large-analog-value",
    48: "positive-integer-value",
}  # fmt: skip
"""Types of objects that have a present value of their own, by their number; others are left out."""

BINARY, STATES = frozenset({3, 4, 5}), frozenset({13, 14, 19})
WHOLE = frozenset({23, 45, 48})
COMMANDED = frozenset({1, 2, 4, 5, 14, 19, 45, 46, 48})
"""Types that can have priorities."""

NUMBERS = {name: number for number, name in TYPES.items()}

_SYMBOLS: Mapping[int, str] = {
    2: "mA", 3: "A", 5: "V", 6: "kV", 8: "VA", 9: "kVA", 10: "MVA", 18: "Wh", 19: "kWh", 27: "Hz",
    29: "%RH", 47: "W", 48: "kW", 49: "MW", 53: "Pa", 54: "kPa", 55: "bar", 56: "psi", 62: "°C",
    63: "K", 64: "°F", 71: "h", 72: "min", 73: "s", 84: "cfm", 85: "m3/s", 87: "L/s", 88: "L/min",
    89: "gpm", 95: "", 96: "ppm", 98: "%", 104: "rpm", 124: "mV", 129: "kHz", 133: "hPa",
    134: "mbar", 135: "m3/h", 146: "MWh",
}  # fmt: skip
"""BACnetEngineeringUnits by their number; others are told by it."""

_LIKELY = {"°C": Physical.TEMPERATURE, "°F": Physical.TEMPERATURE, "K": Physical.TEMPERATURE,
           "%": Physical.PERCENT}  # fmt: skip
"""What is meant by a unit of several: a device does not say more."""

EVENTS = ("normal", "fault", "off normal", "high limit", "low limit", "life safety alarm")
"""BACnetEventState."""

_BAD = {1: Level.WARN, 2: Level.CRIT, 3: Level.WARN, 4: Level.WARN, 5: Level.CRIT}

_FAULTS: Mapping[int, str] = {
    1: "no sensor", 2: "over range", 3: "under range", 4: "open loop", 5: "shorted loop",
    6: "no output", 8: "process error", 9: "multi-state fault", 10: "configuration error",
    12: "communication failure", 14: "monitored object fault",
}  # fmt: skip
"""BACnetReliability."""

HINTS = {
    "object": f'"analog-value,3": a type and its instance; types: {", ".join(TYPES.values())}',
    "physical": ", ".join(f'"{one.value}"' for one in Physical),
    "place": '"inlet", "outlet", "room", "inside"',
    "enum": '{ 0 = "off", 1 = "on" }; of a multi-state its states from 1',
    "write": "{ low = 18, high = 27, step = 2, pause_s = 60, priority = 8 }",
    "write.priority": "3 to 16 but 6; 8 is a manual operator, 16 the lowest",
}
"""What a key of a map may be, by its name."""

_NAMED = re.compile(r"([a-z-]+),(\d{1,7})")

LAST = 4_194_302


class Write(Clamp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an object may be commanded, in the unit that is shown."""

    priority: int = 8


class Point(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a map says of one object; what it does not say, the device does."""

    object: str
    write: Write | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for what is no object, or cannot be commanded so."""
        super().__post_init__()
        match = _NAMED.fullmatch(self.object)
        if match is None or match[1] not in NUMBERS or int(match[2]) > LAST:
            raise ValueError(f"object {clean(self.object, 40)!r}; allowed: {HINTS['object']}")
        if self.write is None:
            return
        if self.kind not in COMMANDED or self.kind in STATES:
            raise ValueError(f"write: a {match[1]} is only read")
        if self.write.priority not in _PRIORITIES:
            raise ValueError(f"write.priority; allowed: {HINTS['write.priority']}")
        self.write.check(self.clamp)

    @property
    def kind(self) -> int:
        """Its type, by its number."""
        return NUMBERS[self.object.partition(",")[0]]

    @property
    def instance(self) -> int:
        """Its number among those of its type."""
        return int(self.object.partition(",")[2])

    @property
    def clamp(self) -> tuple[float, float] | None:
        """Where a value that is written may be."""
        if self.kind in BINARY:
            return 0.0, 1.0
        return self.write.ends(self.physical) if self.write else None


_PRIORITIES = frozenset(range(3, 17)) - {6}


def load_points(path: str, target: str) -> dict[str, Point]:
    """Points of a map file; raises `Unsupported` with all that is wrong in it."""
    return load(path, target, {"point": Point}, HINTS, _twice)["point"]


def _twice(found: dict[str, dict[str, Point]]) -> list[str]:
    seen: dict[str, str] = {}
    wrong: list[str] = []
    for key, one in found["point"].items():
        if one.object in seen:
            wrong.append(f"point {clean(key, 60)}: {one.object} is {clean(seen[one.object], 60)}")
        seen[one.object] = key
    return wrong


Raw = float | str | None


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """What came of one object."""

    kind: int
    instance: int
    key: str
    """Its point in the map; else as `object`."""
    point: Point | None
    value: Raw = None
    name: str = ""
    about: str = ""
    units: int = 95
    texts: tuple[str, ...] = ()
    """Words of its states: inactive and active, or from the first state on."""
    flags: tuple[bool, ...] = ()
    """In alarm, fault, overridden, out of service."""
    event: int = 0
    reliability: int = 0
    limits: tuple[float | None, float | None] = (None, None)
    """Low and high, where the device itself watches them."""
    slots: tuple[Raw, ...] = ()
    """What each priority commands, from 1 on; empty unless it was asked for."""
    rest: Raw = None
    """What it is without a command."""
    error: str = ""

    @property
    def object(self) -> str:
        """`analog-value,3`"""
        return f"{TYPES.get(self.kind, str(self.kind))},{self.instance}"

    def flag(self, number: int) -> bool:
        """One of its flags."""
        return len(self.flags) > number and self.flags[number]


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What came of one device."""

    map: str
    """Name of the map file; empty without one."""
    device: str
    """As it calls itself, with its maker."""
    heard: list[Heard]
    left_off: int
    """Objects that were not read, because there are too many."""
    requests: int


def packed(answer: Answer) -> Part:
    """An answer as a part of a payload."""
    return rows([answer])


def unpacked(part: Part) -> Answer:
    """Take it out again; raises `Malformed`."""
    found = read(part, Answer)
    if len(found) != 1:
        raise Malformed("an answer of another shape")
    return found[0]


def meaning(heard: Heard) -> Meaning:
    """What its value means: as the map says, else as the device does."""
    point = heard.point
    if point is not None and (point.unit or point.physical is not Physical.OTHER):
        return msgspec.structs.replace(point, name=point.name or heard.name)
    symbol = _SYMBOLS.get(heard.units, f"unit {heard.units}")
    known = physical_of(symbol)
    physical = _LIKELY.get(symbol) or (known[0] if known else Physical.OTHER)
    if heard.kind in BINARY | STATES:
        physical, symbol = Physical.STATE, ""
    if point is None:
        return Meaning(name=heard.name, physical=physical, unit=symbol)
    said = {"name": point.name or heard.name, "physical": physical, "unit": symbol}
    return msgspec.structs.replace(point, **said)


def value(heard: Heard) -> float | None:
    """Its number in the unit that is shown; None when it has none, or a sensor that failed."""
    known = meaning(heard)
    if heard.error or not isinstance(heard.value, int | float) or failed(heard):
        return None
    if not math.isfinite(heard.value) or known.lacks(heard.value):
        return None
    return known.value(heard.value)


def failed(heard: Heard) -> str:
    """Why its value is not to be believed; empty when it is."""
    if heard.flag(1) or heard.reliability:
        return f"fault: {_FAULTS.get(heard.reliability, f'reliability {heard.reliability}')}"
    return "out of service" if heard.flag(3) else ""


def word(heard: Heard) -> str:
    """What a state is called, by the device."""
    if not isinstance(heard.value, int | float) or not math.isfinite(heard.value):
        return ""
    at = int(heard.value) - (1 if heard.kind in STATES else 0)
    if 0 <= at < len(heard.texts) and heard.texts[at]:
        return heard.texts[at]
    if heard.kind in BINARY:
        return "active" if heard.value else "inactive"
    return f"state {heard.value:g}" if heard.kind in STATES else ""


def read_object(heard: Heard, whose: str) -> Reading:
    """An object as a reading: what the device itself thinks of it goes before limits."""
    known = meaning(heard)
    why = heard.error or failed(heard)
    said: tuple[str, Level] | None = (why, Level.UNKNOWN) if why else None
    raw = heard.value
    if isinstance(raw, float) and not math.isfinite(raw):
        raw = None
    found = reading(heard.key, known, None if why else raw, heard.object, whose, said)
    if why:
        return found
    judged, text = found.judged, str(found.word)
    if heard.kind in BINARY | STATES and not known.enum:
        text, judged = word(heard), Level.OK
    if heard.flag(0) or heard.event:
        event = EVENTS[heard.event] if 0 <= heard.event < len(EVENTS) else f"event {heard.event}"
        judged, text = _BAD.get(heard.event, Level.CRIT), f"{text} alarm: {event}".strip()
    text += " (overridden)" if heard.flag(2) else ""
    span = found.span
    low, high = heard.limits
    if span == Span() and (low is not None or high is not None):
        span = Span(None, _shown(known, low), _shown(known, high), None, "device")
    return replace(found, word=clean(text), judged=judged, span=span)


def _shown(known: Meaning, limit: float | None) -> float | None:
    return None if limit is None else known.value(limit)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who commands an object."""

    priority: int
    """0 where nobody does."""
    value: Raw


def holder(heard: Heard) -> Holder:
    """The highest priority that commands it."""
    for number, said in enumerate(heard.slots, 1):
        if said is not None:
            return Holder(number, said)
    return Holder(0, heard.rest)


def told_slots(heard: Heard) -> str:
    """All that command it: `8: 21, 16: 20`."""
    return ", ".join(
        f"{number}: {said:g}" if isinstance(said, int | float) else f"{number}: {said}"
        for number, said in enumerate(heard.slots, 1)
        if said is not None
    )
