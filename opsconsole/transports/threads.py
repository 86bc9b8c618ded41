"""Calls of libraries that block: each in a thread of its own, so many at once, given up in time."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from opsconsole.cloud import Stale
from opsconsole.errors import Malformed, TargetError
from opsconsole.ports import Answer
from opsconsole.question import CloudCall, Part, joined
from opsconsole.transports.live import LiveSession

Result = TypeVar("Result")

RAISED = (
    TargetError,
    OSError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    NameError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What a call may raise: of ours, and of a library that trips over an answer that is none."""


class Crew:
    """So many threads at once, and so many of them in one lane: what hangs there holds up others no
    more than that. One that is given up holds its place until its call really ends.
    """

    def __init__(self, size: int, lane: int) -> None:
        self._all = asyncio.Semaphore(size)
        self._lane = lane
        self._lanes: dict[str, asyncio.Semaphore] = {}

    async def run(self, lane: str, work: Callable[[], Result], seconds: float) -> Result:
        """What `work` returns or raises; raises `TimeoutError` after `seconds`, the wait for a
        place among them. `work` then goes on unheard: its own time-outs must end it.
        """
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        mine = self._lanes.setdefault(lane, asyncio.Semaphore(self._lane))
        async with asyncio.timeout(seconds):
            await mine.acquire()
            try:
                await self._all.acquire()
            except asyncio.CancelledError:
                mine.release()
                raise
            task = _Task(work, done, (mine, self._all))
            # A daemon: a call that hangs must not hold up the end of the process.
            threading.Thread(target=task.work, name="opsconsole-call", daemon=True).start()
            return await done


class _Task(Generic[Result]):
    """One call in its thread."""

    def __init__(
        self,
        work: Callable[[], Result],
        done: "asyncio.Future[Result]",
        places: Sequence[asyncio.Semaphore],
    ) -> None:
        self._work = work
        self._done = done
        self._places = places
        self._loop = asyncio.get_running_loop()

    def work(self) -> None:
        """Make the call, and tell the loop what came of it."""
        tell: Callable[[], None] = self._broken
        try:
            tell = self._told(self._work())
        except RAISED as error:
            tell = self._failed(error)
        finally:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to hear
                self._loop.call_soon_threadsafe(tell)

    def _told(self, result: Result) -> Callable[[], None]:
        def tell() -> None:
            self._leave()
            if not self._done.done():
                self._done.set_result(result)

        return tell

    def _failed(self, error: BaseException) -> Callable[[], None]:
        def tell() -> None:
            self._leave()
            if not self._done.done():
                self._done.set_exception(error)

        return tell

    def _leave(self) -> None:
        for place in self._places:
            place.release()

    def _broken(self) -> None:
        self._failed(Malformed("the library that makes the call broke"))()


class CallSession(LiveSession):
    """Asks by calls, exchanges side by side; ends when one of its errors says that it must."""

    def __init__(
        self,
        target: str,
        questions: dict[str, tuple[CloudCall, ...]],
        ask: Callable[[Sequence[CloudCall]], Awaitable[list[Part]]],
        traffic: Callable[[], tuple[int, int]],
        deliver: Callable[[Answer], None],
        closed: Callable[["CallSession"], None],
    ) -> None:
        """`closed` is called when all is let go."""
        super().__init__(target, deliver, closed)
        self._questions = questions
        self._ask = ask
        self._traffic = traffic

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent, as the library tells of them."""
        return self._traffic()

    async def _answer(self, exchange: str) -> None:
        try:
            calls = self._questions.get(exchange)
            if calls is None:
                raise self._unknown(exchange)
            parts = await self._ask(calls)
        except Stale as error:
            self.fail(error)
        except TargetError as error:
            self._give(Answer(exchange, b"", time.time(), error))
        else:
            self._give(Answer(exchange, joined(parts), time.time()))

    async def _let_go(self) -> None:
        """Nothing is held: threads that are given up end by themselves."""
