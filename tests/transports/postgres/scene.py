"""A session with a real server, and what was heard of it."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

from opsconsole import table
from opsconsole.model import Target
from opsconsole.question import Questions, Statement, parted
from opsconsole.transports.postgres import PostgresTransport
from opsconsole.transports.postgres.session import PostgresSession
from tests.servers.sampler import Heard


def asking(*sql: str) -> Questions:
    return {"one": tuple(Statement(one) for one in sql)}


class Talk:
    """Asks an exchange and waits for its answer."""

    def __init__(self, transport: PostgresTransport, session: PostgresSession, heard: Heard,
                 questions: Questions) -> None:  # fmt: skip
        self.transport, self.session, self.heard = transport, session, heard
        self._questions = questions

    async def parts(self, exchange: str = "one") -> list[list[Any] | str]:
        """Rows of each statement, or the SQLSTATE of its refusal."""
        before = len(self.heard.answers)
        self.session.ask(exchange)
        await self.heard.until(lambda heard: len(heard.answers) > before, 60)
        answer = self.heard.answers[-1]
        if answer.error is not None:
            raise answer.error
        said: list[list[Any] | str] = []
        for part in parted(answer.payload, len(self._questions[exchange])):
            refusal = table.why(part)
            said.append(refusal.code if refusal else table.read(part, tuple[Any, ...]))
        return said


@contextlib.asynccontextmanager
async def opened(target: Target, questions: Questions) -> AsyncGenerator[Talk]:
    transport, heard = PostgresTransport(), Heard()
    try:
        session = await transport.open(target, questions, 1.0, heard)
        assert isinstance(session, PostgresSession)
        yield Talk(transport, session, heard, questions)
    finally:
        await transport.close()
