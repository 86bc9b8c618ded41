"""One timer for everything that is due later: cadence, timeouts, silence."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

TICK = 0.02
"""Seconds by which a call may come early, so that one wake-up serves many."""

STALL = 1.0
"""Seconds. A wake-up later than this means that the whole process stood still."""


class Wheel:
    """Calls back on the running loop, in order of time. There is no way to take a call back:
    who changed its mind ignores the call.

    Its clock leaves out times in which the process stood still (stopped, suspended), so that no
    target is called silent for our own sleep.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._turn = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = 0.0
        self._lost = 0.0
        self._closed = False

    def now(self) -> float:
        """Seconds on a monotonic clock."""
        return self._loop.time() - self._lost

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call at `when`, by this wheel's clock; must not block."""
        heapq.heappush(self._heap, (when, next(self._turn), call))
        if self._timer is None or when < self._armed_for:
            self._arm()

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call that many seconds from now."""
        self.at(self.now() + seconds, call)

    def close(self) -> None:
        """Call nobody any more; safe to call twice."""
        self._closed = True
        self._heap.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._heap and not self._closed:
            self._armed_for = self._heap[0][0]
            self._timer = self._loop.call_at(self._armed_for + self._lost, self._wake)

    def _wake(self) -> None:
        late = self.now() - self._armed_for
        if late > STALL:
            self._lost += late
        self._timer = None
        horizon = self.now() + TICK
        due: list[Callable[[], None]] = []
        while self._heap and self._heap[0][0] <= horizon:
            due.append(heapq.heappop(self._heap)[2])
        for call in due:
            call()
        if self._timer is None:
            self._arm()
