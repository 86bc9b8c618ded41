"""A live way to one Redis server: exchanges one after another, each answered or at fault."""

import time
from collections.abc import Callable, Mapping

from opsconsole import reply
from opsconsole.errors import Malformed, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import Command, Part, joined
from opsconsole.transports.live import LiveSession
from opsconsole.transports.redis.asking import Asked, asked, compiled
from opsconsole.transports.redis.link import Link


class RedisSession(LiveSession):
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
        super().__init__(target, deliver, closed)
        self.link = link
        self._questions = {name: compiled(asked) for name, asked in questions.items()}

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of answers received and of commands sent."""
        return self.link.traffic

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
            raise self._unknown(exchange)
        return commands

    async def _let_go(self) -> None:
        await self.link.close()


def _admitted(target: str, parts: list[Part]) -> None:
    """Raise `Denied` when we were thrown out: secrets are read anew then."""
    for part in parts:
        refusal = reply.why(part)
        if refusal is not None and refusal.code == "NOAUTH":
            raise reply.fault(refusal, target)
