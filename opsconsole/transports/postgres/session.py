"""A live way to one server: exchanges answered in the order they were asked."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

import psycopg

from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, Unreachable
from opsconsole.ports import Answer
from opsconsole.question import Part, Statement, joined
from opsconsole.transports.live import LiveSession
from opsconsole.transports.postgres.console import Console
from opsconsole.transports.postgres.faults import of_losing
from opsconsole.transports.postgres.line import Line

PATIENCE = 30.0
"""Seconds for an exchange, behind the server's own limit for each statement."""


class PostgresSession(LiveSession):
    """Asks as it is told to; ends when the server is gone."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Statement, ...]],
        line: Line | Console,
        deliver: Callable[[Answer], None],
        closed: Callable[["PostgresSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._line = line
        self._asked: dict[str, None] = {}
        self._more = asyncio.Event()
        worker = asyncio.get_running_loop().create_task(self._work())
        self._running.add(worker)
        worker.add_done_callback(self._stopped)

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of rows received and of statements sent."""
        return self._line.received, self._line.sent

    def ask(self, exchange: str) -> None:
        """Ask it after what was asked before; once, however often it waits."""
        if self.over:
            raise Lost(f"{self.target}: the session is over")
        self._asked[exchange] = None
        self._more.set()

    async def run(self, statement: str, parameters: Sequence[str]) -> Part:
        """Run one statement between two exchanges; raises a `TargetError`."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._line.run(statement, parameters)
        except (psycopg.Error, OSError, TimeoutError) as error:
            lost = of_losing(self.target, error)
            self.fail(lost)
            raise lost from None

    async def _work(self) -> None:
        while not self.over:
            await self._more.wait()
            self._more.clear()
            while self._asked and not self.over:
                exchange = next(iter(self._asked))
                del self._asked[exchange]
                await self._answer(exchange)

    def _stopped(self, worker: asyncio.Task[None]) -> None:
        """A defect of ours must not leave a session that never answers."""
        if not worker.cancelled() and (error := worker.exception()) is not None:
            what = f"{self.target}: {type(error).__name__}: {error}"
            self.fail(Malformed(clean(what), "report it: the transport does not understand this"))

    async def _answer(self, exchange: str) -> None:
        statements = self._questions.get(exchange)
        if statements is None:
            self._give(Answer(exchange, b"", time.time(), self._unknown(exchange)))
            return
        try:
            async with asyncio.timeout(PATIENCE):
                parts = await self._line.exchange(statements)
        except TimeoutError:
            what = f"{self.target}: no answer within {PATIENCE:g} s"
            self.fail(Unreachable(what, "is it overloaded, stopped, or a firewall?"))
        except (psycopg.Error, OSError) as error:
            self.fail(of_losing(self.target, error))
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _let_go(self) -> None:
        await self._line.conn.close()
