"""All targets that speak BACnet: a socket for each, and what was written to it."""

import asyncio
from collections.abc import Callable

from opsconsole.errors import Unreachable, Unsupported
from opsconsole.fieldmap import Kept
from opsconsole.fieldmap.object import load_points
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Mapped, Questions, of_kind
from opsconsole.transports.bacnet.device import Device
from opsconsole.transports.bacnet.doing import call
from opsconsole.transports.bacnet.session import BacnetSession, Points
from opsconsole.transports.bacnet.wire import Route, Silent, Wire
from opsconsole.transports.pacing import Writings

PORT = 47808


class Pool:
    """Opens sessions; holds what they share."""

    def __init__(self) -> None:
        self._sessions: dict[str, BacnetSession] = {}
        self._writings = Writings()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> BacnetSession:
        """Read the map, and hear of the device that it is there; raises a `TargetError`."""
        mine = of_kind(questions, Mapped, target.id)
        points = _map(target)
        if points:
            await points.now()
        device = _device(target)
        try:
            await device.begin()
        except Silent:
            raise _nobody(target) from None
        finally:
            if not device.begun:
                device.wire.close()
        session = BacnetSession(target.id, mine, device, points, deliver, self._forget)
        self._sessions[target.id] = session
        return session

    def _forget(self, session: BacnetSession) -> None:
        if self._sessions.get(session.target) is session:
            del self._sessions[session.target]

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `BacnetTransport`. Over the open socket where there is one."""
        session = self._sessions.get(target.id)
        live = session is not None and not session.over
        device = session.device if session and live else _device(target)
        points = session.points if session and live else _map(target)
        try:
            known = await points.now() if points else {}
            return await call(target.id, device, known, self._writings, argv, heard)
        except Silent:
            raise _nobody(target) from None
        finally:
            if not live:
                device.wire.close()

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions.values())))


def _device(target: Target) -> Device:
    wire = Wire(target.id, target.address or target.id, target.port or PORT, _route(target))
    instance = target.settings.get("instance")
    return Device(target.id, wire, instance if isinstance(instance, int) else None)


def _route(target: Target) -> Route | None:
    network, mac = target.settings.get("network"), str(target.settings.get("mac") or "")
    if not isinstance(network, int) or not mac:
        if network or mac:
            what = f"{target.id}: a device behind a router has both `network` and `mac`"
            raise Unsupported(what, "write the one that is missing, or neither")
        return None
    there = bytes.fromhex(mac[2:]) if mac.startswith("0x") else bytes([int(mac)])
    return Route(network, there)


def _nobody(target: Target) -> Unreachable:
    remedy = "is it on, is `port` right, and is it BACnet/IP? Nothing else answers there"
    return Unreachable(f"{target.id}: no answer over UDP", remedy)


def _map(target: Target) -> Kept[Points] | None:
    path = str(target.settings.get("map") or "")
    return Kept(path, target.id, load_points) if path else None
