"""Ways through a document: `counters[type/type=SHORT]/freePlaces`, `**/record/@id`.

The same for JSON, XML and CSV: steps apart by `/`; a list is all of its items; `**` is any depth,
`*` any name, `@name` an attribute of XML, `[WAY=TEXT]` takes only those where it says so. The empty
way is where one stands.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

Node = Any  # of a stranger: dict, list, text, number, flag, None; looked at by type at each step

DEEPEST = 60
"""Levels of a document that are walked."""

_STEP = re.compile(r"(\*\*|\*|@?[^\[\]/=]+)((?:\[[^\[\]]+=[^\[\]]*\])*)")
_PART = re.compile(r"(?:[^/\[]|\[[^\]]*\])+")
_WHERE = re.compile(r"\[([^\[\]]+?)=([^\[\]]*)\]")


class Step(NamedTuple):
    """One step, and what must hold where it leads."""

    name: str
    where: tuple[tuple["Way", str], ...]


Way = tuple[Step, ...]


def way(text: str) -> Way:
    """Read a way; raises `ValueError` with what is wrong in it."""
    if not text:
        return ()
    parts = _PART.findall(text)
    if "/".join(parts) != text:
        raise ValueError(f"{text!r} is no way: steps apart by one /, none empty")
    return tuple(_step(part) for part in parts)


def _step(part: str) -> Step:
    match = _STEP.fullmatch(part)
    if match is None:
        raise ValueError(f"{part!r} is no step: NAME, @NAME, * or **, and [WAY=TEXT] behind it")
    conditions = [(way(left), right) for left, right in _WHERE.findall(match[2])]
    return Step(match[1], tuple(conditions))


def found(node: Node, path: Way) -> Iterator[Node]:
    """Everything a way leads to; items of a list one by one."""
    if isinstance(node, list):
        for one in cast("list[object]", node):
            yield from found(one, path)
    elif not path:
        yield node
    else:
        step, *after = path
        for one in _next(node, step.name, 0):
            if all(_holds(one, condition, text) for condition, text in step.where):
                yield from found(one, tuple(after))


def _next(node: Node, name: str, depth: int) -> Iterator[Node]:
    """What one step leads to, lists taken apart."""
    if isinstance(node, list):
        for one in cast("list[object]", node):
            yield from _next(one, name, depth)
    elif name == "**":
        yield from _below(node, depth)
    elif isinstance(node, dict):
        inside = cast("dict[str, Node]", node)
        values = list(inside.values()) if name == "*" else [inside[name]] if name in inside else []
        for value in values:
            yield from _items(value)


def _items(value: Node) -> Iterator[Node]:
    if isinstance(value, list):
        for one in cast("list[object]", value):
            yield from _items(one)
    else:
        yield value


def _below(node: Node, depth: int) -> Iterator[Node]:
    """The node itself and all that is in it."""
    yield node
    if isinstance(node, dict) and depth < DEEPEST:
        for value in cast("dict[str, Node]", node).values():
            for one in _items(value):
                yield from _below(one, depth + 1)


def _holds(node: Node, condition: Way, text: str) -> bool:
    return any(told(one) == text for one in found(node, condition))


def told(node: Node) -> str | None:
    """A value as a text; None for what is none."""
    if isinstance(node, dict):
        return told(cast("dict[str, Node]", node).get(""))
    if isinstance(node, bool):
        return "true" if node else "false"
    if isinstance(node, int | float):
        return f"{node:.15g}"
    return node if isinstance(node, str) else None


def first(node: Node, path: Way) -> str | None:
    """The first value that a way leads to, as a text."""
    for one in found(node, path):
        text = told(one)
        if text is not None:
            return text
    return None
