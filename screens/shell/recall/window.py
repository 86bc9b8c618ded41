"""The stretch of time that is looked at: how long, up to when, and how it is typed and said."""

from dataclasses import dataclass, replace

from opsconsole.errors import UsageError
from opsconsole.moment import moment

LENGTHS = (300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 86400.0, 7 * 86400.0, 30 * 86400.0)
"""Seconds of the windows that one zooms through."""

USUAL = 3600.0


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
    """Unix time of a moment in the past, as `:at` understands it; raises `UsageError`."""
    at = moment(text, now)
    if at >= now:
        raise UsageError(f"{text!r} is not in the past; write 30m, 2h, 02:13 or 2026-11-28")
    return at


def looks_like_time(text: str) -> bool:
    """Whether a word of a command is a time, past or not."""
    try:
        moment(text)
    except UsageError:
        return False
    return True


def spoken(length: float) -> str:
    """`15 min`, `4 h`, `7 days`."""
    if length < 3600:
        return f"{length / 60:.0f} min"
    if length <= 48 * 3600:
        return f"{length / 3600:.3g} h"
    return f"{length / 86400:.3g} days"
