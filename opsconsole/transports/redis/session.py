"""A live way to one Redis server: exchanges one after another, each answered or at fault."""

import asyncio
import time
from collections.abc import Callable, Mapping

from opsconsole import reply
from opsconsole.errors import Lost, Malformed, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import Command, Part, joined
from opsconsole.transports.redis.asking import Asked, asked, compiled
from opsconsole.transports.redis.link import Link


class RedisSession:
    """Asks as it is told to; ends when the target is gone or lets us in no more."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Command, ...]],
        link: Link,
        deliver: Callable[[Answer], None],
        closed: Callable[["RedisSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        self.target = target
        self.link = link
        self._questions = {name: compiled(asked) for name, asked in questions.items()}
        self._deliver = deliver
        self._closed = closed
        self._running: set[asyncio.Task[None]] = set()
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of answers received and of commands sent."""
        return self.link.traffic

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self._end.done()

    def ask(self, exchange: str) -> None:
        """Send its commands; see `ports.Session`."""
        if self._end.done():
            raise Lost(f"{self.target}: the session is over")
        task = asyncio.get_running_loop().create_task(self._answer(exchange))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, exchange: str) -> None:
        try:
            parts = await asked(self.link, self._commands(exchange))
            _admitted(self.target, parts)
        except (Malformed, Unsupported) as error:
            self._give(Answer(exchange, b"", time.time(), error))
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    def _commands(self, exchange: str) -> list[Asked]:
        commands = self._questions.get(exchange)
        if commands is None:
            raise Unsupported(f"{self.target}: there is no question {exchange!r}")
        return commands

    def fail(self, error: TargetError) -> None:
        """End it, with why."""
        if not self._end.done():
            self._end.set_exception(error)
            self._end.exception()  # told by `ended`, if anybody still asks

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
        await self.link.close()
        self._closed(self)


def _admitted(target: str, parts: list[Part]) -> None:
    """Raise `Denied` when we were thrown out: secrets are read anew then."""
    for part in parts:
        refusal = reply.why(part)
        if refusal is not None and refusal.code == "NOAUTH":
            raise reply.fault(refusal, target)
