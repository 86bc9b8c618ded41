"""All receivers of traps: one socket for each address and port, whoever listens there."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from functools import partial
from typing import cast

from opsconsole.errors import Denied, TargetError, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.transports.snmp.identity import secret_of, user_of
from opsconsole.transports.snmp.plane import Peer
from opsconsole.transports.trap.belief import Belief
from opsconsole.transports.trap.ear import Ear
from opsconsole.transports.trap.session import TrapSession

PORT = 162
ANYWHERE = "0.0.0.0"  # noqa: S104 - traps come from elsewhere

Place = tuple[int, Peer]


class Pool:
    """Bound to one event loop."""

    def __init__(self) -> None:
        self._ears: dict[Place, Ear] = {}
        self._sessions: set[TrapSession] = set()

    async def open(
        self, target: Target, interval: float, deliver: Callable[[Answer], None]
    ) -> TrapSession:
        """Begin to listen; raises a `TargetError`."""
        belief = await _belief(target)
        place = await _place(target)
        ear = self._ears.get(place)
        if ear is None:
            try:
                ear = self._ears[place] = Ear(*place)
            except OSError as error:
                raise _unheard(target, place[1], error) from None
        closed = partial(self._closed, place)
        session = TrapSession(target, belief, interval, deliver, closed)
        ear.listeners.append(session)
        self._sessions.add(session)
        return session

    def _closed(self, place: Place, session: TrapSession) -> None:
        self._sessions.discard(session)
        ear = self._ears.get(place)
        if ear is not None and session in ear.listeners:
            ear.listeners.remove(session)
            if not ear.listeners:
                del self._ears[place]
                ear.close()

    async def close(self) -> None:
        """Listen no more."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))


async def _belief(target: Target) -> Belief:
    community = await secret_of(target, "community")
    user = await user_of(target) if target.user else None
    if not community and user is None:
        what = f"{target.id}: nobody would be believed: it has neither a community nor a user"
        raise Unsupported(what, 'give it `community = { env = "NAME" }`, or `user` and its keys')
    return Belief(community, user)


async def _place(target: Target) -> Place:
    loop = asyncio.get_running_loop()
    listen, port = str(target.settings.get("listen", ANYWHERE)), target.port or PORT
    try:
        flags = socket.AI_NUMERICHOST | socket.AI_PASSIVE
        found = await loop.getaddrinfo(listen, port, type=socket.SOCK_DGRAM, flags=flags)
    except (OSError, UnicodeError):
        raise Unsupported(f"{target.id}: `listen` is no address", "mend `listen`") from None
    family, *_, peer = found[0]
    return family, cast("Peer", peer)


def _unheard(target: Target, peer: Peer, error: OSError) -> TargetError:
    where = f"{target.id}: cannot listen at {peer[0]} port {peer[1]}"
    if error.errno in {errno.EACCES, errno.EPERM}:
        remedy = "take a port from 1024 on and lead 162 there by the firewall: docs/network.md"
        return Denied(f"{where}: only an administrator may", remedy)
    if error.errno == errno.EADDRINUSE:
        remedy = "another program has it, snmptrapd or another console: `ss -lunp` names it"
        return Unreachable(f"{where}: it is taken", remedy)
    if error.errno == errno.EADDRNOTAVAIL:
        return Unsupported(f"{where}: this machine has no such address", "mend `listen`")
    why = os.strerror(error.errno) if error.errno else str(error)
    return Unreachable(f"{where}: {why}")
