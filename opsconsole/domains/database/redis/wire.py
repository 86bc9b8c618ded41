"""What Redis says as text, taken apart: INFO, pairs, numbers that are bounded, rates."""

from collections.abc import Mapping, Sequence
from typing import cast

from opsconsole import reply
from opsconsole.clean import LIMIT, Clean, clean_bytes
from opsconsole.errors import Malformed, Unsupported
from opsconsole.model import Column, Limits, Quantity
from opsconsole.question import Part, parted

Info = Mapping[bytes, bytes]
"""Fields of INFO by name."""

TOP = 1 << 63
"""No counter of Redis is wider."""


def info(payload: bytes) -> Info:
    """INFO of a server that holds data; raises `Unsupported` for a sentinel."""
    (part,) = parted(payload, 1)
    found = fields(reply.read(part, bytes))
    if found.get(b"redis_mode") == b"sentinel":
        what = "this is a sentinel: it watches servers and holds no data"
        raise Unsupported(what, 'write kind = "redis-sentinel"')
    return found


def fields(text: bytes) -> Info:
    """Lines `name:value`; raises `Malformed` when there is none."""
    found: dict[bytes, bytes] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(b":")
        if colon and not name.startswith(b"#"):
            found[name] = value
    if not found:
        raise Malformed("INFO without a field", "is something between us and the server?")
    return found


def pairs(text: bytes, between: bytes = b",") -> Info:
    """Words `name=value`; what is none is passed over."""
    found: dict[bytes, bytes] = {}
    for word in text.split(between):
        name, sign, value = word.partition(b"=")
        if sign:
            found[name] = value
    return found


def flat(values: Sequence[object]) -> Info:
    """A list of name, value, name, value; what is no text is passed over."""
    both = zip(values[::2], values[1::2], strict=False)
    return {n: v for n, v in both if isinstance(n, bytes) and isinstance(v, bytes)}


def lists(value: object) -> list[list[object]]:
    """Those items of a list that are lists."""
    items_ = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("list[object]", one) for one in items_ if isinstance(one, list)]


def lines(part: Part) -> list[bytes] | None:
    """Lines of a text; None when the server lacks the command. Raises a `TargetError`."""
    return reply.read(part, bytes).splitlines() if reply.knows(part) else None


def items(part: Part) -> list[list[object]]:
    """Items of a list, each a list; none when the server lacks the command."""
    return reply.read(part, list[list[object]]) if reply.knows(part) else []


def whole(found: Info, name: bytes) -> int | None:
    """A number that is not negative: Redis says -1 for none."""
    word = found.get(name, b"")
    return bounded(int(word)) if word.isdigit() and len(word) < 20 else None


def bounded(value: object) -> int | None:
    """A whole number that a counter can be, else None."""
    return value if isinstance(value, int) and 0 <= value < TOP else None


def real(found: Info, name: bytes) -> float | None:
    """A finite number that is not negative."""
    try:
        value = float(found.get(name, b""))
    except ValueError:
        return None
    return value if 0 <= value < 1e15 else None


def text(found: Info, name: bytes, limit: int = LIMIT) -> Clean:
    """A text, harmless; empty for none."""
    return clean_bytes(found.get(name, b""), limit)


def flag(found: Info, name: bytes) -> bool | None:
    """0 or 1."""
    return {b"0": False, b"1": True}.get(found.get(name, b""))


def percent(part: float | None, of: float | None) -> float | None:
    """A share; None when there is nothing to have a share of."""
    return 100 * part / of if part is not None and of else None


def now(found: Info) -> float | None:
    """Unix time by the server's clock, to the microsecond; to the second of its uptime before 7."""
    moment = whole(found, b"server_time_usec")
    return moment / 1e6 if moment else whole(found, b"uptime_in_seconds")


def elapsed(found: Info, before: Info | None) -> float | None:
    """Seconds between two answers of one life of a server; None when there are none."""
    if before is None or found.get(b"run_id") != before.get(b"run_id"):
        return None
    start, end = now(before), now(found)
    return end - start if start is not None and end is not None and end > start else None


def gain(found: Info, before: Info | None, name: bytes) -> int | None:
    """How far a counter went since; None when it did not run on: a restart, CONFIG RESETSTAT."""
    if before is None or found.get(b"run_id") != before.get(b"run_id"):
        return None
    new, old = whole(found, name), whole(before, name)
    return new - old if new is not None and old is not None and new >= old else None


def rate(found: Info, before: Info | None, name: bytes) -> float | None:
    """The same by the second."""
    seconds, went = elapsed(found, before), gain(found, before, name)
    return went / seconds if seconds and went is not None else None


def column(
    key: str,
    title: str,
    quantity: Quantity,
    source: str,
    limits: Limits | None = None,
    *,
    history: bool = False,
) -> Column:
    """A column whose source is a field of INFO."""
    return Column(key, title, quantity, f"INFO {source}", limits, history=history)
