"""What the admin interface of ProxySQL is asked, from `questions.sql`, and cells of its answers.

It answers every cell as text, and a table that the account may not read as one that is not there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from opsconsole import table
from opsconsole.clean import Clean, clean
from opsconsole.domains.database.mysql.asking import parsed
from opsconsole.errors import Denied
from opsconsole.question import Part, Statement, parted

Cell = str | int | float | None
Item = TypeVar("Item")
Parts = Mapping[str, Part]

RIGHT = "name an account of admin-admin_credentials"
HIDDEN = "no such table"
"""How SQLite says it of what only administrators have."""

_NAMED = parsed(Path(__file__).with_name("questions.sql").read_text("utf-8"))

QUESTIONS: dict[str, tuple[Statement, ...]] = {
    exchange: tuple(statement for _, statement in named) for exchange, named in _NAMED.items()
}


def answered(exchange: str, payload: bytes) -> Parts:
    """The answer to each named statement; raises `Malformed`."""
    names = [name for name, _ in _NAMED[exchange]]
    return dict(zip(names, parted(payload, len(names)), strict=True))


def hidden(part: Part) -> bool:
    """Whether only another account may read it."""
    refusal = table.why(part)
    return refusal is not None and HIDDEN in refusal.message


def rows(parts: Parts, name: str, shape: type[Item]) -> list[Item]:
    """Rows of a statement; raises `Denied` or `Malformed` for a refusal."""
    if hidden(parts[name]):
        raise Denied(f"the account is not shown {name}", RIGHT)
    return table.read(parts[name], shape)


def maybe(parts: Parts, name: str, shape: type[Item]) -> list[Item] | None:
    """Rows of a statement; None where it is refused."""
    return None if table.why(parts[name]) is not None else table.read(parts[name], shape)


def number(cell: Cell) -> float | None:
    """A cell that is a number of a sane size; None for anything else."""
    try:
        found = float(cell) if cell is not None else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and abs(found) < 1e18 else None


def whole(cell: Cell) -> int | None:
    """The same without its fraction."""
    found = number(cell)
    return None if found is None else int(found)


def text(cell: Cell, length: int = 64) -> Clean:
    """A cell as one line of clean text; empty for none."""
    return clean(" ".join(str(cell)[: 4 * length].split()) if cell is not None else "", length)


def at(parts: Parts) -> float | None:
    """Unix time by the server's own clock."""
    found = maybe(parts, "now", tuple[Cell])
    return number(found[0][0]) if found else None


def grown(now: float | None, before: float | None) -> float | None:
    """How much a counter grew; None at first, and when it began anew."""
    return now - before if now is not None and before is not None and now >= before else None


def rate(more: float | None, now: float | None, before: float | None) -> float | None:
    """Growth per second, between two moments of the server's clock."""
    if more is None or now is None or before is None or not 0 < now - before < 1e6:
        return None
    return more / (now - before)
