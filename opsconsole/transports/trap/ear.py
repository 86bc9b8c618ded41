"""One socket that traps come to, for all targets that listen there; informs are acknowledged."""

import asyncio
import contextlib
import hashlib
import socket
import time
from collections import OrderedDict
from typing import Protocol, cast

from opsconsole.errors import Malformed
from opsconsole.transports.snmp.ber import number, packed
from opsconsole.transports.snmp.engine import ENGINE, LATE, USER
from opsconsole.transports.snmp.message import (
    AUTH,
    LARGEST,
    PRIV,
    REPORTABLE,
    V1,
    V2C,
    V3,
    Wrapped,
    integer,
    octets,
)
from opsconsole.transports.snmp.message import wrapped as unwrapped
from opsconsole.transports.snmp.plane import Peer
from opsconsole.transports.trap.belief import Belief, Clock, Keys, Unbelieved, report, wrapped
from opsconsole.transports.trap.notice import INFORM, Said, Scope, acknowledged, said, scope
from opsconsole.varbind import OCTETS, SEQUENCE, element

AT_ONCE = 64
"""Datagrams that are read before others have their turn: each may cost a hash."""

BUFFER = 4 << 20
"""Bytes that may wait while we are busy; fewer where the system allows no more."""

REPEATS = 4096
"""Informs that are remembered, so that one that is sent again is told once."""
REPEAT_S = 120.0

_EPOCH = 1_577_836_800
"""2020: our engine's boots are the seconds from then until it began, which only grow."""

UNKNOWN = "an unknown community or user"
_NOBODY = Keys(None, None)


class Listener(Protocol):
    """One target that listens."""

    belief: Belief

    def take(self, found: Said, source: str, version: int) -> None:
        """One that is believed."""
        ...

    def repeat(self, source: str) -> None:
        """An inform that was told already."""
        ...

    def refuse(self, source: str, why: str) -> None:
        """One that is not."""
        ...

    def wrote(self, count: int) -> None:
        """So many bytes of an answer."""
        ...


