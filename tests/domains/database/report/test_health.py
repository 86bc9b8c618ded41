"""The weekly health of databases: worst first, what a review needs, and what nobody knows."""

import json
from dataclasses import replace

import pytest

from opsconsole import registry
from opsconsole.check import Mute
from opsconsole.clean import Clean
from opsconsole.document import Chart, Checks, Document, Finding, Paragraph, Section, Table
from opsconsole.domains.database.report import check, config, growth, review
from opsconsole.domains.database.report.health import REPORT
from opsconsole.evidence import Evidence
from opsconsole.model import Level, Row
from opsconsole.report import FORMS
from tests.domains.database.report import scene
from tests.domains.system.report.scene import NOW
from tests.report.test_html import Tree


def _built(found: Evidence | None = None) -> Document:
    return REPORT.build(found or scene.evidence(scene.past()))


def _section(document: Document, title: str) -> Section:
    [found] = [one for one in document.blocks if isinstance(one, Section) and one.title == title]
    return found


def _tables(section: Section) -> dict[str, Table]:
    return {one.title: one for one in section.blocks if isinstance(one, Table)}


def _texts(section: Section) -> str:
    return " ".join(one.text for one in section.blocks if isinstance(one, Paragraph))


def _titles(document: Document) -> list[str]:
    return [one.title for one in document.blocks if isinstance(one, Section)]


def _found(target: str, evidence: Evidence | None = None) -> dict[str, list[Finding]]:
    whole = check.weighed(evidence or scene.evidence(scene.past()))
    seen: dict[str, list[Finding]] = {}
    for one in check.found(whole, target):
        seen.setdefault(one.check, []).append(one)
    return seen


def test_summary_is_first_and_worst_first() -> None:
    document = _built()
    assert _titles(document) == [
        *("Summary", "What needs attention", "Not reached", "Open alerts", "Alerts of the period"),
        *("What was done", "Load", "Growth and forecast", "Top statements", "Index advice"),
        *("Bloat", "Settings", "Replication and slots", "Backup and recovery"),
        *("What is not known", "Server cache", "Server db-1", "Server orders", "Server db-2"),
        "What this rests on",
    ]
    [table] = _tables(_section(document, "Summary")).values()
    assert [(row[0], row[1]) for row in table.rows] == [
        *((Level.CRIT, name) for name in ("cache", "db-1", "db-9", "orders")),
        (Level.UNKNOWN, "db-2"),
    ]
    assert table.rows[0][-1] == "On disk: the last snapshot failed"
    assert table.rows[2][-1] == "not reached: unreachable: no route to host (check its power)"
    said = _texts(_section(document, "Summary"))
    assert said.startswith("5 servers: 3 fail, 1 not reached, 0 warn, 1 with something unknown")
    assert "First to have doubled: all databases on db-1, in 50 days" in said
    assert document.level is Level.CRIT


def test_each_server_is_checked_by_what_it_is() -> None:
    primary = _found("db-1")
    levels = {id_: [one.level for one in seen] for id_, seen in primary.items()}
    assert levels == {
        "postgres.connections": [Level.CRIT],
        "postgres.archive": [Level.CRIT],
        "postgres.cache": [Level.WARN],
        "postgres.replica": [Level.WARN],
        "postgres.slot": [Level.WARN],
        "postgres.restart": [Level.WARN],
        "postgres.xid": [Level.OK],
        "postgres.transaction": [Level.OK],
        "postgres.prepared": [Level.OK],
        "postgres.configuration": [Level.OK],
    }
    assert primary["postgres.cache"][0].value == pytest.approx(55.0), "the mean of the period"
    assert primary["postgres.replica"][0].object == ""
    assert primary["postgres.replica"][0].message == "db-2: 4 KiB behind"
    assert primary["postgres.slot"][0].object == "gone", "one that keeps nothing is nobody's worry"
    assert all(one.todo for seen in primary.values() for one in seen if one.level > Level.UNKNOWN)
    standby = _found("db-2")
    assert standby["postgres.standby"][0].level is Level.OK
    assert "postgres.archive" not in standby, "it archives nothing, whatever its counters say"
    assert standby["postgres.configuration"][0].level is Level.UNKNOWN
    [channel] = _found("orders")["mysql.replication"]
    assert (channel.level, channel.message) == (
        Level.CRIT,
        "the SQL thread stands still: Duplicate entry",
    )
    assert set(_found("cache")) == {"redis.connections", "redis.persistence"}


def test_one_who_sees_not_all_transactions_does_not_know_that_none_is_old() -> None:
    blind = scene.row("postgres.health", scene.health(missing=Clean("GRANT pg_monitor TO x")))
    whole = scene.evidence()
    at = ("postgres.health", "db-1")
    sample = replace_rows(whole, at, [blind])
    assert _found("db-1", sample)["postgres.transaction"][0].level is Level.UNKNOWN
    assert "GRANT pg_monitor TO x" in _texts(_section(_built(sample), "What is not known"))


