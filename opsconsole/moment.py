"""Moments as operators write them: `02:13`, `yesterday 02:13`, `2026-11-28T02:13`, `-2h`, `now`."""

import math
import re
import time
from datetime import datetime, timedelta

from opsconsole.errors import UsageError

GRAMMAR = "02:13, yesterday 02:13, 2026-11-28T02:13, -2h, 90m or now"
"""For messages and help."""

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_AGE = re.compile(r"([-+]?)((?:\d{1,9}(?:\.\d{1,3})?[smhdw])+)( ago)?")
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_CLOCK = re.compile(r"(?:(today|yesterday) )?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?")
_DAYS = {"today": 0, "yesterday": 1}
_UNIX = re.compile(r"@(\d{1,12}(?:\.\d{1,6})?)")


def duration(text: str) -> float:
    """Seconds of `90s`, `30m`, `1h30m`, `7d`, `2w`; raises `UsageError`."""
    found = _AGE.fullmatch(text.strip())
    if found is None or found[1] or found[3]:
        raise UsageError(f"{text!r} is no duration: write 90s, 30m, 2h, 1h30m, 7d or 2w")
    return _seconds(found[2])


def moment(text: str, now: float | None = None) -> float:
    """Unix time of a moment, local unless it names its zone; raises `UsageError`.

    An age, with or without its minus, is before `now`. A time of the day is the last that was.
    """
    now = time.time() if now is None else now
    words = " ".join(text.lower().split())
    if words == "now":
        return now
    if found := _AGE.fullmatch(words):
        if found[1] == "+":
            return now + _seconds(found[2])
        return now - _seconds(found[2])
    if found := _UNIX.fullmatch(words):
        return float(found[1])
    try:
        if found := _CLOCK.fullmatch(words):
            return _of_day(found, now)
        if words in _DAYS:
            midnight = _local(now).replace(hour=0, minute=0, second=0, microsecond=0)
            return _stamp(midnight - timedelta(days=_DAYS[words]))
        return _stamp(datetime.fromisoformat(words.upper().replace(" ", "T", 1)))
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{text!r} is no time: write {GRAMMAR}") from None


def _seconds(parts: str) -> float:
    return math.fsum(float(number) * _UNITS[unit] for number, unit in _PART.findall(parts))


def _of_day(found: re.Match[str], now: float) -> float:
    second = float(found[4] or 0)
    here = _local(now)
    at = here.replace(
        hour=int(found[2]),
        minute=int(found[3]),
        second=int(second),
        microsecond=round(second % 1 * 1e6) % 1_000_000,
    )
    if found[1]:
        at -= timedelta(days=_DAYS[found[1]])
    elif at > here:
        at -= timedelta(days=1)
    return _stamp(at)


def _local(at: float) -> datetime:
    """Without its zone: a day more or less is the same time of the clock on the wall."""
    return datetime.fromtimestamp(at)


def _stamp(at: datetime) -> float:
    return at.timestamp()
