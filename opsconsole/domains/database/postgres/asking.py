"""What PostgreSQL is asked, from the files in `sql`, and how its answers are read."""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import TypeVar

from opsconsole import table
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.discretion import discreet
from opsconsole.errors import Denied, Unsupported
from opsconsole.model import Column, Limits, Quantity
from opsconsole.question import Part, Statement
from opsconsole.sql import Dialect, on_one_line

Item = TypeVar("Item")

MONITOR = "GRANT pg_monitor TO the role"
"""What most of it needs."""

STATEMENT = 1000
"""Characters of a statement that are shown."""

_FORBIDDEN = "42501"
_NO_SUCH = frozenset({"42P01", "42883"})

_HERE = __name__.rpartition(".")[0]


@cache
def _text(name: str) -> str:
    text = resources.files(_HERE).joinpath("sql", f"{name}.sql").read_text("utf-8")
    return "".join(line for line in text.splitlines(True) if not line.startswith("--"))


def statement(
    name: str, since: int = 0, until: int = 0, instead: Sequence[tuple[str, str]] = ()
) -> Statement:
    """The statement of a file for some versions; `instead` replaces what they do not have."""
    text = _text(name)
    for there, other in instead:
        if there not in text:
            raise ValueError(f"{name}.sql has no {there!r}")
        text = text.replace(there, other)
    return Statement(text, since, until)


def either(name: str, since: int, *lacking: str) -> tuple[Statement, Statement]:
    """A file for versions from `since` on, and before, where these expressions are unknown."""
    older = [(expression, "NULL") for expression in lacking]
    return statement(name, since), statement(name, until=since, instead=older)


def read(
    parts: Sequence[Part], shape: type[Item], grant: str = MONITOR, lacks: str = ""
) -> list[Item]:
    """Rows of the one of these parts that was asked; raises `Denied` with the missing grant, and
    `Unsupported` with `lacks` where there is no such table.
    """
    for part in parts:
        refusal = table.why(part)
        if refusal is not None and refusal.code == _FORBIDDEN:
            raise Denied(f"the server refuses: {clean(refusal.message)}", grant)
        if refusal is not None and refusal.code in _NO_SUCH and lacks:
            raise Unsupported(f"the server refuses: {clean(refusal.message)}", lacks)
    return [row for part in parts for row in table.read(part, shape)]


def text(value: str | None, limit: int = 256) -> Clean | None:
    """Clean text on one line, or None."""
    if value is not None and len(value) <= limit and value.isascii() and value.isprintable():
        return Clean(value)  # nearly all of it
    return None if value is None else clean(" ".join(value[: 4 * limit].split()), limit)


@lru_cache(1024)
def shown(statement: str | None) -> Clean | None:
    """A statement as panes, recordings and reports have it: on one line, and without secrets."""
    if statement is None:
        return None
    return clean(on_one_line(discreet(statement)[: 2 * STATEMENT]), STATEMENT)


word = lru_cache(2048)(text)
"""The same for names, which come again and again."""


def number(value: float | None) -> float | None:
    """A number that can be drawn."""
    return value if value is not None and math.isfinite(value) else None


def percent(part: float | None, whole: float | None) -> float | None:
    """A share of 100; None of nothing."""
    return 100 * part / whole if part is not None and whole is not None and whole > 0 else None


def grown(now: float | None, before: float | None) -> float | None:
    """How much a counter grew; None after a reset."""
    return None if now is None or before is None or now < before else now - before


def rate(now: float | None, before: float | None, seconds: float) -> float | None:
    """Growth per second."""
    more = grown(now, before)
    return more / seconds if more is not None and seconds > 0 else None


def column(
    key: str,
    title: str,
    source: str,
    quantity: Quantity = Quantity.TEXT,
    limits: Limits | None = None,
) -> Column:
    """A column whose recent values are not kept."""
    return Column(key, title, quantity, source, limits)


def sql(key: str, title: str, source: str) -> Column:
    """A column of statements, which are laid out in the details of a row."""
    return Column(key, title, Quantity.TEXT, source, language=Dialect.POSTGRES.value)


def course(
    key: str, title: str, source: str, quantity: Quantity, limits: Limits | None = None
) -> Column:
    """A column whose recent values are kept for plots."""
    return Column(key, title, quantity, source, limits, history=True)
