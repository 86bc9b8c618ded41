"""What the devices behind a broker published, as readings, and as the points of the map."""

from opsconsole.clean import Clean, clean
from opsconsole.fieldmap.message import (
    Answer,
    Heard,
    read_point,
    read_presence,
    unpacked,
    value,
    written,
)
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.reading import Reading
from opsconsole.spec import Probe

LONGEST_S = 1e10
"""An age beyond it is none."""

_MAP = "the map of the target"
_WIRE = "MQTT, the newest message on the topic"


def read_points(payload: bytes) -> Answer:
    """What is known of all points; raises `Malformed`."""
    (part,) = parted(payload, 1)
    return unpacked(part)


def readings(payload: bytes) -> list[Reading]:
    """Each point of the map as a reading, and whether each device is there."""
    answer = read_points(payload)
    return [
        *(read_presence(one) for one in answer.seen),
        *(read_point(one, f"map {answer.map}") for one in answer.heard),
    ]


def point_rows(answer: Answer, _before: Answer | None) -> list[Row]:
    """One row per point."""
    return [_row(one, answer.map) for one in answer.heard]


def _row(heard: Heard, name: str) -> Row:
    point = heard.point
    found = read_point(heard, name)
    low, high = point.clamp if point.takes == "setpoint" else (None, None)
    return (
        clean(heard.key),
        clean(point.name or heard.key),
        Clean(heard.state),
        value(heard) if not point.of_state else None,
        clean(point.shown_unit),
        found.word if heard.state == "live" else Clean(""),
        float(round(heard.age)) if 0 <= heard.age <= LONGEST_S else None,
        clean(written(heard.raw)),
        heard.retained,
        clean(point.topic),
        clean(point.path),
        Clean(point.takes),
        low,
        high,
        clean(point.write.topic if point.write else ""),
        clean(heard.error),
    )


POINT = Probe(
    "mqtt.point",
    "Points",
    "topics",
    (
        Column("point", "POINT", Quantity.TEXT, f"{_MAP}: [point.NAME]"),
        Column("name", "NAME", Quantity.TEXT, f"{_MAP}: name"),
        Column(
            "state", "STATE", Quantity.STATE,
            "live; waiting for a first message; stale, offline, malformed or refused, with why",
        ),
        Column("value", "VALUE", Quantity.NUMBER, f"{_WIRE}, in UNIT", history=True),
        Column("unit", "UNIT", Quantity.TEXT, "unit of VALUE"),
        Column("word", "SAYS", Quantity.TEXT, f"{_MAP}: enum", tallied=True),
        Column("age", "AGE", Quantity.SECONDS, "since the message, or since the time in it"),
        Column("raw", "RAW", Quantity.TEXT, f"{_WIRE}: what stands there"),
        Column(
            "retained", "KEPT", Quantity.FLAG,
            "the broker had it before we asked: AGE counts from then, unless the map has `at`",
        ),
        Column("topic", "TOPIC", Quantity.TEXT, f"{_MAP}: topic"),
        Column("path", "PATH", Quantity.TEXT, f"{_MAP}: path in a JSON message"),
        Column("takes", "TAKES", Quantity.TEXT, f"{_MAP}: write; a setpoint or a switch"),
        Column("low", "LOW", Quantity.NUMBER, f"{_MAP}: write.low, the least that is published"),
        Column("high", "HIGH", Quantity.NUMBER, f"{_MAP}: write.high, the most"),
        Column("command", "COMMAND", Quantity.TEXT, f"{_MAP}: write.topic"),
        Column("error", "ERROR", Quantity.TEXT, "why it is not live"),
    ),
    ("point",),
    read_points,
    point_rows,
    named=("point",),
)  # fmt: skip
