"""Lets what is typed in one by one, so that each key meets the screen that those before it made."""

import asyncio
import math
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual.app import App, ScreenStackError
from textual.events import Event, Key, MouseDown, MouseScrollDown, MouseScrollUp, MouseUp, Paste
from textual.screen import ModalScreen, Screen, ScreenResultType

TYPED = (Key, Paste, MouseDown, MouseUp, MouseScrollDown, MouseScrollUp)
"""What keeps its turn; the mouse may move meanwhile."""

PATIENCE_S = 5.0
"""Seconds after which what waits is dropped: a handler hangs, and nobody knows what it will do."""

_REMEMBERED = 64
"""Key presses of which the time is known."""

_EAGER = 50
"""Rounds of messages watched without a rest; then there is a rest between looks."""
_REST_S = 0.002


class Modal(ModalScreen[ScreenResultType]):
    """A screen over the main one; what is typed after the key that opens it never goes below."""

    DRAINS: ClassVar[bool] = False
    """Whether what was typed before it was there is dropped; else it is typed into it."""
    stands_since = math.inf
    """When it was first drawn, by the clock of events: before that nobody answers it."""

    def on_mount(self) -> None:
        """Note when it is drawn."""
        self.call_after_refresh(self._note_drawn)

    def _note_drawn(self) -> None:
        self.stands_since = time.monotonic()


class Turnstile:
    """Holds what is typed until everything that the last key set off has happened.

    Textual hands keys on as they come, while a screen that a key opens is there many messages
    later: of keys that come in one go all would reach the screen that the first was meant for.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[Event] = deque()
        self._called: Event | None = None
        self._front: Screen[Any] | None = None
        self._under_way = 0
        self._arrivals: deque[float] = deque(maxlen=_REMEMBERED)
        self.busy = False
        """Whether anything waits for its turn."""

    async def pass_on(self, event: Event, deliver: Callable[[Event], Awaitable[None]]) -> None:
        """Deliver an event of the app: what is typed in its turn, anything else at once."""
        if isinstance(event, TYPED) and not event.is_forwarded and not self._is_called(event):
            if isinstance(event, Key | Paste):
                self._arrivals.append(event.time)
            if self.busy or not self.is_quiet():
                self._hold(event)
                return
            self._front = self._app.screen
        self._under_way += 1
        try:
            await deliver(event)
        finally:
            self._under_way -= 1

    def alone(self, at: float, before: float, after: float) -> bool:
        """Whether no other key came within these seconds around the one that came `at` then."""
        return sum(at - before < other < at + after for other in self._arrivals) <= 1

    def is_quiet(self) -> bool:
        """Whether no part of the screen in front has anything left to do."""
        if self._under_way or self._app.message_queue_size:
            return False
        try:
            nodes = self._app.screen.walk_children(with_self=True)
        except ScreenStackError:
            return False
        return all(node._is_mounted and not node.message_queue_size for node in nodes)

    def _is_called(self, event: Event) -> bool:
        if event is not self._called:
            return False
        self._called = None
        return True

    def _hold(self, event: Event) -> None:
        self._waiting.append(event)
        if not self.busy:
            self.busy = True
            self._app.run_worker(self._call(), group="turnstile")

    async def _call(self) -> None:
        """Call what waits, one by one."""
        while await self._settled() and self._waiting:
            front = self._app.screen
            if front is not self._front and isinstance(front, Modal) and front.DRAINS:
                while self._waiting and self._waiting[0].time < front.stands_since:
                    self._waiting.popleft()
                if not self._waiting:
                    break
            self._front = front
            self._called = self._waiting.popleft()
            self._app.post_message(self._called)
        self._waiting.clear()
        self.busy = False

    async def _settled(self) -> bool:
        """Wait until everything is quiet; False when that takes too long."""
        end = time.monotonic() + PATIENCE_S
        looks = 0
        while self._called is not None or not self.is_quiet():
            if time.monotonic() > end:
                return False
            looks += 1
            await asyncio.sleep(0 if looks < _EAGER else _REST_S)
        return True
