"""Elements of XML as objects: names without their namespace, what comes again as a list."""

from typing import cast


def local(name: str) -> str:
    """The name of an element or attribute without its namespace."""
    return name.rpartition("}")[2]


def add(found: dict[str, object], name: str, value: object) -> None:
    """Put a child, which is no list and not None, beside those of the same name."""
    there = found.get(name)
    if there is None:
        found[name] = value
    elif isinstance(there, list):
        cast("list[object]", there).append(value)
    else:
        found[name] = [there, value]
