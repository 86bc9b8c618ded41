"""Answers as PostgreSQL gives them, and as nobody should: rows out, or a fault that says why."""

from typing import Any

import msgspec
import pytest

from opsconsole import table
from opsconsole.domains.database.postgres import INTEGRATION, relation, session
from opsconsole.domains.database.postgres.asking import MONITOR, grown, percent, rate
from opsconsole.errors import Denied, Malformed, TargetError, Unsupported
from opsconsole.question import Part, Statement, joined, of_kind
from opsconsole.spec import Probe

PROBES: dict[str, Probe[Any]] = {probe.id: probe for probe in INTEGRATION.probes}
every = pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)


def answer(probe: Probe[Any], part: Part) -> bytes:
    """The same part for each statement of its exchange."""
    return joined([part] * len(INTEGRATION.questions[probe.exchange]))


@every
def test_an_answer_without_rows_is_none(probe: Probe[Any]) -> None:
    for part in (table.rows([]), table.NOT_ASKED):
        assert probe.rows(probe.read(answer(probe, part)), None) == []


@every
def test_a_missing_right_names_the_grant(probe: Probe[Any]) -> None:
    with pytest.raises(Denied) as caught:
        probe.read(answer(probe, table.refused("42501", "permission denied\x1b[2J")))
    assert "GRANT" in caught.value.remedy
    assert "\x1b" not in str(caught.value)


@every
def test_what_is_no_answer_is_said(probe: Probe[Any]) -> None:
    whole = answer(probe, table.rows([["a", {"b": 1}]]))
    for payload in (b"", b"x", whole[:-3], whole, answer(probe, table.refused("XX000", "no"))):
        with pytest.raises(TargetError):
            probe.read(payload)


@every
def test_statements_have_their_versions(probe: Probe[Any]) -> None:
    """Each version is asked some statement, and none that writes."""
    asked = of_kind(INTEGRATION.questions, Statement)[probe.exchange]
    for version in (130000, 140000, 150000, 170000, 180000):
        assert [one for one in asked if one.since <= version and not 0 < one.until <= version]
    for one in asked:
        assert one.sql.lstrip().startswith("SELECT")
        assert one.sql.count("LIMIT") or "count(" in one.sql or len(one.sql) < 2000


def busy(*rows: tuple[int, str]) -> session.Reading:
    """Sessions by pid and whom they wait for."""
    empty: list[Any] = [None] * 15
    shape = list[session.Session]
    made = [[pid, "1", *empty, blockers, "q"] for pid, blockers in rows]
    sessions = msgspec.convert(made, shape)
    return session.Reading({one.pid: one for one in sessions}, {})


def forest(*rows: tuple[int, str]) -> list[tuple[int, int, int]]:
    return list(session.tree(busy(*rows).sessions))


def test_who_waits_stands_under_whom_it_waits_for() -> None:
    assert forest((1, ""), (2, "1"), (3, "2"), (4, "1"), (9, "")) == [
        (0, 1, 0),
        (1, 2, 1),
        (2, 3, 2),
        (1, 4, 1),
    ]
    # The root that holds up most comes first; one that is not listed is a root, too.
    assert forest((2, "1"), (5, "4"), (6, "4"), (7, "5 1"))[0] == (0, 4, 0)
    assert forest((3, "0")) == [(0, 0, 0), (1, 3, 0)]


def test_a_circle_ends_and_nonsense_is_passed_over() -> None:
    assert [pid for _, pid, _ in forest((1, "3"), (2, "1"), (3, "2"))] == [1, 2, 3]
    assert [pid for _, pid, _ in forest((1, "1"))] == [1]
    assert forest((1, "x -4 9e9")) == []
    deep = [(at, str(at - 1)) for at in range(2, 3000)]
    rows = session.lock_rows(busy((1, ""), *deep), None)
    assert len(rows) == 2999
    assert max(int(str(row[3])) for row in rows) == session.DEPTH
    assert rows[0][5] == 2998


def test_many_that_wait_for_many_are_counted_once_each() -> None:
    crowd = [(at, " ".join(str(ahead) for ahead in range(max(1, at - 50), at))) for at in
             range(2, 1500)]  # fmt: skip
    waiters = session.blocked(busy((1, ""), *crowd).sessions)
    assert session.behind(waiters)[1] == 1498


def test_a_prepared_transaction_can_block() -> None:
    rows = session.lock_rows(busy((3, "0")), None)
    assert rows[0][2] == "prepared transaction"
    assert rows[0][5] == 1


def test_text_of_a_session_is_harmless() -> None:
    made = ["1", *["\x1b]0;x\x07\u202e" * 500] * 6, "client backend"]
    row = [7, *made[:1], 1, *made[1:5], "client backend", "active", "Lock\x1b", "x\n\ny",
           float("inf"), float("nan"), -1e300, 2**62, "1", False, "",
           "\x1b[2J\n" * 9999]  # fmt: skip
    payload = joined([table.rows([row]), table.NOT_ASKED, table.rows([]), table.NOT_ASKED])
    for probe in ("postgres.session", "postgres.connection"):
        body = payload if probe == "postgres.session" else joined(
            [table.rows([row]), table.NOT_ASKED])  # fmt: skip
        (out,) = PROBES[probe].rows(PROBES[probe].read(body), None)
        for value in out:
            assert not isinstance(value, str) or (value.isprintable() and len(value) <= 1000)
        msgspec.msgpack.encode(out)
        assert out[9] is None
        assert out[10] is None


def test_a_counter_that_was_reset_has_no_rate() -> None:
    assert grown(5, 9) is None
    assert rate(9, 5, 0.0) is None
    assert rate(9, 5, 2.0) == 2.0
    assert percent(1, 0) is None
    assert percent(None, 5) is None


def index(**changed: object) -> relation.Index:
    usual = relation.Index("d", "1", "s", "t", "i", 9 << 20, 0, True, False, False, False, "",
                           30 * 86400.0, 5)  # fmt: skip
    return msgspec.structs.replace(usual, **changed)


def test_what_is_advised_about_an_index() -> None:
    assert relation.finding(index()) == "unused"
    assert relation.finding(index(valid=False, twin="x")) == "invalid"
    assert relation.finding(index(twin="s.j")) == "duplicate"
    for why in ({"scans": 1}, {"unique": True}, {"counted": 60.0}, {"counted": None}, {"size": 9}):
        assert relation.finding(index(**why)) == ""


def test_an_extension_that_is_not_there_is_said_with_how_to_get_it() -> None:
    probe = PROBES["postgres.statement"]
    path = table.rows([["pg_catalog", False]])
    with pytest.raises(Unsupported) as caught:
        probe.read(joined([path, *[table.refused("42P01", "no such")] * 3]))
    assert "CREATE EXTENSION" in caught.value.remedy
    assert MONITOR.startswith("GRANT pg_monitor")
    with pytest.raises(Malformed):
        probe.read(joined([table.rows([["x"]]), *[table.rows([])] * 3]))