def replace_rows(whole: Evidence, at: tuple[str, str], rows: list[Row]) -> Evidence:
    """The same with other rows in one answer."""
    old = whole.samples[at]
    new = type(old)(old.probe, old.target, old.at, rows, None, old.period)
    return replace(whole, samples={**whole.samples, at: new})


def test_top_statements_by_total_time_without_passwords() -> None:
    tables = _tables(_section(_built(), "Top statements"))
    assert list(tables) == ["db-1: 10 of 32", "orders: 2 of 2", "cache: 1 of 1"]
    first, second = tables["db-1: 10 of 32"].rows[:2]
    assert (first[0], first[1], first[2], first[3]) == ("shop", 10, 750.0, 75.0)
    assert second[-1] == "ALTER ROLE app PASSWORD '***' VALID UNTIL '***'"
    assert tables["orders: 2 of 2"].rows[0][2] == 2000.0
    assert tables["cache: 1 of 1"].rows[0][2] == pytest.approx(10.0)
    said = _texts(_section(_built(), "Top statements"))
    assert "db-2 has counted no statement." in said
    assert "hunter" not in "".join(form(_built()) for form in FORMS.values())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SELECT 'a' FROM t", "SELECT 'a' FROM t"),
        ("SET PASSWORD = 'x", "SET PASSWORD = '***'"),
        ('CREATE USER u IDENTIFIED BY "a\'b"', "CREATE USER u IDENTIFIED BY '***'"),
        ("ALTER ROLE a PASSWORD $q$it's$q$ LOGIN", "ALTER ROLE a PASSWORD '***' LOGIN"),
        ("SELECT dblink('postgres://u:p@h/d')", "SELECT dblink('***')"),
    ],
)
def test_a_literal_that_may_be_a_password_is_masked(text: str, told: str) -> None:
    assert review.masked(Clean(text)) == told


def test_advice_and_bloat() -> None:
    document = _built()
    advice = _tables(_section(document, "Index advice"))
    assert advice["Indexes"].rows[0][:4] == ("db-1", None, "duplicate", "public.again")
    [line] = advice["Statements that ran without an index"].rows
    assert line[-1] == "SELECT * FROM `t`", "one of few rows needs none"
    bloat = _tables(_section(document, "Bloat"))
    names = [row[2] for row in bloat["Tables of PostgreSQL"].rows]
    assert names == ["public.hot", "public.dead"], "largest first; small ones are nobody's worry"
    assert bloat["Free room within tables of MySQL"].rows[0][3] == 2e9
    assert "Bloat of 1 of 2 large tables of db-1 is not known" in _texts(
        _section(document, "Bloat")
    )


def test_growth_days_to_double_and_none() -> None:
    section = _section(_built(), "Growth and forecast")
    [table] = _tables(section).values()
    lines = {(str(row[0]), str(row[1])): row for row in table.rows}
    grows = lines["db-1", "all databases"]
    assert grows[3] == "+2 GiB"
    assert grows[4:6] == (14.0, 50)
    still = lines["db-2", "all databases"]
    assert (still[5], still[7]) == (None, "does not grow")
    assert lines["orders", "schema shop"][7] == "not enough history: 0.0 days"
    charts = [one for one in section.blocks if isinstance(one, Chart)]
    assert [len(one.lines) for one in charts] == [2, 1], "where it leads only of one that grows"
    assert growth.stores(scene.evidence())[0].to_double is None


def test_settings_that_wait_and_differ() -> None:
    section = _section(_built(), "Settings")
    assert section.level is Level.WARN
    tables = _tables(section)
    assert [row[:2] for row in tables["Wait for a restart"].rows] == [("db-1", "max_connections")]
    assert tables["Differ among 2 servers"].rows == (
        ("archive_command", config.HIDDEN, config.HIDDEN),
        ("work_mem", "64MB", "16MB"),
    )
    assert "GRANT SELECT ON it" in _texts(section)
    assert not any("s3cr3t" in form(_built()) for form in FORMS.values())


def test_copies_and_what_is_not_known_of_backups() -> None:
    document = _built()
    assert list(_tables(_section(document, "Replication and slots"))) == [
        *("Replicas of PostgreSQL", "Standbys of PostgreSQL", "Slots of PostgreSQL"),
        "Channels of MySQL",
    ]
    said = _texts(_section(document, "Backup and recovery"))
    assert "no backup evidence: no target of kind pgbackrest answers" in said
    assert "Restore test: not known" in said


