"""All targets that speak Modbus: a connection for each, and what was written to it."""

import asyncio
from collections.abc import Callable

from opsconsole.fieldmap import map_of
from opsconsole.fieldmap.register import load_points
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Mapped, Questions, of_kind
from opsconsole.transports.modbus.doing import call
from opsconsole.transports.modbus.session import ModbusSession
from opsconsole.transports.modbus.wire import Wire
from opsconsole.transports.pacing import Writings

PORT = 502


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self) -> None:
        self._sessions: dict[str, ModbusSession] = {}
        self._writings = Writings()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> ModbusSession:
        """Read the map and connect; raises a `TargetError`."""
        mine = of_kind(questions, Mapped, target.id)
        points = map_of(target, load_points)
        await points.now()
        wire = _wire(target)
        await wire.connect()
        session = ModbusSession(target.id, mine, wire, points, deliver, self._forget)
        self._sessions[target.id] = session
        return session

    def _forget(self, session: ModbusSession) -> None:
        if self._sessions.get(session.target) is session:
            del self._sessions[session.target]

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `ModbusTransport`. Over the open connection where there is one."""
        session = self._sessions.get(target.id)
        if session is not None and not session.over:
            points = await session.points.now()
            return await call(target.id, session.wire, points, self._writings, argv, heard)
        points = await map_of(target, load_points).now()
        wire = _wire(target)
        try:
            return await call(target.id, wire, points, self._writings, argv, heard)
        finally:
            wire.close()

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions.values())))


def _wire(target: Target) -> Wire:
    return Wire(target.id, target.address or target.id, target.port or PORT)
