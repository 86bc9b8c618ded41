"""Samples and alerts as OpenMetrics, read back by a strict parser."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics import parser

from opsconsole import registry
from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean
from opsconsole.exposition import exposition, keep, metric
from opsconsole.model import Column, Fault, Level, Quantity, Row, Sample
from opsconsole.spec import Probe
from tests.notify.scene import alert

COLUMNS = (
    Column("unit", "UNIT", Quantity.TEXT, "its name"),
    Column("cpu_percent", "CPU", Quantity.PERCENT, 'a "source"\\ of\nit'),
    Column("read_bytes_per_s", "READ", Quantity.BYTES_PER_S, "read"),
    Column("uptime_s", "UP", Quantity.SECONDS, "up"),
    Column("took_ms", "TOOK", Quantity.MILLISECONDS, "took"),
    Column("since", "SINCE", Quantity.TIME, "since"),
    Column("bytes", "BYTES", Quantity.BYTES, "size"),
    Column("state", "STATE", Quantity.STATE, "state"),
    Column("ready", "READY", Quantity.FLAG, "ready"),
    Column("failed", "FAILED", Quantity.COUNT, "failed"),
)
PROBE: Probe[Any] = Probe(
    "box.unit", "Units", "x", COLUMNS, ("unit",), bytes, lambda _now, _before: []
)
ROW: Row = (Clean("a.service"), 12.5, 1024, 60.0, 250.0, 1e9, 7, Clean("active"), True, 0)

PARSER = cast("Any", parser)  # Any: it does not say its types

Metric = tuple[str, dict[str, str], float]


def sample(*rows: Row, at: float = 100.0) -> Sample:
    return Sample("box.unit", "web-1", at, list(rows), None, 10.0)


def parsed(
    samples: Iterable[Sample],
    alerts: Iterable[Alert] = (),
    now: float = 101.0,
    probes: Sequence[Probe[Any]] = (PROBE,),
) -> list[Metric]:
    """Write it, and read it with the strict parser."""
    text = exposition(samples, {probe.id: probe for probe in probes}, alerts, now)
    families = cast("Iterable[Any]", PARSER.text_string_to_metric_families(text))
    return [
        (str(one.name), dict(one.labels), float(one.value))
        for family in families
        for one in family.samples
    ]


def test_names_units_and_values() -> None:
    found = {name: value for name, _, value in parsed([sample(ROW)])}
    assert found == {
        "opsconsole_up": 1.0,
        "opsconsole_sample_age_seconds": 1.0,
        "opsconsole_box_unit_bytes": 7.0,
        "opsconsole_box_unit_cpu_percent": 12.5,
        "opsconsole_box_unit_failed": 0.0,
        "opsconsole_box_unit_read_bytes_per_second": 1024.0,
        "opsconsole_box_unit_ready": 1.0,
        "opsconsole_box_unit_since_timestamp_seconds": 1e9,
        "opsconsole_box_unit_state_info": 1.0,
        "opsconsole_box_unit_took_seconds": 0.25,
        "opsconsole_box_unit_uptime_seconds": 60.0,
    }


def test_labels_are_the_target_and_the_key() -> None:
    labels = {name: labels for name, labels, _ in parsed([sample(ROW)])}
    assert labels["opsconsole_box_unit_cpu_percent"] == {"target": "web-1", "unit": "a.service"}
    assert labels["opsconsole_box_unit_state_info"]["state"] == "active"


def test_what_is_not_known_is_left_out() -> None:
    nothing: Row = (Clean("b"), *[None] * (len(ROW) - 1))
    assert [name for name, _, _ in parsed([sample(nothing)])] == [
        "opsconsole_up",
        "opsconsole_sample_age_seconds",
    ]


def test_a_fault_and_a_stale_sample_are_down_and_show_no_number() -> None:
    fault = Fault("lost", Clean("gone"), Clean(""))
    lost = Sample("box.unit", "web-2", 100.0, None, fault, 10.0)
    stale = sample(ROW, at=0.0)
    found = parsed([lost, stale])
    assert [(name, labels["target"], value) for name, labels, value in found] == [
        ("opsconsole_up", "web-2", 0.0),
        ("opsconsole_up", "web-1", 0.0),
        ("opsconsole_sample_age_seconds", "web-2", 1.0),
        ("opsconsole_sample_age_seconds", "web-1", 101.0),
    ]


def test_rows_with_one_key_are_one_sample() -> None:
    found = parsed([sample(ROW, ROW, (Clean("b"), *ROW[1:]))])
    cpu = [labels["unit"] for name, labels, _ in found if name.endswith("cpu_percent")]
    assert cpu == ["a.service", "b"]


def test_numbers_that_are_none_are_said_as_such() -> None:
    for odd in (math.nan, math.inf, -math.inf):
        row: Row = (ROW[0], odd, *ROW[2:])
        (value,) = (v for name, _, v in parsed([sample(row)]) if name.endswith("cpu_percent"))
        assert value == odd or (math.isnan(odd) and math.isnan(value))


HOSTILE = st.text(
    st.sampled_from(list('\\"\n{}#,= aé漢\x00\x1b\u2028\r\t')) | st.characters(codec="utf-8"),
    max_size=20,
)


@given(st.lists(HOSTILE, max_size=4, unique=True), HOSTILE)
def test_hostile_names_come_back_as_they_were(names: list[str], target: str) -> None:
    rows: list[Row] = [(Clean(name), *ROW[1:]) for name in names]
    hostile = replace_target(sample(*rows), target)
    found = parsed([hostile])
    units = [labels["unit"] for name, labels, _ in found if name.endswith("cpu_percent")]
    assert units == names
    assert {labels["target"] for _, labels, _ in found} == {target}


def replace_target(one: Sample, target: str) -> Sample:
    return Sample(one.probe, target, one.at, one.rows, one.fault, one.period)


def test_hostile_columns_have_names_that_are_allowed() -> None:
    odd = (
        Column("target", "T", Quantity.TEXT, "a key"),
        Column("9 lives-%", "L", Quantity.COUNT, "x"),
        Column("a_s", "A", Quantity.SECONDS, "x"),
        Column("a_ms", "B", Quantity.MILLISECONDS, "y"),
    )
    probe = replace(PROBE, id="box-2.a b", columns=odd, key=("target",))
    one = Sample("box-2.a b", "web-1", 100.0, [(Clean("t"), 1, 2.0, 3.0)], None, 10.0)
    found = {name: (labels, value) for name, labels, value in parsed([one], probes=[probe])}
    assert found["opsconsole_box_2_a_b_9_lives__"][1] == 1.0
    labels, value = found["opsconsole_box_2_a_b_a_seconds"]
    assert (labels, value) == ({"target": "web-1", "key_target": "t"}, 2.0)


def test_alerts_that_are_not_over() -> None:
    told = [
        alert("a", Level.CRIT),
        alert("b", acknowledged=True, silenced="s", cause="a"),
        alert("c", phase=Phase.UNKNOWN),
        alert("d", phase=Phase.RESOLVED),
    ]
    found = parsed([], told)
    assert [(name, labels["id"], value) for name, labels, value in found] == [
        ("opsconsole_alert", "a", 2.0),
        ("opsconsole_alert", "b", 1.0),
        ("opsconsole_alert", "c", 1.0),
    ]
    flags = ("level", "status", "acknowledged", "silenced", "explained")
    assert [found[1][1][flag] for flag in flags] == ["warn", "open", "true", "true", "true"]
    assert found[2][1]["status"] == "unknown"


def test_nothing_is_a_document_too() -> None:
    assert exposition([], {}, [], 0.0) == "# EOF\n"


@pytest.mark.parametrize("probe", registry.probes().values(), ids=lambda probe: probe.id)
def test_no_two_columns_of_ours_are_one_metric(probe: Probe[Any]) -> None:
    shown = [column for column in probe.columns if column.key not in probe.key]
    found = [named[0] for column in shown if (named := metric(probe.id, column))]
    assert len(set(found)) == len(found)


def test_the_newest_of_each_pair_is_kept() -> None:
    newest: dict[tuple[str, str], Sample] = {}
    keep(newest, [sample(at=1.0), sample(at=2.0)])
    assert [one.at for one in newest.values()] == [2.0]
