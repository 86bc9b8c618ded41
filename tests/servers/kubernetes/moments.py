"""Spans of time as the printers of the server write them."""

import datetime
from dataclasses import dataclass


def seconds(text: str | None) -> float | None:
    """Seconds since 1970 of a time of the API."""
    if not text:
        return None
    try:
        return datetime.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def stamp(at: float) -> str:
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Since:
    """A cell that says how long ago something was; it is written when the row is sent."""

    at: float | None
    around: str = "{}"

    def said(self, now: float) -> str:
        return "<unknown>" if self.at is None else self.around.format(human(now - self.at))


def _two(big: int, unit: str, small: int, lesser: str) -> str:
    return f"{big}{unit}{small}{lesser}" if small else f"{big}{unit}"


def human(span: float) -> str:
    """Two units at most: `119s`, `2m`, `9m59s`, `3h`, `2d4h`."""
    total = int(span)
    if total < -1:
        return "<invalid>"
    total = max(total, 0)
    minutes, hours = total // 60, total // 3600
    if total < 120:
        return f"{total}s"
    if minutes < 10:
        return _two(minutes, "m", total % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    return _days(hours)


def _days(hours: int) -> str:
    days = hours // 24
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    if days < 8 * 365:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"
