"""The machine-room shift log: extremes of the shift, the worst first, what goes dark, by hand."""

from typing import Any

import pytest

from opsconsole import reading, registry
from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.document import Document, Section, Table
from opsconsole.engine.reporting import with_courses
from opsconsole.evidence import Evidence
from opsconsole.model import Fault, Level, Row, Sample, Target, Value
from opsconsole.reading import Physical, Place, Reading
from opsconsole.report import FORMS
from opsconsole.spec import Probe
from tests.domains.lowvoltage.nut.scene import answer, rack
from tests.report.past import Course, MemoryPast

NOW = 1_764_000_000.0
HOUR = 3600.0
REPORT = registry.reports()["lowvoltage.shift"]
PROBES: dict[str, Probe[Any]] = {
    probe.id: probe
    for kind in registry.integrations().values()
    for probe in kind.probes
    if probe.id in REPORT.probes
}
TARGETS = (
    Target("ups-a", "nut", "nut", "a", labels={"site": "hq", "room": "A", "rack": "A1"}),
    Target("ups-b", "nut", "nut", "b", labels={"site": "hq", "room": "A", "rack": "A2"}),
    Target("gone", "nut", "nut", "c", labels={"site": "hq", "room": "B"}),
    Target("gate", "parking", "feed", "g"),
)
LANE: dict[str, Value] = {
    "lane": Clean("in"), "name": Clean("North"), "barrier": Clean("open"),
    "recognised_percent": 91.0,
}  # fmt: skip
ESTATE = (
    *TARGETS,
    Target("web-1", "host", "ssh", "w", depends_on=("ups-a",), fed_by=("ups-a",)),
    Target("db-1", "host", "ssh", "d", depends_on=("ups-a", "ups-b"), fed_by=("ups-a", "ups-b")),
)
DOOR = Reading("d", Clean("Front door"), Physical.STATE, None, Clean("open"), Level.WARN)
HOURS = Reading("h", Clean("Compressor run hours"), Physical.OTHER, 4012.0, unit="h")
INLET = Reading("i", Clean("top | <b>of</b>"), Physical.TEMPERATURE, 33.0, place=Place.INLET)


def event(minutes: float, kind: str, target: str, text: str, ref: str = "") -> Occurrence:
    return Occurrence(NOW - 60 * minutes, kind, target, Clean("x"), Level.WARN, Clean(text), ref)


HAPPENED = (
    event(90, "alert", "ups-a", "on battery", "nut.on-battery:ups-a"),
    event(60, "clear", "ups-a", "on battery", "nut.on-battery:ups-a"),
    event(50, "change", "ups-a", "power: on line -> on battery"),
    event(40, "note", "", "two electricians of ACME came"),
    event(30, "alert", "web-1", "of another role", "host.cpu:web-1"),
)


def rows(probe: str, *devices: dict[str, str]) -> list[Row]:
    return PROBES[probe].rows(PROBES[probe].read(answer(*devices)), None)


def evidence(*, recorded: bool = True, status: str = "OB DISCHRG") -> Evidence:
    low = rack(ups_status=status, battery_runtime="600", ups_test_result="Done and error")
    more = [reading.row(one) for one in (DOOR, HOURS, INLET)]
    said = {
        ("nut.reading", "ups-a"): rows("nut.reading", low),
        ("nut.reading", "ups-b"): [*rows("nut.reading", rack()), *more],
        ("nut.ups", "ups-a"): rows("nut.ups", low),
        ("nut.ups", "ups-b"): rows("nut.ups", rack()),
    }
    lane: Row = tuple(LANE.get(column.key) for column in PROBES["parking.lane"].columns)
    said["parking.lane", "gate"] = [lane]
    samples = [Sample(*pair, NOW, found, None, 5.0) for pair, found in said.items()]
    fault = Fault("unreachable", Clean("gone: no route"), Clean(""))
    samples.append(Sample("nut.reading", "gone", NOW, None, fault, 5.0))
    air = "ups0:ambient.temperature"
    courses: dict[tuple[str, str, Row, str], Course] = {
        ("nut.reading", "ups-a", (Clean(air),), "value"): lambda at: 20 + (NOW - at) / HOUR,
        ("nut.ups", "ups-a", (Clean("ups0"),), "charge_percent"): lambda _at: 50.0,
    }
    past = MemoryPast(courses, (NOW - 100 * HOUR, NOW) if recorded else None)
    found = Evidence(
        *(NOW, NOW - 12 * HOUR, NOW),
        TARGETS,
        {id_: probe.columns for id_, probe in PROBES.items()},
        {id_: probe.key for id_, probe in PROBES.items()},
        {(one.probe, one.target): one for one in samples},
        alerts=(),
        deeds=(),
        recorded=past.span,
        occurrences=HAPPENED,
        supplies={k: one.supply for k, one in registry.integrations().items() if one.supply},
        estate=ESTATE,
    )
    return with_courses(found, past, REPORT.past)


