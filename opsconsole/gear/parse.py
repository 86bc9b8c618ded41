"""Reads a profile: a file of TOML, of which all that is wrong is told at once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from opsconsole.clean import clean
from opsconsole.errors import Problem
from opsconsole.gear.commanding import COMMAND_TABLES, command
from opsconsole.gear.form import FACTS, Class, Command, Fact, Fit, Profile, Ref, Sensor, States
from opsconsole.gear.keys import Keys, is_oid, listed
from opsconsole.gear.pointing import Pointer, states
from opsconsole.gear.sensing import SENSOR_TABLES, sensors

CLASSES = tuple(one.value for one in Class if one)

LARGEST = 1 << 20
"""Bytes of a profile that are read."""


def read(path: Path) -> tuple[Profile | None, tuple[Problem, ...]]:
    """The profile of a file, or why there is none."""
    name = path.name
    try:
        data = tomllib.loads(path.read_bytes()[:LARGEST].decode())
    except (OSError, ValueError) as error:  # of which TOML's and Unicode's errors are
        return None, (Problem(name, clean(str(error), 200), "a file of TOML that can be read"),)
    return parsed(path.stem, data, name)


def parsed(
    name: str, data: Mapping[str, object], where: str
) -> tuple[Profile | None, tuple[Problem, ...]]:
    """The profile that these tables are, or why they are none."""
    problems: list[Problem] = []
    keys = Keys(data, where, problems)
    profile = _profile(name, keys)
    keys.done()
    return (None if problems else profile), tuple(problems)


def _profile(name: str, keys: Keys) -> Profile:
    shared = _shared(keys)
    scalars: list[Sensor] = []
    columns: list[Sensor] = []
    commands = [command(one, None) for one in keys.tables("action")]
    for one in keys.tables("sensor"):
        scalars += sensors(one, None, shared)
    for table in keys.tables("table"):
        found, told = _table(table, shared)
        columns += found
        commands += told
    return Profile(
        name=name,
        vendor=keys.text("vendor"),
        class_=Class(keys.text("class", "", CLASSES)),
        fits=tuple(_fit(one) for one in keys.tables("match")),
        classes=tuple(_class(one) for one in keys.tables("classes")),
        without=keys.texts("without"),
        identity=_identity(keys),
        scalars=tuple(scalars),
        columns=tuple(columns),
        commands=tuple(one for one in commands if one),
    )


def _shared(keys: Keys) -> dict[str, States]:
    table = keys.table("states")
    if table is None:
        return {}
    names = list(table.items())
    found = {name: table.table(name) for name in names}
    return {name: states(one) for name, one in found.items() if one is not None}


def _table(table: Keys, shared: Mapping[str, States]) -> tuple[list[Sensor], list[Command | None]]:
    """All that stands in a table; what the table says holds for each that says nothing else."""
    entry = table.text("entry")
    if entry and not is_oid(entry):
        table.wrong("entry", entry, "a numeric OID, that of the table's entry")
        entry = ""
    inherited = {key: table.raw(key) for key in SENSOR_TABLES if table.has(key)}
    found: list[Sensor] = []
    for one in table.tables("sensor"):
        found += sensors(Keys({**inherited, **one.items()}, one.where, one.problems), entry, shared)
    commands: list[Command | None] = []
    for one in table.tables("action"):
        said = {key: table.raw(key) for key in COMMAND_TABLES if table.has(key)}
        own = Keys({**said, **one.items()}, one.where, one.problems)
        commands.append(command(own, entry))
    if not found and not commands and not table.problems:
        table.wrong("sensor", "no sensor", "at least one [[table.sensor]] or [[table.action]]")
    table.done()
    return found, commands


def _fit(keys: Keys) -> Fit:
    found = Fit(keys.oids("object"), keys.pattern("descr"), keys.oids("present"))
    if found == Fit():
        keys.wrong("", "nothing to match", "object, descr or present")
    keys.done()
    return found


def _class(keys: Keys) -> tuple[Class, Fit]:
    which = Class(keys.text("is", "", CLASSES))
    return which, _fit(keys)


def _identity(keys: Keys) -> dict[str, tuple[Fact, ...]]:
    table = keys.table("identity")
    if table is None:
        return {}
    found: dict[str, tuple[Fact, ...]] = {}
    for name in FACTS:
        said = table.raw(name)
        items = [] if said is None else listed(said)
        made = (_fact(table, name, item) for item in items)
        found[name] = tuple(one for one in made if one)
    table.done()
    return found


def _fact(table: Keys, name: str, said: object) -> Fact | None:
    data = {"oid": said} if isinstance(said, str) else said
    if not isinstance(data, dict):
        table.wrong(name, data, 'an OID, or { oid or descr or text = "…", pattern = "…" }')
        return None
    where = f"{table.where}.{name}"
    keys = Keys(cast("dict[str, object]", data), where, table.problems)
    fixed, oid = keys.text("text"), keys.text("oid")
    descr = keys.pattern("descr", 1)
    pattern = keys.pattern("pattern", 1)
    keys.done()
    if oid:
        ref = Pointer(keys, None, {}).ref("oid", oid)
        return Fact(Ref(ref.root, None, whole=oid.endswith(".0")), pattern) if ref else None
    if not fixed and not descr:
        keys.wrong("", "none of them", "oid, descr or text")
    return Fact(None, descr, fixed)
