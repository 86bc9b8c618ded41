"""The incident report: the first abnormal thing, what was affected, what has no end."""

from typing import Any

import msgspec

from opsconsole.alert import Acknowledgement, Occurrence, Phase
from opsconsole.clean import Clean
from opsconsole.document import Block, Chart, Document, Facts, Section, Table
from opsconsole.evidence import Deed, Evidence, Metric
from opsconsole.model import Level, Quantity, Target
from opsconsole.ports import Point
from opsconsole.report import FORMS, incident
from tests.recorder.scene import alert

START = 1_795_900_000.0


def happened(
    at: float,
    kind: str,
    target: str,
    text: str,
    level: Level = Level.OK,
    *,
    object_: str = "",
    ref: str = "",
) -> Occurrence:
    """Something, so many seconds into it."""
    return Occurrence(START + at, kind, target, Clean(object_), level, Clean(text), ref)


STORY = (
    happened(0, "note", "", "ann: shift begins"),
    happened(60, "watch", "san-1", "lost: no answer", Level.WARN, ref="host.silent:san-1"),
    happened(95, "alert", "db-1", "Waiting for I/O", Level.WARN, ref="host.iowait:db-1"),
    happened(
        *(120, "alert", "db-1", "Disk is full", Level.CRIT),
        object_="/var",
        ref="host.disk-full:db-1:/var",
    ),
    happened(300, "action", "db-1", "ann: host.trim-journal: begun"),
    happened(310, "action", "db-1", "ann: host.trim-journal: failed", Level.WARN),
    happened(400, "clear", "db-1", "over", ref="host.iowait:db-1"),
    happened(500, "watch", "san-1", "back", ref="host.silent:san-1"),
)
DEEDS = (
    Deed(
        *(START + 300, START + 310, "ann", "host.trim-journal", ("db-1",), ("journal",)),
        *("failed", "full", "journalctl ended with 1"),
    ),
    Deed(
        *(START + 320, START + 330, "ann", "host.restart-unit", ("db-1",), ("x.service",)),
        *("verified", "full", ""),
    ),
)
METRIC = Metric(
    *("Disk is full", "db-1", "/var", Quantity.PERCENT, 90.0),
    (
        Point(START, 80, 79, 81),
        Point(START + 60, 85, 84, 99),
        Point(START + 120, 91, 91, 91),
        Point(START + 540, 92, 92, 92),
    ),
)


def evidence(**more: Any) -> Evidence:
    """The story, as a builder is given it."""
    said: dict[str, Any] = {"occurrences": STORY, "deeds": DEEDS, "metrics": (METRIC,), **more}
    targets = (Target("db-1", "host", "ssh"), Target("san-1", "host", "ssh"))
    return Evidence(*(START + 700, START, START + 600, targets), {}, {}, {}, **said)


def section(document: Document, title: str) -> Section:
    """The section of that title."""
    [found] = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return found


def rows(block: Block) -> tuple[tuple[Any, ...], ...]:
    """Rows of the first table of a section."""
    assert isinstance(block, Section)
    return next(one.rows for one in block.blocks if isinstance(one, Table))


def test_the_first_abnormal_thing_is_no_deed_and_no_note() -> None:
    assert [one.text for one in incident.abnormal(STORY)] == [
        *("lost: no answer", "Waiting for I/O", "Disk is full"),
    ]
    document = incident.build(evidence())
    [facts] = [one for one in section(document, "Summary").blocks if isinstance(one, Facts)]
    told = dict(facts.items)
    assert told["First abnormal thing"].endswith("san-1: lost: no answer")
    assert told["Affected"] == "3 objects on 2 targets"
    assert told["Alerts raised"] == "2"
    assert told["Done"] == "2 actions, 1 of them proven"
    assert "Probable cause" not in told


def test_a_proposed_cause_is_told() -> None:
    document = incident.build(evidence(first="san-1: lost; db-1 stands on it"))
    [facts] = [one for one in section(document, "Summary").blocks if isinstance(one, Facts)]
    assert ("Probable cause", "san-1: lost; db-1 stands on it") in facts.items


