"""A live way to one database: questions asked one after another over its only connection."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from opsconsole.errors import Lost, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import Part, Statement, joined


class Client(Protocol):
    """A connection that answers one statement after another."""

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent so far."""
        ...

    async def fetch(self, statement: Statement) -> Part:
        """Ask one; raises the `TargetError` that ended the connection."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


class SerialSession:
    """Asks as it is told to; ends when the connection does."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Statement, ...]],
        client: Client,
        deliver: Callable[[Answer], None],
        closed: Callable[["SerialSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        self.target = target
        self._questions = questions
        self._client = client
        self._deliver = deliver
        self._closed = closed
        self._turn = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent, as the client counts them."""
        return self._client.traffic

    def ask(self, exchange: str) -> None:
        """Queue its statements behind what is asked already; see `ports.Session`."""
        if self._end.done():
            raise Lost(f"{self.target}: the session is over")
        task = asyncio.get_running_loop().create_task(self._answer(exchange))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, exchange: str) -> None:
        statements = self._questions.get(exchange)
        if statements is None:
            error = Unsupported(f"{self.target}: there is no question {exchange!r}")
            self._give(Answer(exchange, b"", time.time(), error))
            return
        try:
            async with self._turn:
                parts = [await self._client.fetch(statement) for statement in statements]
        except TargetError as error:
            if not self._end.done():
                self._end.set_exception(error)
                self._end.exception()  # told by `ended`, if anybody still asks
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    def _give(self, answer: Answer) -> None:
        if not self._end.done():
            self._deliver(answer)

    async def ended(self) -> None:
        """Return after `close`; raise the `TargetError` that ended the session otherwise."""
        await asyncio.shield(self._end)

    async def close(self) -> None:
        """Drop what is still asked, and the connection; safe to call twice."""
        if not self._end.done():
            self._end.set_result(None)
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._client.close()
        self._closed(self)
