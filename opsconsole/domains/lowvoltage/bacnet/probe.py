"""What a BACnet device answers, as readings, and as its objects."""

from opsconsole.clean import Clean, clean
from opsconsole.fieldmap.object import (
    BINARY,
    EVENTS,
    STATES,
    Answer,
    Heard,
    failed,
    meaning,
    read_object,
    told_slots,
    unpacked,
    value,
)
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import parted
from opsconsole.reading import Reading
from opsconsole.spec import Probe

_MAP = "the map of the target"
_WIRE = "BACnet"
_FLAGS = ("in alarm", "fault", "overridden", "out of service")


def read_objects(payload: bytes) -> Answer:
    """The answer of one device; raises `Malformed`."""
    (part,) = parted(payload, 1)
    return unpacked(part)


def readings(payload: bytes) -> list[Reading]:
    """Each object as a reading."""
    answer = read_objects(payload)
    return [read_object(one, f"map {answer.map}") for one in answer.heard]


def object_rows(answer: Answer, _before: Answer | None) -> list[Row]:
    """One row per object."""
    return [_row(one, answer.map) for one in answer.heard]


def _state(heard: Heard) -> str:
    if heard.error:
        return "refused"
    if failed(heard):
        return "out of service" if heard.flag(3) and not heard.flag(1) else "fault"
    return "alarm" if heard.flag(0) or heard.event else "ok"


def _row(heard: Heard, name: str) -> Row:
    known, write = meaning(heard), heard.point.write if heard.point else None
    takes = "" if write is None else "switch" if heard.kind in BINARY else "setpoint"
    low, high = (heard.point.clamp if heard.point and write else None) or (None, None)
    event = EVENTS[heard.event] if 0 <= heard.event < len(EVENTS) else f"event {heard.event}"
    return (
        clean(heard.key),
        clean(known.name or heard.name or heard.key),
        Clean(_state(heard)),
        value(heard) if heard.kind not in BINARY | STATES else None,
        clean(known.shown_unit),
        read_object(heard, name).word,
        Clean(", ".join(word for at, word in enumerate(_FLAGS) if heard.flag(at))),
        clean(event),
        clean(heard.about),
        clean(heard.object),
        Clean(takes),
        low,
        high,
        write.priority if write else None,
        clean(told_slots(heard)),
        clean(heard.error or failed(heard)),
    )


def device_rows(answer: Answer, _before: Answer | None) -> list[Row]:
    """The device itself."""
    return [(clean(answer.device), len(answer.heard), answer.left_off, answer.requests)]


DEVICE = Probe(
    "bacnet.device",
    "Device",
    "objects",
    (
        Column("device", "DEVICE", Quantity.TEXT, f"{_WIRE} objectName, vendorName, modelName"),
        Column("objects", "OBJECTS", Quantity.COUNT, f"{_WIRE} objectList: those that are read"),
        Column("left_off", "LEFT OFF", Quantity.COUNT, f"{_WIRE} objectList: beyond the first 1000",
               Limits(1, 1e9, "any")),
        Column("requests", "REQUESTS", Quantity.COUNT, "what this answer took", history=True),
    ),
    (),
    read_objects,
    device_rows,
)  # fmt: skip


POINT = Probe(
    "bacnet.point",
    "Objects",
    "objects",
    (
        Column("point", "POINT", Quantity.TEXT, f"{_MAP}: [point.NAME]; else type and instance"),
        Column("name", "NAME", Quantity.TEXT, f"{_MAP}: name; else {_WIRE} objectName"),
        Column("state", "STATE", Quantity.STATE,
               f"{_WIRE} statusFlags, eventState, reliability: ok, alarm, fault, out of service, "
               "or refused"),
        Column("value", "VALUE", Quantity.NUMBER, f"{_WIRE} presentValue, in UNIT", history=True),
        Column("unit", "UNIT", Quantity.TEXT, "unit of VALUE"),
        Column("word", "SAYS", Quantity.TEXT, f"{_WIRE} stateText, activeText, inactiveText",
               tallied=True),
        Column("flags", "FLAGS", Quantity.TEXT, f"{_WIRE} statusFlags"),
        Column("event", "EVENT", Quantity.TEXT, f"{_WIRE} eventState"),
        Column("about", "ABOUT", Quantity.TEXT, f"{_WIRE} description"),
        Column("object", "OBJECT", Quantity.TEXT, f"{_WIRE} objectIdentifier"),
        Column("takes", "TAKES", Quantity.TEXT, f"{_MAP}: write; a setpoint or a switch"),
        Column("low", "LOW", Quantity.NUMBER, f"{_MAP}: write.low, the least that is written"),
        Column("high", "HIGH", Quantity.NUMBER, f"{_MAP}: write.high, the most"),
        Column("priority", "PRIORITY", Quantity.COUNT, f"{_MAP}: write.priority"),
        Column("commands", "COMMANDED", Quantity.TEXT,
               f"{_WIRE} priorityArray of what the map lets be written: priority and value"),
        Column("error", "ERROR", Quantity.TEXT, f"{_WIRE} reliability, or why it is refused"),
    ),
    ("point",),
    read_objects,
    object_rows,
    named=("point",),
)  # fmt: skip
