"""Sessions: end a statement, end a session, each by pid and start so that no successor is hit."""

from collections.abc import Mapping

from opsconsole.domains.database.postgres.action import asking
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight

PROBES = ("postgres.session", "postgres.lock", "postgres.connection")
PINS = ("pid", "backend")
ENDABLE = frozenset({"client backend", "autovacuum worker", "parallel worker"})
"""Types of sessions that may be ended; replication and backups have another end."""

LOOK = asking.look("session", lambda thing: (asking.number(thing, "pid"),))


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["ours"]:
        return "it is a connection of this console"
    if not facts["backend"]:
        return "the role may not see it: GRANT pg_monitor to it"
    if facts["type"] not in ENDABLE:
        return f"it is a {facts['type'] or 'process'} and no session of a client"
    if not facts["may"]:
        return f"it belongs to {facts['user'] or 'the server'}: GRANT pg_signal_backend to our role"
    return ""


def _cancel_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["type"] == "client backend" and facts["state"] != "active":
        return f"it runs no statement: it is {facts['state'] or 'starting'}"
    return _bars(thing, facts, arguments)


def _cancel(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _call("cancel", facts)


def _terminate(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _call("terminate", facts)


def _call(name: str, facts: Facts) -> tuple[Step, ...]:
    argv = (asking.statement(name), facts["pid"], facts["backend"])
    return (Step(argv, 10.0, root=False),)


def _preview(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    return (asking.statement("query"), asking.number(thing, "pid"))


def _gone(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None or now["backend"] != before["backend"]


def _cancelled(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or _gone(before, now, arguments):
        return True
    return now["state"] != "active" or now["query started"] != before["query started"]


def _fits(row: Mapping[str, Value]) -> bool:
    if row.get("pid") == 0 or row.get("ours") is True or not row.get("backend"):
        return False
    return row.get("type") is None or row["type"] in ENDABLE


def _busy(row: Mapping[str, Value]) -> bool:
    return _fits(row) and row.get("state") in {"active", None}


def _blocked(facts: Facts) -> str:
    count = facts["sessions blocked"]
    return f"; {count} that wait for it go on" if count not in {"", "0"} else ""


CANCEL = Action(
    id="postgres.cancel",
    title="Cancel statement",
    letter="c",
    about="Ends the statement that exactly this session runs; the session stays.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_cancel,
    effect=lambda _thing, facts, _arguments: (
        f"the statement of {facts['user']} fails with 'canceling statement'{_blocked(facts)}"
    ),
    verify=Verify("the statement has ended", _cancelled, within_s=15.0),
    timeout=10.0,
    expected_s=2.0,
    fits=_busy,
    bars=_cancel_bars,
    preview=_preview,
    passing=True,
    widest=PROBES[-1],
)

TERMINATE = Action(
    id="postgres.terminate",
    title="Terminate session",
    letter="t",
    about="Ends exactly this session; what its transaction wrote is rolled back.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_terminate,
    effect=lambda _thing, facts, _arguments: (
        f"the session of {facts['user']} ends; writes: {facts['writes'] or 'none'}{_blocked(facts)}"
    ),
    verify=Verify("the session has ended", _gone, within_s=30.0),
    timeout=10.0,
    expected_s=2.0,
    fits=_fits,
    bars=_bars,
    preview=_preview,
    passing=True,
    widest=PROBES[-1],
)

ACTIONS = (CANCEL, TERMINATE)
