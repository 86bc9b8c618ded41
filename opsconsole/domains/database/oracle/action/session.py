"""Sessions: cancel the statement that one runs, or end it altogether.

`ALTER SYSTEM` takes no binds: what goes into its text is held to digits, and a statement's id to
letters and digits.
"""

import re
from collections.abc import Mapping

from opsconsole.domains.database.looking import Right, number, pin, rows, said
from opsconsole.errors import Gone, Refused
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

PROBES = ("oracle.session", "oracle.lock")
PINS = ("sid", "serial", "logon")

CANCELS = 18
"""The first version that can cancel a statement."""

_LOOK = (
    "SELECT s.sid, s.serial# AS serial, TO_CHAR(s.logon_time, 'YYYY-MM-DD HH24:MI:SS') AS logon,"
    " s.username, s.machine, s.program, s.type, s.status, s.last_call_et, s.sql_id,"
    " s.event, (SELECT MAX((SYSDATE - t.start_date) * 86400) FROM v$transaction t"
    " WHERE t.ses_addr = s.saddr) AS age, (SELECT MAX(t.used_urec) FROM v$transaction t"
    " WHERE t.ses_addr = s.saddr) AS undo_records, (SELECT MAX(i.version) FROM v$instance i)"
    " AS version FROM v$session s WHERE s.sid = :sid AND s.serial# = :serial"
)
_RIGHT = Right(
    re.compile(rb"ERROR (942|1031|41900)\b"),
    "GRANT SELECT ON each of SYS.V_$SESSION, SYS.V_$TRANSACTION and SYS.V_$INSTANCE TO the account",
)
_SQL_ID = re.compile(r"[0-9a-z]{13}", re.ASCII)


def _look(thing: Thing) -> tuple[str, ...]:
    return (_LOOK, number(thing, "sid"), number(thing, "serial"))


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a session; raises `Gone`, `Denied` or `Malformed`."""
    logon = pin(thing, "logon")
    found = [row for row in rows(thing, status, out, _RIGHT) if said(row, "logon") == logon]
    if not found:
        raise Gone(f"{thing.target}: session {number(thing, 'sid')} is gone")
    row = found[0]
    return {
        "sid": said(row, "sid"),
        "serial": said(row, "serial"),
        "logon": said(row, "logon"),
        "user": said(row, "username"),
        "machine": said(row, "machine"),
        "program": said(row, "program"),
        "type": said(row, "type").lower(),
        "status": said(row, "status").lower(),
        "since_s": said(row, "last_call_et"),
        "sql_id": said(row, "sql_id"),
        "event": said(row, "event"),
        "transaction_s": said(row, "age"),
        "undo_records": said(row, "undo_records"),
        "version": said(row, "version"),
    }


LOOK = Look(_look, read)


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["type"] != "user":
        return f"it is the server's own: {facts['program'] or facts['type']}"
    if facts["status"] == "killed":
        return "it is being ended already: what it changed is rolled back"
    return ""


def _cancel_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    major = facts["version"].partition(".")[0]
    if major.isascii() and major.isdigit() and int(major[:4]) < CANCELS:
        return f"{facts['version']} cannot cancel a statement, 18c and later can"
    if facts["status"] != "active" or not facts["sql_id"]:
        return "it runs no statement; its transaction ends with the session"
    return _bars(thing, facts, arguments)


def _kill(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    who = f"{number(thing, 'sid')},{number(thing, 'serial')}"
    return (Step((f"ALTER SYSTEM KILL SESSION '{who}' IMMEDIATE",), 60.0, root=False),)


def _cancel(thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    if not _SQL_ID.fullmatch(facts["sql_id"]):
        raise Refused(f"{thing.target}: {facts['sql_id']!r} is no statement's id", "unknown")
    who = f"{number(thing, 'sid')}, {number(thing, 'serial')}, {facts['sql_id']}"
    return (Step((f"ALTER SYSTEM CANCEL SQL '{who}'",), 30.0, root=False),)


def _undone(facts: Facts) -> str:
    if not facts["transaction_s"]:
        return "no transaction is open, nothing is rolled back"
    return f"{facts['undo_records'] or 'unknown'} undo records are rolled back, which takes a while"


def _effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"{facts['user']}'s session {facts['sid']},{facts['serial']} ends; {_undone(facts)}"


def _cancel_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    who = f"{facts['user']}'s statement {facts['sql_id']} in session {facts['sid']}"
    return f"{who} ends, and what it changed is rolled back; its transaction and locks stay"


def _ended(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or (now["status"] == "killed" and not now["transaction_s"])


def _idle(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["status"] != "active" or now["sql_id"] != before["sql_id"]


def _fits(row: Mapping[str, Value]) -> bool:
    return row.get("serial") is not None and row.get("status") != "killed"


def _busy(row: Mapping[str, Value]) -> bool:
    return _fits(row) and row.get("status") == "active"


CANCEL_SQL = Action(
    id="oracle.cancel-sql",
    title="Cancel SQL",
    letter="C",
    about="Ends the statement that runs (18c and later); the session and its transaction stay.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_cancel,
    effect=_cancel_effect,
    verify=Verify("the statement no longer runs", _idle, within_s=30.0),
    timeout=30.0,
    expected_s=2.0,
    fits=_busy,
    bars=_cancel_bars,
)

KILL_SESSION = Action(
    id="oracle.kill-session",
    title="Kill session",
    letter="K",
    about="Ends exactly this session at once: its transaction is rolled back, its locks let go.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_kill,
    effect=_effect,
    verify=Verify("the session is gone, or killed with nothing left to roll back", _ended,
                  within_s=120.0),
    timeout=60.0,
    expected_s=5.0,
    fits=_fits,
    bars=_bars,
)  # fmt: skip

ACTIONS = (CANCEL_SQL, KILL_SESSION)