def test_alerts_of_the_period_are_gathered() -> None:
    happened = [
        scene.alerted(7000, "an older one", "clear", "old"),
        scene.alerted(6000),
        scene.alerted(5000, "over", "clear"),
        scene.alerted(3000),
        scene.alerted(60, "93 %"),
    ]
    found = replace(scene.evidence(scene.past()), occurrences=tuple(happened))
    [table] = _tables(_section(_built(found), "Alerts of the period")).values()
    assert [row[3:] for row in table.rows] == [
        (3, happened[1].at, happened[-1].at, None, "93 %"),
        (0, None, None, happened[0].at, "an older one"),
    ]
    assert [row[0] for row in table.rows] == [Level.WARN, Level.OK]
    unrecorded = _section(_built(scene.evidence()), "Alerts of the period")
    assert (unrecorded.level, _texts(unrecorded)) == (
        Level.UNKNOWN,
        "Not known: nothing is recorded.",
    )


@pytest.mark.parametrize(
    ("kind", "absent"),
    [
        ("redis", {"Index advice", "Settings"}),
        ("mysql", {"Settings"}),
        ("postgres", set[str]()),
    ],
)
def test_sections_of_a_kind_stand_only_where_there_is_one(kind: str, absent: set[str]) -> None:
    document = _built(scene.evidence(scene.past(), lambda target: target.kind == kind))
    everything = {"Index advice", "Bloat", "Settings"}
    assert everything - set(_titles(document)) == absent
    text = FORMS["md"](document)
    others = {"postgres": "PostgreSQL", "mysql": "MySQL", "redis": "Redis"}
    assert [word for other, word in others.items() if word in text and other != kind] == []


def test_hostile_statements_stay_text_in_every_form() -> None:
    forms = {name: form(_built()) for name, form in FORMS.items()}
    assert all("\x1b" not in text and "\u202e" not in text for text in forms.values())
    page = Tree(forms["html"])
    assert not [name for name, _ in page.shape if name == "script"]
    assert "SELECT '</td><script>x</script>' | `rm`" in " ".join(page.texts)
    [line] = [one for one in forms["md"].splitlines() if "rm\\`" in one]
    assert len(line.replace("\\|", "").split("|")) == 10, "eight cells, and none ended early"
    found = json.loads(forms["json"])
    assert (found["report"], found["level"]) == ("database.health", "fail")


def test_nothing_answers_and_it_still_stands() -> None:
    document = _built(scene.evidence(None, lambda target: target.id == "db-9"))
    assert document.level is Level.CRIT
    assert "Settings" not in _titles(document)
    for form in FORMS.values():
        assert "no route to host" in form(document)


def test_it_is_found_where_it_stands() -> None:
    assert registry.reports()["database.health"] is REPORT
    assert registry.broken() == ()
    probes = registry.probes()
    for one in REPORT.checks:
        keys = {column.key for column in probes[one.probe].columns}
        assert one.names() <= keys, one.id
    for wanted in REPORT.past:
        assert wanted.probe in REPORT.probes
        probe = probes[wanted.probe]
        assert probe.columns[probe.index(wanted.column)].key == wanted.column


def _mute(check_: str, **more: object) -> Mute:
    told = {"targets": (), "object": "*", "who": "ann", "why": "OPS-7", "until": NOW + 86400}
    return Mute(check_, **{**told, **more})  # type: ignore[arg-type]


def test_a_muted_check_does_not_count_and_is_listed_with_who_and_why() -> None:
    evidence = scene.evidence(scene.past())
    [loud] = _found("db-1", evidence)["postgres.archive"]
    assert loud.level is Level.CRIT
    muted = replace(evidence, mutes=(_mute("postgres.arch*", targets=("db-1",)),))
    document = _built(muted)
    [line] = _tables(_section(document, "Muted checks"))[""].rows
    assert line[:4] == (Level.CRIT, "db-1", "postgres.archive", "")
    assert line[5:] == ("ann", "OPS-7", NOW + 86400)
    for title in ("What needs attention", "Server db-1"):
        for block in _section(document, title).blocks:
            if isinstance(block, Checks):
                assert "postgres.archive" not in {one.check for one in block.findings}
    for form in FORMS.values():
        assert "OPS-7" in form(document)


def test_what_is_muted_alone_makes_no_state() -> None:
    evidence = scene.evidence(scene.past())
    before = _built(evidence)
    only = replace(evidence, targets=tuple(one for one in evidence.targets if one.id == "db-1"))
    whole = replace(only, mutes=(_mute("*"),))
    assert _section(_built(only), "Summary").level is Level.CRIT
    assert _section(_built(whole), "What needs attention").level is Level.OK
    assert "Muted checks" not in _titles(before)


def test_a_mute_that_is_over_or_of_nothing_is_said_and_does_nothing() -> None:
    evidence = scene.evidence(scene.past())
    mutes = (
        _mute("postgres.archive", until=NOW),
        _mute("postgres.archiv", targets=("db-1",)),
        _mute("postgres.archive", object="other"),
        _mute("postgres.archive", targets=("",)),
    )
    document = _built(replace(evidence, mutes=mutes))
    assert document.level == _built(evidence).level
    muted = _section(document, "Muted checks")
    assert _tables(muted)[""].rows == ()
    assert _texts(muted).count("it counts again") == 1
    assert _texts(muted).count("nothing here is of that name") == 3
