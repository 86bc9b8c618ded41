"""The stretch of time that is looked at: how long, up to when, and how it is typed and said."""

import re
import time
from dataclasses import dataclass, replace

from opsconsole.errors import UsageError

LENGTHS = (300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 86400.0, 7 * 86400.0, 30 * 86400.0)
"""Seconds of the windows that one zooms through."""

USUAL = 3600.0

_SPAN = re.compile(r"(\d{1,6})([smhd])")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when. An open end is now, and moves on."""

    length: float = USUAL
    end: float | None = None

    def span(self, now: float) -> tuple[float, float]:
        """Unix times of both ends."""
        end = now if self.end is None else self.end
        return end - self.length, end

    def zoomed(self, by: int, now: float, around: float | None = None) -> "Window":
        """Longer (`by` > 0) or shorter; a closed one stays around that moment."""
        longer = [one for one in LENGTHS if one > self.length]
        shorter = [one for one in LENGTHS if one < self.length]
        length = self.length
        if by > 0 and longer:
            length = longer[0]
        elif by < 0 and shorter:
            length = shorter[-1]
        if self.end is None and (around is None or now - around <= length):
            return Window(length)
        middle = around if around is not None else self.span(now)[1] - self.length / 2
        return self._until(middle + length / 2, now, length)

    def moved(self, halves: int, now: float) -> "Window":
        """Later (`halves` > 0) or earlier by half its length each."""
        return self._until(self.span(now)[1] + halves * self.length / 2, now, self.length)

    @staticmethod
    def _until(end: float, now: float, length: float) -> "Window":
        return Window(length) if end >= now else Window(length, end)

    def widened(self, since: float, now: float) -> "Window":
        """The same, but reaching back to `since` at least."""
        start, end = self.span(now)
        return self if since >= start else replace(self, length=end - since)


def since(text: str, now: float) -> float:
    """Unix time of `30m`, `2h`, `3d` ago, or of `02:13` or `2026-11-28` in local time.

    A time of day that has not come yet was yesterday. Raises `UsageError`.
    """
    if found := _SPAN.fullmatch(text):
        return now - int(found[1]) * _SECONDS[found[2]]
    day = time.localtime(now)
    if found := _CLOCK.fullmatch(text):
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        at = time.mktime((day.tm_year, day.tm_mon, day.tm_mday, hour, minute, second, 0, 0, -1))
        if at > now:
            at = time.mktime(
                (day.tm_year, day.tm_mon, day.tm_mday - 1, hour, minute, second, 0, 0, -1)
            )
        return at
    if found := _DATE.fullmatch(text):
        try:
            at = time.mktime((int(found[1]), int(found[2]), int(found[3]), 0, 0, 0, 0, 0, -1))
        except (OverflowError, ValueError):
            at = now + 1
        if at <= now:
            return at
    raise UsageError(f"{text!r} is no time in the past; write 30m, 2h, 3d, 02:13 or 2026-11-28")


def looks_like_time(text: str) -> bool:
    """Whether a word of a command is meant as a time, right or wrong."""
    return any(each.fullmatch(text) for each in (_SPAN, _CLOCK, _DATE))


def spoken(length: float) -> str:
    """`15 min`, `4 h`, `7 days`."""
    if length < 3600:
        return f"{length / 60:.0f} min"
    if length <= 48 * 3600:
        return f"{length / 3600:.3g} h"
    return f"{length / 86400:.3g} days"
