"""Tells a key pressed on purpose from one typed ahead, held down, or pasted."""

import time
from collections.abc import Callable

from textual.events import Key

from screens.shell.base import ConsoleApp

BEFORE_S = 0.3
"""Seconds without a key, on a screen that shows what it is about, before a yes is one."""

AFTER_S = 0.15
"""Seconds without a key after it: one that is held down repeats sooner, a paste goes on."""


class Deliberate:
    """Judges the key that says yes."""

    def __init__(self, app: ConsoleApp, yes: Callable[[], None], no: Callable[[str], None]) -> None:
        """`yes` is called for a key that was meant, `no` with why one does not count."""
        self._app = app
        self._yes = yes
        self._no = no
        self._stood: float | None = None
        self._turn = 0

    def stand(self) -> None:
        """What is to be confirmed is on screen from now on."""
        self._stood = time.monotonic()
        self._turn += 1

    def fall(self) -> None:
        """There is nothing to confirm any more, whatever was pressed a moment ago."""
        self._stood = None
        self._turn += 1

    def press(self, key: Key) -> None:
        """The key for yes was pressed; a moment later it is judged."""
        if self._stood is None:
            self._no("there is nothing to confirm yet")
        elif key.time - self._stood < BEFORE_S:
            self._no("that key came before the plan could be read: it does not count")
        elif not self._app.alone(key, BEFORE_S):
            self._too_fast()
        else:
            turn = self._turn
            self._app.set_timer(AFTER_S, lambda: self._judge(key, turn))

    def _judge(self, key: Key, turn: int) -> None:
        if turn != self._turn:
            return
        if self._app.alone(key, BEFORE_S, AFTER_S):
            self._turn += 1
            self._yes()
        else:
            self._too_fast()

    def _too_fast(self) -> None:
        self._no("keys came too fast (typed ahead, held down or pasted): pause, then press y once")