class Ear:
    """Bound to one address and port, and to the event loop that it was made on."""

    def __init__(self, family: int, place: Peer) -> None:
        """Raises `OSError` where that address cannot be had."""
        self._loop = asyncio.get_running_loop()
        self._socket = _bound(family, place)
        self.listeners: list[Listener] = []
        name = f"{socket.gethostname()} {place[0]} {place[1]}".encode()
        # By the number that IANA keeps for examples (RFC 5612): this console has none of its own.
        self.engine = b"\x80\x00\x7e\xd9\x05" + hashlib.sha256(name).digest()[:12]
        self.clock = Clock(int(time.time()) - _EPOCH & 0x7FFFFFFF, 0, time.monotonic())
        self._reported = 0
        self._told: OrderedDict[tuple[Peer, bytes], float] = OrderedDict()
        self._loop.add_reader(self._socket, self._read)

    def close(self) -> None:
        """Let the socket go."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                data, peer = self._socket.recvfrom(LARGEST + 28)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # word of an answer that did not arrive
                continue
            self.came(data, cast("Peer", peer))

    def came(self, data: bytes, peer: Peer) -> None:
        """Judge one datagram. What is wrong with it is counted, and nothing else happens."""
        source = _plain(peer[0])
        first = self.listeners[0] if self.listeners else None
        try:
            self._judge(data, peer, source)
        except Unbelieved as error:
            if first is not None:
                first.refuse(source, error.why)
        except (Malformed, IndexError) as error:
            if first is not None:
                why = str(error) if isinstance(error, Malformed) else "cut short"
                first.refuse(source, f"malformed: {why}")

    def _judge(self, data: bytes, peer: Peer, source: str) -> None:
        tag, at, end = element(data, 0, len(data))
        if tag != SEQUENCE:
            raise Malformed("no SNMP message")
        version, at = integer(data, at, end)
        if version == V3:
            self._users(unwrapped(data, at, end), peer, source)
            return
        if version not in {V1, V2C}:
            raise Malformed("an unknown version of SNMP")
        community, at = octets(data, at, end)
        found = said(data, at, end, first=version == V1)
        for one in self.listeners:
            if one.belief.knows(community):
                break
        else:
            raise Unbelieved(UNKNOWN)
        if found.kind == INFORM:
            answer = packed(OCTETS, community), acknowledged(found.content)
            self._send(one, packed(SEQUENCE, number(version), *answer), peer)
        self._give(one, found, peer, source, version)

    def _users(self, message: Wrapped, peer: Peer, source: str) -> None:
        """One of v3: who asks for an answer is told by reports what is wrong with a message."""
        asks, ours = bool(message.flags & REPORTABLE), message.engine == self.engine
        if message.number < 0:
            raise Malformed("a message with a number below zero")
        if asks and not ours:
            self._report(ENGINE, message, peer, _NOBODY)
            return
        one = self._listener(message.user)
        if one is None:
            if asks:
                self._report(USER, message, peer, _NOBODY)
            raise Unbelieved(UNKNOWN)
        try:
            content = one.belief.content(message, self.clock if ours else None)
        except Unbelieved as error:
            if asks:
                self._complain(one, error.which, message, peer)
                if error.which == LATE:  # so a sender learns our clock: nothing is wrong
                    return
            raise
        where = scope(content)
        found = said(content, where.at, len(content), first=False)
        if found.kind == INFORM:
            if not asks or not ours:
                raise Malformed("an inform that wants no answer, or that of another engine")
            self._acknowledge(one, message, where, found, peer)
        self._give(one, found, peer, source, V3)

    def _listener(self, user: bytes) -> Listener | None:
        for one in self.listeners:
            if one.belief.user is not None and one.belief.name == user:
                return one
        return None

    def _complain(self, to: Listener, which: int, message: Wrapped, peer: Peer) -> None:
        """Say what is wrong; by signing it where it is about our clock."""
        keys = to.belief.keys(self.engine) if which == LATE else _NOBODY
        self._report(which, message, peer, keys)

    def _acknowledge(
        self, to: Listener, message: Wrapped, where: Scope, found: Said, peer: Peer
    ) -> None:
        inner = packed(
            SEQUENCE,
            packed(OCTETS, where.engine),
            packed(OCTETS, where.name),
            acknowledged(found.content),
        )
        who = (self.engine, self.clock.boots, self.clock.now(), message.user)
        keys, level = to.belief.keys(self.engine), message.flags & (AUTH | PRIV)
        self._send(to, wrapped(message, level, who, keys, inner), peer)

    def _report(self, which: int, message: Wrapped, peer: Peer, keys: Keys) -> None:
        self._reported += 1
        inner = report(which, self._reported, self.engine)
        flags = AUTH if keys.seal is not None else 0
        who = (self.engine, self.clock.boots, self.clock.now(), message.user)
        if self.listeners:
            self._send(self.listeners[0], wrapped(message, flags, who, keys, inner), peer)

    def _give(self, to: Listener, found: Said, peer: Peer, source: str, version: int) -> None:
        if found.kind == INFORM and self._repeated(peer, found.content):
            to.repeat(source)
        else:
            to.take(found, source, version)

    def _repeated(self, peer: Peer, content: bytes) -> bool:
        key, now = (peer, hashlib.sha256(content).digest()), time.monotonic()
        told = self._told.pop(key, None)
        self._told[key] = now
        if len(self._told) > REPEATS:
            self._told.popitem(last=False)
        return told is not None and now - told < REPEAT_S

    def _send(self, on_behalf: Listener, data: bytes, peer: Peer) -> None:
        with contextlib.suppress(OSError):  # as good as lost on the way: it is sent again
            self._socket.sendto(data, peer)
            on_behalf.wrote(len(data))


def _bound(family: int, place: Peer) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        made.bind(place)
    except OSError:
        made.close()
        raise
    return made


def _plain(address: str) -> str:
    """An address of IPv4 as such, also where it came over IPv6."""
    return address.removeprefix("::ffff:") if "." in address else address
