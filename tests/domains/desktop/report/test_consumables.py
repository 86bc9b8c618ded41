"""The order list: three devices and their month, one that is silent."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.cli.reporting import find
from opsconsole.document import Document, Paragraph, Section, Table
from opsconsole.domains.desktop.report.consumables import KINDS, REPORT
from opsconsole.engine.reporting import with_courses
from opsconsole.evidence import Evidence
from opsconsole.model import Fault, Level, Row, Sample, Target
from opsconsole.report import FORMS
from opsconsole.spec import Probe
from tests.recorder.scene import Deck
from tests.report.past import Course, MemoryPast
from tests.report.test_html import Tree

NOW = 1_764_000_000.0
DAY = 86_400.0
HOSTILE = "'</td><script>x</script>' | `rm` \x1b[2J[a](http://b) \u202e **x**"
PROBES: dict[str, Probe[Any]] = {
    probe.id: probe for kind in KINDS for probe in registry.integrations()[kind].probes
}  # Any: each probe has a reading type of its own
TARGETS = (
    Target("laser", "printer", "snmp"),
    Target("jet", "printer", "snmp"),
    Target("queues", "cups", "http"),
    Target("gone", "printer", "snmp"),
)
Cells = Mapping[str, Any]

ANSWERS: dict[str, dict[str, list[Cells]]] = {
    "laser": {
        "printer.status": [{"model": "Laser 9", "location": "floor 3", "serial": "S1",
                            "pages": 50_000}],
        "printer.supply": [
            {"supply": "Black", "part": "CF400X", "color": "black", "left_percent": 40.0,
             "judged": "ok", "type": "toner"},
            {"supply": "Cyan", "part": "CF401X", "color": "cyan", "left_percent": 96.0,
             "judged": "ok", "type": "toner", "unit": "impressions", "capacity": 1500},
            {"supply": "Drum", "left_percent": None, "word": "some left", "judged": "ok"},
            {"supply": "Waste Box", "full_percent": 91.0, "judged": "critical"},
        ],
    },
    "jet": {
        "printer.status": [{"model": HOSTILE, "pages": None}],
        "printer.supply": [
            {"supply": "Black", "part": "CF400X", "color": "black", "left_percent": 12.0,
             "judged": "warning", "type": "toner"},
        ],
    },
    "queues": {
        "cups.server": [{"model": "print server"}],
        "cups.supply": [{"supply": HOSTILE, "left_percent": 60.0, "judged": "ok"}],
    },
}  # fmt: skip


def row(probe: str, cells: Cells) -> Row:
    columns = PROBES[probe].columns
    assert set(cells) <= {column.key for column in columns}
    found = (cells.get(column.key) for column in columns)
    return tuple(Clean(one) if isinstance(one, str) else one for one in found)


def evidence(*names: str, recorded: bool = True) -> Evidence:
    samples = [
        Sample(probe, target, NOW, [row(probe, cells) for cells in answers], None, 60.0)
        for target, said in ANSWERS.items()
        for probe, answers in said.items()
    ]
    lost = Fault("unreachable", Clean("no answer"), Clean("look at its plug"))
    samples += [Sample("printer.status", "gone", NOW, None, lost, 60.0)]
    courses: dict[tuple[str, str, Row, str], Course] = {
        # A hundred pages a day; a fifth of a black one is a thousand pages.
        ("printer.status", "laser", (), "pages"): lambda at: 50_000 - (NOW - at) / DAY * 100,
        ("printer.supply", "laser", (Clean("Black"),), "left_percent"): (
            lambda at: 40 + (NOW - at) / DAY * 2
        ),
        ("cups.supply", "queues", (Clean(HOSTILE),), "left_percent"): (
            lambda at: 60 + (NOW - at) / DAY * 4
        ),
    }
    past = MemoryPast(courses, (NOW - 20 * DAY, NOW) if recorded else None)
    found = Evidence(
        *(NOW, NOW - 7 * DAY, NOW),
        tuple(one for one in TARGETS if not names or one.id in names),
        {id_: probe.columns for id_, probe in PROBES.items()},
        {id_: probe.key for id_, probe in PROBES.items()},
        {(one.probe, one.target): one for one in samples},
        recorded=past.span,
    )
    return with_courses(found, past, REPORT.past)


def lines(document: Document, title: str) -> list[tuple[Any, ...]]:
    [found] = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return [line for one in found.blocks if isinstance(one, Table) for line in one.rows]


def by_name(document: Document) -> dict[tuple[str, str], tuple[Any, ...]]:
    both = (*lines(document, "To order"), *lines(document, "Other supplies"))
    return {(str(line[4]), str(line[1])): line for line in both}


def test_what_is_to_order_stands_first_and_the_most_urgent_at_its_head() -> None:
    document = REPORT.build(evidence())
    order = [(line[0], line[4], str(line[1])[:5]) for line in lines(document, "To order")]
    assert order == [
        (Level.CRIT, "laser", "Waste"),
        (Level.WARN, "laser", "Cyan"),
        (Level.WARN, "queues", HOSTILE[:5]),
        (Level.WARN, "laser", "Black"),
        (Level.WARN, "jet", "Black"),
    ]
    assert document.level is Level.CRIT
    told = document.blocks[0]
    assert isinstance(told, Section)
    assert isinstance(told.blocks[0], Paragraph)
    assert told.blocks[0].text == (
        "6 supplies of 3 devices; 5 to order: low by the printer's limit or ours (20 % left,"
        " 80 % full), or empty within 30 days. Of 1 the level is not told. Of 2 the days are not"
        " known."
    )


def test_days_come_from_the_pages_of_a_day() -> None:
    found = by_name(REPORT.build(evidence()))
    black, cyan = found["laser", "Black"], found["laser", "Cyan"]
    # 2 % and 100 pages a day: 50 pages for each percent.
    assert black[7:10] == (40.0, pytest.approx(20, abs=1), pytest.approx(2000, rel=0.01))
    assert (black[2], black[3], black[5], black[6]) == ("CF400X", "black", "Laser 9", "floor 3")
    assert str(black[10]).startswith("good: 100 pages a day")
    assert len(black[11]) > 20
    assert cyan[8:10] == (14, 1440)
    assert str(cyan[10]).endswith("pages of a full one")
    [queue] = [line for (target, _), line in found.items() if target == "queues"]
    assert queue[8:11] == (pytest.approx(15, abs=1), None, "good: level over time")
    drum = found["laser", "Drum"]
    assert (drum[0], drum[7], drum[8], drum[10]) == (Level.OK, None, None, "some left")


def test_the_same_part_is_ordered_in_one_line() -> None:
    parts = {str(line[1]): line for line in lines(REPORT.build(evidence()), "To order, by part")}
    assert parts["CF400X"][2:] == ("toner", "black", 2, pytest.approx(20, abs=1), "laser, jet")
    assert sum(line[4] for line in lines(REPORT.build(evidence()), "To order, by part")) == 5


def test_devices_with_what_they_printed() -> None:
    devices = {line[0]: line for line in lines(REPORT.build(evidence()), "Devices")}
    assert list(devices) == ["laser", "jet", "queues"]
    assert devices["laser"][1:5] == ("Laser 9", "S1", "floor 3", 50_000)
    assert devices["laser"][5] == pytest.approx(700, abs=30)
    assert devices["laser"][6:] == (100.0, 4, 3)
    assert devices["jet"][5:7] == (None, None)


def test_without_a_recording_the_levels_stand_alone() -> None:
    document = REPORT.build(evidence("laser", recorded=False))
    black = by_name(document)["laser", "Black"]
    assert (black[7], black[8]) == (40.0, None)
    assert black[10] == "not enough history: 0.0 days"
    cyan = by_name(document)["laser", "Cyan"]
    assert (cyan[0], cyan[8], cyan[9]) == (Level.OK, None, 1440)


def test_who_is_silent_is_named_and_no_supply_is_invented() -> None:
    document = REPORT.build(evidence("gone"))
    assert document.level is Level.UNKNOWN
    assert lines(document, "Not reached") == [("gone", "unreachable: no answer (look at its plug)")]
    assert lines(document, "To order") == lines(document, "Devices") == []


def test_hostile_text_stays_text_in_every_form() -> None:
    forms = {name: form(REPORT.build(evidence())) for name, form in FORMS.items()}
    page = Tree(forms["html"])
    assert not [name for name, _ in page.shape if name == "script"]
    assert json.loads(forms["json"])["report"] == "desktop.consumables"
    assert "\x1b" not in "".join(forms.values())


def test_it_is_found_by_its_last_word_and_by_its_role() -> None:
    known = registry.reports()
    assert {find(name, known).id for name in ("consumables", "desktop", REPORT.id)} == {REPORT.id}


def test_the_flight_recorder_keeps_what_days_are_told_from(tmp_path: Path) -> None:
    """Twenty days of answers, written and read as a collector and a report do it."""
    deck = Deck(tmp_path, dict(PROBES), wall=NOW - 20 * DAY, targets=TARGETS)

    def quarter(number: int) -> None:
        printed = number * 25
        own = row("printer.status", {"model": "Laser 9", "pages": 48_000 + printed})
        left = {"supply": "Black", "left_percent": 80 - printed / 50, "judged": "ok"}
        deck.tell(own, probe="printer.status", target="laser")
        deck.tell(row("printer.supply", left), probe="printer.supply", target="laser")

    deck.run(20 * DAY, quarter, DAY / 4)
    deck.end()
    found = evidence("laser", recorded=False)
    with closing(deck.archive()) as archive:
        whole = with_courses(replace(found, recorded=archive.span), archive, REPORT.past)
    black = by_name(REPORT.build(whole))["laser", "Black"]
    # 100 pages and 2 % a day, of which 40 % are left now.
    assert black[8:10] == (pytest.approx(20, abs=1), pytest.approx(2000, rel=0.02))
    assert str(black[10]).startswith("good: 100 pages a day")
