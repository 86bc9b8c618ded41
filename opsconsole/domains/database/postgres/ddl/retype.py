"""Whether another type of a column has the table written anew, as `ATColumnChangeRequiresRewrite`
of the server decides it.
"""

import re

from opsconsole.domains.database.postgres.ddl.catalog import Attribute, Catalog, Type
from opsconsole.domains.database.postgres.ddl.claim import Ask, Work

_MODIFIERS = re.compile(r"\(([\d\s,-]+)\)")
_LENGTHS = frozenset({"character varying", "bit varying"})
_MOMENTS = frozenset(
    {
        "timestamp without time zone",
        "timestamp with time zone",
        "time without time zone",
        "time with time zone",
    }
)
_STAMPS = frozenset({"timestamp without time zone", "timestamp with time zone"})
_ONE = frozenset({"character", "bit"})
"""Types that are of length 1 where none is said."""
_FINEST = 6
"""Digits of a second that are kept where none are said."""
_ALIKE = frozenset({"text", "character varying"})
"""Types whose indexes serve each other."""


def modifiers(base: str, written: str) -> tuple[int, ...]:
    """Length, or precision and scale, of a type as it is written."""
    found = _MODIFIERS.search(written)
    numbers = tuple(int(word) for word in found[1].split(",")) if found else ()
    if base in _ONE and not numbers and written.lower() not in {"bpchar", "pg_catalog.bpchar"}:
        return (1,)
    if base == "numeric" and len(numbers) == 1:
        return (*numbers, 0)
    return numbers


def work(column: Attribute, ask: Ask, catalog: Catalog) -> tuple[Work, str]:
    """How much a change of the column's type does, and why."""
    kind = catalog.types.get(ask.type)
    if kind is None:
        return Work.REWRITE, f"no type {ask.type} is known here: taken for a rewrite"
    if not ask.plain:
        return Work.REWRITE, "USING or COLLATE decides over it: taken for a rewrite"
    if not _kept(column, ask.type, kind, catalog):
        return Work.REWRITE, f"{column.type} has to be made into {ask.type}, row by row"
    why = f"{column.type} is stored as {ask.type} is"
    alike = kind.base == column.base or {kind.base, column.base} <= _ALIKE
    if column.indexes and not alike:
        return Work.INDEX, f"{why}, but indexes on it are built anew"
    if column.checks:
        return Work.SCAN, f"{why}, but CHECK constraints on it are tried again"
    return Work.NOTHING, why


def _kept(column: Attribute, written: str, kind: Type, catalog: Catalog) -> bool:
    """Whether the stored values can stay as they are."""
    old, new = modifiers(column.base, column.type), modifiers(kind.base, written)
    if kind.domain:
        plain = column.base not in _LENGTHS | _MOMENTS | _ONE | {"numeric", "interval"}
        return not kind.held and kind.under == column.base and plain
    cast = column.casts.get(written, "")
    if cast == "same":
        return _fits(column.base, old, new)
    if cast == "b":
        return not new
    if frozenset({column.base, kind.base}) == _STAMPS:
        return catalog.utc and _fits(kind.base, old, new)
    return False


def _fits(base: str, old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Whether all values of the old length or precision are as they would be in the new one."""
    if old == new:
        return True
    if base in _LENGTHS:
        return not new or (bool(old) and new[0] >= old[0])
    if base == "numeric":
        return not new or (bool(old) and new[1] == old[1] and new[0] >= old[0])
    if base in _MOMENTS:
        return (new or (_FINEST,))[0] >= (old or (_FINEST,))[0]
    return False
