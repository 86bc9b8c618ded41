"""Notices a lost terminal or parent, even when SIGHUP is ignored, and ends the process in time."""

import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

LOST = 129
"""Exit code after a lost terminal: as if SIGHUP had ended us."""

_POLL_S = 1.0
_GRACE_S = 1.0
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL


class Watchdog:
    """A thread that waits for the terminal to hang up, without touching what one types.

    `gone(reason, code)` is called once, in that thread: it asks the program to end. When it has
    not ended after the grace period, `last_resort` runs and the process is ended.
    """

    def __init__(
        self,
        fds: tuple[int, ...],
        gone: Callable[[str, int], None],
        last_resort: Callable[[], None],
        grace_s: float = _GRACE_S,
    ) -> None:
        """`fds` are the descriptors of the terminal; those that are no terminal are left out."""
        self._fds = tuple(fd for fd in dict.fromkeys(fds) if os.isatty(fd))
        self._gone = gone
        self._last_resort = last_resort
        self._grace_s = grace_s
        self._parent = os.getppid()
        self._stopped = threading.Event()
        self._signal = 0
        self.tripped = ""
        """Why the program was asked to end; empty while all is well."""
        self._wake = os.pipe()
        self._before: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin watching; from the main thread, because signal handlers are set."""
        for number in (signal.SIGHUP, signal.SIGTERM):
            # Under nohup SIGHUP stays ignored for our children; the terminal itself tells us.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_signal)
        self._thread.start()

    def stop(self) -> None:
        """The program ends by itself: no more watching. Once tripped, the deadline stays."""
        if self.tripped or self._stopped.is_set():
            return
        self._stopped.set()
        for number, handler in self._before.items():
            if signal.getsignal(number) == self._on_signal:
                signal.signal(number, handler)
        self._poke()
        self._thread.join()
        for fd in self._wake:
            os.close(fd)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._signal = number
        self._poke()

    def _poke(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake[1], b"!")

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._wake[0], select.POLLIN)
        for fd in self._fds:
            poll.register(fd, 0)
        parent = _handle(self._parent)
        if parent is None:
            self._wait(poll, _POLL_S * 1000)
            return
        try:
            poll.register(parent, select.POLLIN)
            self._wait(poll, None)
        finally:
            os.close(parent)

    def _wait(self, poll: select.poll, rest: float | None) -> None:
        """Judge whenever something is told, and after each rest, in milliseconds."""
        while not self._stopped.is_set():
            ready = poll.poll(rest)
            if self._stopped.is_set():
                return
            reason, code = self._judge(dict(ready))
            if reason:
                self._end(reason, code)
                return

    def _judge(self, ready: dict[int, int]) -> tuple[str, int]:
        """Why to end, and the exit code; an empty reason is no reason."""
        if self._signal == signal.SIGTERM:
            return "asked to end (SIGTERM)", 128 + signal.SIGTERM
        if self._signal:
            return "terminal closed (SIGHUP)", LOST
        if any(ready.get(fd, 0) & _GONE for fd in self._fds):
            return "terminal lost", LOST
        if os.getppid() != self._parent:
            return "parent process ended", LOST
        return "", 0

    def _end(self, reason: str, code: int) -> None:
        self.tripped = reason
        self._gone(reason, code)
        if not self._stopped.wait(self._grace_s):
            self._last_resort()
            os._exit(code)


def _handle(parent: int) -> int | None:
    """What can be read as soon as our parent ended; None where there is no such thing."""
    if sys.platform != "linux":
        return None
    try:
        handle = os.pidfd_open(parent)
    except OSError:
        return None
    if os.getppid() == parent:
        return handle
    os.close(handle)  # it ended meanwhile, and somebody else may have its number
    return None
