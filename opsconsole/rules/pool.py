"""Keys that many targets have alike, held once: every host has an `eth0` and a `/`."""

from typing import TypeVar

from opsconsole.model import Value

MOST = 4096
"""Things that are held; targets choose them, and must not choose how many."""

Thing = TypeVar("Thing", tuple[Value, ...], frozenset[tuple[Value, ...]])

_held: dict[object, object] = {}


def shared(thing: Thing) -> Thing:
    """The same key, or set of keys, as another target has it already."""
    if not _is_text(thing):
        return thing
    if len(_held) < MOST:
        return _held.setdefault(thing, thing)  # type: ignore[return-value]
    return _held.get(thing, thing)  # type: ignore[return-value]


def _is_text(thing: object) -> bool:
    """Whether equal ones are the same: one, one point nought and true are equal, and are not."""
    if isinstance(thing, tuple | frozenset):
        return all(map(_is_text, thing))  # pyright: ignore[reportUnknownArgumentType]
    return isinstance(thing, str)