def section(document: Document, title: str) -> Section:
    [found] = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return found


def lines(document: Document, title: str) -> list[tuple[Any, ...]]:
    blocks = section(document, title).blocks
    return [line for block in blocks if isinstance(block, Table) for line in block.rows]


def test_places_come_first_the_worst_before_the_others() -> None:
    document = REPORT.build(evidence())
    assert document.level is Level.CRIT
    told = [(one[0], one[2], one[3], one[5]) for one in lines(document, "Places")]
    assert told == [
        (Level.CRIT, "*", "*", 33.0),
        (Level.CRIT, "A", "*", 33.0),
        (Level.CRIT, "A", "A2", 33.0),
        (Level.WARN, "A", "A1", None),
        (Level.UNKNOWN, "B", "", None),
    ]
    assert [one[0] for one in lines(document, "Not reached")] == ["gone"]
    assert next(one[1:3] for one in lines(document, "Readings out of limits")) == (
        "ups-b", "top | <b>of</b>")  # fmt: skip


def test_air_has_the_extremes_of_the_shift_and_not_of_the_day_before() -> None:
    air = {(one[1], one[2]): one for one in lines(REPORT.build(evidence()), "Air")}
    _, _, _, now, low, high, unit, limits, whose = air["ups-a", "ambient temperature"]
    assert (now, unit, limits, whose) == (24.5, "°C", "- / - / 27 / 32", "device")
    assert low == pytest.approx(20.1 * 0.98, abs=0.2)
    assert high == pytest.approx(32 * 1.02, abs=0.2), "12 hours ago"
    bare = {(one[1], one[2]): one for one in lines(REPORT.build(evidence(recorded=False)), "Air")}
    assert bare["ups-a", "ambient temperature"][4:6] == (None, None)


def test_ups_with_their_tests_and_what_goes_dark_without_them() -> None:
    document = REPORT.build(evidence())
    worst, other = lines(document, "UPS and battery tests")
    assert (worst[0], worst[1], worst[3], worst[5]) == (Level.WARN, "ups-a", "on battery", 49.0)
    assert (worst[9], other[3]) == ("Done and error", "on line")
    assert lines(document, "What goes dark") == [
        (600.0, "web-1", "goes dark", "ups-a"),
        (None, "db-1", "keeps ups-b", "ups-a"),
    ]
    assert section(document, "What goes dark").level is Level.CRIT
    calm = REPORT.build(evidence(status="OL"))
    assert [one[:2] for one in lines(calm, "What goes dark")] == [(600.0, "web-1"),
                                                                  (1800.0, "db-1")]  # fmt: skip
    assert section(calm, "What goes dark").level is None


def test_doors_hours_events_and_how_long_alerts_lasted() -> None:
    document = REPORT.build(evidence())
    assert [one[1:] for one in lines(document, "Doors, leaks and smoke")] == [
        ("ups-b", "Front door", "door", "open")
    ]
    assert [one[3] for one in lines(document, "Run hours")] == [4012.0]
    assert lines(document, "Parking lanes") == [
        ("gate", "in", "North", None, None, "open", None, None, 91.0)
    ]
    assert lines(document, "Mean time to right, by subsystem") == [("nut", 1, 1800.0, 1800.0)]
    assert [one[5] for one in lines(document, "What happened")] == [
        "on battery", "on battery", "power: on line -> on battery",
    ]  # fmt: skip
    assert [one[5] for one in lines(document, "Notes")] == ["two electricians of ACME came"]
    assert [one[0] for one in lines(document, "By hand") if one[0]] == ["hq A", "hq B"]


@pytest.mark.parametrize("form", FORMS)
def test_it_is_written_in_every_form(form: str) -> None:
    text = FORMS[form](REPORT.build(evidence()))
    assert "Machine-room shift log" in text
    assert form == "json" or "<b>of</b>" not in text


def test_it_is_about_every_kind_that_has_readings() -> None:
    kinds = {
        name
        for name, kind in registry.integrations().items()
        if any(probe.id.endswith(".reading") for probe in kind.probes)
    }
    assert kinds >= {"nut", "bmc", "printer"}
    assert set(REPORT.kinds) == kinds - {"cups", "endpoint", "printer"} | {"parking"}
