"""What MySQL and MariaDB are asked, from `questions.sql`, and answers by the statement's name."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from opsconsole import table
from opsconsole.clean import Clean, clean
from opsconsole.errors import Denied, Malformed
from opsconsole.question import Part, Statement, parted

Item = TypeVar("Item")

_HEAD = re.compile(
    r"-- (\w+)\.(\w+)(?: (mysql|mariadb))?(?: since=(\d+))?(?: until=(\d+))?", re.ASCII
)
_NEED = re.compile(r"need \(at least one of\) the (.{1,80}?) privilege")

_NO_RIGHT = frozenset({"1044", "1142", "1143", "1227", "1370"})
"""ER_DBACCESS_DENIED, ER_TABLEACCESS_DENIED, ER_COLUMNACCESS_DENIED,
ER_SPECIFIC_ACCESS_DENIED, ER_PROCACCESS_DENIED."""


def parsed(text: str) -> dict[str, tuple[tuple[str, Statement], ...]]:
    """Named statements of each exchange, in order."""
    found: dict[str, list[tuple[str, Statement]]] = {}
    for block in text.split("\n\n"):
        head, _, sql = block.strip().partition("\n")
        match = _HEAD.fullmatch(head)
        if match is None:
            continue
        exchange, name, family, since, until = match.groups()
        statement = Statement(sql, int(since or 0), int(until or 0), family or "")
        found.setdefault(exchange, []).append((name, statement))
    return {exchange: tuple(named) for exchange, named in found.items()}


_NAMED = parsed(Path(__file__).with_name("questions.sql").read_text("utf-8"))

QUESTIONS: dict[str, tuple[Statement, ...]] = {
    exchange: tuple(statement for _, statement in named) for exchange, named in _NAMED.items()
}

Parts = Mapping[str, Part]
"""The answer to each named statement, of its variants the one that was asked."""


def answered(exchange: str, payload: bytes) -> Parts:
    """Take an answer apart; raises `Malformed`."""
    named = _NAMED[exchange]
    found: dict[str, Part] = {}
    for (name, _), part in zip(named, parted(payload, len(named)), strict=True):
        if name not in found or part.status != table.ABSENT:
            found[name] = part
    return found


def need(part: Part) -> str:
    """The grant that a refused statement lacks; empty when it is not refused for want of one."""
    refusal = table.why(part)
    if refusal is None or refusal.code not in _NO_RIGHT:
        return ""
    if match := _NEED.search(refusal.message):  # of several, the last is the least
        return f"{match[1].rpartition(', ')[2]} ON *.*"
    if "SELECT command denied" in refusal.message:  # of information_schema all can read something
        return "SELECT ON performance_schema.*"
    return refusal.message


def missing(parts: Parts) -> Clean:
    """Rights that would show more, each once."""
    needs = [need(part) for part in parts.values()]
    return clean("; ".join(dict.fromkeys(lacks for lacks in needs if lacks)))


def rows(parts: Parts, name: str, shape: type[Item]) -> list[Item]:
    """Rows of a statement; raises `Denied` with the grant that is missing, or `Malformed`."""
    part = parts[name]
    if lacks := need(part):
        raise Denied(f"the server does not show us {name}", f"GRANT {clean(lacks)} TO the account")
    return table.read(part, shape)


def maybe(parts: Parts, name: str, shape: type[Item]) -> list[Item] | None:
    """Rows of a statement, or None where the server does not give them to us."""
    return None if table.why(parts[name]) is not None else table.read(parts[name], shape)


class Named(msgspec.Struct):
    """A row of `SHOW STATUS` or `SHOW VARIABLES`."""

    name: str = msgspec.field(name="variable_name")
    value: str | int | float | None = None


def named(parts: Parts, name: str) -> dict[str, str]:
    """What such a statement says, by name in small letters; raises as `rows` does."""
    return {one.name.lower(): str(one.value) for one in rows(parts, name, Named)}


def number(values: Mapping[str, str], name: str) -> float | None:
    """A value that is a number, or None."""
    try:
        found = float(values[name])
    except (KeyError, ValueError):
        return None
    return found if abs(found) < 1e300 else None


def one(items: list[Item]) -> Item:
    """The first of them; raises `Malformed` without any."""
    if not items:
        raise Malformed("an answer without a row")
    return items[0]
