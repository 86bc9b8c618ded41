"""All devices that speak ONVIF: a client for each, which learns its clock before it signs."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Refused, TargetError, Unsupported
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.question import Questions, SoapCall, of_kind
from opsconsole.secret import Secret
from opsconsole.transports.http.pool import KEPT
from opsconsole.transports.http.pool import Pool as HttpPool
from opsconsole.transports.onvif import xml
from opsconsole.transports.onvif.client import CLOCK, Absent, Camera
from opsconsole.transports.onvif.session import OnvifSession

PER_DEVICE = 2
"""Connections to one device at once: cheap ones take few."""

PAUSE = 0.5
"""Seconds between two questions whether it is still there."""

GOING = 60.0
"""Seconds in which a device that was told to restart goes away."""


class Pool:
    """Opens sessions, makes calls."""

    def __init__(self) -> None:
        self._http = HttpPool()  # for certificates
        self._sessions: set[OnvifSession] = set()

    async def open(
        self, target: Target, questions: Questions, deliver: Callable[[Answer], None]
    ) -> OnvifSession:
        """Fetch secrets, learn clock and services; raises a `TargetError`."""
        mine = of_kind(questions, SoapCall, target.id)
        camera = await self._camera(target)
        session = OnvifSession(target.id, mine, camera, deliver, self._sessions.discard)
        self._sessions.add(session)
        reached = False
        try:
            await session.reach()
            reached = True
        finally:
            if not reached:
                await session.close()
        return session

    async def call(
        self, target: Target, argv: tuple[str, ...], heard: Callable[[bytes], None]
    ) -> int:
        """Make one call; see `OnvifTransport`."""
        service, operation, body, then = read(target, argv)
        camera = await self._camera(target)
        try:
            await camera.begin()
            said = await camera.ask(
                service, operation, body, changes=not operation.startswith("Get")
            )
            if then == "away":
                await _until_away(camera)
        except Absent:
            what = f"{target.id}: it has no service {service!r}"
            raise Unsupported(what, "it is of a profile of ONVIF without that") from None
        except xml.Fault as fault:
            heard(clean(str(fault), 300).encode())
            return 1
        except TimeoutError:
            heard(f"it still answers after {GOING:g} s: it did not go".encode())
            return 1
        finally:
            await camera.close()
        heard(json.dumps(said, ensure_ascii=False).encode())
        return 0

    async def _camera(self, target: Target) -> Camera:
        url, password = str(target.settings.get("url", "")), target.settings.get("password")
        who = None
        if isinstance(password, Secret):
            who = (target.user or "", await password.reveal())
        tls = await self._http.tls(target)
        connector = aiohttp.TCPConnector(ssl=tls, limit=PER_DEVICE, keepalive_timeout=KEPT)
        return Camera(target.id, url, connector, who)

    async def close(self) -> None:
        """End all sessions."""
        await asyncio.gather(*(session.close() for session in list(self._sessions)))


def read(target: Target, argv: tuple[str, ...]) -> tuple[str, str, Mapping[str, object], str]:
    """Service, operation, body, and what then, of a call in words; raises `Refused`."""
    service, operation, body, then = (*argv, "", "", "", "")[:4]
    named = service in xml.NAMESPACES and operation.isascii() and operation.isalpha()
    if not named or then not in {"", "away"} or len(argv) > 4:
        said = clean(" ".join(argv[:2]), 80)
        raise Refused(f"{target.id}: {said!r} is no call: SERVICE OPERATION [JSON]", "argument")
    try:
        return service, operation, msgspec.json.decode(body or "{}", type=dict[str, Any]), then
    except (msgspec.DecodeError, RecursionError):
        raise Refused(f"{target.id}: the body of {operation} is no JSON", "argument") from None


async def _until_away(camera: Camera) -> None:
    """Return when it answers no more: the proof that it restarts. Raises `TimeoutError`."""
    async with asyncio.timeout(GOING):
        while True:
            try:
                await camera.ask("device", CLOCK, {})
            except (TargetError, xml.Fault):
                return
            await asyncio.sleep(PAUSE)
