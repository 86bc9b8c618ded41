"""A database behind a PgBouncer: hold its clients, let them go on."""

from collections.abc import Callable

from opsconsole.clean import clean, clean_bytes
from opsconsole.errors import Denied, Gone, Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight

SECONDS = 60.0
"""For one command: PAUSE waits until every transaction has ended."""

Steps = Callable[[Thing, Facts, Arguments], tuple[Step, ...]]


def _name(thing: Thing) -> str:
    name = dict(thing.pins).get("database", "")
    if not name.isprintable() or not 0 < len(name) < 64 or '"' in name:
        raise Refused(f"{thing.target}: {str(clean(name))!r} is no database", "unknown")
    return name


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """The database as `SHOW DATABASES` has it; raises `Gone`."""
    if status:
        said = clean_bytes(b" ".join(out.split()), 160)
        raise Denied(f"{thing.target}: {said}", "name the role in admin_users of pgbouncer.ini")
    names, *rows = [line.split("\t") for line in out.decode("utf-8", "replace").splitlines()] or [
        [""]
    ]
    for row in rows:
        found = dict(zip(names, row, strict=False))
        if found.get("name") == _name(thing):
            return {
                "database": found["name"],
                "server": f"{found.get('host', '')}:{found.get('port', '')}",
                "connections": found.get("current_connections", ""),
                "paused": "yes" if found.get("paused") == "1" else "",
            }
    raise Gone(f"{thing.target}: there is no database {_name(thing)!r}")


def _steps(verb: str) -> Steps:
    def steps(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (Step((f'{verb} "{facts["database"]}"',), SECONDS, root=False),)

    return steps


def _is(paused: bool) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def held(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and bool(now["paused"]) is paused

    return held


LOOK = Look(lambda _thing: ("SHOW DATABASES",), read)

PAUSE = Action(
    id="pgbouncer.pause",
    title="Pause database",
    letter="h",
    about="Lets transactions end, closes the connections to the server, and holds all clients.",
    probes=("pgbouncer.database",),
    pins=("database",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("PAUSE"),
    effect=lambda _thing, facts, _arguments: (
        f"clients of {facts['database']} wait; the server {facts['server']} may be restarted"
    ),
    verify=Verify("the database is paused", _is(True), 15.0),
    timeout=SECONDS,
    expected_s=5.0,
    fits=lambda row: row.get("state") == "open",
    bars=lambda _thing, facts, _arguments: "it is paused already" if facts["paused"] else "",
    undo=lambda thing, _facts, _arguments: Undo("pgbouncer.resume", (thing,)),
    cancellable=True,
)

RESUME = Action(
    id="pgbouncer.resume",
    title="Resume database",
    letter="r",
    about="Lets the clients of a paused database go on.",
    probes=("pgbouncer.database",),
    pins=("database",),
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("RESUME"),
    effect=lambda _thing, facts, _arguments: f"clients of {facts['database']} go on",
    verify=Verify("the database is not paused", _is(False), 15.0),
    timeout=SECONDS,
    expected_s=2.0,
    fits=lambda row: row.get("state") == "paused",
    bars=lambda _thing, facts, _arguments: "" if facts["paused"] else "it is not paused",
    undo=lambda thing, _facts, _arguments: Undo("pgbouncer.pause", (thing,)),
)

ACTIONS = (PAUSE, RESUME)
