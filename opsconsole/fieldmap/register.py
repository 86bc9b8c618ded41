"""Points of a Modbus device: which registers they are, and what is in them."""

import math
import struct
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Malformed
from opsconsole.fieldmap.clamp import Clamp
from opsconsole.fieldmap.loading import load
from opsconsole.fieldmap.meaning import Meaning, reading
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import Physical, Reading
from opsconsole.table import read, rows

Type = Literal["u16", "s16", "u32", "s32", "u64", "s64", "f32", "f64", "bit", "string"]

_FORMS: Mapping[str, str] = {
    "u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "u64": ">Q", "s64": ">q",
    "f32": ">f", "f64": ">d",
}  # fmt: skip

STRING = 60
"""Registers of a text."""

LAST = 65535

HINTS = {
    "unit_id": "0 to 255",
    "fc": "1 coils, 2 discrete inputs, 3 holding registers, 4 input registers",
    "address": "0 to 65535, as it goes over the wire: 40001 of a manual is fc 3, address 0",
    "type": "u16, s16, u32, s32, u64, s64, f32, f64, bit, string",
    "words": '"big" (the high word first) or "little"',
    "length": f"1 to {STRING} registers, of a string",
    "bit": "0 to 15, of a register that is read as type bit",
    "physical": ", ".join(f'"{one.value}"' for one in Physical),
    "place": '"inlet", "outlet", "room", "inside"',
    "alarm_bits": '{ 0 = "leak", 3 = "fan failed" }, bits of one register',
    "warning_bits": '{ 1 = "filter is dirty" }, bits of one register',
    "enum": '{ 0 = "off", 1 = "on" }',
    "write": "{ fc = 5, 6 or 16, low = 18, high = 27, step = 2, pause_s = 60 }",
    "write.fc": "5 of a coil, 6 or 16 of holding registers",
}
"""What a key of a map may be, by its name."""


