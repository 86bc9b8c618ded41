"""A live way to one agent: exchanges one after another, each answered or at fault."""

import time
from collections.abc import Callable, Mapping, Sequence

from opsconsole.errors import Malformed, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import Part, Snmp, SnmpChosen, joined
from opsconsole.transports.live import LiveSession
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.asking import Compiled, Walk, answer, compiled
from opsconsole.transports.snmp.choosing import Chosen


class SnmpSession(LiveSession):
    """Asks as it is told to; ends when the agent is silent or lets us in no more."""

    def __init__(
        self,
        agent: Agent,
        questions: Mapping[str, tuple[Snmp, ...]],
        deliver: Callable[[Answer], None],
        closed: Callable[["SnmpSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(agent.target, deliver, closed)
        self.agent = agent
        self._questions = {name: _made(asked) for name, asked in questions.items()}
        self._kept: dict[Walk, tuple[float, Part]] = {}

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of variables received and of questions sent."""
        return self.agent.received, self.agent.sent

    async def _answer(self, exchange: str) -> None:
        try:
            parts = [await self._part(one) for one in self._of(exchange)]
        except (Malformed, Unsupported) as error:
            self._give(Answer(exchange, b"", time.time(), error))
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _part(self, one: Compiled | Chosen) -> Part:
        """Its answer, or the last one while that is good."""
        if isinstance(one, Chosen):
            return await one.answer(self.agent)
        if not isinstance(one, Walk) or not (one.keep or one.absent):
            return await answer(self.agent, one)
        known, now = self._kept.get(one), time.monotonic()
        if known is not None:
            at, part = known
            if now - at < (one.keep if part.body else max(one.keep, one.absent)):
                return part
        part = await answer(self.agent, one)
        if one.keep or not part.body:
            self._kept[one] = now, part
        return part

    def _of(self, exchange: str) -> "list[Compiled | Chosen]":
        asked = self._questions.get(exchange)
        if asked is None:
            raise self._unknown(exchange)
        return asked

    async def _let_go(self) -> None:
        """The socket is everybody's; nothing of it is this session's."""


def _made(asked: Sequence[Snmp]) -> "list[Compiled | Chosen]":
    """Questions as they are asked; those that depend on the agent remember what it is."""
    found: list[Compiled | Chosen] = []
    for one in asked:
        found += [Chosen(one)] if isinstance(one, SnmpChosen) else compiled([one])
    return found
