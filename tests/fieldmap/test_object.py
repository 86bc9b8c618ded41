"""Objects as readings: units, states, flags and alarms of the device; who commands them."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed
from opsconsole.fieldmap.object import (
    Answer,
    Heard,
    Holder,
    Point,
    failed,
    holder,
    meaning,
    packed,
    read_object,
    told_slots,
    unpacked,
    value,
)
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import Physical


def heard(kind: int = 0, raw: float | str | None = 20.0, **said: Any) -> Heard:
    return Heard(kind, 1, "k", said.pop("point", None), raw, **said)


def point(**said: object) -> Point:
    return msgspec.convert({"object": "analog-input,1", **said}, Point)


@pytest.mark.parametrize(
    ("units", "physical", "unit", "shown"),
    [
        (62, Physical.TEMPERATURE, "°C", 20), (64, Physical.TEMPERATURE, "°C", -6.66666667),
        (29, Physical.HUMIDITY, "%RH", 20), (98, Physical.PERCENT, "%", 20),
        (48, Physical.POWER, "W", 20000), (19, Physical.ENERGY, "kWh", 20),
        (95, Physical.OTHER, "", 20), (96, Physical.OTHER, "ppm", 20),
        (7777, Physical.OTHER, "unit 7777", 20), (-5, Physical.OTHER, "unit -5", 20),
    ],
)  # fmt: skip
def test_a_unit_says_what_is_measured(
    units: int, physical: Physical, unit: str, shown: float
) -> None:
    one = heard(units=units)
    known = meaning(one)
    assert (known.physical, known.shown_unit, value(one)) == (physical, unit, shown)


def test_a_map_goes_before_the_device_where_it_says_something() -> None:
    one = heard(units=62, name="AI1", point=point(physical="humidity", place="room"))
    assert meaning(one).physical is Physical.HUMIDITY
    assert read_object(one, "m").name == "AI1"
    one = heard(units=62, name="AI1", point=point(name="Supply", low_warn=10, high_warn=30))
    found = read_object(one, "m")
    assert (found.name, found.physical, found.span.high_warn) == (
        "Supply", Physical.TEMPERATURE, 30,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "word", "level"),
    [
        ({}, "", Level.OK),
        ({"flags": (True, False, False, False), "event": 3}, "alarm: high limit", Level.WARN),
        ({"flags": (True, False, False, False), "event": 2}, "alarm: off normal", Level.CRIT),
        ({"event": 5}, "alarm: life safety alarm", Level.CRIT),
        ({"event": 99}, "alarm: event 99", Level.CRIT),
        ({"flags": (False, False, True, False)}, "(overridden)", Level.OK),
        ({"flags": (False, True, False, False)}, "fault: reliability 0", Level.UNKNOWN),
        ({"reliability": 5}, "fault: shorted loop", Level.UNKNOWN),
        ({"flags": (False, False, False, True)}, "out of service", Level.UNKNOWN),
        ({"error": "unknown-object"}, "unknown-object", Level.UNKNOWN),
        ({"limits": (10.0, 19.5)}, "", Level.WARN),
        ({"limits": (None, 21.0)}, "", Level.OK),
    ],
)
def test_what_the_device_thinks_of_it(said: dict[str, Any], word: str, level: Level) -> None:
    one = heard(units=62, **said)
    found = read_object(one, "m")
    assert (found.word.strip(), found.level) == (word, level)
    assert (found.value is None) is bool(one.error or failed(one))


@pytest.mark.parametrize(
    ("kind", "raw", "texts", "word"),
    [
        (3, 1, ("clean", "dirty"), "dirty"), (3, 0, (), "inactive"), (5, 1, ("", ""), "active"),
        (13, 2, ("off", "cooling"), "cooling"), (13, 3, ("off", "cooling"), "state 3"),
        (13, 0, ("off",), "state 0"), (14, 1e30, ("off",), "state 1e+30"),
    ],
)  # fmt: skip
def test_states_have_words(kind: int, raw: float, texts: tuple[str, ...], word: str) -> None:
    found = read_object(heard(kind, float(raw), texts=texts), "m")
    assert (found.word, found.physical, found.level) == (word, Physical.STATE, Level.OK)


def test_words_of_a_map_say_what_is_bad() -> None:
    leak = point(object="binary-input,1", enum={"0": "dry", "1": "wet"}, critical=["wet"])
    found = read_object(heard(3, 1.0, texts=("no", "yes"), point=leak), "m")
    assert (found.word, found.level) == ("wet", Level.CRIT)


def test_who_commands_it_is_the_highest_priority() -> None:
    slots: tuple[float | None, ...] = (None,) * 7 + (21.5, None, 19.0) + (None,) * 6
    one = heard(2, 21.5, slots=slots, rest=20.0)
    assert (holder(one), told_slots(one)) == (Holder(8, 21.5), "8: 21.5, 10: 19")
    assert holder(heard(2, slots=(None,) * 16, rest=20.0)) == Holder(0, 20.0)


@pytest.mark.parametrize("raw", [math.nan, math.inf, -math.inf, 1e300, None, "text"])
def test_what_is_no_number_has_no_value(raw: float | str | None) -> None:
    one = heard(0, raw, units=62)
    assert value(one) is None
    assert read_object(one, "m").value is None


@given(st.binary(max_size=40))
def test_what_is_no_answer_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(Part(0, raw))


def test_an_answer_comes_back_as_it_was_packed() -> None:
    one = heard(2, 21.5, slots=(None, 3.0, "x"), point=point(), limits=(None, 3.0), flags=(True,))
    answer = Answer("m", "d", [one], 3, 4)
    assert unpacked(packed(answer)) == answer
