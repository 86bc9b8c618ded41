"""JSON as YAML that reads well: blocks for long texts, quotes where a value would change."""

import json
import re
from collections.abc import Iterator, Sequence

from opsconsole.domains.cloud.kubernetes.place import is_list, is_object

PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*(?:[ :][A-Za-z0-9_./@+-]+)*")
"""Text that means itself: no mark of YAML in it, nothing that could be a number or a date."""

_OTHERS = frozenset(
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "~", ".inf", ".nan"]
)
DEEP = 60
"""Levels; what is deeper is written in one line."""


def emitted(value: object) -> list[str]:
    """Lines of a document."""
    return list(_lines(value, 0))


def _lines(value: object, level: int) -> Iterator[str]:
    pad = "  " * level
    if is_object(value) and value and level < DEEP:
        for key, inside in value.items():
            yield from _entry(f"{pad}{scalar(str(key))}:", inside, level)
    elif is_list(value) and value and level < DEEP:
        for inside in value:
            yield from _item(pad, inside, level)
    else:
        yield f"{pad}{scalar(value)}"


def _entry(head: str, inside: object, level: int) -> Iterator[str]:
    """A key and its value; a list stands under its key without being moved in."""
    if (is_object(inside) or is_list(inside)) and inside and level < DEEP:
        yield head
        yield from _lines(inside, level + (0 if is_list(inside) else 1))
    elif (block := _block(inside)) is not None:
        mark = "|" if str(inside).endswith("\n") else "|-"
        yield f"{head} {mark}"
        pad = "  " * (level + 1)
        yield from (f"{pad}{line}" if line else "" for line in block)
    else:
        yield f"{head} {scalar(inside)}"


def _item(pad: str, inside: object, level: int) -> Iterator[str]:
    if not (is_object(inside) or is_list(inside)) or not inside:
        yield f"{pad}- {scalar(inside)}"
        return
    first = True
    for line in _lines(inside, level + 1):
        yield f"{pad}- {line[len(pad) + 2 :]}" if first else line
        first = False


def _block(value: object) -> Sequence[str] | None:
    """Lines of a text that can stand as a block as it is; None for others."""
    if not isinstance(value, str) or "\n" not in value.rstrip("\n") or value.endswith("\n\n"):
        return None
    lines = value.removesuffix("\n").split("\n")
    fits = all(line.replace("\t", "").isprintable() and line == line.rstrip() for line in lines)
    return lines if fits and lines[0] and not lines[0][0].isspace() else None


def scalar(value: object) -> str:
    """One value in one line."""
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in _OTHERS
        return value if plain and len(value) < 1000 else _quoted(value)
    if value is None:
        return "null"
    return json.dumps(value, ensure_ascii=False, default=str)


def _quoted(value: str) -> str:
    """In double quotes, what cannot be seen as an escape of its own."""
    said = json.dumps(value, ensure_ascii=False)
    if said.isprintable():
        return said
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in said)
