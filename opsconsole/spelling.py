"""Values as words in a document: a number with its unit, a time in UTC, unknown as a dash."""

import math
from datetime import UTC, datetime

from opsconsole.model import Quantity, Value

UNKNOWN = "–"
"""What stands for a value that is not known."""

_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DECIMAL = ("", "k", "M", "G", "T")


def spelled(quantity: Quantity, value: Value) -> str:
    """A value with its unit."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    return _number(quantity, value)


def _number(quantity: Quantity, value: float) -> str:
    match quantity:
        case Quantity.PERCENT:
            return f"{value:.1f} %"
        case Quantity.BYTES:
            return _scaled(value, 1024, _BINARY)
        case Quantity.BYTES_PER_S:
            return _scaled(value, 1024, _BINARY) + "/s"
        case Quantity.BITS_PER_S:
            return _scaled(value, 1000, tuple(f"{unit}bit" for unit in _DECIMAL)) + "/s"
        case Quantity.PER_S:
            return f"{_short(value)}/s"
        case Quantity.MILLISECONDS:
            return f"{_short(value)} ms"
        case Quantity.SECONDS:
            return lasting(value)
        case Quantity.TIME | Quantity.SINCE:
            return when(value)
        case _:
            return _short(value)


def _scaled(value: float, step: int, units: tuple[str, ...]) -> str:
    scaled, place = float(value), 0
    while abs(scaled) >= step and place < len(units) - 1:
        scaled, place = scaled / step, place + 1
    return f"{_short(scaled)} {units[place]}"


def _short(value: float) -> str:
    """At most three digits after the point of small numbers, none of large ones."""
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:.0f}"
    return f"{value:.3g}"


def counted(count: int, one: str, many: str = "") -> str:
    """A number of things: `1 host`, `3 hosts`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def lasting(seconds: float) -> str:
    """A stretch of time in its two largest units: `3 d 4 h`."""
    left = round(abs(seconds))
    parts: list[str] = []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        count, left = divmod(left, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
        elif parts:
            break
    return ("-" if seconds < 0 else "") + " ".join(parts[:2])


def when(at: float) -> str:
    """A moment to the minute, in UTC: `2026-11-24 02:13`; a dash for what is no time."""
    return _dated(at, "%Y-%m-%d %H:%M")


def exactly(at: float) -> str:
    """A moment to the second, in UTC."""
    return _dated(at, "%Y-%m-%d %H:%M:%S")


def _dated(at: float, form: str) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).strftime(form)
    except (ValueError, OverflowError, OSError):
        return UNKNOWN
