"""The bus between two processes: a socket pair, msgpack frames, newest wins, never blocks."""

import asyncio
import contextlib
import socket
from collections import deque
from typing import Generic, TypeVar

import msgspec

from opsconsole.bus.frame import LIMIT, Frames, pack
from opsconsole.bus.outbox import Outbox
from opsconsole.bus.patching import fitted, halves
from opsconsole.clean import Clean, clean
from opsconsole.errors import BusClosed
from opsconsole.model import Fault, Sample
from opsconsole.ports import Downward, Patch, Patches, Samples, Upward

Out = TypeVar("Out", bound=Upward | Downward)
In = TypeVar("In", bound=Upward | Downward)

PACE = 0.05
"""Seconds between batches of samples at least: a console draws no faster."""

READ = 256 * 1024
"""Bytes taken from the socket at once."""

UNREAD = 64
"""Decoded messages kept for a slow reader; then the socket fills, and newest wins."""


class _Pipe(Generic[Out, In]):
    """One end. Joins the running loop at its first use, so it may be made before there is one."""

    def __init__(
        self, sock: socket.socket, decoder: msgspec.msgpack.Decoder[In], peer: str
    ) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._decoder = decoder
        self._encoder = msgspec.msgpack.Encoder()
        self._peer = peer
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outbox: Outbox[Out] = Outbox()
        self._out = bytearray()
        self._writing = False
        self._timer: asyncio.Handle | None = None
        self._flushed = float("-inf")
        self._frames = Frames()
        self._inbox: deque[In] = deque()
        self._paused = False
        self._waiter: asyncio.Future[None] | None = None
        self._closed = ""

    async def receive(self) -> In:
        """Next message of the other side; raises `BusClosed` once it is gone and all is read."""
        loop = self._attach()
        while not self._inbox:
            if self._closed:
                raise BusClosed(self._closed)
            self._waiter = loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        message = self._inbox.popleft()
        if self._paused and len(self._inbox) < UNREAD // 2 and not self._closed:
            self._paused = False
            loop.add_reader(self._sock, self._readable)
        return message

    def close(self) -> None:
        """Write what the socket takes at once, then let go; safe to call twice."""
        if not self._closed:
            self._flushed = float("-inf")
            if self._loop is not None:
                self._flush()
            self._end("closed on this side")

    def _attach(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            if not self._closed:
                self._loop.add_reader(self._sock, self._readable)
        return self._loop

    def _queue(self, message: Out) -> None:
        if self._closed:
            return
        try:
            self._outbox.put(message)
        except BusClosed as error:
            self._end(str(error))
        else:
            self._schedule()

    def _schedule(self) -> None:
        """See that what waits is written: control now, samples when their pace allows."""
        if self._writing:  # its end schedules the rest
            return
        loop = self._attach()
        due = 0.0 if self._outbox.has_control else self._flushed + PACE
        if self._timer is not None:
            if due:
                return
            self._timer.cancel()
        if due <= loop.time():
            self._timer = loop.call_soon(self._flush)
        else:
            self._timer = loop.call_at(due, self._flush)

    def _flush(self) -> None:
        self._timer = None
        now = self._attach().time()
        for message in self._outbox.take_control():
            self._out += pack(self._encoder.encode(message))
        # A timer may come a hair early: the pace is a limit on work, not a clock.
        if self._outbox.has_data and now >= self._flushed + 0.9 * PACE:
            self._flushed = now
            for data in self._outbox.take_data():
                if isinstance(data, Samples):
                    self._out += self._batch(data.samples)
                else:
                    self._out += self._patches(data.patches)
        self._write()

    def _batch(self, samples: list[Sample]) -> bytes:
        """Frame samples; one that cannot be sent becomes a fault and spoils no other."""
        problem = f"larger than {LIMIT} bytes"
        try:
            body = self._encoder.encode(Samples(samples))
            if len(body) <= LIMIT:
                return pack(body)
        except (OverflowError, TypeError, ValueError) as error:
            problem = str(error)
        if len(samples) > 1:
            half = len(samples) // 2
            return self._batch(samples[:half]) + self._batch(samples[half:])
        return pack(self._encoder.encode(Samples([_unfit(samples[0], problem)])))

    def _patches(self, patches: list[Patch]) -> bytes:
        """Frame patches; of values that cannot be sent only what can, and no other suffers."""
        with contextlib.suppress(OverflowError, TypeError, ValueError):
            body = self._encoder.encode(Patches(patches))
            if len(body) <= LIMIT:
                return pack(body)
        if len(patches) > 1:
            return b"".join(self._patches([patch]) for patch in patches)
        only = patches[0]
        if len(only.rows) > 1:
            return b"".join(self._patches([half]) for half in halves(only))
        return pack(self._encoder.encode(Patches([fitted(only)])))

    def _write(self) -> None:
        loop = self._attach()
        if self._out:
            try:
                sent = self._sock.send(self._out)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError as error:
                self._end(f"the {self._peer} is gone: {error.strerror}", still_read=True)
                return
            del self._out[:sent]
        if self._out:
            if not self._writing:
                self._writing = True
                loop.add_writer(self._sock, self._write)
            return
        if self._writing:
            self._writing = False
            loop.remove_writer(self._sock)
        if self._outbox.has_data or self._outbox.has_control:
            self._schedule()

    def _readable(self) -> None:
        try:
            data = self._sock.recv(READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._end(f"the {self._peer} is gone: {error.strerror}")
            return
        if not data:
            self._end(f"the {self._peer} is gone")
            return
        try:
            self._frames.take(data, self._arrived)
        except BusClosed as error:
            self._end(str(error))
            return
        if len(self._inbox) >= UNREAD and not self._paused:
            self._paused = True
            self._attach().remove_reader(self._sock)

    def _arrived(self, body: bytes) -> None:
        try:
            self._inbox.append(self._decoder.decode(body))
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise BusClosed(f"the {self._peer} sent what cannot be read: {error}") from error
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _end(self, reason: str, *, still_read: bool = False) -> None:
        """Let go of the socket. What had arrived before is still handed out by `receive`."""
        if self._closed:
            return
        if still_read:
            self._drain()
        self._closed = reason
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
        self._sock.close()
        self._out.clear()
        self._wake()

    def _drain(self) -> None:
        """Take in the last words of a peer that is gone, while they fit."""
        with contextlib.suppress(OSError, BusClosed):
            while len(self._inbox) < UNREAD and (data := self._sock.recv(READ)):
                self._frames.take(data, self._arrived)


def _unfit(sample: Sample, problem: str) -> Sample:
    fault = Fault(
        "malformed",
        clean(f"{sample.probe} of {sample.target} cannot be passed on: {problem}"),
        Clean("report it: the integration lets through what no answer should hold"),
    )
    return Sample(sample.probe, sample.target, sample.at, None, fault, sample.period)


class PipeCollectorEnd(_Pipe[Upward, Downward]):
    """A `CollectorEnd` over one socket of a pair."""

    def __init__(self, sock: socket.socket) -> None:
        decoder = msgspec.msgpack.Decoder[Downward](Downward)
        super().__init__(sock, decoder, "console")

    @property
    def dropped(self) -> int:
        """Samples replaced by newer ones before they could be sent."""
        return self._outbox.dropped

    def publish(self, message: Upward) -> None:
        """Queue a message; never blocks. Says nothing to a closed bus."""
        self._queue(message)


class PipeConsoleEnd(_Pipe[Downward, Upward]):
    """A `ConsoleEnd` over one socket of a pair."""

    def __init__(self, sock: socket.socket) -> None:
        decoder = msgspec.msgpack.Decoder[Upward](Upward)
        super().__init__(sock, decoder, "collector")

    def send(self, message: Downward) -> None:
        """Queue a message; never blocks. Says nothing to a closed bus."""
        self._queue(message)


def pair() -> tuple[PipeCollectorEnd, PipeConsoleEnd]:
    """Return both ends of a new bus, over a socket pair within this process."""
    left, right = socket.socketpair()
    return PipeCollectorEnd(left), PipeConsoleEnd(right)
