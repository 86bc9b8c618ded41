"""What a Modbus device answers, as readings, and as the points of its map."""

from opsconsole.clean import Clean, clean
from opsconsole.fieldmap.register import Answer, Heard, read_point, unpacked, value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.reading import Reading
from opsconsole.spec import Probe

_MAP = "the map of the target"
_WIRE = "Modbus, the answer to the map's point"


def read_points(payload: bytes) -> Answer:
    """The answer of one device; raises `Malformed`."""
    (part,) = parted(payload, 1)
    return unpacked(part)


def readings(payload: bytes) -> list[Reading]:
    """Each point of the map as a reading."""
    answer = read_points(payload)
    return [read_point(one, f"map {answer.map}") for one in answer.heard]


def point_rows(answer: Answer, _before: Answer | None) -> list[Row]:
    """One row per point."""
    return [_row(one, answer.map) for one in answer.heard]


def _row(heard: Heard, name: str) -> Row:
    point = heard.point
    found = read_point(heard, name)
    low, high = point.clamp if point.code else (None, None)
    return (
        clean(heard.key),
        clean(point.name or heard.key),
        Clean("refused" if heard.error else "ok"),
        value(heard) if not point.of_state else None,
        clean(point.shown_unit),
        found.word,
        clean(" ".join(f"{word:04x}" if not point.bits else str(word) for word in heard.words)),
        point.unit_id,
        point.fc,
        point.address,
        Clean(point.type),
        Clean(point.takes),
        low,
        high,
        clean(heard.error),
    )


POINT = Probe(
    "modbus.point",
    "Points",
    "points",
    (
        Column("point", "POINT", Quantity.TEXT, f"{_MAP}: [point.NAME]"),
        Column("name", "NAME", Quantity.TEXT, f"{_MAP}: name"),
        Column("state", "STATE", Quantity.STATE, f"{_WIRE}: ok, or refused with why"),
        Column("value", "VALUE", Quantity.NUMBER, f"{_WIRE}, in UNIT", history=True),
        Column("unit", "UNIT", Quantity.TEXT, "unit of VALUE"),
        Column("word", "SAYS", Quantity.TEXT, f"{_MAP}: enum and alarm bits", tallied=True),
        Column("raw", "RAW", Quantity.TEXT, f"{_WIRE}: registers in hexadecimal, or a bit"),
        Column("unit_id", "UNIT ID", Quantity.COUNT, f"{_MAP}: unit_id"),
        Column("fc", "FC", Quantity.COUNT, f"{_MAP}: fc"),
        Column("address", "ADDRESS", Quantity.COUNT, f"{_MAP}: address, from 0"),
        Column("type", "TYPE", Quantity.TEXT, f"{_MAP}: type"),
        Column("takes", "TAKES", Quantity.TEXT, f"{_MAP}: write; a setpoint or a switch"),
        Column("low", "LOW", Quantity.NUMBER, f"{_MAP}: write.low, the least that is written"),
        Column("high", "HIGH", Quantity.NUMBER, f"{_MAP}: write.high, the most"),
        Column("error", "ERROR", Quantity.TEXT, f"{_WIRE}: the exception of this point"),
    ),
    ("point",),
    read_points,
    point_rows,
    named=("point",),
)
