"""A live way to one HTTP target: questions asked side by side, each answered or at fault."""

import asyncio
import time
from collections.abc import Callable, Mapping

from opsconsole.errors import Lost, Malformed, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import HttpRequest, Part, joined
from opsconsole.transports.http.client import Client, Refusal
from opsconsole.transports.http.faults import ends_session

HUNG_UP = "it hangs up in place of an answer: what it needs for that may be away; see its log"


class HttpSession:
    """Asks as it is told to; ends when the target is gone or lets us in no more."""

    def __init__(
        self,
        target: str,
        questions: Mapping[str, tuple[HttpRequest, ...]],
        client: Client,
        deliver: Callable[[Answer], None],
        closed: Callable[["HttpSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        self.target = target
        self._questions = questions
        self._client = client
        self._deliver = deliver
        self._closed = closed
        self._running: set[asyncio.Task[None]] = set()
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

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

    def ask(self, exchange: str) -> None:
        """Send its requests, one after another; see `ports.Session`."""
        if self._end.done():
            raise Lost(f"{self.target}: the session is over")
        task = asyncio.get_running_loop().create_task(self._answer(exchange))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, exchange: str) -> None:
        try:
            requests = self._questions.get(exchange)
            if requests is None:
                raise Unsupported(f"{self.target}: there is no question {exchange!r}")
            parts = [await self._fetched(request) for request in requests]
        except Refusal as refusal:
            self._fail(exchange, refusal.error, refusal.status)
        except TargetError as error:
            self._fail(exchange, error)
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _fetched(self, request: HttpRequest) -> Part:
        try:
            return await self._client.fetch(request)
        except Lost as error:
            if request.hangs_up:
                raise Refusal(0, Malformed(f"{error}", HUNG_UP)) from None
            raise

    def _fail(self, exchange: str, error: TargetError, status: int = 0) -> None:
        if not ends_session(error, status):
            self._give(Answer(exchange, b"", time.time(), error))
        elif not self._end.done():
            self._end.set_exception(error)
            self._end.exception()  # told by `ended`, if anybody still asks

    def _give(self, answer: Answer) -> None:
        if not self._end.done():
            self._deliver(answer)

    async def ended(self) -> None:
        """Return after `close`; raise the `TargetError` that ended the session otherwise."""
        await asyncio.shield(self._end)

    async def close(self) -> None:
        """Drop what is still asked, and all connections; safe to call twice."""
        if not self._end.done():
            self._end.set_result(None)
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._client.close()
        self._closed(self)
