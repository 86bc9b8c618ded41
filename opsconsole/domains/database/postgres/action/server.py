"""The server: read its configuration anew, change a parameter, let a slot go."""

import re
from collections.abc import Mapping

from opsconsole.domains.database.postgres.action import asking
from opsconsole.model import Value
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

DEFAULT = "DEFAULT"
"""A value that takes the parameter out of postgresql.auto.conf."""

LISTS = frozenset(
    {
        "createrole_self_grant",
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    }
)
"""Lists of names: ALTER SYSTEM takes `a, b` for one name, and the next start fails over it."""

WAY_IN = frozenset(
    {
        "config_file",
        "data_directory",
        "hba_file",
        "ident_file",
        "listen_addresses",
        "port",
        "ssl_ca_file",
        "ssl_cert_file",
        "ssl_key_file",
    }
)
_NAME = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?", re.IGNORECASE | re.ASCII)


def _reload(_thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step(("SELECT pg_catalog.pg_reload_conf()",), 10.0, root=False),)


def _reload_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return "" if facts["may"] else "GRANT EXECUTE ON FUNCTION pg_reload_conf() to our role"


def _loaded(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["loaded"] != before["loaded"]


def _parameter(thing: Thing) -> tuple[str, ...]:
    return (asking.pin(thing, "name"),)


def _set_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    name = facts["name"]
    if facts["context"] == "internal" or not _NAME.fullmatch(name):
        return "it cannot be set"
    if name in WAY_IN:
        return "a mistake in it would cut the way in: write it into the file, beside the server"
    if name in LISTS:
        return "it is a list of names, which has to be written into the file"
    if arguments["value"] == DEFAULT and not (facts["ours"] or facts["pending"]):
        return "it does not stand in postgresql.auto.conf: nothing of ours to take back"
    return ""


def _set(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    name = ".".join(asking.identifier(part) for part in facts["name"].split("."))
    value = arguments["value"]
    said = f"SET {name} = {asking.literal(value)}" if value != DEFAULT else f"RESET {name}"
    change = Step((f"ALTER SYSTEM {said}",), 10.0, root=False)
    return (change, *_reload(_thing, facts, arguments))


def _set_undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    # Not ours before: out of the file again, and whatever stood elsewhere holds.
    value = facts["value"] if facts["ours"] and not facts["pending"] else DEFAULT
    return Undo("postgres.set-parameter", (thing,), {"value": value})


def _taken(before: Facts, now: Facts | None, arguments: Arguments) -> bool:
    if now is None or now["loaded"] == before["loaded"]:
        return False
    if now["pending"] or now["value"] != before["value"]:
        return True
    return bool(now["ours"]) is (arguments["value"] != DEFAULT)


def _set_effect(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    unit = f" (of {facts['unit']})" if facts["unit"] else ""
    when = "at the next start" if facts["context"] == "postmaster" else "at once"
    return f"{facts['name']} goes from {facts['value']}{unit} to {arguments['value']}, {when}"


def _value(text: str) -> str:
    good = text.isprintable() and 0 < len(text) <= 1000
    return "" if good else f"printable text of at most 1000 characters, or {DEFAULT}"


def _slot(thing: Thing) -> tuple[str, ...]:
    return (asking.pin(thing, "slot"),)


def _drop_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    if facts["active"]:
        return f"process {facts['reader']} reads it"
    return "" if facts["may"] else "ALTER ROLE our role REPLICATION"


def _drop(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return (Step((asking.statement("drop"), *_slot(thing)), 30.0, root=False),)


def _inactive(row: Mapping[str, Value]) -> bool:
    return row.get("state") == "inactive"


RELOAD = Action(
    id="postgres.reload",
    title="Reload configuration",
    letter="l",
    about="Has the server read its configuration files anew; sessions go on.",
    probes=(),
    pins=("started",),
    weight=Weight.NOTICED,
    look=asking.look("server", lambda _thing: ()),
    steps=_reload,
    effect=lambda _thing, _facts, _arguments: "what changed in the files is in force",
    verify=Verify("the time at which it read them is a new one", _loaded, within_s=15.0),
    timeout=10.0,
    expected_s=2.0,
    bars=_reload_bars,
    preview=lambda _thing, _arguments: (asking.statement("errors"),),
)

SET = Action(
    id="postgres.set-parameter",
    title="Set parameter",
    letter="p",
    about="Writes a parameter into postgresql.auto.conf and has the server read it.",
    probes=("postgres.setting",),
    pins=("name",),
    weight=Weight.NOTICED,
    look=asking.look("parameter", _parameter),
    steps=_set,
    effect=_set_effect,
    verify=Verify("the server has read it: in force, or at its next start", _taken, within_s=15.0),
    timeout=20.0,
    expected_s=2.0,
    bars=_set_bars,
    undo=_set_undo,
    arguments=(Argument("value", f"Value, or {DEFAULT}", (), DEFAULT, _value),),
)

DROP = Action(
    id="postgres.drop-slot",
    title="Drop slot",
    letter="D",
    about="Lets a slot go that nobody reads; its reader cannot go on from where it was.",
    probes=("postgres.slot",),
    pins=("slot",),
    weight=Weight.LOSING,
    look=asking.look("slot", _slot),
    steps=_drop,
    effect=lambda _thing, facts, _arguments: (
        f"{facts['retained'] or 'its'} WAL may go from the disk; who read it has to be built anew"
    ),
    verify=Verify("there is no such slot any more", lambda _b, now, _a: now is None, 15.0),
    timeout=30.0,
    expected_s=2.0,
    fits=_inactive,
    bars=_drop_bars,
)

ACTIONS = (RELOAD, SET, DROP)
