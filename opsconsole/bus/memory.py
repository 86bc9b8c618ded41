"""The bus within one process: for commands without a screen, and for tests."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

from opsconsole.bus.outbox import Outbox
from opsconsole.errors import BusClosed
from opsconsole.ports import Downward, Patches, Samples, Upward

Message = TypeVar("Message", bound=Upward | Downward)


class _Lane(Generic[Message]):
    """One direction: an outbox that the reader empties."""

    def __init__(self) -> None:
        self.outbox: Outbox[Message] = Outbox()
        self._taken: deque[Message] = deque()
        self._data: deque[Samples | Patches] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._closed = ""

    def put(self, message: Message) -> str:
        """Keep a message; returns why the bus is at its end, if it is."""
        if not self._closed:
            try:
                self.outbox.put(message)
            except BusClosed as error:
                return str(error)
            self._wake()
        return ""

    async def next_control(self) -> Message | None:
        """Return a control message, or None when only data wait; raises `BusClosed`."""
        while True:
            self._taken.extend(self.outbox.take_control())
            if self._taken:
                return self._taken.popleft()
            if self._data or self.outbox.has_data:
                return None
            if self._closed:
                raise BusClosed(self._closed)
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def take_data(self) -> Samples | Patches:
        """Return samples or patches, of which some wait."""
        if not self._data:
            self._data.extend(self.outbox.take_data())
        return self._data.popleft()

    def close(self, reason: str) -> None:
        self._closed = self._closed or reason
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class MemoryCollectorEnd:
    """A `CollectorEnd` whose console is in the same process."""

    def __init__(self, up: _Lane[Upward], down: _Lane[Downward]) -> None:
        self._up = up
        self._down = down

    @property
    def dropped(self) -> int:
        """Samples replaced by newer ones before they were read."""
        return self._up.outbox.dropped

    def publish(self, message: Upward) -> None:
        """Queue a message; never blocks. Says nothing to a closed bus."""
        if reason := self._up.put(message):
            self._up.close(reason)
            self._down.close(reason)

    async def receive(self) -> Downward:
        """Next message of the console; raises `BusClosed` when it is gone."""
        message = await self._down.next_control()
        if message is None:
            raise BusClosed("a console sent samples")
        return message

    def close(self) -> None:
        """Let go; safe to call twice."""
        self._up.close("the collector is gone")
        self._down.close("closed on this side")


class MemoryConsoleEnd:
    """A `ConsoleEnd` whose collector is in the same process."""

    def __init__(self, up: _Lane[Upward], down: _Lane[Downward]) -> None:
        self._up = up
        self._down = down

    def send(self, message: Downward) -> None:
        """Queue a message; never blocks. Says nothing to a closed bus."""
        if reason := self._down.put(message):
            self._up.close(reason)
            self._down.close(reason)

    async def receive(self) -> Upward:
        """Next message of the collector; raises `BusClosed` when it is gone."""
        message = await self._up.next_control()
        return self._up.take_data() if message is None else message

    def close(self) -> None:
        """Let go; safe to call twice."""
        self._down.close("the console is gone")
        self._up.close("closed on this side")


def pair() -> tuple[MemoryCollectorEnd, MemoryConsoleEnd]:
    """Return both ends of a new bus."""
    up: _Lane[Upward] = _Lane()
    down: _Lane[Downward] = _Lane()
    return MemoryCollectorEnd(up, down), MemoryConsoleEnd(up, down)
