"""How often to ask and how soon to try again, as plain arithmetic."""

import random
from collections.abc import Callable

from opsconsole.errors import Denied, TargetError, Untrusted

FIRST, LONGEST = 1.0, 60.0
"""Seconds between attempts to reach a target that may come back by itself."""

FIRST_SLOW, LONGEST_SLOW = 30.0, 300.0
"""The same when only a person can change the answer, and each attempt may be logged or counted."""

QUICK_IN_A_ROW = 3
"""Answers that must be quick before a doubled period is halved again."""


class Backoff:
    """Seconds until the next attempt: doubling, with jitter, and without giving up."""

    __slots__ = ("_failures", "_uniform")

    def __init__(self, uniform: Callable[[float, float], float] = random.uniform) -> None:
        self._uniform = uniform
        self._failures = 0

    def next(self, error: TargetError) -> float:
        """Count a failure and return how long to wait."""
        slow = isinstance(error, Denied | Untrusted)
        first, longest = (FIRST_SLOW, LONGEST_SLOW) if slow else (FIRST, LONGEST)
        delay = min(longest, first * 2.0 ** min(self._failures, 20))
        self._failures += 1
        return delay * self._uniform(0.5, 1.0)

    def reset(self) -> None:
        """Begin again: it worked, or the operator asks."""
        self._failures = 0


class Pace:
    """The period of an asked exchange; doubles while answers take more than half of it."""

    __slots__ = ("_quick", "every", "period", "took")

    def __init__(self, every: float) -> None:
        self.every = every
        self.period = every
        self.took = 0.0
        """Seconds the last answer took."""
        self._quick = 0

    @property
    def slowed(self) -> bool:
        """Whether it is asked less often than it should."""
        return self.period > self.every

    def answered(self, took: float) -> None:
        """Learn from an answer: slow ones double the period, a few quick ones halve it again."""
        self.took = took
        if took > self.period / 2:
            self._quick = 0
            while took > self.period / 2:
                self.period *= 2
        elif self.slowed and took < self.period / 8:
            self._quick += 1
            if self._quick >= QUICK_IN_A_ROW:
                self._quick = 0
                self.period = max(self.every, self.period / 2)
        else:
            self._quick = 0
