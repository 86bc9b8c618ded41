"""A server behind a ProxySQL: take it out of its hostgroup, put it back.

The admin interface is SQLite: a backslash escapes nothing there, so that no parameter may be left
to MySQL's driver. What goes into a statement is held to digits and to letters of a host's name.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.domains.database.looking import Right, pin, rows, said
from opsconsole.domains.database.proxysql.asking import RIGHT
from opsconsole.errors import Gone, Refused
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 15.0
"""For one statement."""

_NEEDS = Right(re.compile(rb"ERROR 1045: .*no such table"), RIGHT)
_PLACE = re.compile(r"(\d{1,10})/([A-Za-z0-9_.:/-]{1,253}):(\d{1,5})", re.ASCII)


def _sql(name: str, thing: Thing, **words: str) -> str:
    """The text of a file, about one server, on one line; raises `Refused` where it is none."""
    match = _PLACE.fullmatch(place := pin(thing, "server"))
    if match is None:
        raise Refused(f"{thing.target}: {clean(place, 80)!r} is no server", "unknown")
    hostgroup, host, port = match.groups()
    text = " ".join(Path(__file__).with_name(f"{name}.sql").read_text("utf-8").split())
    return text.format(hostgroup=hostgroup, host=host, port=port, **words)


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of a server; raises `Gone`, `Denied` or `Malformed`."""
    found = rows(thing, status, out, _NEEDS)
    if not found:
        raise Gone(f"{thing.target}: there is no server {pin(thing, 'server')} in the runtime")
    row = found[0]
    return {
        "server": pin(thing, "server"),
        "hostgroup": said(row, "hostgroup"),
        "status": said(row, "status").lower(),
        "configured": said(row, "configured").lower(),
        "connections in use": said(row, "used"),
        "others online": said(row, "others"),
        "pending": said(row, "pending"),
    }


LOOK = Look(lambda thing: (_sql("look", thing),), read)


def _bars(facts: Facts) -> str:
    if not facts["configured"]:
        return "it stands in the runtime alone: mysql_servers has no such row"
    if facts["pending"] != "0":
        return (
            f"{facts['pending']} other rows differ between memory and runtime, and LOAD would make"
            " them true as well: SAVE MYSQL SERVERS FROM RUNTIME drops them"
        )
    return ""


def _out_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["status"].startswith("offline"):
        return f"it is out already: {facts['status']}"
    if facts["others online"] == "0":
        return f"it is the last one of hostgroup {facts['hostgroup']}: its clients would fail"
    return _bars(facts)


def _back_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["status"].startswith("shunned"):
        return "ProxySQL itself shuns it, and takes it back when it answers well"
    if facts["status"] == "online":
        return "it is online already"
    return _bars(facts)


def _steps(status: str) -> Callable[[Thing, Facts, Arguments], tuple[Step, ...]]:
    def steps(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        words = (_sql("set", thing, status=status), "LOAD MYSQL SERVERS TO RUNTIME")
        return tuple(Step((sql,), SECONDS, root=False) for sql in words)

    return steps


def _is(status: str) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and now["status"] == status

    return held


def _out_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return (
        f"new statements of hostgroup {facts['hostgroup']} go to {facts['others online']} others;"
        f" {facts['connections in use'] or '0'} connections in use end with their transactions."
        " Members of its cluster do the same; the file on disk stays as it is"
    )


def _back_undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo | None:
    soft = facts["status"] == "offline_soft"
    return Undo("proxysql.take-out", (thing,)) if soft else None


def _state(row: Mapping[str, Value]) -> str:
    return str(row.get("status"))


TAKE_OUT = Action(
    id="proxysql.take-out",
    title="Take server out",
    letter="o",
    about="Sets it OFFLINE_SOFT in the runtime: transactions end, nothing new is sent there.",
    probes=("proxysql.server",),
    pins=("server",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("OFFLINE_SOFT"),
    effect=_out_effect,
    verify=Verify("the runtime says offline_soft", _is("offline_soft"), within_s=15.0),
    timeout=2 * SECONDS,
    expected_s=2.0,
    fits=lambda row: not _state(row).startswith("offline"),
    bars=_out_bars,
    undo=lambda thing, _facts, _arguments: Undo("proxysql.put-back", (thing,)),
)

PUT_BACK = Action(
    id="proxysql.put-back",
    title="Put server back",
    letter="b",
    about="Sets it ONLINE in the runtime: statements of its hostgroup are sent there again.",
    probes=("proxysql.server",),
    pins=("server",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("ONLINE"),
    effect=lambda _thing, facts, _arguments: (
        f"statements of hostgroup {facts['hostgroup']} are sent there again"
    ),
    verify=Verify("the runtime says online, for 3 s", _is("online"), within_s=20.0, hold_s=3.0),
    timeout=2 * SECONDS,
    expected_s=5.0,
    fits=lambda row: _state(row).startswith("offline"),
    bars=_back_bars,
    undo=_back_undo,
)

ACTIONS = (TAKE_OUT, PUT_BACK)
