"""Counters per second by the device's own clock: what wraps, what began anew, what cannot be."""

from typing import NamedTuple

HUNDREDTHS = 1 << 32
"""The clock of a device begins anew after so many hundredths of a second: 497 days."""

LONGEST_S = 3600.0
"""Seconds between two answers; a clock that went back further than that was set back by a boot."""

PLAUSIBLE = 10.0
"""Times the speed of a port: agents that count only now and then exceed it for a moment."""


class Clock(NamedTuple):
    """How long the device is up."""

    hundredths: int | None
    """`sysUpTime`, which wraps after 497 days."""
    seconds: int | None = None
    """`snmpEngineTime`, which does not; it may be about the agent alone."""

    @property
    def uptime_s(self) -> float | None:
        """Seconds since it started, beyond 497 days where the other clock agrees with this one."""
        if self.hundredths is None:
            return None
        short, whole = self.hundredths / 100, HUNDREDTHS / 100
        if self.seconds is not None and self.seconds > short:
            wraps = round((self.seconds - short) / whole)
            if wraps > 0 and abs(short + wraps * whole - self.seconds) < 120:
                return short + wraps * whole
        return short

    def since(self, moment: int | None) -> float | None:
        """Seconds since a moment that `sysUpTime` had; None when that is not known."""
        if self.hundredths is None or moment is None or moment > self.hundredths:
            return None
        # 0 is "before the agent started": it did not change since then.
        return (self.hundredths - moment) / 100


def seconds_between(now: Clock, before: Clock) -> float | None:
    """Seconds between two answers; None when the device started anew, or says nothing of it."""
    if now.hundredths is None or before.hundredths is None:
        return None
    passed = (now.hundredths - before.hundredths) % HUNDREDTHS / 100
    return passed if 0 < passed <= LONGEST_S else None


def per_s(
    new: int | None, old: int | None, seconds: float, width: int, most: float | None = None
) -> float | None:
    """A counter of so many bits per second; None where it began anew, or cannot be true.

    `most` is what it can be per second at full speed. A counter of 32 bits goes on from zero; that
    is told from one that began anew by where it stood, and by what it would come to.
    """
    if new is None or old is None or not width:
        return None
    passed = new - old
    if passed < 0:
        if width != 32 or old < 1 << 31 or old >= 1 << 32:
            return None
        passed += 1 << 32
        if most is not None and passed / seconds > 1.5 * most:
            return None
    found = passed / seconds
    return None if most is not None and found > PLAUSIBLE * most else found
