"""What Index advice advises: build the index of a foreign key, let one go that nobody needs."""

from collections.abc import Mapping

from opsconsole.domains.database.postgres.action import asking, relation
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Arguments, Facts, Verify, Weight

PROBES = ("postgres.advice",)
PINS = ("oid", "database", "finding")
LACKING = "no index"
SPARE = frozenset({"invalid", "duplicate", "unused"})
"""Findings of indexes that may go."""

_LOCK = "SHARE UPDATE EXCLUSIVE: others read and write, only VACUUM, ANALYZE and ALTER TABLE wait"


def _key(thing: Thing) -> tuple[str, ...]:
    return dict(thing.pins).get("database", ""), asking.number(thing, "oid", 2**32 - 1)


def _index(thing: Thing) -> tuple[str, ...]:
    return (*_key(thing), _finding(thing))


def _finding(thing: Thing) -> str:
    return dict(thing.pins).get("finding", "")


def _bars(facts: Facts) -> str:
    if facts["standby"]:
        return "it is a standby: do it on the primary"
    if not facts["may"]:
        return f"it belongs to {facts['owner']}: our role has to be a member of that"
    oldest = facts["oldest transaction"]
    if oldest and float(oldest) > relation.LONG:
        return f"a transaction is open for {oldest} s, and this waits for all of them"
    return ""


def _create_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["kind"] != "r":
        return "it is partitioned: build the index on each partition, then on the whole"
    if facts["taken"]:
        return f"{facts['index']} is there already; if it is invalid, let it go first"
    return _bars(facts)


def _create(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step((facts["statement"],), relation.SECONDS, root=False),)


def _create_undo(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo:
    pins = {name: value for name, value in thing.pins if name != "finding"}
    built = (*pins.items(), ("finding", LACKING))
    return Undo("postgres.drop-index", (Thing(thing.target, built, thing.name),))


def _create_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    waits = f"; waits for {facts['would wait for']}" if facts["would wait for"] else ""
    return (
        f"{facts['table']} ({facts['table size']}) is read twice under {_LOCK};"
        f" {facts['disk needed']} of disk{waits}"
    )


def _drop_bars(thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    finding = _finding(thing)
    if facts["needed"]:
        return f"it is {facts['needed']}, and more than a way to find rows"
    if finding == "invalid" and facts["valid"]:
        return "it is valid by now"
    if finding == "duplicate" and not facts["twin"]:
        return "the one that it is the same as has gone"
    if finding == "unused" and facts["scans"] != "0":
        return f"it was scanned meanwhile ({facts['scans']} times)"
    if not finding and facts["valid"] and not facts["twin"] and facts["scans"] != "0":
        return f"it is valid, no other is the same, and it was scanned {facts['scans']} times"
    return _bars(facts)


def _drop(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    name = f"{asking.identifier(facts['schema'])}.{asking.identifier(facts['name'])}"
    return (Step((f"DROP INDEX CONCURRENTLY {name}",), relation.SECONDS, root=False),)


def _drop_effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return (
        f"{facts['size']} of {facts['table']} are free, under {_LOCK};"
        f" what builds it anew: {facts['definition']}"
    )


def _lacking(row: Mapping[str, Value]) -> bool:
    return row.get("finding") == LACKING


def _spare(row: Mapping[str, Value]) -> bool:
    return row.get("finding") in SPARE


CREATE = Action(
    id="postgres.create-index",
    title="Build advised index",
    letter="b",
    about="Builds the index of a foreign key's columns, while others go on writing.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=asking.look("key", _key),
    steps=_create,
    effect=_create_effect,
    verify=Verify("the index is there, and valid", lambda _b, now, _a: bool(now and now["valid"]),
                  within_s=30.0),
    timeout=relation.SECONDS,
    expected_s=120.0,
    fits=_lacking,
    bars=_create_bars,
    undo=_create_undo,
)  # fmt: skip

DROP = Action(
    id="postgres.drop-index",
    title="Let index go",
    letter="r",
    about="Drops an index that is invalid, double or never read, while others go on writing.",
    probes=PROBES,
    pins=PINS,
    weight=Weight.NOTICED,
    look=asking.look("spare", _index),
    steps=_drop,
    effect=_drop_effect,
    verify=Verify("there is no such index any more", lambda _b, now, _a: now is None, 30.0),
    timeout=relation.SECONDS,
    expected_s=30.0,
    fits=_spare,
    bars=_drop_bars,
)

ACTIONS = (CREATE, DROP)
