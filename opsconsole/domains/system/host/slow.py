"""The slow answer as lines by source, and the fields that several probes take from it."""

import functools
from collections.abc import Callable
from typing import TypeVar

from opsconsole.domains.system.host import wire
from opsconsole.errors import Malformed

_MOST_LINES = 20_000
"""More than any real host's answer; what is over it is not looked at."""


Asked = TypeVar("Asked")
Found = TypeVar("Found")


def shared(function: Callable[[Asked], Found]) -> Callable[[Asked], Found]:
    """Keep what was found last: several probes read the same answer one after another.

    Nobody may change what is found.
    """
    kept: tuple[Asked, Found] | None = None

    @functools.wraps(function)
    def once(asked: Asked) -> Found:
        nonlocal kept
        if kept is None or kept[0] is not asked:
            kept = asked, function(asked)
        return kept[1]

    return once


@shared
def sections(payload: bytes) -> dict[bytes, list[bytes]]:
    """Lines of a slow answer by the name of their source; raises `Malformed` when there is none."""
    lines = wire.text(payload)[1:].split(b"\n", _MOST_LINES)
    found: dict[bytes, list[bytes]] = {}
    for line in lines[:_MOST_LINES]:
        tag, colon, rest = line.partition(b":")
        if colon:
            found.setdefault(tag, []).append(rest)
    if b"kernel" not in found:
        raise Malformed("the host's slow answer does not name a kernel", "it is asked again")
    return found


def one(found: dict[bytes, list[bytes]], tag: bytes) -> bytes:
    """The first line of a source, stripped; empty without one."""
    lines = found.get(tag)
    return lines[0].strip() if lines else b""


def pairs(lines: list[bytes]) -> dict[bytes, bytes]:
    """Lines of the form `name=value`."""
    split = (line.partition(b"=") for line in lines)
    return {name: value for name, _, value in split}


def uptime(found: dict[bytes, list[bytes]]) -> float | None:
    """Seconds since boot when the answer was made; None where it does not say."""
    words = one(found, b"/proc/uptime").split()
    return wire.real(words[0]) if words else None
