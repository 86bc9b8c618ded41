"""Guards hold on live values only, and say what they need and what is there."""

import pytest

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row, State
from opsconsole.runbook import Runbook, RunbookStep, guard
from opsconsole.spec import Probe

VITALS: Probe[bytes] = Probe(
    "host.vitals",
    "Vitals",
    "vitals",
    (Column("cpu_percent", "CPU", Quantity.PERCENT, "x"), Column("os", "OS", Quantity.TEXT, "x")),
    (),
    bytes,
    lambda _now, _before: [],
)
SERVICE: Probe[bytes] = Probe(
    "host.service",
    "Services",
    "services",
    (Column("unit", "UNIT", Quantity.TEXT, "x"), Column("active", "ACTIVE", Quantity.STATE, "x")),
    ("unit",),
    bytes,
    lambda _now, _before: [],
)
PROBES = {probe.id: probe for probe in (VITALS, SERVICE)}


def judged(text: str, *rows: Row, state: State = State.LIVE) -> str:
    found = guard(text)
    assert found is not None
    assert found.wrong(PROBES) == ""
    return found.judge(PROBES[found.probe], state, rows)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("host.vitals.cpu_percent < 80", ""),
        ("host.vitals.cpu_percent<=41.5", ""),
        ("host.vitals.cpu_percent > 80", "needs host.vitals.cpu_percent > 80, now 41.5"),
        ("host.vitals.os == Debian 12", ""),
        ("host.vitals.os != 'Debian 12'", "needs host.vitals.os != 'Debian 12', now Debian 12"),
    ],
)
def test_a_guard_compares_the_live_value(text: str, why: str) -> None:
    assert judged(text, (41.5, Clean("Debian 12"))) == why


def test_a_row_is_picked_by_a_column() -> None:
    rows: list[Row] = [(Clean("a.service"), Clean("failed")), (Clean("b.service"), Clean("active"))]
    assert judged("host.service[unit=b.service].active == active", *rows) == ""
    assert "now failed" in judged("host.service[unit=a.service].active == active", *rows)
    assert "no such row" in judged("host.service[unit=c.service].active == active", *rows)


@pytest.mark.parametrize("state", [state for state in State if state is not State.LIVE])
def test_only_live_data_unlocks(state: State) -> None:
    row: Row = (1.0, Clean("x"))
    assert "no live data" in judged("host.vitals.cpu_percent < 80", row, state=state)


def test_what_is_not_known_does_not_hold() -> None:
    assert "now unknown" in judged("host.vitals.cpu_percent < 80", (None, None))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("host.nope.cpu < 1", "no probe"),
        ("host.vitals.cpu < 1", "no column"),
        ("host.service.active == active", "many rows"),
        ("host.service[name=a].active == active", "no column"),
        ("host.vitals.cpu_percent < lots", "no number"),
    ],
)
def test_a_guard_that_cannot_be_judged_says_why(text: str, wrong: str) -> None:
    found = guard(text)
    assert found is not None
    assert wrong in found.wrong(PROBES)


@pytest.mark.parametrize("text", ["", "cpu < 3", "host.vitals.cpu_percent", "a.b.c = 3", "a.b.c <"])
def test_what_is_no_guard_is_none(text: str) -> None:
    assert guard(text) is None


def test_a_runbook_names_what_its_guards_watch() -> None:
    steps = (
        RunbookStep(Clean("a"), guard=guard("host.vitals.cpu_percent < 80")),
        RunbookStep(Clean("b"), target="db-1", guard=guard("host.vitals.cpu_percent < 80")),
        RunbookStep(Clean("c")),
    )
    book = Runbook("x", Clean("X"), Clean(""), steps)
    assert book.pairs("web-1") == {("host.vitals", "web-1"), ("host.vitals", "db-1")}
