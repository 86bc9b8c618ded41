"""A live way to one upsd: exchanges one after another, each UPS answered or at fault by itself."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

from opsconsole import reply
from opsconsole.errors import Malformed, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import NutAnswer, NutQuery, Part, joined
from opsconsole.transports.live import LiveSession
from opsconsole.transports.nut.link import Link, No, told

MOST = 64
"""UPS of one server that are asked about."""

WORDS = 32
"""Words of a status whose beginning is remembered."""

Seen = dict[tuple[str, str], float]
"""Since when (Unix time) each word of a UPS's status was seen."""


class NutSession(LiveSession):
    """Asks as it is told to; ends when the connection does."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[NutQuery, ...]],
        link: Link,
        deliver: Callable[[Answer], None],
        closed: Callable[["NutSession"], None],
        *,
        only: str = "",
        seen: Seen | None = None,
    ) -> None:
        """`only` is the one UPS to ask about; `seen` outlives the session."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._link = link
        self._only = only
        self._seen: Seen = {} if seen is None else seen
        self._turn = asyncio.Lock()

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of lines received and sent."""
        return self._link.received, self._link.sent

    async def _answer(self, exchange: str) -> None:
        try:
            queries = self._questions.get(exchange)
            if queries is None:
                raise self._unknown(exchange)
            async with self._turn:
                parts = await self._asked(queries)
        except Unsupported as error:
            self._give(Answer(exchange, b"", time.time(), error))
        except TargetError as error:
            self.fail(error)
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _asked(self, queries: Sequence[NutQuery]) -> list[Part]:
        devices = await self._devices() if any("*" in one.words for one in queries) else []
        parts: list[Part] = []
        for query in queries:
            named = [line[1] for line in devices] if "*" in query.words else [""]
            answers = [await self._of(query, ups) for ups in named]
            if query.since:
                self._remember(answers, query.since)
            parts.append(reply.given(answers))
        return parts

    async def _devices(self) -> list[list[str]]:
        try:
            lines = await self._link.ask(("LIST", "UPS"))
        except No as error:
            raise told(self.target, error) from None
        named = [line for line in lines if line[:1] == ["UPS"] and len(line) > 1]
        if not self._only:
            return named[:MOST]
        mine = [line for line in named if line[1] == self._only]
        if not mine:
            there = ", ".join(line[1] for line in named[:8])
            raise Malformed(
                f"{self.target}: that server has no UPS {self._only!r}",
                f"mend `ups`; there are: {there or 'none'}",
            )
        return mine

    async def _of(self, query: NutQuery, ups: str) -> NutAnswer:
        try:
            lines = await self._link.ask([ups if one == "*" else one for one in query.words])
        except No as error:
            return NutAnswer(ups, str(error), [])
        if query.words == ("LIST", "UPS") and self._only:
            lines = [line for line in lines if line[1:2] == [self._only]]
        return NutAnswer(ups, "", lines)

    def _remember(self, answers: Sequence[NutAnswer], variable: str) -> None:
        """Put behind a status since when each of its words was seen."""
        now = time.time()
        for answer in answers:
            for line in answer.lines:
                if line[2:3] != [variable] or len(line) < 4:
                    continue
                words = dict.fromkeys(line[3].split()[:WORDS])
                for name in [one for one in self._seen if one[0] == answer.ups]:
                    if name[1] not in words:
                        del self._seen[name]
                line += [f"{word}={self._seen.setdefault((answer.ups, word), now):.1f}"
                         for word in words]  # fmt: skip

    async def _let_go(self) -> None:
        await self._link.close()
