"""All targets that are SNMP agents: their names resolved, their secrets fetched, one socket."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from opsconsole.errors import Malformed, Unreachable, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions, Snmp, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.snmp import doing, looking
from opsconsole.transports.snmp.agent import Agent
from opsconsole.transports.snmp.ber import asked, name
from opsconsole.transports.snmp.engine import Community, User
from opsconsole.transports.snmp.faults import unauthorized
from opsconsole.transports.snmp.message import GET, UNAUTHORIZED, V1, V2C
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
        try:
            mine = of_kind(questions, Snmp)
        except Unsupported as error:
            raise Unsupported(f"{target.id}: {error}", error.remedy) from None
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
        who = await _identity(target, community)
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


async def _identity(target: Target, key: str) -> Community | User:
    settings = target.settings
    version = str(settings.get("version", "2c"))
    if version != "3":
        community = await _secret(target, key)
        if not community:
            what = f"{target.id}: it has no community to ask by"
            raise Unsupported(what, 'give it one, `community = { env = "NAME" }`, or version = "3"')
        return Community(V1 if version == "1" else V2C, community)
    if not target.user:
        raise Unsupported(f"{target.id}: SNMP v3 needs a user", "give it `user`")
    auth, priv = str(settings.get("auth", "")), str(settings.get("priv", ""))
    keys = [await _key(target, "auth", auth), await _key(target, "priv", priv)]
    if priv and not auth:
        what = f"{target.id}: SNMP v3 has no privacy without authentication"
        raise Unsupported(what, "give it `auth` and `auth_password`")
    return User(target.user, auth, keys[0], priv, keys[1], str(settings.get("context", "")))


async def _key(target: Target, key: str, algorithm: str) -> str:
    """The password for an algorithm, both or neither."""
    found = await _secret(target, f"{key}_password")
    if bool(found) != bool(algorithm):
        lacking = f"{key}_password" if algorithm else key
        raise Unsupported(f"{target.id}: `{lacking}` is missing", f"give it `{lacking}`")
    if found and len(found) < 8:
        what = f"{target.id}: `{key}_password` is shorter than the 8 characters SNMP wants"
        raise Malformed(what, "set a longer one there and here")
    return found


async def _secret(target: Target, key: str) -> str:
    found = target.settings.get(key)
    return await found.reveal() if isinstance(found, Secret) else ""
