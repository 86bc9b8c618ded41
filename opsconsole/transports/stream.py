"""One sampler's conversation, whatever carries it: answers in, questions out, and how it ended."""

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from opsconsole.clean import Clean, clean_bytes
from opsconsole.errors import Lost, Malformed, TargetError, Unsupported
from opsconsole.ports import Answer
from opsconsole.question import Script
from opsconsole.transports.framing import LIMIT, Splitter

READY = "shell.ready"
"""Our own first marker: what stood before it is a login shell's chatter, not an answer."""

NOISE = 64 << 10
"""Bytes of chatter skipped before the first marker."""

BURST = 1024
"""Answers that may arrive at once, as after a suspended console; more is a flood."""

_NAMES: dict[bytes, str] = {}


def sampler(target: str, script: Script) -> str:
    """The text of a sampler. Raises `Unsupported` for questions, which no shell understands."""
    if isinstance(script, str):
        return script
    what = f"{target}: is asked questions, and its transport only runs samplers"
    raise Unsupported(what, "name another transport for it in the estate")


def opening(script: str, interval: float) -> bytes:
    """Return what a fresh `/bin/sh` reads first: our markers, the interval, the sampler."""
    # The script's last command reads verbs: a line more than it has would be taken for one.
    script = script.rstrip("\n")
    marker = f"printf '\\n--opsconsole {READY}--\\n'"
    return f"{marker}; {marker} >&2\nINTERVAL={interval:g}\n{script}\n".encode()


class Stream(ABC):
    """The half of `ports.Session` that is the same for every shell; a carrier adds the rest.

    The carrier calls `pushed` and `asked` with bytes as they come and `finish` when the sampler
    is gone, and offers `_send` and `_drop`.
    """

    program = "/bin/sh"
    """What runs the sampler, for messages."""

    def __init__(self, target: str, interval: float, deliver: Callable[[Answer], None]) -> None:
        self.target = target
        self.interval = interval
        self._deliver = deliver
        self._out = Splitter(_NAMES, NOISE)
        self._err = Splitter(_NAMES, NOISE)
        self._received = self._sent = 0
        self._live = False
        self._queued: list[str] = []
        self._owed: dict[str, int] = {}
        self._credit = float(BURST)
        self._per_second = 4 / max(interval, 0.05)
        self._last = time.time()
        self._error: TargetError | None = None
        self._over = False
        # Futures while somebody waits, not events: an event is 800 bytes, for each of thousands.
        self._waiting: list[asyncio.Future[None]] = []

    @abstractmethod
    def _send(self, data: bytes) -> None:
        """Write to the sampler's stdin; never blocks."""

    @abstractmethod
    def _drop(self) -> None:
        """Let the carrier go at once; `finish` may follow and changes nothing."""

    @property
    def traffic(self) -> tuple[int, int]:
        """Payload bytes received from and sent to the target so far."""
        return self._received, self._sent

    def write(self, data: bytes) -> None:
        """Send and count."""
        self._sent += len(data)
        self._send(data)

    def ask(self, exchange: str) -> None:
        """Send the question; before the first pushed answer it waits, as `sh` may read ahead."""
        if self._over:
            raise self._error or Lost(f"{self.target}: the session is closed")
        self._owed[exchange] = self._owed.get(exchange, 0) + 1
        if self._live:
            self.write(f"{exchange}\n".encode())
        else:
            self._queued.append(exchange)

    def pushed(self, data: bytes) -> None:
        """Take bytes of the sampler's stdout."""
        self._received += len(data)
        if self._over:
            return
        try:
            for exchange, payload in self._out.feed(data):
                if exchange == READY:
                    self._out.limit = LIMIT
                    continue
                if self._over:
                    return
                now = time.time()
                self._pay(now, len(payload))
                self._deliver(Answer(exchange, payload, now))
                if not self._live:
                    self._begin()
        except Malformed as error:
            self.fail(Malformed(f"{self.target}: {error}", error.remedy))

    def asked(self, data: bytes) -> None:
        """Take bytes of the sampler's stderr."""
        self._received += len(data)
        if self._over:
            return
        try:
            for exchange, payload in self._err.feed(data):
                if exchange == READY:
                    self._err.limit = LIMIT
                    continue
                if self._over:
                    return
                self._settle(exchange)
                self._deliver(Answer(exchange, payload, time.time()))
        except Malformed as error:
            self.fail(Malformed(f"{self.target}: {error}", error.remedy))

    def _settle(self, exchange: str) -> None:
        owed = self._owed.get(exchange, 0)
        if not owed:
            raise Malformed(f"answered {exchange!r}, which was not asked")
        self._owed[exchange] = owed - 1

    def _pay(self, now: float, size: int) -> None:
        # A clock that was set back gives nothing and takes nothing.
        earned = max(0.0, now - self._last) * self._per_second
        self._credit = min(float(BURST), self._credit + earned) - 1 - (size >> 16)
        self._last = now
        if self._credit < 0:
            raise Malformed("floods: answers come many times faster than the interval")

    def _begin(self) -> None:
        self._live = True
        self._out.limit = self._err.limit = LIMIT
        self._turn()
        for exchange in self._queued:
            self.write(f"{exchange}\n".encode())
        self._queued.clear()

    async def started(self, seconds: float) -> None:
        """Return at the first pushed answer; raises what ended the session, or TimeoutError."""
        async with asyncio.timeout(seconds):
            while not self._live and not self._over:
                await self._change()
        if self._error is not None:
            raise self._error

    async def ended(self) -> None:
        """Return after `close`; raise the `TargetError` that ended the session otherwise."""
        while not self._over:
            await self._change()
        if self._error is not None:
            raise self._error

    def fail(self, error: TargetError | None) -> None:
        """End the session, with why (None after `close`); only the first reason counts."""
        if self._over:
            return
        self._over = True
        self._error = error
        self._turn()
        self._drop()

    def _change(self) -> asyncio.Future[None]:
        """Give what is done when the session has begun or is over."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        return waiter

    def _turn(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():  # who waited may have given up
                waiter.set_result(None)

    def finish(self, how: str) -> None:
        """Say that the sampler is gone: `how` completes "the sampler ..."."""
        words = self.last_words()
        said = f", saying: {words}" if words else ""
        if self._live:
            self.fail(Lost(f"{self.target}: the sampler {how}{said}"))
        else:
            what = f"{self.target}: {self.program} did not run the sampler: it {how}{said}"
            self.fail(Unsupported(what, f"the account must be able to run {self.program}"))

    def last_words(self) -> Clean:
        """What a shell said that is no answer, one line, for the operator."""
        rest = self._err.waiting or (b"" if self._live else self._out.waiting)
        return clean_bytes(b" ".join(rest.split()), 200)
