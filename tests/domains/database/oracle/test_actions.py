"""Actions on sessions: exactly this one, by nothing but digits, judged by what is seen of it."""

import msgspec
import pytest

from opsconsole.clean import Clean
from opsconsole.domains.database.oracle.action.session import CANCEL_SQL, KILL_SESSION, read
from opsconsole.errors import Denied, Gone, Malformed, Refused
from opsconsole.model import Value
from opsconsole.plan import Thing

LOGON = "2026-01-02 03:04:05"
ROW: dict[str, object] = {
    "sid": 12, "serial": 345, "logon": LOGON, "username": "APP", "machine": "web-1",
    "program": "java", "type": "USER", "status": "ACTIVE", "last_call_et": 5,
    "sql_id": "8vu7s907prbgr", "event": "x", "age": 61.0, "undo_records": 42,
    "version": "19.0.0.0.0",
}  # fmt: skip


def thing(sid: str = "12", serial: str = "345") -> Thing:
    return Thing("db", (("sid", sid), ("serial", serial), ("logon", LOGON)), Clean(sid))


def facts(**more: object) -> dict[str, str]:
    return dict(read(thing(), 0, msgspec.json.encode({**ROW, **more})))


def test_it_is_looked_at_with_binds_and_ended_by_its_numbers() -> None:
    sql, *parameters = KILL_SESSION.look.argv(thing())
    assert parameters == ["12", "345"]
    assert "12" not in sql.split("WHERE")[-1]
    (kill,) = KILL_SESSION.steps(thing(), facts(), {})
    assert kill.argv == ("ALTER SYSTEM KILL SESSION '12,345' IMMEDIATE",)
    (cancel,) = CANCEL_SQL.steps(thing(), facts(), {})
    assert cancel.argv == ("ALTER SYSTEM CANCEL SQL '12, 345, 8vu7s907prbgr'",)
    assert not kill.root
    assert "42 undo records" in KILL_SESSION.effect(thing(), facts(), {})
    assert "nothing is rolled back" in KILL_SESSION.effect(thing(), facts(age=None), {})


@pytest.mark.parametrize("word", ["1' OR '1", "", "-1", "1,2", "１２", "9" * 30, "1\n"])
def test_what_is_no_number_goes_nowhere(word: str) -> None:
    for bad in (thing(sid=word), thing(serial=word)):
        for action in (KILL_SESSION, CANCEL_SQL):
            with pytest.raises(Refused):
                action.steps(bad, facts(), {})
            with pytest.raises(Refused):
                action.look.argv(bad)


@pytest.mark.parametrize("word", ["", "'; DROP", "8vu7s907prbg", "8VU7S907PRBGR", "8vu7s907prbg'"])
def test_what_is_no_statement_is_not_cancelled(word: str) -> None:
    with pytest.raises(Refused):
        CANCEL_SQL.steps(thing(), facts() | {"sql_id": word}, {})


def test_another_session_of_that_number_is_none() -> None:
    with pytest.raises(Gone):
        read(thing(), 0, b"")
    with pytest.raises(Gone):
        facts(logon="2026-01-02 03:04:06")
    with pytest.raises(Denied) as caught:
        read(thing(), 1, b"ERROR 942: ORA-00942: table or view does not exist\n")
    assert "SYS.V_$SESSION" in caught.value.remedy
    with pytest.raises(Malformed):
        read(thing(), 1, b"ERROR 600: internal error\n")
    with pytest.raises(Malformed):
        read(thing(), 0, b"{")


def test_what_must_not_be_done_is_said() -> None:
    def bars(action: object, **more: object) -> str:
        assert action in (KILL_SESSION, CANCEL_SQL)
        chosen = KILL_SESSION if action is KILL_SESSION else CANCEL_SQL
        return chosen.bars(thing(), facts(**more), {})

    assert bars(KILL_SESSION) == bars(CANCEL_SQL) == ""
    assert "server's own" in bars(KILL_SESSION, type="BACKGROUND")
    assert "server's own" in bars(CANCEL_SQL, type="BACKGROUND")
    assert "being ended" in bars(KILL_SESSION, status="KILLED")
    assert "runs no statement" in bars(CANCEL_SQL, status="INACTIVE")
    assert "18c and later can" in bars(CANCEL_SQL, version="12.2.0.1.0")
    assert bars(KILL_SESSION, version="12.2.0.1.0") == ""


def test_it_worked_when_nothing_of_it_is_left() -> None:
    before = facts()
    held = KILL_SESSION.verify.held
    assert held(before, None, {})
    assert not held(before, before, {})
    assert not held(before, facts(status="KILLED"), {})
    assert held(before, facts(status="KILLED", age=None), {})
    held = CANCEL_SQL.verify.held
    assert held(before, None, {})
    assert held(before, facts(status="INACTIVE"), {})
    assert held(before, facts(sql_id="0000000000000"), {})
    assert not held(before, before, {})


def test_the_menu_offers_what_fits_a_row() -> None:
    row: dict[str, Value] = {"sid": 12, "serial": 345, "status": Clean("active")}
    assert KILL_SESSION.fits(row)
    assert CANCEL_SQL.fits(row)
    assert not CANCEL_SQL.fits({**row, "status": Clean("inactive")})
    assert not KILL_SESSION.fits({**row, "serial": None})
