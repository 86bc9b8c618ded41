"""A live way to one cluster: lists that are watched, and questions asked side by side."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from opsconsole.errors import Lost, TargetError, Unreachable, Unsupported, Untrusted
from opsconsole.ports import Answer
from opsconsole.question import Held, HttpRequest, Part, Questions, Watched, joined
from opsconsole.transports.kubernetes.account import Account
from opsconsole.transports.kubernetes.client import Client
from opsconsole.transports.kubernetes.faults import Refusal
from opsconsole.transports.kubernetes.listing import collection
from opsconsole.transports.kubernetes.watching import Tempo, Watching

VERSION = HttpRequest("/version", statuses=(403, 404))

SHORT_REST = 5.0
"""Seconds a question waits where the server says when to ask again."""


def _said_of(subject: str) -> Callable[[bytes], bytes]:
    """Puts a line that says what a turn is about before its body."""
    line = subject.encode() + b"\n"

    def before(payload: bytes) -> bytes:
        head, _, body = payload.partition(b"\n")
        return b"%b\n%b%b" % (head, line, body)

    return before


class KubernetesSession:
    """Watches and asks as it is told to; ends when the cluster is gone or lets us in no more."""

    def __init__(
        self,
        questions: Questions,
        client: Client,
        deliver: Callable[[Answer], None],
        closed: Callable[["KubernetesSession"], None],
        tempo: Tempo,
        page: int = 0,
        streamed: bool = False,
    ) -> None:
        """`closed` is called when all is let go; for the rest see `Watching`. Raises `Unsupported`
        for other questions.
        """
        self.target = client.target
        self._client = client
        self._deliver = deliver
        self._closed = closed
        self._tempo = tempo
        self._how = page, streamed
        self.held: Callable[[str], bytes] = lambda _: b"{}"
        """What is held open to a target besides the session, as a document."""
        self._asked: dict[str, tuple[HttpRequest, ...]] = {}
        self._held: set[str] = set()
        self._lists: dict[str, Watched] = {}
        self._chosen: dict[str, str] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._watching: dict[str, tuple[Watching, asyncio.Task[None]]] = {}
        self._odd: set[tuple[str, str]] = set()
        """What was left out of which list, and told."""
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sort(questions)

    def _sort(self, questions: Questions) -> None:
        for exchange, asked in questions.items():
            requests = tuple(one for one in asked if isinstance(one, HttpRequest))
            lists = [one for one in asked if isinstance(one, Watched)]
            if asked and all(isinstance(one, Held) for one in asked):
                self._held.add(exchange)
            elif len(lists) == len(asked) == 1:
                self._lists[exchange] = lists[0]
            elif len(requests) == len(asked):
                self._asked[exchange] = requests
            else:
                what = f"{self.target}: {exchange}: is neither requests nor one watched list"
                raise Unsupported(what, "name another transport for it in the estate")

    @property
    def account(self) -> Account:
        """Who we are there."""
        return self._client.account

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes of answers received, unpacked, and of requests sent, without most headers."""
        return self._client.received, self._client.sent

    @property
    def requests(self) -> int:
        """How many were sent so far, streams included."""
        return self._client.requests

    async def reach(self) -> None:
        """Ask for its version; raises a `TargetError` unless a cluster is there that knows us."""
        try:
            await self._client.measure(VERSION)
        except Refusal as refusal:
            raise refusal.error from None

    def ask(self, exchange: str) -> None:
        """Begin to watch a list, or send requests, one after another; see `ports.Session`."""
        if self._end.done():
            raise Lost(f"{self.target}: the session is over")
        loop = asyncio.get_running_loop()
        if exchange not in self._lists:
            self._start(loop.create_task(self._answer(exchange)))
        elif exchange in self._watching:
            self._watching[exchange][0].hurry()
        else:
            self._watch(exchange, loop)

    def choose(self, exchange: str, subject: str) -> None:
        """Have a list without a path be that of a kind; see `ports.Choosing`."""
        self._chosen[exchange] = subject

    def leave(self, exchange: str) -> None:
        """Watch that list no more; see `ports.Watching`."""
        if left := self._watching.pop(exchange, None):
            left[1].cancel()

    def _watch(self, exchange: str, loop: asyncio.AbstractEventLoop) -> None:
        def known() -> bool:  # not left, and perhaps begun again
            return self._watching.get(exchange, (None,))[0] is watching

        def deliver(payload: bytes) -> None:
            if known():
                self._give(Answer(exchange, before(payload), time.time()))

        def fail(error: TargetError) -> None:
            if known():
                del self._watching[exchange]
                self._give(Answer(exchange, b"", time.time(), error))

        def odd(what: str) -> bool:
            new = (exchange, what) not in self._odd
            self._odd.add((exchange, what))
            return new

        question, client = self._lists[exchange], self._client
        before: Callable[[bytes], bytes] = bytes
        subject = self._chosen.get(exchange, "")
        if not question.path:
            question, before = replace(question, path=collection(subject)), _said_of(subject)
        if not question.path:
            what = f"{self.target}: {f'{subject!r} is no kind' if subject else 'no kind is chosen'}"
            error = Unsupported(what, "the console chooses it: Enter on one of the kinds")
            loop.call_soon(self._give, Answer(exchange, b"", time.time(), error))
            return
        watching = Watching(question, client, deliver, fail, odd, self._tempo, *self._how)
        task = loop.create_task(self._kept(watching))
        self._watching[exchange] = watching, task
        self._start(task)

    async def _kept(self, watching: Watching) -> None:
        try:
            await watching.run()
        except TargetError as error:
            self._finish(error)

    def _start(self, task: asyncio.Task[None]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, exchange: str) -> None:
        if exchange in self._held:
            part = Part(200, self.held(self.target))
            self._give(Answer(exchange, joined((part,)), time.time()))
            return
        try:
            requests = self._asked.get(exchange)
            if requests is None:
                raise Unsupported(f"{self.target}: there is no question {exchange!r}")
            parts = [await self._fetched(request) for request in requests]
        except Refusal as refusal:
            if refusal.status == 401:
                self._finish(refusal.error)
            else:
                self._give(Answer(exchange, b"", time.time(), refusal.error))
        except TargetError as error:
            self._fail(exchange, error)
        else:
            await asyncio.sleep(0)  # who reads megabytes takes a while, too
            self._give(Answer(exchange, b"".join(parts), time.time()))

    async def _fetched(self, request: HttpRequest) -> bytes:
        """The answer, framed as by `joined`."""
        try:
            return await self._client.framed(request)
        except Refusal as refusal:
            if refusal.rest is None or refusal.rest > SHORT_REST:
                raise
            await asyncio.sleep(refusal.rest)
        return await self._client.framed(request)

    def _fail(self, exchange: str, error: TargetError) -> None:
        """Tell why there is no answer: a server that restarts is there again in a moment."""
        gone = isinstance(error, Unreachable | Lost) and self._client.silent > self._tempo.grace
        if gone or isinstance(error, Untrusted):
            self._finish(error)
        else:
            self._give(Answer(exchange, b"", time.time(), error))

    def _finish(self, error: TargetError) -> None:
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
        """Drop what is asked and watched, and all connections; safe to call twice."""
        if not self._end.done():
            self._end.set_result(None)
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._client.close()
        self._closed(self)
