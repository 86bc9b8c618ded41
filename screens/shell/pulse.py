"""When the console looks at what is new: soon after something came, else as ages need it."""

import asyncio
import math
from collections.abc import Callable

HAIR = 1e-3
"""Part of a step by which a timer may come early without making a step of its own."""


class Pulse:
    """Looks at steps of `quick` seconds: each while there is something to do, else those that are
    `slow` seconds apart.
    """

    def __init__(self, look: Callable[[], bool], quick: float, slow: float) -> None:
        """`look` returns whether there is something to do at the next step."""
        self._look = look
        self._quick, self._slow = quick, slow
        self._began = 0.0
        self._due: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Look for as long as the console is there; what `look` raises passes through."""
        self._began = asyncio.get_running_loop().time()
        again = False
        while True:
            self._due = asyncio.get_running_loop().create_future()
            self._wake_within(self._quick if again else self._slow)
            try:
                await self._due
            finally:
                if self._timer is not None:
                    self._timer.cancel()
                self._timer = self._due = None
            again = self._look()

    def stir(self) -> None:
        """Something came: look at the next step, at it and at all that comes until then."""
        if self._due is not None:
            self._wake_within(self._quick)

    def _wake_within(self, seconds: float) -> None:
        """Wake up at the last step that is not later, unless that is so anyway."""
        loop = asyncio.get_running_loop()
        passed = loop.time() + seconds - self._began
        when = self._began + math.floor(passed / self._quick + HAIR) * self._quick
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = loop.call_at(when, self._wake)

    def _wake(self) -> None:
        if self._due is not None and not self._due.done():
            self._due.set_result(None)
