"""Bounds and guards of rules, as the estate writes them."""

import math
from collections.abc import Collection

from opsconsole.estate.table import Table, nearest, shown, words_of
from opsconsole.rule import Condition
from opsconsole.rulebook import NewBound
from opsconsole.runbook import guard

_BOUND = "{ raise = 90, clear = 85 }, or false for never"
_GUARD = '"host.filesystem.available_bytes < 5000000000", about the row that is judged; or a list'


def number(table: Table, key: str, low: float, high: float) -> float | None:
    """Read a number, ends included."""
    value = table.items.get(key)
    if value is None:
        return None
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and low <= value <= high
    ):
        return float(value)
    table.wrong(key, shown(value), f"a number, {low:g} to {high:g}")
    return None


def bound(table: Table, key: str, probe: str, columns: Collection[str]) -> NewBound | None:
    """Read a level's bound; None for a level that is never raised."""
    value = table.items.get(key)
    if value is False:
        return None
    if not isinstance(value, dict):
        table.wrong(key, shown(value), _BOUND)
        return None
    part = table.table(key)
    assert part is not None
    part.only(("raise", "clear", "guard"))
    raised, cleared = (number(part, one, -1e18, 1e18) for one in ("raise", "clear"))
    for name in ("raise", "clear"):
        if name not in part.items:
            part.wrong(name, "nothing", _BOUND)
    guards = conditions(part, "guard", probe, columns) if "guard" in part.items else None
    return NewBound(raised or 0.0, cleared or 0.0, guards)


def conditions(
    table: Table, key: str, probe: str, columns: Collection[str]
) -> tuple[Condition, ...]:
    """Read guards in the grammar of runbooks: of the row that is judged, so without a key.

    Without `probe` any probe may be named: what it is laid over says which.
    """
    value = table.items.get(key)
    texts = (value,) if isinstance(value, str) else words_of(value)
    if texts is None:
        table.wrong(key, shown(value), _GUARD)
        return ()
    found: list[Condition] = []
    for text in texts:
        read = guard(text)
        if read is None or read.key:
            table.wrong(key, shown(text), _GUARD)
        elif probe and read.probe != probe:
            table.wrong(key, f"a guard about {read.probe}", f"one about {probe}")
        elif probe and read.column not in columns:
            allowed = f"a column of {probe}"
            table.wrong(key, shown(read.column), allowed, nearest(read.column, columns))
        else:
            found.append(Condition(read.column, read.operator, _value(read.value)))
    return tuple(found)


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
