"""One UDP socket per address family for all targets: sends, repeats, and matches what comes."""

import asyncio
import contextlib
import os
import socket
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, TargetError, Unreachable
from opsconsole.transports.snmp.message import LARGEST, Pdu, Wrapped, opened

Peer: TypeAlias = "tuple[str, int] | tuple[str, int, int, int]"
"""Address and port, as the socket gives them."""

FLIGHT = 400
"""Requests that may be under way: more answers at once could overflow the socket's buffer."""

BUFFER = 4 << 20
"""Bytes of answers that may wait while we are busy; fewer where the system allows no more."""

AT_ONCE = 256
"""Datagrams that are read before others have their turn."""

CEILING_S = 5.0
"""Seconds that any one try waits at most."""


class Waiting:
    """A request that is under way."""

    __slots__ = (
        "accept", "answered", "data", "delay", "future", "garbled", "left", "number", "peer",
        "sent_at", "sock", "stranger", "timer", "tries",
    )  # fmt: skip

    def __init__(
        self, peer: Peer, data: bytes, accept: Callable[[Pdu | Wrapped], Pdu], delay: float
    ) -> None:
        """`accept` raises `Malformed` for what is to be ignored; `delay` is seconds to wait."""
        self.peer = peer
        self.data = data
        self.accept = accept
        self.delay = delay
        self.answered = False
        self.tries = 0
        self.left = 0
        self.number = 0
        self.sent_at = 0.0
        self.garbled = ""
        self.stranger = ""
        self.sock: socket.socket
        self.timer: asyncio.TimerHandle
        self.future: asyncio.Future[Pdu]


class Plane:
    """Bound to the event loop that it was made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets: dict[int, socket.socket] = {}
        self._waiting: dict[int, Waiting] = {}
        self._peers: dict[Peer, Waiting] = {}
        self._open = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._chance = b""
        self.unexpected = 0
        """Datagrams that answered nothing: late, twice, or from somebody else."""

    def number(self) -> int:
        """A request number that is not in use, and that nobody can guess."""
        while True:
            if not self._chance:
                self._chance = os.urandom(1024)
            drawn, self._chance = self._chance[:4], self._chance[4:]
            number = int.from_bytes(drawn, "big") >> 2 | 0x40000000
            if number not in self._waiting:
                return number

    async def ask(self, family: int, number: int, waiting: Waiting, tries: int) -> Pdu:
        """Send it up to `tries` times; raises a `TargetError` when there is no answer."""
        while len(self._waiting) >= FLIGHT:
            await self._turn()
        waiting.number, waiting.left = number, tries
        waiting.sock = self._sockets.get(family) or self._made(family)
        waiting.future = self._loop.create_future()
        self._waiting[number] = waiting
        self._peers[waiting.peer] = waiting
        self._open += 1
        try:
            self._send(waiting)
            return await waiting.future
        finally:
            waiting.timer.cancel()
            del self._waiting[number]
            if self._peers.get(waiting.peer) is waiting:
                del self._peers[waiting.peer]
            if not waiting.answered:
                self._open -= 1
            self._next()

    async def _turn(self) -> None:
        """Wait until another request is over."""
        mine = self._loop.create_future()
        self._queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if not mine.cancelled():  # it was our turn: somebody else's now
                self._next()
            raise

    def _next(self) -> None:
        while self._queue:
            first = self._queue.popleft()
            if not first.done():
                first.set_result(None)
                return

    def _made(self, family: int) -> socket.socket:
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        with contextlib.suppress(OSError):  # beyond the system's limit, where we may
            made.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_RCVBUFFORCE", 33), BUFFER)
        self._loop.add_reader(made, self._read, made)
        self._sockets[family] = made
        return made

    def _send(self, waiting: Waiting) -> None:
        waiting.tries += 1
        waiting.left -= 1
        now = self._loop.time()
        waiting.sent_at = now
        waiting.timer = self._loop.call_at(now + waiting.delay, self._late, waiting)
        try:
            waiting.sock.sendto(waiting.data, waiting.peer)
        except BlockingIOError:
            pass  # as good as lost on the way: it is sent again
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else "it cannot be sent to"
            waiting.future.set_exception(Unreachable(why, "is `address` right, and a way there?"))

    def _late(self, waiting: Waiting) -> None:
        # What we were too busy to read is not late: that would be a false time-out.
        self._read(waiting.sock, 1 << 16)
        if waiting.future.done():
            return
        if waiting.left > 0:
            waiting.delay = min(2 * waiting.delay, max(CEILING_S, waiting.delay))
            self._send(waiting)
        else:
            waiting.future.set_exception(_silence(waiting))

    def _read(self, sock: socket.socket, limit: int = AT_ONCE) -> None:
        for _ in range(limit):
            try:
                data, peer = sock.recvfrom(LARGEST + 28)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # word of an earlier datagram; the next ones may be answers
                continue
            self._came(data, peer)
            if not self._open:  # nothing more is waited for: that saves a look in vain
                return

    def _came(self, data: bytes, peer: Peer) -> None:
        try:
            message = opened(data)
        except Malformed as error:
            self._garbled(peer, str(error))
            return
        waiting = self._waiting.get(message.number)
        if waiting is None or waiting.future.done():
            self.unexpected += 1
        elif waiting.peer != peer:
            self.unexpected += 1
            waiting.stranger = peer[0]
        else:
            try:
                waiting.future.set_result(waiting.accept(message))
                waiting.answered = True
                self._open -= 1
            except Malformed as error:
                waiting.garbled = str(error)
            except TargetError as error:
                waiting.future.set_exception(error)

    def _garbled(self, peer: Peer, why: str) -> None:
        waiting = self._peers.get(peer)
        if waiting is None:
            self.unexpected += 1
        else:
            waiting.garbled = why

    def close(self) -> None:
        """Let the sockets go; who still waits is told. Safe to call twice."""
        for waiting in self._waiting.values():
            if not waiting.future.done():
                waiting.future.set_exception(Lost("the transport was closed"))
        for sock in self._sockets.values():
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()


def _silence(waiting: Waiting) -> TargetError:
    """Why there is no answer that counts."""
    if waiting.garbled:
        return Malformed(waiting.garbled, "is that an SNMP agent, and its firmware sound?")
    what = f"no answer to {waiting.tries} requests"
    if waiting.stranger:
        remedy = f"it answers from {clean(waiting.stranger, 60)}: write that into `address`"
        return Unreachable(what, remedy)
    return Unreachable(what)
