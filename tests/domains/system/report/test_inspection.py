"""The daily inspection: worst first, every check with its limit, and nothing unknown is green."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from opsconsole import registry
from opsconsole.alert import Occurrence
from opsconsole.clean import Clean
from opsconsole.document import Block, Chart, Checks, Document, Facts, Paragraph, Section, Table
from opsconsole.domains.system.host.asset import PROBE as HOST_ASSET
from opsconsole.domains.system.report import asset
from opsconsole.domains.system.report.inspection import REPORT
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Sample
from opsconsole.report import FORMS
from tests.domains.system.report import scene


def _built(found: Evidence | None = None) -> Document:
    return REPORT.build(found or scene.evidence(scene.past(), REPORT.past))


def _section(document: Document, title: str) -> Section:
    [found] = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return found


def _table(section: Section) -> Table:
    return next(one for one in section.blocks if isinstance(one, Table))


def _texts(section: Section) -> str:
    return " ".join(one.text for one in section.blocks if isinstance(one, Paragraph))


def _titles(blocks: tuple[Block, ...]) -> list[str]:
    return [one.title for one in blocks if isinstance(one, Section)]


def test_summary_is_first_and_worst_first() -> None:
    document = _built()
    assert _titles(document.blocks) == [
        *("Summary", "What needs attention", "Not reached", "Open alerts", "What was done"),
        *("Load and connections", "Capacity plan", "Assets", "Host db-1", "Host web-1"),
        "What this rests on",
    ]
    rows = _table(_section(document, "Summary")).rows
    assert [row[:2] for row in rows] == [
        (Level.CRIT, "web-2"),
        (Level.WARN, "db-1"),
        (Level.OK, "web-1"),
    ]
    assert rows[0][6] == (
        "not reached: unreachable: no route to host (check its power and its port)"
    )
    said = _texts(_section(document, "Summary"))
    assert said.startswith("3 hosts: 0 fail, 1 not reached, 1 warn")
    assert "1 alert open, 1 of them critical" in said
    assert "1 action without a proven end" in said
    assert "First to be full: file system /var/lib/db on db-1, in 3 days" in said
    assert document.level is Level.CRIT


def test_every_check_has_value_limit_course_and_advice() -> None:
    host = _section(_built(), "Host db-1")
    checks = next(one for one in host.blocks if isinstance(one, Checks))
    space = [one for one in checks.findings if one.check == "host.disk-space"]
    assert [(one.object, one.level) for one in space] == [
        ("/var/lib/db", Level.WARN),
        ("/", Level.OK),
    ]
    full = space[0]
    assert full.value == 93.2
    assert full.limit == "warn >= 90 %, fail >= 98 % and available_bytes < 5 GiB"
    assert full.message == "34 GiB left of 500 GiB"
    assert full.todo
    assert len(full.course) == 28
    assert full.course[0] < full.course[-1]
    assert all(one.todo for one in checks.findings if one.level > Level.UNKNOWN)
    assert {one.check for one in checks.findings} == {check.id for check in REPORT.checks}


def test_who_is_silent_passes_nothing() -> None:
    found = scene.evidence()
    assert all(one.level is Level.UNKNOWN for one in found.found("web-2"))
    assert found.why("web-2")
    assert not found.why("web-1")


def test_what_is_not_known_is_not_green() -> None:
    bare = [replace_rows(one) for one in scene.samples() if one.target == "web-1"]
    found = replace(
        scene.evidence(),
        targets=scene.TARGETS[1:2],
        samples={(one.probe, one.target): one for one in bare},
    )
    assert {one.level for one in found.found("web-1")} == {Level.UNKNOWN}
    assert _built(found).level is not Level.OK


def replace_rows(sample: Sample) -> Sample:
    """The same without any value but the keys of its rows."""
    probe = scene.PROBES[sample.probe]
    kept = {*probe.key, "state", "size_bytes", "inodes", "speed_bits_per_s"}
    rows = [
        tuple(
            value if column.key in kept else None
            for column, value in zip(probe.columns, row, strict=True)
        )
        for row in sample.rows or []
    ]
    return Sample(sample.probe, sample.target, sample.at, rows, None, sample.period)


def test_load_and_connections_with_their_growth() -> None:
    rows = _table(_section(_built(), "Load and connections")).rows
    told = {(str(row[0]), str(row[1])): row for row in rows}
    tracked = told["db-1", "Tracked connections"]
    assert tracked[2:6] == ("31.0 %", "30.7 %", "31.6 %", "+3.5 %")
    assert told["db-1", "TCP connections"][2:6] == ("412", "406", "419", "+70")
    assert told["db-1", "CPU"][5] == "steady"
    assert told["web-1", "CPU"][3:6] == ("–", "–", "not enough history")


def test_without_a_recording_it_says_so_and_goes_without() -> None:
    document = _built(scene.evidence())
    facts = next(
        one for one in document.walk() if isinstance(one, Facts) and one.items[0][0] == "Targets"
    )
    assert ("Recording", "none: no trends, no growth, no courses") in facts.items
    assert not [one for one in document.walk() if isinstance(one, Chart)]
    assert "Of 7 nothing is said" in _texts(_section(document, "Capacity plan"))


def test_without_a_log_and_alerts_it_says_so() -> None:
    document = _built(scene.evidence(alerts=None, deeds=None))
    assert _section(document, "Open alerts").level is Level.UNKNOWN
    assert "Nobody knows" in _texts(_section(document, "Open alerts"))
    assert "no audit log" in _texts(_section(document, "What was done"))


def test_every_form_takes_it() -> None:
    for form in FORMS.values():
        text = form(_built())
        assert "/var/lib/db" in text
        assert "web-2" in text


def test_it_is_found_where_it_stands() -> None:
    assert registry.reports()["system.inspection"] is REPORT
    assert "system.capacity" in registry.reports()
    assert registry.broken() == ()


def _assets(document: Document) -> dict[object, dict[str, object]]:
    table = _table(_section(document, "Assets"))
    keys = [one.key for one in table.fields]
    return {row[1]: dict(zip(keys, row, strict=True)) for row in table.rows}


def test_assets_tell_what_is_known_and_what_waits() -> None:
    document = _built()
    hosts = _assets(document)
    assert list(hosts) == ["db-1", "web-1"], "who did not answer has no line"
    db, web = hosts.values()
    assert (db["state"], web["state"]) == (Level.WARN, Level.UNKNOWN)
    assert (db["cpus"], db["memory_bytes"]) == (16, 64 * scene.GIB)
    assert (db["drives"], db["drive_bytes"], db["packages"]) == (2, 4e12, 870)
    assert (db["updates"], db["security_updates"]) == (12, 3)
    assert "install 3 security updates; restart it" in str(db["todo"])
    assert (web["drives"], web["packages"], web["updates"]) == (0, None, None)
    told = next(one for one in _section(document, "Host db-1").blocks if isinstance(one, Facts))
    facts = dict(told.items)
    assert facts["CPUs"] == "16 in 2 sockets"
    assert facts["Serial"] == "CZ3210ABCD"
    assert facts["Drives"].startswith("sda 1.82 TiB ssd serial Ssda; sdb")
    assert facts["Warranty ends"] == "not known"
    for form in FORMS.values():
        assert "CZ3210ABCD" in form(document)


def test_changes_of_the_period_are_counted_and_listed() -> None:
    happened = [
        Occurrence(scene.NOW - ago, kind, target, Clean(""), Level.OK, Clean(text))
        for ago, kind, target, text in (
            (900, "change", "db-1", "package nginx: 1 -> 2"),
            (600, "reboot", "db-1", "rebooted"),
            (500, "note", "db-1", "ann: nothing changed"),
            (400, "change", "not-mine", "package nginx: 1 -> 2"),
        )
    ]
    found = replace(scene.evidence(scene.past(), REPORT.past), occurrences=tuple(happened))
    document = _built(found)
    assert [one["changes"] for one in _assets(document).values()] == [2, 0]
    tables = [one for one in _section(document, "Assets").blocks if isinstance(one, Table)]
    assert [row[1:] for row in tables[1].rows] == [
        ("db-1", "package nginx: 1 -> 2"),
        ("db-1", "rebooted"),
    ]
    assert "2 changes from 2026-" in _texts(_section(document, "Assets"))
    unrecorded = _built(scene.evidence())
    assert {one["changes"] for one in _assets(unrecorded).values()} == {None}
    assert "not known: nothing is recorded" in _texts(_section(unrecorded, "Assets"))


@pytest.mark.parametrize(
    ("support", "warranty", "level", "said"),
    [
        (-1, None, Level.CRIT, "its support of the system ended on"),
        (30, None, Level.WARN, "its support of the system ends in 30 days, on"),
        (400, None, Level.OK, ""),
        (None, -1, Level.WARN, "its warranty ended on"),
        (None, 89, Level.WARN, "its warranty ends in 89 days, on"),
        (None, 90, Level.OK, ""),
    ],
)
def test_what_ends_is_told_in_time(
    support: int | None, warranty: int | None, level: Level, said: str
) -> None:
    def day(days: int | None) -> str:
        if days is None:
            return ""
        return datetime.fromtimestamp(scene.NOW + days * 86400, UTC).date().isoformat()

    one = asset.owned(scene.evidence(), "db-1")._replace(
        asset={"support_ends": Clean(day(support)) or None},
        update={"updates": 0},
        warranty=day(warranty),
    )
    found, todo = asset.judged(one, scene.NOW)
    assert found is level
    assert [text for text in todo if text.startswith(said)] == todo


def test_what_is_no_date_or_old_is_not_taken_for_well() -> None:
    one = asset.owned(scene.evidence(), "db-1")._replace(update={"updates": 0, "lists_at": 1e9})
    level, todo = asset.judged(one._replace(warranty="soon\x1b[31m"), scene.NOW)
    assert level is Level.UNKNOWN
    assert len(todo) == 2
    assert "\x1b" not in str(todo)


def test_a_system_whose_support_has_ended_fails_the_report() -> None:
    over = Sample(
        *(HOST_ASSET.id, "web-1", scene.NOW - 1),
        [scene.row(HOST_ASSET, support_ends=Clean("2020-01-01"))],
        None,
        600.0,
    )
    whole = scene.evidence()
    mine = {at: one for at, one in whole.samples.items() if at[1] == "web-1"}
    alone = replace(
        whole, targets=scene.TARGETS[1:2], samples={**mine, (over.probe, "web-1"): over}
    )
    assert _built(replace(alone, samples=mine)).level is Level.OK
    assert _built(alone).level is Level.CRIT
