"""Tables and indexes: analyze, vacuum, and build an index anew while others go on writing."""

from collections.abc import Callable

from opsconsole.domains.database.postgres.action import asking
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight

PINS = ("oid", "database")
LONG = 3600
"""Seconds of a transaction for whose end a new index would have to wait too long."""

SECONDS = 600.0
"""For one statement; a longer one is ended, and leaves nothing half done."""


def _words(thing: Thing) -> tuple[str, ...]:
    database = dict(thing.pins).get("database", "")
    return database, asking.number(thing, "oid", 2**32 - 1)


# Without a database, as on a command line, it is the one that is connected.
LOOK = asking.look("relation", _words)


def _name(facts: Facts) -> str:
    return f"{asking.identifier(facts['schema'])}.{asking.identifier(facts['name'])}"


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["standby"]:
        return "it is a standby: do it on the primary"
    if not facts["may"]:
        return f"it belongs to {facts['owner']}: our role has to be a member of that"
    return ""


def _vacuum_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return "a vacuum of it is under way" if facts["under way"] else _bars(thing, facts, arguments)


def _reindex_bars(thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if facts["kind"] != "i":
        return "it is no index that can be built anew"
    if facts["constraint"]:
        return "it is of an exclusion constraint, which cannot be built beside the old one"
    if facts["oldest transaction"] and float(facts["oldest transaction"]) > LONG:
        seconds = facts["oldest transaction"]
        return f"a transaction is open for {seconds} s, and a new index waits for all of them"
    return _bars(thing, facts, arguments)


def _steps(verb: str) -> Callable[[Thing, Facts, Arguments], tuple[Step, ...]]:
    def steps(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
        return (Step((f"{verb} {_name(facts)}",), SECONDS, root=False),)

    return steps


def _later(name: str) -> Callable[[Facts, Facts | None, Arguments], bool]:
    def later(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
        return now is not None and now[name] != before[name]

    return later


def _replaced(_before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is None


ANALYZE = Action(
    id="postgres.analyze",
    title="Analyze table",
    letter="a",
    about="Reads a sample of the table and renews the statistics that plans are made by.",
    probes=("postgres.table",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=LOOK,
    steps=_steps("ANALYZE"),
    effect=lambda _thing, facts, _arguments: (
        f"new plans for {facts['schema']}.{facts['name']}; nobody waits for it"
    ),
    verify=Verify("the time of its last analyze is a new one", _later("analyzed"), within_s=30.0),
    timeout=SECONDS,
    expected_s=10.0,
    bars=_bars,
    cancellable=True,
)

VACUUM = Action(
    id="postgres.vacuum",
    title="Vacuum table",
    letter="v",
    about="Makes room of dead rows for new ones, and renews the statistics; locks nobody out.",
    probes=("postgres.table",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("VACUUM (ANALYZE, VERBOSE)"),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['dead rows'] or 'no'} dead rows of {facts['schema']}.{facts['name']} make room;"
        " disks are busy meanwhile"
    ),
    verify=Verify("the time of its last vacuum is a new one", _later("vacuumed"), within_s=30.0),
    timeout=SECONDS,
    expected_s=60.0,
    bars=_vacuum_bars,
    cancellable=True,
)

REINDEX = Action(
    id="postgres.reindex",
    title="Build index anew",
    letter="i",
    about="Builds the index anew beside the old one, which then goes; others go on writing.",
    probes=("postgres.index",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=LOOK,
    steps=_steps("REINDEX INDEX CONCURRENTLY"),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['bytes']} bytes of {facts['schema']}.{facts['name']} are written anew: as much"
        " free disk is needed meanwhile"
    ),
    verify=Verify("the old one is gone, and a new one has its name", _replaced, within_s=30.0),
    timeout=SECONDS,
    expected_s=120.0,
    bars=_reindex_bars,
)

ACTIONS = (ANALYZE, VACUUM, REINDEX)
