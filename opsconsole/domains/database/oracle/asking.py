"""What Oracle databases are asked, from `questions.sql`, and answers by the statement's name."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from opsconsole import table
from opsconsole.clean import Clean, clean
from opsconsole.errors import Denied
from opsconsole.question import Part, Statement, parted

Item = TypeVar("Item")

NOTE = "experimental, never run against a real server by this project"
"""What everybody is told who uses it."""

_HEAD = re.compile(r"-- (\w+)\.(\w+)(?: since=(\d+))?(?: until=(\d+))?", re.ASCII)
_VIEW = re.compile(r"\b(v\$|dba_)(\w+)", re.ASCII)

_NO_RIGHT = frozenset({"942", "1031", "41900"})
"""ORA-00942 table or view does not exist, ORA-01031 insufficient privileges, and that of 23ai."""


def parsed(text: str) -> dict[str, tuple[tuple[str, Statement], ...]]:
    """Named statements of each exchange, in order."""
    found: dict[str, list[tuple[str, Statement]]] = {}
    for block in text.split("\n\n"):
        head, _, sql = block.strip().partition("\n")
        match = _HEAD.fullmatch(head)
        if match is None:
            continue
        exchange, name, since, until = match.groups()
        statement = Statement(sql, int(since or 0), int(until or 0), "oracle")
        found.setdefault(exchange, []).append((name, statement))
    return {exchange: tuple(named) for exchange, named in found.items()}


NAMED = parsed(Path(__file__).with_name("questions.sql").read_text("utf-8"))

QUESTIONS: dict[str, tuple[Statement, ...]] = {
    exchange: tuple(statement for _, statement in named) for exchange, named in NAMED.items()
}

Parts = Mapping[tuple[str, str], Part]
"""The answer to each named statement of an exchange, of its variants the one that was asked."""


def answered(exchange: str, payload: bytes) -> Parts:
    """Take an answer apart; raises `Malformed`."""
    named = NAMED[exchange]
    found: dict[tuple[str, str], Part] = {}
    for (name, _), part in zip(named, parted(payload, len(named)), strict=True):
        if (exchange, name) not in found or part.status != table.ABSENT:
            found[exchange, name] = part
    return found


def views(sql: str) -> list[str]:
    """What a statement reads, as one grants it: `SYS.V_$SESSION`, `SYS.DBA_USERS`."""
    names = [
        f"SYS.{prefix.replace('v$', 'V_$')}{name}".upper() for prefix, name in _VIEW.findall(sql)
    ]
    return list(dict.fromkeys(names))


def need(exchange: str, name: str, part: Part) -> str:
    """The grants that a refused statement may lack; empty when it is not refused for want of one.

    The server says no more than that one of its views does not exist for us.
    """
    refusal = table.why(part)
    if refusal is None or refusal.code not in _NO_RIGHT:
        return ""
    (sql, *_) = [statement.sql for known, statement in NAMED[exchange] if known == name]
    return ", ".join(f"SELECT ON {view}" for view in views(sql))


def missing(parts: Parts) -> Clean:
    """Rights that would show more, each once."""
    needs = [need(*place, part) for place, part in parts.items()]
    return clean("; ".join(dict.fromkeys(lacks for lacks in needs if lacks)))


def rows(parts: Parts, exchange: str, name: str, shape: type[Item]) -> list[Item]:
    """Rows of a statement; raises `Denied` with the grants that are missing, or `Malformed`."""
    part = parts[exchange, name]
    if lacks := need(exchange, name, part):
        grants = "; ".join(f"GRANT {one} TO the account" for one in lacks.split(", "))
        raise Denied(f"the server does not show us {name}", grants)
    return table.read(part, shape)


def maybe(parts: Parts, exchange: str, name: str, shape: type[Item]) -> list[Item] | None:
    """Rows of a statement, or None where the server does not give them to us."""
    part = parts[exchange, name]
    return None if table.why(part) is not None else table.read(part, shape)


def text(value: str | None, length: int = 128) -> Clean | None:
    """Text of a server in one line; None for none, which Oracle also says for an empty one."""
    return None if value is None else clean(" ".join(value[: 4 * length].split()), length)


def word(value: str | None, length: int = 48) -> Clean | None:
    """The same in small letters, for states."""
    return None if value is None else text(value.lower(), length)


def percent(part: float | None, whole: float | None) -> float | None:
    """A share of 100; None of nothing."""
    return 100 * part / whole if part is not None and whole is not None and whole > 0 else None
