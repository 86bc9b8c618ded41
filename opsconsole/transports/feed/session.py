"""A live way to pages: all of them for each answer, those that fail named in it."""

import time
from collections.abc import Callable, Mapping

from opsconsole.errors import TargetError
from opsconsole.fieldmap.feed import packed
from opsconsole.ports import Answer
from opsconsole.question import Mapped, Part, joined
from opsconsole.transports.feed.pages import Pages
from opsconsole.transports.http.faults import ends_session
from opsconsole.transports.live import LiveSession


class FeedSession(LiveSession):
    """Asks as it is told to; ends when the server is gone or lets us in no more."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[Mapped, ...]],
        pages: Pages,
        deliver: Callable[[Answer], None],
        closed: Callable[["FeedSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._pages = pages

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of pages received, unpacked, and of requests sent, without most headers."""
        return self._pages.client.received, self._pages.client.sent

    async def _answer(self, exchange: str) -> None:
        try:
            if exchange not in self._questions:
                raise self._unknown(exchange)
            payload = joined([Part(200, packed(await self._pages.ask()))])
        except TargetError as error:
            if self._pages.shut or ends_session(error):
                self.fail(error)
            else:
                self._give(Answer(exchange, b"", time.time(), error))
        else:
            self._give(Answer(exchange, payload, time.time()))

    async def _let_go(self) -> None:
        await self._pages.client.close()
