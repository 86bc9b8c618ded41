"""One watched list: read, then kept up to date, for as long as somebody wants it.

What is told of it: see `turn`. A stream that ends, stalls or breaks goes on from the last version
that was heard; only a server that does not remember it has the list read anew.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from opsconsole.errors import (
    Lost,
    Malformed,
    TargetError,
    Unreachable,
    Untrusted,
)
from opsconsole.question import HttpRequest, Watched
from opsconsole.transports.kubernetes import events
from opsconsole.transports.kubernetes.client import Client
from opsconsole.transports.kubernetes.faults import Expired, Refusal, Status, refusal
from opsconsole.transports.kubernetes.filling import Filling
from opsconsole.transports.kubernetes.lines import LONGEST, Lines
from opsconsole.transports.kubernetes.listing import Listing, address
from opsconsole.turn import Phase, framed


@dataclass(frozen=True, slots=True)
class Tempo:
    """Seconds, as they are against a real server; tests have less patience."""

    beat: float = 4.0
    """Between two looks at whether a beat is due: after one without a word there is."""
    silence: float = 80.0
    """Without a byte until a stream is opened anew: a server says at least a bookmark a minute."""
    filling: float = 8.0
    """The same while the list comes over the stream: some servers never end it."""
    stream: float = 300.0
    """After which the server is to end a stream, give or take a tenth."""
    first: float = 0.5
    """Before the first attempt after a failure; doubles each time."""
    longest: float = 10.0
    patience: float = 20.0
    """Of trouble that may pass by itself until it is told."""
    grace: float = 30.0
    """Without any answer until the target counts as gone."""


_BEAT = framed(Phase.BEAT)
_EVENTS = framed(Phase.EVENTS)[:-1]

_NO_STREAM = frozenset({400, 403, 404, 405, 422})
"""What a server says that knows no lists over a stream, or has them switched off."""

PROVEN = 10.0
"""Seconds a stream must last for the next failure to count as the first."""

CHOKED = 3
"""Refusals in a row after which the list is read anew: perhaps it is the version."""


class Watching:
    """Runs as one task until it is cancelled, or has told why there is nothing more."""

    def __init__(
        self,
        question: Watched,
        client: Client,
        deliver: Callable[[bytes], None],
        fail: Callable[[TargetError], None],
        odd: Callable[[str], bool],
        tempo: Tempo,
        page: int = 0,
        streamed: bool = False,
    ) -> None:
        """`fail` is told why there is nothing more; `odd` what is left out, and says whether it is
        new; `page` bounds the objects of one page; `streamed` has the list come over the stream,
        where the server can do that.
        """
        self._question = question
        self._client = client
        self._deliver = deliver
        self._fail = fail
        self._odd = odd
        self._tempo = tempo
        self._page = min(page or question.page, question.page)
        self._listing = Listing(question, client, self._give, self._page)
        self._where = f"{client.target}: watch {question.path}"
        self._streamed = streamed and "as=Table" not in question.accept
        self._filling: Filling | None = None
        self._version = ""
        self._failures = 0
        self._trouble: float | None = None
        self._said = self._heard = 0.0
        self._resting: asyncio.Future[None] | None = None
        self._open: aiohttp.ClientResponse | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.lists = self.streams = 0
        """How often it was read and watched anew."""

    def hurry(self) -> None:
        """Try again now if it rests; say a beat if all is well."""
        self._well()
        if self._resting is not None and not self._resting.done():
            self._resting.set_result(None)
        elif self._open is not None:
            self._give(_BEAT)

    async def run(self) -> None:
        """Watch; raises a `TargetError` when the whole target is lost."""
        now = asyncio.get_running_loop().time()
        if (left := self._client.rests.get(self._question.path, now) - now) > 0:
            await self._rest(left)  # said to who watched it before us
        while True:
            trouble, rest = await self._attempt()
            if trouble is not None and not self._bears(trouble, rest):
                self._fail(trouble)
                return
            if trouble is not None:
                await self._rest(max(rest, self._backoff()))

    async def _attempt(self) -> tuple[TargetError | None, float]:
        """Watch until a stream ends; returns what was in the way, and how long to rest at least."""
        try:
            await self._turn()
        except Expired:
            self._version = ""
            if self._failures:
                await self._rest(self._backoff())
            self._failures += 1
        except Refusal as refused:
            if refused.status == 401:
                raise refused.error from None
            if self._failures >= CHOKED - 1:
                self._version = ""
            rest = refused.rest or 0.0
            self._client.rests[self._question.path] = asyncio.get_running_loop().time() + rest
            return refused.error, rest
        except TargetError as lost:
            if isinstance(lost, Untrusted) or self._client.silent > self._tempo.grace:
                raise
            return lost, 0.0
        return None, 0.0

    def _bears(self, error: TargetError, rest: float) -> bool:
        """Count a failure; whether it may pass by itself, and soon enough."""
        now = asyncio.get_running_loop().time()
        self._failures += 1
        self._trouble = now if self._trouble is None else self._trouble
        passes = isinstance(error, Unreachable | Lost)
        return passes and now + rest - self._trouble <= self._tempo.patience

    def _well(self) -> None:
        """It works: the next failure is the first."""
        self._failures, self._trouble = 0, None

    async def _turn(self) -> None:
        """Read the list if need be, and watch until a stream ends."""
        if not self._version:
            self.lists += 1
            if self._streamed:
                await self._filled()
                return
            self._version = await self._listing.run()
        await self._stream()

    async def _filled(self) -> None:
        """Read the list by the stream that then tells of changes, unless that cannot be had."""
        self._filling = Filling(self._page)
        self._streamed = False  # until it has proved to work
        try:
            await self._stream(sendInitialEvents="true", resourceVersionMatch="NotOlderThan")
        except Refusal as refused:
            if refused.status not in _NO_STREAM:
                raise
        except Expired:
            raise
        except TargetError:
            if self._version:
                raise
        finally:
            self._streamed = bool(self._version) or self._streamed
            self._filling = None

    async def _stream(self, **more: str) -> None:
        """Pass on what changes until the stream ends; raises as `Client.streaming` does."""
        tempo = self._tempo
        seconds = max(1, round(tempo.stream * random.uniform(0.9, 1.1)))  # noqa: S311
        path = address(
            self._question,
            watch=1,
            allowWatchBookmarks="true",
            resourceVersion=self._version,
            timeoutSeconds=seconds,
            **more,
        )
        request = HttpRequest(path, headers=(("Accept", self._question.accept),))
        self.streams += 1
        try:
            async with self._client.streaming(request) as response:
                await self._read(response)
        except Refusal as refused:
            if refused.status == 410:
                raise Expired from None
            raise

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        loop = asyncio.get_running_loop()
        lines = Lines(LONGEST)
        self._open, self._heard = response, loop.time()
        began, anything = loop.time(), False
        if self._failures and self._filling is None:
            self._give(_BEAT)
        self._timer = loop.call_later(self._tempo.beat, self._look)
        try:
            async for piece in response.content.iter_any():
                self._heard = loop.time()
                self._client.alive(len(piece))
                skipped = lines.skipped
                if whole := lines.feed(piece):
                    anything = True
                    self._pass(whole)
                if lines.skipped > skipped:
                    self._leave_out(f"an object of more than {LONGEST >> 20} MiB")
        finally:
            self._open = None
            self._timer.cancel()
            if loop.time() - began > PROVEN:
                self._well()
        if not anything and loop.time() - began < 1.0:  # ended at once: no reason to ask at once
            raise Lost(f"{self._where}: it ends as soon as it begins")

    def _pass(self, batch: list[bytes]) -> None:
        news = events.read(batch)
        if self._filling is not None:
            news = self._fill(self._filling, news)
        if news.version:
            self._version = news.version
        if news.lines:
            self._well()
            self._give(b"\n".join((_EVENTS, *news.lines, b"")))
        elif news.heard:
            self._well()
            self._give(_BEAT)
        if news.broken:
            self._leave_out("a line that is no event")
        if news.ended is not None:
            self._end(news.ended)

    def _fill(self, filling: Filling, news: events.News) -> events.News:
        """Pass on pages; what is left of the news is what came behind the last of them."""
        for page in filling.feed(news.lines[: news.complete]):
            self._give(page)
        if news.complete is None:  # objects are as old as they are: no version to go on from
            return news._replace(lines=[], version="", heard=False)
        for page in filling.rest():
            self._give(page)
        self._filling = None
        return news._replace(lines=news.lines[news.complete :])

    def _end(self, said: Status) -> None:
        if said.code == 410:
            raise Expired
        body = f"{said.reason}: {said.message}".encode()
        rest = None if said.details is None else f"{said.details.retryAfterSeconds:g}"
        raise refusal(self._where, said.code or 500, body, rest)

    def _look(self) -> None:
        """Once in a while: say that all is well, or see that it is not."""
        loop = asyncio.get_running_loop()
        if self._open is None:
            return
        now = loop.time()
        silence = self._tempo.filling if self._filling is not None else self._tempo.silence
        if now - self._heard > silence:
            self._open.close()  # who reads it sees it break, and goes on from here
            return
        if now - self._said >= self._tempo.beat and self._filling is None:
            self._give(_BEAT)
        self._timer = loop.call_later(self._tempo.beat, self._look)

    def _give(self, payload: bytes) -> None:
        self._said = asyncio.get_running_loop().time()
        self._deliver(payload)

    def _leave_out(self, what: str) -> None:
        """Go on without it; the first time it is told, which has the list read anew."""
        if self._odd(what):
            remedy = "look at it with another tool"
            raise Malformed(f"{self._where}: {what} is left out", remedy)

    def _backoff(self) -> float:
        tempo = self._tempo
        full = min(tempo.longest, tempo.first * 2.0 ** min(max(0, self._failures - 1), 16))
        return full * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    async def _rest(self, seconds: float) -> None:
        self._resting = asyncio.get_running_loop().create_future()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._resting
        self._resting = None
