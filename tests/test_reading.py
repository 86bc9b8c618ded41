"""Readings of any wire: judged by the device, its own limits or the defaults, the worst told."""

from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.reading import (
    NO_LIMITS,
    SUMMARY,
    UNITS,
    Physical,
    Place,
    Reading,
    Span,
    columns,
    probe,
    row,
    rules,
    summary,
)


def _one(value: float | None, place: Place = Place.INLET, **more: object) -> Reading:
    said = {"key": "k", "name": Clean("rack 1 top"), "physical": Physical.TEMPERATURE}
    return Reading(**{**said, "value": value, "place": place, **more})  # type: ignore[arg-type]


def test_each_thing_that_is_measured_has_a_unit() -> None:
    assert set(UNITS) == set(Physical)


def test_an_inlet_is_judged_by_the_band_of_the_cold_aisle() -> None:
    found = [_one(value).level for value in (9.0, 14.0, 22.0, 27.0, 32.0)]
    assert found == [Level.CRIT, Level.WARN, Level.OK, Level.WARN, Level.CRIT]


def test_a_board_inside_a_device_has_no_limits_but_its_own() -> None:
    assert _one(70.0, Place.INSIDE).level is Level.OK
    assert _one(70.0, Place.INSIDE, span=Span(high_crit=65, source="device")).level is Level.CRIT


def test_limits_of_the_device_go_before_the_defaults() -> None:
    one = _one(30.0, span=Span(high_warn=40, source="device"))
    assert one.level is Level.OK
    assert row(one)[11] == "device"


def test_the_worse_opinion_counts_and_unknown_hides_nothing() -> None:
    assert _one(20.0, judged=Level.CRIT).level is Level.CRIT
    assert _one(40.0, judged=Level.UNKNOWN).level is Level.CRIT
    assert _one(None, judged=Level.WARN, word=Clean("open")).level is Level.WARN


def test_a_sensor_that_is_not_fitted_is_no_value_and_no_alert() -> None:
    one = _one(None, word=Clean("not fitted"))
    assert one.level is Level.OK
    assert row(one)[3] is None
    assert row(one)[5] == "not fitted"


def test_a_row_has_a_value_for_each_column() -> None:
    assert len(row(_one(20.0))) == len(columns("OID"))
    assert NO_LIMITS.level(1e9) is Level.OK


def test_the_summary_tells_the_hot_rack_and_no_mean() -> None:
    made = summary("device", "readings", "SNMP", lambda _: [])
    many = [_one(20.0) for _ in range(99)] + [_one(33.0, key="hot", name=Clean("rack 7"))]
    assert tuple(column.key for column in made.columns) == SUMMARY
    assert made.rows(many, None) == [(1, 0, "rack 7 33 °C", 33.0, 100)]
    assert made.rows([], None) == [(0, 0, "", None, 0)]


def test_probe_and_rule_are_of_the_kind() -> None:
    made = probe("device", "readings", "SNMP", lambda _: [_one(33.0)])
    assert (made.id, made.key) == ("device.reading", ("key",))
    (rule,) = rules("device", ("Look at the rack.",))
    assert rule.probe == made.id
    judged = made.rows(made.read(b""), None)[0][made.index(rule.column)]
    assert rule.words[str(judged)] is Level.CRIT
