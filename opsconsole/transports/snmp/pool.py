"""All targets that are SNMP agents: their names resolved, their secrets fetched, one socket."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from opsconsole.errors import Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions, Snmp, of_kind
from opsconsole.transports.snmp import doing, looking
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.ber import asked, name
from opsconsole.transports.snmp.faults import unauthorized
from opsconsole.transports.snmp.identity import identity
from opsconsole.transports.snmp.message import GET, UNAUTHORIZED
from opsconsole.transports.snmp.plane import Peer, Plane
from opsconsole.transports.snmp.session import SnmpSession

PORT = 161

WRITING = "write_community"
"""The setting for what is written, in versions 1 and 2c."""

UPTIME = "1.3.6.1.2.1.1.3.0"
"""What every agent has, and is asked for first."""


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self) -> None:
        self._plane: Plane | None = None
        self._sessions: dict[str, SnmpSession] = {}

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> SnmpSession:
        """Fetch secrets, find the engine and ask once; raises a `TargetError`."""
        mine = of_kind(questions, Snmp, target.id)
        agent = await self.agent(target)
        try:
            session = SnmpSession(agent, mine, deliver, self._forget)
        except ValueError as error:
            raise Unsupported(f"{target.id}: {error}", "mend the question") from None
        found = await session.agent.request(GET, 0, 0, asked([name(UPTIME)]))
        if found.status == UNAUTHORIZED:
            raise unauthorized(target.id)
        self._sessions[target.id] = session
        return session

    async def agent(self, target: Target, community: str = "community") -> Agent:
        """What is asked there; raises a `TargetError` when its settings do not do. `community`
        names the setting that has it.
        """
        who = await identity(target, community)
        where = await _place(target)
        if self._plane is None:
            self._plane = Plane()
        settings = target.settings
        tries = settings.get("retries", 3)
        return Agent(target.id, self._plane, where, who, 1 + int(str(tries)))

    def _forget(self, session: SnmpSession) -> None:
        if self._sessions.get(session.target) is session:
            del self._sessions[session.target]

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `SnmpTransport.execute`."""
        asked, which = doing.looked(target.id, argv), looking.understood(target.id, argv)
        if asked is None and which is None and argv != (doing.HERE,):
            doing.written(target.id, argv)  # before anything is sent
        session = self._sessions.get(target.id)
        if argv[0] == "SET" and WRITING in target.settings:
            agent = await self.agent(target, WRITING)
        else:
            alive = session is not None and not session.over
            agent = session.agent if session and alive else await self.agent(target)
        if argv == (doing.HERE,):
            heard(f"{doing.here(agent)}\n".encode())
            return 0
        if which is not None:
            return await looking.look(agent, which, heard)
        return await (
            doing.call(agent, argv, heard) if asked is None else doing.look(agent, asked, heard)
        )

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions.values())))
        if self._plane is not None:
            self._plane.close()
            self._plane = None


async def _place(target: Target) -> tuple[int, Peer]:
    loop = asyncio.get_running_loop()
    address, port = target.address or target.id, target.port or PORT
    try:
        found = await loop.getaddrinfo(address, port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        what = f"{target.id}: its name is not known"
        raise Unreachable(what, "mend the name in `address`") from None
    family, *_, peer = found[0]
    return family, cast("Peer", peer)
