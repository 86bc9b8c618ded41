"""The console's side: a collector process that is started, heard, and started again if it dies."""

import asyncio
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from opsconsole.bus.pipe import PipeConsoleEnd
from opsconsole.clean import Clean, clean_bytes
from opsconsole.engine.actions import ConsoleActions
from opsconsole.engine.alarms import ConsoleAlerts
from opsconsole.engine.texts import ConsoleTexts
from opsconsole.errors import BusClosed
from opsconsole.ports import Call, Downward, Hello, Interest, Reply, Upward

FIRST, LONGEST = 0.5, 30.0
"""Seconds before a dead collector is started again."""

PROVEN = 60.0
"""Seconds a collector must have lived for its death to count as the first."""

LAST_WORDS = 1.0
"""Seconds to learn how a process ended whose socket has closed."""


def collector_argv(*options: str) -> list[str]:
    """The command line of a collector with these options of `opsconsole collect`."""
    # -P: nothing is imported from the folder the operator happens to stand in.
    return [sys.executable, "-P", "-m", "opsconsole", "collect", *options]


class Child:
    """A collector's process. A thread reads what it says on stderr and reaps it."""

    def __init__(self, argv: Sequence[str], fd: int) -> None:
        self._process = subprocess.Popen(
            [*argv, "--fd", str(fd)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(fd,),
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._lines: deque[bytes] = deque(maxlen=20)
        self._reaper = threading.Thread(target=self._listen, name="collector-reaper", daemon=True)
        self._reaper.start()

    def _listen(self) -> None:
        with self._process as process:
            assert process.stderr is not None
            while line := process.stderr.readline(4096):
                if line.strip():
                    self._lines.append(line)

    @property
    def ended(self) -> bool:
        """Whether it is over, and reaped."""
        return not self._reaper.is_alive()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most that long; returns `ended`."""
        self._reaper.join(seconds)
        return self.ended

    def how(self) -> str:
        """How it ended, to follow "the collector"."""
        code = self._process.returncode
        if code is None:
            return "let go of the bus"
        if code < 0:
            return f"was ended by {signal.Signals(-code).name}"
        said = clean_bytes(self._lines[-1].strip(), 200) if self._lines else ""
        return f"ended with status {code}{': ' if said else ''}{said}"


def spawn_collector(argv: Sequence[str]) -> tuple[PipeConsoleEnd, Child]:
    """Start a collector in a session of its own; needs no event loop yet.

    `argv` is `collector_argv(...)`; the socket's number is added to it.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            child = Child(argv, theirs.fileno())
        except OSError:
            ours.close()
            raise
    return PipeConsoleEnd(ours), child


class Companion:
    """A `ConsoleEnd` that outlives its collector: it starts another one, and says so.

    After each start comes a `Hello`; the last `Interest` is repeated to the new collector.
    """

    def __init__(
        self,
        argv: Sequence[str],
        told: Callable[[Clean], None] = lambda _: None,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """`told` is called with what happened to the collector whenever one dies."""
        self._argv = list(argv)
        self._told = told
        self._uniform = uniform
        self._interest: Interest | None = None
        self._closed = False
        self._deaths = 0
        self._retry_at = 0.0
        self._born = 0.0
        self._end: PipeConsoleEnd | None = None
        self._child: Child | None = None
        self.trouble = Clean("")
        """Why there is no collector at present; empty while there is one."""
        self.actions = ConsoleActions(self._call)
        """The way to make anything happen."""
        self.alerts = ConsoleAlerts(self.actions.call)
        """The way to take care of alerts."""
        self.texts = ConsoleTexts(self.actions.call)
        """The way to read texts of objects."""

    @property
    def pid(self) -> int | None:
        """The collector's process, if there is one."""
        return self._child.pid if self._child and self._end else None

    def start(self) -> None:
        """Start the collector, if none runs; before the event loop is the best time."""
        if self._end is None and not self._closed:
            self._end, self._child = spawn_collector(self._argv)
            self._born = time.monotonic()

    def send(self, message: Downward) -> None:
        """Queue a message; never blocks. What is said while no collector lives is lost,
        but for the last `Interest`.
        """
        if isinstance(message, Interest):
            self._interest = message
        if self._end is not None:
            self._end.send(message)

    async def receive(self) -> Upward:
        """Next message of whichever collector lives; raises `BusClosed` only after `close`."""
        while not self._closed:
            if self._end is None:
                await asyncio.sleep(max(0.0, self._retry_at - time.monotonic()))
                self._restart()
                continue
            try:
                message = await self._end.receive()
            except BusClosed as error:
                await self._bury(str(error))
                continue
            if isinstance(message, Reply):
                self.actions.settle(message)
                continue
            if isinstance(message, Hello):
                self.trouble = Clean("")
            return message
        raise BusClosed("closed on this side")

    def close(self) -> None:
        """Let the collector go: it finishes a running action and ends; safe to call twice."""
        self._closed = True
        self.actions.abandon("the console closes")
        if self._end is not None:
            self._end.close()

    def wait_ended(self, seconds: float) -> bool:
        """Wait for the process after `close`, at most that long; returns whether it is over."""
        return self._child is None or self._child.wait(seconds)

    def _call(self, call: Call) -> None:
        if self._end is None:
            raise BusClosed(self.trouble or "there is no collector")
        self._end.send(call)

    def _restart(self) -> None:
        if self._closed:
            return
        try:
            self.start()
        except OSError as error:
            self._mourn(f"cannot be started: {error.strerror}")
            return
        if self._interest is not None:
            self.send(self._interest)

    async def _bury(self, reason: str) -> None:
        """Note a collector's death; returns when its last words are known."""
        if self._end is None or self._child is None or self._closed:
            return
        self._end.close()
        self._end = None
        self.actions.abandon(f"{reason}: what was done is not known")
        self._retry_at = time.monotonic() + FIRST
        await asyncio.to_thread(self._child.wait, LAST_WORDS)
        self._mourn(self._child.how())

    def _mourn(self, how: str) -> None:
        if time.monotonic() - self._born > PROVEN:
            self._deaths = 0
        pause = min(LONGEST, FIRST * 2.0 ** min(self._deaths, 10)) * self._uniform(0.5, 1.0)
        self._deaths += 1
        self._retry_at = time.monotonic() + pause
        self.trouble = Clean(f"the collector {how}; started again in {pause:.1f} s")
        self._told(self.trouble)
