"""All targets behind MQTT brokers: a connection for each, and what was heard and written there."""

import asyncio
import ssl
from collections.abc import Callable

from opsconsole.errors import TargetError
from opsconsole.fieldmap import map_of
from opsconsole.fieldmap.topic import load_topics
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Mapped, Questions, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.trust import context
from opsconsole.transports.mqtt.doing import call
from opsconsole.transports.mqtt.keep import Keep
from opsconsole.transports.mqtt.line import Line
from opsconsole.transports.mqtt.session import MqttSession
from opsconsole.transports.mqtt.wire import Way
from opsconsole.transports.pacing import Writings

PORT, TLS_PORT = 1883, 8883

IDLE_S = 60.0
"""Seconds for which a connection that was made for a call is kept for the next one: what a device
tells once, without the broker keeping it, is heard by who is there."""


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self) -> None:
        self._sessions: dict[str, MqttSession] = {}
        self._lone: dict[str, Line] = {}
        self._ends: dict[str, asyncio.TimerHandle] = {}
        self._making = asyncio.Lock()
        self._keeps: dict[str, Keep] = {}
        self._writings = Writings()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> MqttSession:
        """Read the map, fetch secrets, connect and hear; raises a `TargetError`."""
        mine = of_kind(questions, Mapped, target.id)
        session = MqttSession(target.id, mine, deliver, self._forget)
        session.line = await self._line(target, session.fail)
        self._sessions[target.id] = session
        self._end(target.id)
        return session

    async def _line(self, target: Target, lost: Callable[[TargetError], None]) -> Line:
        points = map_of(target, load_topics)
        keep = self._keeps.setdefault(target.id, Keep())
        line = Line(await _way(target), points, keep, lost)
        await line.begin()
        return line

    def _forget(self, session: MqttSession) -> None:
        if self._sessions.get(session.target) is session:
            del self._sessions[session.target]

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `MqttTransport`. Over the open connection where there is one."""
        session = self._sessions.get(target.id)
        if session is not None and not session.over:
            return await call(target.id, session.line, self._writings, argv, heard)
        async with self._making:
            line = self._lone.get(target.id)
            if line is None:
                line = await self._line(target, lambda _: self._end(target.id))
                self._lone[target.id] = line
        self._rest(target.id)
        return await call(target.id, line, self._writings, argv, heard)

    def _rest(self, target: str) -> None:
        if handle := self._ends.pop(target, None):
            handle.cancel()
        self._ends[target] = asyncio.get_running_loop().call_later(IDLE_S, self._end, target)

    def _end(self, target: str) -> None:
        """Close the connection that was made for calls."""
        if handle := self._ends.pop(target, None):
            handle.cancel()
        if line := self._lone.pop(target, None):
            line.wire.close()

    async def close(self) -> None:
        """End all sessions."""
        for target in list(self._lone):
            self._end(target)
        await asyncio.gather(*(session.close() for session in list(self._sessions.values())))


async def _way(target: Target) -> Way:
    said = target.settings
    password = said.get("password")
    secret = await password.reveal() if isinstance(password, Secret) else ""
    tls: ssl.SSLContext | None = None
    if any(said.get(key) for key in ("tls", "ca", "cert", "insecure")):
        tls = await asyncio.to_thread(context, target)
    return Way(
        target=target.id,
        host=target.address or target.id,
        port=target.port or (TLS_PORT if tls else PORT),
        tls=tls,
        user=target.user or "",
        password=secret,
        client_id=str(said.get("client_id") or ""),
    )