def test_what_was_affected_and_how_it_stands_at_the_end() -> None:
    found = rows(section(incident.build(evidence()), "What was affected"))
    assert [(row[0], row[1], row[2], row[5], row[6]) for row in found] == [
        (Level.WARN, "san-1", "", 1, "over"),
        (Level.WARN, "db-1", "", 1, "over"),
        (Level.CRIT, "db-1", "/var", 1, "open"),
    ]


def test_open_ends() -> None:
    books = (("failover", "db-1", "ann", START + 200),)
    found = section(incident.build(evidence(runbooks=books)), "Open ends")
    said = [str(row[0]) for row in rows(found)]
    assert len(said) == 3
    assert said[0].endswith("db-1 /var: Disk is full; not over at the end of the period")
    assert "host.trim-journal on journal: failed; journalctl ended with 1" in said[1]
    assert "runbook failover on db-1" in said[2]
    assert found.level is Level.WARN


def test_raised_again_is_open_again() -> None:
    again = happened(550, "alert", "db-1", "Waiting", Level.WARN, ref="host.iowait:db-1")
    found = incident.troubles((*STORY, again))
    host = next(one for one in found if (one.target, one.object) == ("db-1", ""))
    assert (host.signs, list(host.open)) == (2, ["host.iowait:db-1"])


def test_courses_have_their_limit_and_their_gaps() -> None:
    [chart] = [
        one
        for one in section(incident.build(evidence()), "Courses of what alerted").blocks
        if isinstance(one, Chart)
    ]
    assert chart.title == "Disk is full: db-1 /var"
    assert [(mark.name, mark.value) for mark in chart.marks] == [("limit", 90.0)]
    means, peaks = chart.lines
    assert [value == value for _, value in means.points] == [True, True, True, False, True]
    assert max(value for _, value in peaks.points if value == value) == 99


def test_nothing_known_is_said() -> None:
    document = incident.build(evidence(occurrences=(), deeds=None, metrics=()))
    [facts] = [one for one in section(document, "Summary").blocks if isinstance(one, Facts)]
    assert ("First abnormal thing", "none was written down") in facts.items
    titles = [one.title for one in document.blocks if isinstance(one, Section)]
    assert "Courses of what alerted" not in titles
    assert "Not reached" not in titles, "nobody was asked"
    for form in FORMS.values():
        assert "Nothing" in form(document) or "none" in form(document)


def test_the_timeline_is_whole_and_in_order() -> None:
    found = rows(section(incident.build(evidence(occurrences=STORY[::-1])), "Timeline"))
    assert [row[5] for row in found] == [one.text for one in STORY]


STOOD = (
    alert("host.iowait:db-1", rule="host.iowait", object=Clean(""), phase=Phase.RESOLVED),
    alert("host.disk-full:db-1:/var", phase=Phase.RESOLVED, level=Level.CRIT),
    alert(
        *("host.old:db-1:/srv",),
        object=Clean("/srv"),
        since=START - 5000,
        changed=START - 5000,
        title=Clean("Inodes run out"),
        acknowledged=Acknowledgement(Clean("ann"), START + 20, 0.0, Clean("on it")),
    ),
)


def test_alerts_are_told_as_they_stood() -> None:
    """Over, though no word of it was written down; and open since before the period began."""
    stood = tuple(msgspec.structs.replace(one, target="db-1") for one in STOOD)
    document = incident.build(evidence(stood=stood, alerts=stood[2:]))
    found = rows(section(document, "What was affected"))
    assert [(row[2], row[6]) for row in found if row[1] == "db-1"] == [
        *(("/srv", "open"), ("", "over"), ("/var", "over")),
    ]
    said = [str(row[0]) for row in rows(section(document, "Open ends"))]
    assert "Inodes run out" in said[0]
    assert "ann at" in said[0]
    assert not [line for line in said if "Disk is full" in line]
    assert [row[3] for row in rows(section(document, "Open alerts"))] == ["Inodes run out"]


def test_a_target_that_did_not_come_back_is_open_whatever_alerts_say() -> None:
    lost = STORY[:2]
    [trouble] = incident.settled(incident.troubles(lost), evidence(stood=()))
    assert list(trouble.open) == ["host.silent:san-1"]


def test_without_recorded_alerts_no_section_tells_of_them() -> None:
    titles = [one.title for one in incident.build(evidence()).blocks if isinstance(one, Section)]
    assert "Open alerts" not in titles
