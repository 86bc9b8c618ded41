"""What a device answered, as trees; of a stranger, so that nothing in it is believed."""

import datetime
from collections.abc import Mapping
from typing import cast

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.question import SoapAnswer, parted

Said = list[SoapAnswer]

ABSENT = "absent"
"""The error of what a device does not offer."""

NOTHING: Mapping[str, object] = {}
"""In the place of a tree that is not there."""


def read(payload: bytes, count: int) -> tuple[Said, ...]:
    """The answers to each call of an exchange; raises `Malformed`."""
    try:
        return tuple(msgspec.json.decode(part.body, type=Said) for part in parted(payload, count))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"an answer that is none: {clean(str(error))}") from None


def every(tree: object, path: str) -> list[object]:
    """All that stands below a path of names, through lists: `Profiles.Name`."""
    found = [tree]
    for name in path.split("."):
        below: list[object] = []
        for one in found:
            value = cast("Mapping[str, object]", one).get(name) if isinstance(one, dict) else None
            if isinstance(value, list):
                below.extend(cast("list[object]", value))
            elif value is not None:
                below.append(value)
        found = below
    return found


def text(tree: object, path: str, most: int = 120) -> Clean:
    """The first text there; empty when there is none."""
    for one in every(tree, path):
        value = cast("Mapping[str, object]", one).get("") if isinstance(one, dict) else one
        if isinstance(value, str) and value:
            return clean(value.strip(), most)
    return Clean("")


def number(tree: object, path: str) -> float | None:
    """The first number there; None when there is none, or one that cannot be."""
    try:
        value = float(text(tree, path, 40))
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None


def whole(tree: object, path: str) -> int | None:
    """The same without what is behind the point."""
    value = number(tree, path)
    return None if value is None else int(value)


def given(mapping: Mapping[str, object], key: str) -> float | None:
    """A number that our transport put there, of what it measured."""
    value = mapping.get(key)
    sound = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    return float(value) if sound and isinstance(value, int | float) else None


def moment(value: str) -> float | None:
    """Unix time of an `xs:dateTime`; None for none, and for what is before 1971: not set."""
    try:
        found = datetime.datetime.fromisoformat(value)
        zoned = found if found.tzinfo else found.replace(tzinfo=datetime.UTC)
        at = zoned.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return at if 31_536_000 <= at < 1e11 else None


def first(said: Said) -> object:
    """The tree of a call that was made once; an empty one where it was refused."""
    return said[0].said if said and not said[0].error else NOTHING


def ahead(said: Said) -> float | None:
    """Seconds by which the device's clock is ahead of ours."""
    tree = first(said)
    return given(cast("Mapping[str, object]", tree), "ahead_s") if isinstance(tree, dict) else None
