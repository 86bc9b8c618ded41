"""The terminal as we write to it: counted, never waited for, always given back."""

import contextlib
import errno
import os
import queue
import select
import sys
import termios
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from typing import Any, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from screens.shell.display import DiffDisplay

_CHUNK = 4096
_DRAIN_S = 1.0
_ATTENTIVE_S = 1.0
"""Seconds after a key in which the parser is asked what became of a sequence half read."""
_LOOK_S = 0.05

RESTORE = (
    b"\x1b[?2026l\x1b[0m\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l\x1b[?1004l"
    b"\x1b[?2004l\x1b[?2048l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
)
"""Everything Textual switches on, switched off."""


class Tap:
    """Stands where Textual writes text: a terminal's file descriptor, with a meter."""

    def __init__(self, fd: int, encoding: str) -> None:
        self._fd = fd
        self._encoding = encoding
        self.queued = 0
        """Bytes handed to the driver so far."""
        self.written = 0
        """Bytes the terminal took so far."""
        self.broken = False
        """The terminal is gone; what is written now goes nowhere."""
        # Reentrant: a signal handler of Textual writes too, wherever it interrupts us.
        self._lock = threading.RLock()

    def note(self, text: str) -> None:
        """Count text that is on its way to `write`."""
        size = len(text) if text.isascii() else len(self._encode(text))
        with self._lock:
            self.queued += size

    @property
    def pending(self) -> int:
        """Bytes on their way."""
        return 0 if self.broken else self.queued - self.written

    def write(self, text: str) -> int:
        """Write all of it, in pieces, so that `written` moves on a slow line; runs in a thread."""
        data = memoryview(self._encode(text))
        while data and not self.broken:
            try:
                done = os.write(self._fd, data[:_CHUNK])
            except BlockingIOError:
                threading.Event().wait(0.01)
                continue
            except OSError as error:
                self.broken = error.errno != errno.EINTR
                continue
            self.written += done  # only the writer thread comes here
            data = data[done:]
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def fileno(self) -> int:
        """The terminal's file descriptor."""
        return self._fd

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return os.isatty(self._fd)

    def _encode(self, text: str) -> bytes:
        return text.encode(self._encoding, "replace")


class ConsoleDriver(LinuxDriver):
    """Textual's driver, writing through a `Tap` and never stuck on a dead line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # Any: Textual's signature
        super().__init__(*args, **kwargs)  # pyright: ignore[reportUnknownMemberType]
        stream = sys.__stderr__
        assert stream is not None
        self.tap = Tap(stream.fileno(), stream.encoding)
        self._file = cast("TextIOWrapper", self.tap)
        self._wake: tuple[int, int] | None = os.pipe()
        """Ends the sleep of the reading thread; closed while the terminal is given back."""

    def _get_terminal_size(self) -> tuple[int, int]:
        """Columns and lines as the terminal has them, whatever COLUMNS and LINES were once."""
        try:
            return os.get_terminal_size(self.tap.fileno())
        except OSError:
            return super()._get_terminal_size()

    def write(self, data: str) -> None:
        """Queue text for the writer thread."""
        self.tap.note(data)
        super().write(data)

    def start_application_mode(self) -> None:
        """Take the terminal; also called when the process continues after a stop."""
        again = self._writer_thread is not None
        if self._wake is None:
            self._wake = os.pipe()
        start: Callable[[], None] = super().start_application_mode
        start()
        if again and isinstance(self._app, DiffDisplay):
            self._app.call_later(self._app.repaint_screen)

    def run_input_thread(self) -> None:
        """Read keys; asleep while there are none, where Textual looks ten times a second."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        if self._wake is None:
            return
        wake = self._wake[0]
        watched = [wake, self.fileno]
        attentive_until = time.monotonic() + _ATTENTIVE_S
        while not self.exit_event.is_set():
            attentive = time.monotonic() < attentive_until
            ready, _, _ = select.select(watched, [], [], _LOOK_S if attentive else None)
            if wake in ready:
                return
            if self.fileno in ready:
                data = self._read()
                if not data:
                    watched.remove(self.fileno)  # gone; the watchdog ends the program
                    continue
                attentive_until = time.monotonic() + _ATTENTIVE_S
                # An empty text would tell the parser that there will be no more.
                self._tell(parser.feed(text) if (text := decode(data)) else ())
            self._tell(parser.tick())

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _CHUNK)
        except OSError:
            return b""

    def _tell(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def disable_input(self) -> None:
        """End the reading thread; it may be asleep."""
        reader = self._key_thread
        if reader is not None and reader.is_alive() and self._wake is not None:
            os.write(self._wake[1], b"!")
            reader.join()
            os.read(self._wake[0], 1)
        super().disable_input()

    def close(self) -> None:
        """Let the writer finish, but not for longer than a living terminal would take.

        Called at the end, and each time the terminal is given back for a while.
        """
        for fd in self._wake or ():
            os.close(fd)
        self._wake = None
        writer = self._writer_thread
        if writer is None:
            return
        with contextlib.suppress(queue.Full):
            writer._queue.put(None, timeout=_DRAIN_S)
        writer.join(_DRAIN_S)


def restore_terminal(fd: int, attributes: list[Any] | None) -> None:
    """Give a terminal back without Textual's help; never blocks, never raises."""
    with contextlib.suppress(OSError):
        os.set_blocking(fd, False)
        os.write(fd, RESTORE)
    with contextlib.suppress(OSError):
        os.set_blocking(fd, True)
    if attributes is not None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(fd, termios.TCSANOW, attributes)
