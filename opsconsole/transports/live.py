"""A live way to one target: answers are given as long as it stands, and how it ended is told."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from opsconsole.errors import Lost, TargetError, Unsupported
from opsconsole.ports import Answer


class LiveSession(ABC):
    """Asks as it is told to; ends when the target is gone, or by `close`."""

    def __init__(
        self,
        target: str,
        deliver: Callable[[Answer], None],
        closed: Callable[[Any], None],  # Any: each kind of session says that it takes itself
    ) -> None:
        """`closed` is called when all is let go."""
        self.target = target
        self._deliver = deliver
        self._closed = closed
        self._running: set[asyncio.Task[None]] = set()
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._end.done()

    @abstractmethod
    async def _answer(self, exchange: str) -> None:
        """Ask it, and give its answer or `fail`."""

    @abstractmethod
    async def _let_go(self) -> None:
        """Close what leads to the target."""

    def ask(self, exchange: str) -> None:
        """Begin to ask it; see `ports.Session`."""
        if self.over:
            raise Lost(f"{self.target}: the session is over")
        task = asyncio.get_running_loop().create_task(self._answer(exchange))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _unknown(self, exchange: str) -> Unsupported:
        return Unsupported(f"{self.target}: there is no question {exchange!r}")

    def _give(self, answer: Answer) -> None:
        if not self.over:
            self._deliver(answer)

    def fail(self, error: TargetError) -> None:
        """End it, with why."""
        if not self.over:
            self._end.set_exception(error)
            self._end.exception()  # told by `ended`, if anybody still asks

    async def ended(self) -> None:
        """Return after `close`; raise the `TargetError` that ended the session otherwise."""
        await asyncio.shield(self._end)

    async def close(self) -> None:
        """Drop what is still asked, and let go; safe to call twice."""
        if not self.over:
            self._end.set_result(None)
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._let_go()
        self._closed(self)
