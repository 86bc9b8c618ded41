"""A live way to one HTTP target: questions asked side by side, each answered or at fault."""

import time
from collections.abc import Callable, Mapping

from opsconsole.errors import Lost, Malformed, TargetError
from opsconsole.ports import Answer
from opsconsole.question import HttpCrawl, HttpRequest, Part, joined
from opsconsole.transports.http.client import Client, Refusal
from opsconsole.transports.http.crawl import crawled
from opsconsole.transports.http.faults import ends_session
from opsconsole.transports.live import LiveSession

HUNG_UP = "it hangs up in place of an answer: what it needs for that may be away; see its log"


class HttpSession(LiveSession):
    """Asks side by side; ends when the target is gone or lets us in no more."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[HttpRequest, ...]],
        client: Client,
        deliver: Callable[[Answer], None],
        closed: Callable[["HttpSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._client = client

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of answers received, unpacked, and of requests sent, without most headers."""
        return self._client.received, self._client.sent

    async def reach(self) -> None:
        """Ask the first question; raises a `TargetError` unless somebody is there to answer."""
        for requests in list(self._questions.values())[:1]:
            try:
                await self._client.fetch(requests[0])
            except Refusal as refusal:
                if ends_session(refusal.error, refusal.status):
                    raise refusal.error from None

    async def _answer(self, exchange: str) -> None:
        try:
            requests = self._questions.get(exchange)
            if requests is None:
                raise self._unknown(exchange)
            parts = [await self._fetched(request) for request in requests]
        except Refusal as refusal:
            self._fail(exchange, refusal.error, refusal.status)
        except TargetError as error:
            self._fail(exchange, error)
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _fetched(self, request: HttpRequest) -> Part:
        try:
            if isinstance(request, HttpCrawl):
                return await crawled(self._client.fetch, request)
            return await self._client.fetch(request)
        except Lost as error:
            if request.hangs_up:
                raise Refusal(0, Malformed(f"{error}", HUNG_UP)) from None
            raise

    def _fail(self, exchange: str, error: TargetError, status: int = 0) -> None:
        if not ends_session(error, status):
            self._give(Answer(exchange, b"", time.time(), error))
        else:
            self.fail(error)

    async def _let_go(self) -> None:
        await self._client.close()
