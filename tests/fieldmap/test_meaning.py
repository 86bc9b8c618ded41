"""Raw values of field devices: units are converted, sentinels are no values, words are judged."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.fieldmap import Meaning, finite, physical_of, reading
from opsconsole.model import Level
from opsconsole.reading import UNITS, Physical, Place


def _meant(**said: object) -> Meaning:
    return msgspec.convert(said, Meaning)


@pytest.mark.parametrize(
    ("physical", "unit", "raw", "value"),
    [
        ("temperature", "°F", 32, 0.0),
        ("temperature", "°F", 212, 100.0),
        ("temperature", "K", 293.15, 20.0),
        ("pressure", "Pa", 12.5, 0.0125),
        ("flow", "m3/h", 6, 100.0),
        ("power", "kW", 1.5, 1500.0),
        ("energy", "Wh", 1500, 1.5),
        ("runtime", "min", 2, 120.0),
        ("power factor", "%", 98, 0.98),
    ],
)
def test_what_a_device_counts_in_is_converted(
    physical: str, unit: str, raw: float, value: float
) -> None:
    meaning = _meant(physical=physical, unit=unit)
    assert meaning.value(raw) == pytest.approx(value)
    assert meaning.raw(value) == pytest.approx(raw)
    assert meaning.shown_unit == UNITS[Physical(physical)]


def test_a_number_of_no_known_kind_keeps_its_unit() -> None:
    found = reading("k", _meant(unit="ppm", scale=0.5), 900, "s", "m")
    assert (found.value, found.unit, found.physical) == (450.0, "ppm", Physical.OTHER)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"physical": "temperature", "unit": "R"}, "allowed: °C, °F, K"),
        ({"scale": 0}, "every value would be the same"),
        ({"scale": math.inf}, "no finite number"),
        ({"low_crit": math.nan}, "no finite number"),
        ({"low_warn": 5, "high_warn": 4}, "limits must rise"),
        ({"enum": {"0": "off"}, "critical": ["of"]}, "no word of enum"),
        ({"place": "roof"}, "Invalid enum value"),
        ({"colour": "red"}, "unknown field"),
    ],
)
def test_what_makes_no_sense_is_refused(said: dict[str, object], why: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=why):
        _meant(**said)


def test_sentinels_and_nothing_are_never_a_value() -> None:
    meaning = _meant(physical="temperature", missing=[-9999, 65535])
    for raw, word in ((65535, "not fitted"), (-9999.0, "not fitted"), (None, "unknown")):
        found = reading("k", meaning, raw, "s", "m")
        assert (found.value, found.word, found.level) == (None, word, Level.UNKNOWN)
    assert reading("k", meaning, 21, "s", "m").value == 21.0


def test_words_are_judged_and_strange_ones_are_unknown() -> None:
    meaning = _meant(
        enum={"0": "mains", "1": "bypass", "2": "battery"}, warning=["bypass"], critical=["battery"]
    )
    found = [reading("k", meaning, raw, "s", "m") for raw in (0, 1, 2.0, 7)]
    assert [str(one.word) for one in found] == ["mains", "bypass", "battery", "7: not in the map"]
    assert [one.level for one in found] == [Level.OK, Level.WARN, Level.CRIT, Level.UNKNOWN]
    assert {one.physical for one in found} == {Physical.STATE}
    assert {one.value for one in found} == {None}


def test_limits_of_the_map_go_before_those_of_the_place() -> None:
    meaning = _meant(physical="temperature", place="inlet", high_crit=40)
    found = reading("k", meaning, 30, "s", "map x.toml")
    assert (found.level, found.limits.source) == (Level.OK, "map x.toml")
    meaning = _meant(physical="temperature", place="inlet")
    assert reading("k", meaning, 30, "s", "m").level is Level.WARN
    assert found.place is Place.INLET


def test_a_unit_tells_what_is_measured_where_only_one_thing_is() -> None:
    assert physical_of("kWh") == (Physical.ENERGY, 1.0, 0.0)
    assert physical_of("kW") == (Physical.POWER, 1000, 0)
    assert physical_of("%") is None, "a load, a charge, a level"
    assert physical_of("°C") is None, "air, or its dew point"
    assert physical_of("") is None


@given(st.floats())
def test_a_number_that_cannot_be_shown_is_none(value: float) -> None:
    found = finite(value)
    assert found is None or (math.isfinite(found) and abs(found) <= 1e15)


@given(
    st.floats() | st.integers(-(1 << 70), 1 << 70) | st.text(max_size=20) | st.none(),
    st.floats(0.001, 1000),
    st.sampled_from([{}, {"enum": {"0": "off"}}, {"physical": "temperature"}]),
)
def test_whatever_comes_is_a_reading(
    raw: float | str | None, scale: float, said: dict[str, object]
) -> None:
    found = reading("k", _meant(scale=scale, **said), raw, "s", "m")
    assert found.value is None or math.isfinite(found.value)
    assert "\x1b" not in found.word
    assert found.level in Level
