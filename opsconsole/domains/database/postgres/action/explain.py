"""The plan of a statement that somebody runs or ran, without running it. Changes nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from opsconsole.clean import clean
from opsconsole.domains.database.postgres.action import asking, session
from opsconsole.errors import Refused
from opsconsole.model import Value
from opsconsole.plan import Step, Thing
from opsconsole.question import EXPLAINED, verb
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

LONGEST = 20_000
"""Bytes of a statement; a longer one is not explained."""

SECONDS = 40.0
"""For connecting, a plan within the 5 s that the server gives it, and telling that."""

_UNREADABLE = "\ufffd"
_ID = re.compile(r"-?[0-9]{1,19}", re.ASCII)


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """The facts, with the statement as text; raises as `asking.read` does."""
    facts = dict(asking.read(thing, status, out))
    try:
        said = bytes.fromhex(facts.get("statement", ""))
    except ValueError:
        said = _UNREADABLE.encode()
    if len(said) > LONGEST:
        facts["long"] = "yes"
    facts["statement"] = said[:LONGEST].decode("utf-8", "replace")
    return facts


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    sql = facts["statement"]
    if facts["ours"]:
        return "it is a connection of this console"
    if not facts["user"] or not facts["database"]:
        return "it is no session of a client in a database"
    if not sql.strip():
        return "no statement of it is known"
    if sql == "<insufficient privilege>":
        return "the role may not see it: GRANT pg_monitor to it"
    if facts["cut"]:
        return (
            f"only the first {facts['cut']} bytes of its statement are kept:"
            " raise track_activity_query_size"
        )
    if facts.get("long"):
        return f"its statement is longer than {LONGEST} bytes"
    if _UNREADABLE in sql:
        return "its statement is in no encoding that is known"
    if verb(sql) not in EXPLAINED:
        return f"{verb(sql) or 'what it runs'} has no plan"
    return _unequal(facts)


def _unequal(facts: Facts) -> str:
    """Planning runs what others declared to be stable: it must not gain rights by ours."""
    if not facts["more"]:
        return ""
    return (
        f"functions of {facts['user']} would run with rights of ours ({facts['more']}) while it is"
        f" planned: act as a role that is only a member of pg_monitor and {facts['user']}"
    )


def _steps(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    argv = ("EXPLAIN", facts["database"], facts["role"], facts["path"], facts["statement"])
    return (Step(argv, SECONDS, root=False),)


def _effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    role = f" as {facts['role']}" if facts["role"] else ""
    return (
        f"its plan is shown, made in {facts['database']}{role} within 5 s; it is not run, and"
        " nothing can be written"
    )


def _there(_before: Facts, _now: Facts | None, _arguments: Arguments) -> bool:
    return True  # who asked may be gone by now: the plan stands


def _fits(row: Mapping[str, Value]) -> bool:
    return row.get("ours") is not True and bool(row.get("query"))


def _pid(thing: Thing) -> tuple[str, ...]:
    return asking.number(thing, "pid"), "", "", ""


def _counted(thing: Thing) -> tuple[str, ...]:
    key = asking.pin(thing, "id")
    if not _ID.fullmatch(key):
        raise Refused(f"{thing.target}: {str(clean(key))!r} is no query id", "unknown")
    return "", key, asking.pin(thing, "database"), asking.pin(thing, "user")


def _look(words: Callable[[Thing], tuple[str, ...]]) -> Look:
    return replace(asking.look("explain", words), read=read)


EXPLAIN = Action(
    id="postgres.explain",
    title="Explain statement",
    letter="e",
    about="Shows the plan of the session's last statement; runs nothing, changes nothing.",
    probes=session.PROBES,
    pins=session.PINS,
    weight=Weight.REVERSIBLE,
    look=_look(_pid),
    steps=_steps,
    effect=_effect,
    verify=Verify("the server has told its plan", _there, within_s=10.0),
    timeout=SECONDS,
    expected_s=2.0,
    fits=_fits,
    bars=_bars,
    cancellable=True,
)

COUNTED = Action(
    id="postgres.explain-top",
    title="Explain statement",
    letter="e",
    about="Shows the plan of a statement for any parameters; runs nothing, changes nothing.",
    probes=("postgres.statement",),
    pins=("id", "database", "user"),
    weight=Weight.REVERSIBLE,
    look=_look(_counted),
    steps=_steps,
    effect=_effect,
    verify=EXPLAIN.verify,
    timeout=SECONDS,
    expected_s=2.0,
    fits=_fits,
    bars=_bars,
    cancellable=True,
)

ACTIONS = (EXPLAIN, COUNTED)
