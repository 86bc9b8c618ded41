"""BACnet/IP over one socket that only the device can answer: a request at a time, asked again.

Answers are bounded by one datagram: we take no segments, and ask for less when it would need some.
"""

import asyncio
import errno
import os
from typing import NamedTuple

from opsconsole.errors import Lost, Malformed, Unreachable
from opsconsole.transports.bacnet import codec

TIMEOUT_S = 3.0
"""Seconds for one answer."""

TRIES = 3

_HEAD = b"\x81\x0a"
_WHO_IS = b"\x10\x08"
_I_AM = b"\x10\x00"

_NO_WAY = b"\xff\x03"
"""What stands here for a router's word that it knows no way; no answer begins so."""

_CONFIRMED = b"\x00\x05"
"""No segments are taken, and answers up to 1476 bytes."""

_SIMPLE, _COMPLEX, _ERROR, _REJECT, _ABORT = 2, 3, 5, 6, 7

_TOO_LONG = frozenset({1, 4, 11})
"""Reasons to abort: buffer overflow, segmentation not supported, answer too long."""


class Refused(Exception):
    """The device says no to this request."""


class TooLong(Refused):
    """Its answer would not fit."""


class Unknown(Refused):
    """It does not know this service."""


class Route(NamedTuple):
    """A device behind a router: its network, and its address there."""

    network: int
    mac: bytes


class Silent(Exception):
    """No answer, however often it was asked."""


class _Answer(NamedTuple):
    kind: int
    rest: bytes


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, wire: "Wire") -> None:
        self._wire = wire

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - of the device
        self._wire.heard(data)

    def error_received(self, exc: Exception) -> None:
        self._wire.failed(exc)


class Wire:
    """A way to one device."""

    def __init__(self, target: str, host: str, port: int, route: Route | None = None) -> None:
        """`host` is the device, or the router before it."""
        self._target = target
        self._route = route
        self._where = host, port
        self._turn = asyncio.Lock()
        self._transport: asyncio.DatagramTransport | None = None
        self._number = 0
        self._waiting: asyncio.Future[_Answer] | None = None
        self._named: asyncio.Future[bytes] | None = None
        self.received = 0
        self.sent = 0
        self.requests = 0

    async def _open(self) -> asyncio.DatagramTransport:
        if self._transport is None:
            loop = asyncio.get_running_loop()
            try:
                self._transport, _ = await loop.create_datagram_endpoint(
                    lambda: _Socket(self), remote_addr=self._where
                )
            except OSError as error:
                known = error.errno is not None and error.errno > 0
                why = os.strerror(error.errno or 0) if known else "its name is not known"
                raise Unreachable(f"{self._target}: {why}", "mend `address`") from None
        return self._transport

    def heard(self, data: bytes) -> None:
        """A datagram came; one that answers nothing we asked is let be."""
        self.received += len(data)
        body = _unwrapped(data)
        if body is not None and body.startswith(_NO_WAY):
            self.failed(OSError(errno.ENETUNREACH, "no way"))
            return
        if body is not None and body.startswith(_I_AM):
            if self._named is not None and not self._named.done():
                self._named.set_result(body[2:])
            return
        if body is None or len(body) < 3 or body[1] != self._number:
            return
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_result(_Answer(body[0], body[2:]))

    async def who_is(self) -> bytes:
        """What it says of itself when it is asked who is there; raises `Silent`."""
        async with self._turn:
            transport = await self._open()
            self.requests += 1
            for _ in range(TRIES):
                self._named = asyncio.get_running_loop().create_future()
                packet = self._wrapped(_WHO_IS, answered=False)
                transport.sendto(packet)
                self.sent += len(packet)
                try:
                    async with asyncio.timeout(TIMEOUT_S):
                        return await self._named
                except TimeoutError:
                    continue
            raise Silent

    def failed(self, error: Exception) -> None:
        """The network says that nobody is there."""
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

    async def ask(self, service: int, request: bytes, tries: int = TRIES) -> bytes:
        """The answer; raises `Refused`, `Silent`, or a `TargetError`."""
        async with self._turn:
            transport = await self._open()
            self._number = (self._number + 1) % 256
            apdu = _CONFIRMED + bytes([self._number, service]) + request
            packet = self._wrapped(apdu)
            self.requests += 1
            for _ in range(tries):
                answer = await self._once(transport, packet)
                if answer is not None:
                    return self._judged(answer)
            raise Silent

    async def _once(self, transport: asyncio.DatagramTransport, packet: bytes) -> _Answer | None:
        self._waiting = asyncio.get_running_loop().create_future()
        transport.sendto(packet)
        self.sent += len(packet)
        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await self._waiting
        except TimeoutError:
            return None
        except OSError as error:
            what = f"{self._target}: {os.strerror(error.errno or 0)}"
            remedy = "does it speak BACnet/IP, and is `port` right?"
            if self._route is not None:
                remedy = "is `network` one that the router at `address` knows?"
            raise Unreachable(what, remedy) from None
        finally:
            self._waiting = None

    def _wrapped(self, apdu: bytes, answered: bool = True) -> bytes:
        """What the link and the network want around a request."""
        control = 0x04 if answered else 0
        network = bytes([1, control])
        if self._route is not None:
            to, mac = self._route
            network = bytes([1, control | 0x20]) + to.to_bytes(2, "big") + bytes([len(mac)])
            network += mac + b"\xff"
        whole = network + apdu
        return _HEAD + (len(whole) + 4).to_bytes(2, "big") + whole

    def _judged(self, answer: _Answer) -> bytes:
        """What it says; raises `Refused` where it says no."""
        kind = answer.kind >> 4
        if kind == _SIMPLE:
            return b""
        if kind == _COMPLEX and not answer.kind & 0x08:
            return answer.rest[1:]
        if kind == _ABORT:
            reason = answer.rest[0]
            if reason in _TOO_LONG:
                raise TooLong("its answer would be too long")
            raise Refused(f"it aborts: reason {reason}")
        if kind == _REJECT:
            reason = answer.rest[0]
            raise Unknown("it does not know that service" if reason == 9 else f"reason {reason}")
        if kind == _ERROR:
            try:
                raise Refused(codec.error(answer.rest[1:]))
            except codec.WRONG:
                raise Malformed(f"{self._target}: an error that cannot be read") from None
        raise Malformed(f"{self._target}: an answer in parts, which we did not allow for")

    def close(self) -> None:
        """Close it; safe to call twice."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()
        waiting = self._waiting
        if waiting is not None and not waiting.done():
            waiting.set_exception(ConnectionAbortedError())


def _unwrapped(data: bytes) -> bytes | None:
    """What the link and the network wrap around an answer; None for what is none."""
    if len(data) < 6 or data[0] != 0x81 or int.from_bytes(data[2:4], "big") != len(data):
        return None
    at = {0x0A: 4, 0x04: 10}.get(data[1], 0)  # to us, or passed on by a device that serves others
    if not at or len(data) < at + 2 or data[at] != 1:
        return None
    control = data[at + 1]
    at += 2
    for mark in (0x20, 0x08):  # where it goes to, and where it comes from
        if control & mark:
            if len(data) < at + 3:
                return None
            at += 3 + data[at + 2]
    if control & 0x20:
        at += 1
    if control & 0x80:  # of a router: all but that there is no way is let be
        return _NO_WAY if data[at : at + 1] == b"\x03" else None
    return data[at:]


def lost(target: str) -> Lost:
    """A device that answered before, and does not."""
    return Lost(f"{target}: it does not answer any more")
