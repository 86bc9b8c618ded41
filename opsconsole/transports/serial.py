"""A live way to one database: questions asked one after another over its only connection."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from opsconsole.errors import TargetError
from opsconsole.ports import Answer
from opsconsole.question import Part, Statement, joined
from opsconsole.transports.live import LiveSession


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


class SerialSession(LiveSession):
    """Asks its statements behind what is asked already; ends when the connection does."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Statement, ...]],
        client: Client,
        deliver: Callable[[Answer], None],
        closed: Callable[["SerialSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._client = client
        self._turn = asyncio.Lock()

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent, as the client counts them."""
        return self._client.traffic

    async def _answer(self, exchange: str) -> None:
        statements = self._questions.get(exchange)
        if statements is None:
            self._give(Answer(exchange, b"", time.time(), self._unknown(exchange)))
            return
        try:
            async with self._turn:
                parts = [await self._client.fetch(statement) for statement in statements]
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _let_go(self) -> None:
        await self._client.close()
