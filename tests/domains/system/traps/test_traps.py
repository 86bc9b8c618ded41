"""What was heard as rows and lines of the timeline; the rule; what no one knows or is absurd."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.clean import clean
from opsconsole.collector.placing import placed
from opsconsole.domains.system.traps import INTEGRATION, name, news, row
from opsconsole.model import Level, Sample, Target
from opsconsole.observer import Observer
from opsconsole.spec import Probe
from opsconsole.transports.snmp import ber
from opsconsole.trap import Heard, Notice, Sender, packed
from opsconsole.varbind import INTEGER, NAME, SEQUENCE
from tests.domains.database.trial import Case, rules, tried
from tests.transports.trap.scene import LINK_DOWN, variable

WRONG: list[Case] = [
    ("traps.storm", {"recent": 5}, {"recent": 700}, "warn"),
    ("traps.storm", {"recent": 5}, {"recent": 4000}, "crit"),
    ("traps.storm", {"recent": 5}, {"recent": 400}, ""),
]
RULES = rules("traps")


@pytest.mark.parametrize(("name_", "good", "bad", "level"), WRONG)
def test_the_rule(
    name_: str, good: Any, bad: Any, level: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {rule for rule, *_ in WRONG} == RULES.keys()
    assert tried(tmp_path, RULES[name_], good, bad, level) == 0, capsys.readouterr().out


def notice(number: int = 1, oid: str = LINK_DOWN, body: bytes = b"", **said: Any) -> Notice:
    cells: dict[str, Any] = {
        "at": 1000.0 + number, "source": "10.0.0.1", "version": 1, "inform": False, "user": "",
        "uptime": 4200, "agent": "", "cut": False,
    }  # fmt: skip
    return Notice(number=number, oid=oid, body=body, **(cells | said))


def heard(*notices: Notice, **said: Any) -> bytes:
    cells: dict[str, Any] = {
        "since": 900.0, "traps": len(notices), "informs": 0, "recent": 0, "refused": {},
        "flooded": 0, "again": 0, "senders": [],
    }  # fmt: skip
    return packed(Heard(notices=notices, **(cells | said)))


def table(probe: Probe[Any], payload: bytes) -> list[dict[str, Any]]:
    keys = [column.key for column in probe.columns]
    return [dict(zip(keys, one, strict=True)) for one in probe.rows(probe.read(payload), None)]


def whole(oid: str, value: int) -> bytes:
    return ber.packed(SEQUENCE, ber.packed(NAME, ber.name(oid)), ber.number(value, INTEGER))


LINK = b"".join(
    (
        whole("1.3.6.1.2.1.2.2.1.1.7", 7),
        whole("1.3.6.1.2.1.2.2.1.7.7", 1),
        whole("1.3.6.1.2.1.2.2.1.8.7", 2),
        variable("1.3.6.1.2.1.31.1.1.1.1.7", b"ge0/7"),
        whole("1.3.6.1.4.1.9999.1.0", 3),
    )
)


def test_a_trap_says_what_happened_to_what() -> None:
    first, second = table(row.TRAPS, heard(notice(1), notice(2, body=LINK, agent="10.9.9.9")))
    assert (second["number"], second["object"], second["said"]) == ("1", "", "")
    assert (first["trap"], first["judged"], first["object"]) == ("linkDown", "warning", "ge0/7")
    assert first["said"] == (
        "ifIndex 7, ifAdminStatus.7 up, ifOperStatus.7 down, ifName.7 ge0/7, 1.3.6.1.4.1.9999.1.0 3"
    )
    assert (first["source"], first["came_from"], first["uptime_s"]) == ("10.9.9.9", "10.0.0.1", 42)


def test_one_that_nobody_knows_has_its_number_and_is_not_judged() -> None:
    (one,) = table(row.TRAPS, heard(notice(oid="1.3.6.1.4.1.9999.2.0.17", version=7, cut=True)))
    assert (one["trap"], one["judged"]) == ("1.3.6.1.4.1.9999.2.0.17", "ok")
    assert (one["version"], one["said"]) == ("", ", and more")


def test_who_sent_and_what_was_refused() -> None:
    senders = [Sender("10.0.0.1", 3, 0, 1000.0), Sender("10.0.0.2", 0, 2, 1001.0, "cut short")]
    payload = heard(notice(), senders=senders, refused={"cut short": 2, "other": 1}, informs=4)
    (one,) = table(row.SUMMARY, payload)
    assert (one["traps"], one["informs"], one["refused"], one["why_refused"]) == (
        1,
        4,
        3,
        "cut short",
    )
    assert (one["last"], one["last_trap"], one["senders"]) == (1001.0, "linkDown", 2)
    assert [each["why"] for each in table(row.SENDERS, payload)] == ["", "cut short"]
    (none,) = table(row.SUMMARY, heard())
    assert (none["last"], none["last_trap"], none["why_refused"]) == (None, "", "")


def told(*payloads: bytes, targets: Sequence[Target] = ()) -> list[Any]:
    """Lines of the timeline, as the observer finds them among what a collector publishes."""
    to = [Target("traps", "traps", "trap", ""), *targets]
    known = placed(INTEGRATION, to)
    probe = next(one for one in known.probes if one.id == row.TRAPS.id)
    observer = Observer(to, {"traps": known})
    found: list[Any] = []
    for at, payload in enumerate(payloads):
        rows = probe.rows(probe.read(payload), None)
        found += observer.hear([Sample(probe.id, "traps", float(at), rows, None, 10.0)])
    return [one for one in found if one.kind == "trap"]


def test_each_trap_is_one_line_of_the_target_that_it_is_from() -> None:
    switch = Target("switch-1", "network", "snmp", "10.0.0.1")
    first = notice(1, body=LINK)
    stranger = notice(2, "1.3.6.1.6.3.1.1.5.1", source="10.0.0.2")
    lines = told(heard(), heard(first), heard(first, stranger), heard(first, stranger),
                 targets=[switch])  # fmt: skip
    assert [(one.at, one.target, one.object, one.level) for one in lines] == [
        (1001.0, "switch-1", "ge0/7", Level.WARN),
        (1002.0, "traps", "", Level.WARN),
    ]
    assert lines[0].text.startswith("linkDown: ifIndex 7, ")
    assert lines[1].text == "10.0.0.2: coldStart"
    assert lines[0].ref == "traps.trap"


def test_what_was_heard_before_is_no_news_after_a_restart() -> None:
    assert told(heard(notice(1)), heard(notice(1))) == []


def test_many_at_once_are_counted() -> None:
    many = [notice(at) for at in range(news.MOST + 5)]
    bad = notice(900, "1.3.6.1.2.1.33.2.1")
    lines = told(heard(), heard(*many, bad))
    assert len(lines) == news.MOST + 1
    assert (lines[-1].text, lines[-1].level) == ("6 more traps at once", Level.CRIT)


def test_names_are_numbers_of_traps() -> None:
    assert all(ber.name(oid) for oid in (*name.TRAPS, *name.VARIABLES))
    assert set(name.WORDS) | set(name.OBJECTS) <= set(name.VARIABLES.values())
    assert name.variable("1.3.6.1.2.1.2.2.1.8.10101") == ("ifOperStatus", "10101")
    assert name.variable("1.3.6.1.2.1.2.2.1.88.1") == ("1.3.6.1.2.1.2.2.1.88.1", "")


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 1 << 62))
def test_whatever_is_said_is_shown_harmlessly(oid: str, source: str, uptime: int) -> None:
    odd = notice(oid=oid, source=source, agent=source, user=source, uptime=uptime)
    (one,) = table(row.TRAPS, heard(odd))
    assert all(clean(cell, 1000) == cell for cell in one.values() if isinstance(cell, str))
