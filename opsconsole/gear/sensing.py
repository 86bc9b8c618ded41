"""Sensors as profiles write them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import cast

from opsconsole.gear.form import (
    PHYSICALS,
    PLACES,
    Condition,
    Edge,
    Pick,
    Ref,
    Sensor,
    States,
)
from opsconsole.gear.keys import Keys
from opsconsole.gear.pointing import Pointer
from opsconsole.gear.unit import known, units
from opsconsole.reading import Physical

ENDS = ("low_crit", "low_warn", "high_warn", "high_crit")

SENSOR_TABLES = (
    "name", "when", "fitted", "judged", "words", "strip", "place", "row", "slow", "absent", "unset",
    "fleeting",
)  # fmt: skip
"""Keys of a sensor that a table may say for all of its sensors."""

_ROLE = re.compile(r"[a-z]+\.[a-z_0-9]+")
_EACH = re.compile(r"\{(each|said)\}")


def sensors(keys: Keys, entry: str | None, shared: Mapping[str, States]) -> list[Sensor]:
    """The sensor that a table of a profile is; several, where it has `each`."""
    each = keys.raw("each")
    if each is None:
        return _made(keys, entry, shared)
    if isinstance(each, list):
        pairs = {str(one): str(one) for one in cast("list[object]", each)}
    elif isinstance(each, dict):
        pairs = {str(key): str(said) for key, said in cast("dict[str, object]", each).items()}
    else:
        keys.wrong("each", each, "a list, or a table of words")
        return []
    found: list[Sensor] = []
    for key, said in pairs.items():
        data = {name: _filled(what, key, said) for name, what in keys.items().items()}
        del data["each"]
        found += _made(Keys(data, keys.where, keys.problems), entry, shared)
    return found


def _filled(what: object, each: str, said: str) -> object:
    """The same with `{each}` and `{said}` replaced, wherever they stand."""
    if isinstance(what, str):
        return _EACH.sub(lambda found: each if found[1] == "each" else said, what)
    if isinstance(what, list):
        return [_filled(one, each, said) for one in cast("list[object]", what)]
    if isinstance(what, dict):
        table = cast("dict[str, object]", what)
        return {cast("str", _filled(key, each, said)): _filled(one, each, said)
                for key, one in table.items()}  # fmt: skip
    return what


def _made(keys: Keys, entry: str | None, shared: Mapping[str, States]) -> list[Sensor]:
    pointer = Pointer(keys, entry, shared)
    value = pointer.given("value")
    if not keys.has("value"):
        keys.wrong("value", "nothing", "the object whose value it is")
    physical, unit = pointer.pick("physical"), pointer.pick("unit")
    states, flags = pointer.states("states"), pointer.states("flags")
    if not keys.has("physical") and (states is not None or flags is not None):
        physical = Pick(Physical.STATE.value)
    _check(keys, physical, unit, stated=states is not None or flags is not None)
    names = tuple(pointer.template("name", one) for one in keys.texts("name"))
    if not names:
        keys.wrong("name", "nothing", "what the sensor is called")
    role = keys.text("role")
    if role and not _ROLE.fullmatch(role):
        keys.wrong("role", role, "two words: ups.charge, outlet.state")
    found = Sensor(
        value=value or Ref(""),
        names=names,
        physical=physical,
        unit=unit,
        states=states,
        flags=flags,
        role=role,
        row=pointer.template("row", keys.text("row")),
        slow=keys.flag("slow"),
        fleeting=keys.flag("fleeting"),
        part=keys.text("part"),
        words=_words(keys, pointer),
        strip=keys.pattern("strip"),
        place=_place(keys, pointer),
    )
    found = _judging(keys, pointer, _scaled(keys, pointer, found))
    keys.done()
    return [found]


def _scaled(keys: Keys, pointer: Pointer, found: Sensor) -> Sensor:
    """The same, with how its raw numbers become values."""
    return replace(
        found,
        multiply=keys.number("multiply", 1.0),
        divide=pointer.pick("divide"),
        exponent=pointer.pick("exponent"),
        digits=pointer.pick("digits"),
        scale=pointer.pick("scale"),
        percent_of=pointer.given("percent_of"),
        add=keys.number("add", 0.0),
        signed=int(keys.number("signed", 0)),
        pattern=keys.pattern("pattern", 1),
    )


def _judging(keys: Keys, pointer: Pointer, found: Sensor) -> Sensor:
    """The same, with when there is a value, and what is thought of it."""
    limits, limited = _limits(keys, pointer)
    return replace(
        found,
        absent=pointer.on_value("absent", found.value),
        instead=pointer.states("instead") or {},
        when=pointer.conditions("when"),
        fitted=pointer.conditions("fitted"),
        judged=_judged(keys, pointer),
        limits=limits,
        limited=limited,
        unset=pointer.on_value("unset", found.value),
    )


def _check(keys: Keys, physical: Pick, unit: Pick, *, stated: bool) -> None:
    """What is measured is known, and can be given in its unit."""
    said = (physical.fixed,) if physical.of is None else tuple(physical.map.values())
    for one in said:
        if one not in PHYSICALS:
            keys.wrong("physical", one or "nothing", ", ".join(PHYSICALS), PHYSICALS)
    if "state" in said and not stated:
        keys.wrong("states", "nothing", "states or flags: a state needs words for its numbers")
    if physical.of is not None or physical.fixed not in PHYSICALS:
        return
    which = PHYSICALS[physical.fixed]
    for one in (unit.fixed,) if unit.of is None else unit.map.values():
        if not known(which, one):
            keys.wrong("unit", one, ", ".join(units(which)), units(which))


def _judged(keys: Keys, pointer: Pointer) -> tuple[Ref, States] | None:
    table = keys.table("judged")
    if table is None:
        return None
    ref = pointer.ref("judged.of", table.raw("of"))
    states = pointer.named("judged.states", table.raw("states"))
    table.done()
    return (ref, states) if ref else None


def _limits(keys: Keys, pointer: Pointer) -> tuple[dict[str, Edge], tuple[Condition, ...]]:
    """Limits, and the conditions in `when` under which they hold."""
    table = keys.table("limits")
    if table is None:
        return {}, ()
    found = dict(_edges(table, pointer))
    when = pointer.among(table).conditions("when")
    table.done()
    return found, when


def _edges(table: Keys, pointer: Pointer) -> Iterator[tuple[str, Edge]]:
    for end in ENDS:
        said = table.raw(end)
        if said is None:
            continue
        if isinstance(said, int | float) and not isinstance(said, bool):
            yield end, Edge(float(said))
        elif isinstance(said, dict):
            yield from _factored(table, pointer, end)
        elif ref := pointer.ref(f"limits.{end}", said):
            yield end, Edge(None, ref)


def _factored(table: Keys, pointer: Pointer, end: str) -> Iterator[tuple[str, Edge]]:
    """A limit that is given in another way than its value: `{ of = REF, factor = 0.1 }`."""
    one = table.table(end)
    assert one is not None
    ref, factor = pointer.ref(f"limits.{end}.of", one.raw("of")), one.number("factor", 1.0)
    one.done()
    if ref:
        yield end, Edge(None, ref, factor)


def _place(keys: Keys, pointer: Pointer) -> Pick:
    found = pointer.pick("place")
    for one in (found.fixed,) if found.of is None else found.map.values():
        if one and one not in PLACES:
            keys.wrong("place", one, ", ".join(PLACES), PLACES)
    return found


def _words(keys: Keys, pointer: Pointer) -> dict[str, dict[str, str]]:
    """`[words]`: by the object, what its values are called in names."""
    table = keys.table("words")
    if table is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for name in table.items():
        ref, inner = pointer.ref("words", name), table.table(name)
        if ref and inner:
            words = {key.lower(): str(said) for key, said in inner.items().items()}
            found[pointed(ref)] = words
    return found


def pointed(ref: Ref) -> str:
    """What tells one reference from another."""
    return f"{ref.root}{ref.pieces if ref.pieces is not None else ''}"