class Write(Clamp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a point may be written, in the unit that is shown."""

    fc: Literal[0, 5, 6, 16] = 0
    """5 of a coil; 6, or 16 where a value has several registers, unless it is given."""


class Point(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of a device, at one place."""

    unit_id: int = 1
    fc: Literal[1, 2, 3, 4] = 3
    address: int
    type: Type = "u16"
    words: Literal["big", "little"] = "big"
    length: int = 1
    bit: int | None = None
    alarm_bits: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """What a set bit means; each is critical."""
    warning_bits: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    write: Write | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for what cannot be read or written so."""
        super().__post_init__()
        if not 0 <= self.unit_id <= 255:
            raise ValueError(f"unit_id {self.unit_id}; allowed: {HINTS['unit_id']}")
        if not 0 <= self.address <= LAST or self.address + self.count - 1 > LAST:
            raise ValueError(f"address {self.address}; allowed: {HINTS['address']}")
        if not 1 <= self.length <= STRING or (self.length > 1 and self.type != "string"):
            raise ValueError(f"length {self.length}; allowed: {HINTS['length']}")
        if self.bits and self.type != "bit":
            raise ValueError("fc 1 and 2 read single bits: type must be bit")
        if not self.bits and (self.type == "bit") is (self.bit is None):
            raise ValueError(f"bit and type bit go together; bit: {HINTS['bit']}")
        if self.bit is not None and (self.bits or not 0 <= self.bit <= 15):
            raise ValueError(f"bit {self.bit}; allowed: {HINTS['bit']}")
        for key in (*self.alarm_bits, *self.warning_bits):
            if not key.isdecimal() or int(key) >= 16 * self.count or self.type not in _BITTED:
                raise ValueError(f"bit {clean(key, 20)!r} of its alarms is none of {self.type}")
        if self.write is not None:
            _check(self, self.write)

    @property
    def of_state(self) -> bool:
        """Whether it says a word, and no number."""
        return super().of_state or bool(self.alarm_bits or self.warning_bits)

    @property
    def bits(self) -> bool:
        """Whether it is a coil or an input, and no register."""
        return self.fc in {1, 2}

    @property
    def count(self) -> int:
        """Registers, or bits, it takes."""
        if self.type == "string":
            return self.length
        return struct.calcsize(_FORMS[self.type]) // 2 if self.type in _FORMS else 1

    @property
    def code(self) -> int:
        """The function it is written by; 0 for one that is not."""
        if self.write is None:
            return 0
        return self.write.fc or (5 if self.bits else 6 if self.count == 1 else 16)

    @property
    def takes(self) -> str:
        """What can be done to it: `setpoint`, `switch`; nothing."""
        return {0: "", 5: "switch"}.get(self.code, "setpoint")

    @property
    def clamp(self) -> tuple[float, float]:
        """Where a value that is written may be."""
        ends = self.write.ends(self.physical) if self.write else None
        return ends or (0.0, 1.0 if self.bits else 0.0)

    @property
    def source(self) -> str:
        """Where it stands, in words."""
        bit = "" if self.bit is None else f" bit {self.bit}"
        return f"unit {self.unit_id} fc {self.fc} address {self.address}{bit} {self.type}"


_BITTED = frozenset({"u16", "u32", "u64"})


def _check(point: Point, write: Write) -> None:
    """Raises `ValueError` for what cannot be written so."""
    if point.fc in {2, 4}:
        raise ValueError("write: fc 2 and 4 are inputs, which are only read")
    if (point.code == 5) is not point.bits or (point.code == 6 and point.count != 1):
        raise ValueError(f"write.fc {point.code}; allowed: {HINTS['write.fc']}; 6 of one register")
    if point.type in {"string", "bit"} and not point.bits:
        raise ValueError(f"write: a {point.type} in registers is not written from here")
    write.check(point.clamp if point.bits else write.ends(point.physical))
    for end in point.clamp:
        encoded(point, end)


def load_points(path: str, target: str) -> dict[str, Point]:
    """Points of a map file; raises `Unsupported` with all that is wrong in it."""
    return load(path, target, {"point": Point}, HINTS)["point"]


def decoded(point: Point, words: Sequence[int]) -> int | float | str | None:
    """The raw value in its registers (or its bit); None when they hold none."""
    if len(words) < point.count:
        return None
    if point.bits:
        return int(bool(words[0]))
    if point.bit is not None:
        return words[0] >> point.bit & 1
    ordered = words[: point.count] if point.words == "big" else words[point.count - 1 :: -1]
    if point.type == "string":
        raw = struct.pack(f">{len(words)}H", *words)
        return raw.split(b"\0")[0].decode("latin-1").strip()
    (value,) = struct.unpack(_FORMS[point.type], struct.pack(f">{point.count}H", *ordered))
    return value if math.isfinite(value) else None


def encoded(point: Point, value: float) -> tuple[int, ...]:
    """Registers (or the bit) that hold a value; raises `ValueError` when they cannot."""
    if point.bits:
        return (int(value != 0),)
    raw = point.raw(value)
    try:
        packed = struct.pack(_FORMS[point.type], raw if "f" in point.type else round(raw))
    except (struct.error, OverflowError) as error:
        raise ValueError(f"{value:g} does not fit into {point.type}") from error
    words = struct.unpack(f">{point.count}H", packed)
    return words if point.words == "big" else words[::-1]


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """What came of one point."""

    key: str
    point: Point
    words: list[int]
    """Registers, or one bit; empty when there is an error."""
    error: str = ""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What came of one device."""

    map: str
    """Name of the map file."""
    heard: list[Heard]
    requests: int
    """How many were made."""


def packed(answer: Answer) -> Part:
    """An answer as a part of a payload."""
    return rows([answer])


def unpacked(part: Part) -> Answer:
    """Take it out again; raises `Malformed`."""
    found = read(part, Answer)
    if len(found) != 1:
        raise Malformed("an answer of another shape")
    return found[0]


def value(heard: Heard) -> float | None:
    """A point's number in the unit that is shown; None when it has none."""
    raw = None if heard.error else decoded(heard.point, heard.words)
    if raw is None or isinstance(raw, str) or heard.point.lacks(raw):
        return None
    return heard.point.value(raw)


def read_point(heard: Heard, whose: str) -> Reading:
    """A point as a reading; one that is refused says why."""
    point = heard.point
    if heard.error:
        said = (heard.error, Level.UNKNOWN)
        return reading(heard.key, point, None, point.source, whose, said)
    raw = decoded(point, heard.words)
    alarm = alarms(point, raw) if isinstance(raw, int) else None
    return reading(heard.key, point, raw, point.source, whose, alarm)


def alarms(point: Point, raw: int) -> tuple[str, Level] | None:
    """What its bits say, and how bad that is; None when it has no bits of alarms."""
    if not point.alarm_bits and not point.warning_bits:
        return None
    found = [
        (text, level)
        for bits, level in ((point.alarm_bits, Level.CRIT), (point.warning_bits, Level.WARN))
        for bit, text in bits.items()
        if raw >> int(bit) & 1
    ]
    if not found:
        return "no alarm", Level.OK
    return "; ".join(text for text, _ in found), max(level for _, level in found)
