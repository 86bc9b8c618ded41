"""Devices behind a broker of the test, and a map of them."""

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

from opsconsole.domains.lowvoltage.mqtt import INTEGRATION
from opsconsole.domains.lowvoltage.mqtt.probe import read_points
from opsconsole.fieldmap.message import Answer as Told
from opsconsole.fieldmap.message import Heard
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.transports.mqtt import MqttTransport
from tests.servers.sampler import Heard as Answers

_ROOMS = (f"room{number}" for number in itertools.count(1))
"""One for each test: they share a broker, which keeps messages."""

MAP = """
[presence.crac]
topic = "ROOM/crac/there"

[point.supply]
name = "Supply air"
topic = "ROOM/crac/state"
path = "air.supply"
physical = "temperature"
place = "inlet"
presence = "crac"

[point.setpoint]
topic = "ROOM/crac/state"
path = "setpoint"
physical = "temperature"
write = { topic = "ROOM/crac/set", payload = '{"setpoint": {value}}', step = 3 }

[point.mode]
topic = "ROOM/crac/mode"
enum = { ON = "running", OFF = "off" }
presence = "crac"
write = { topic = "ROOM/crac/mode/set", words = { running = "ON", off = "OFF" } }

[point.leak]
topic = "ROOM/leak"
enum = { 0 = "dry", 1 = "wet" }
critical = ["wet"]
"""

STATE = b'{"air": {"supply": 23.5}, "setpoint": 22}'


def room() -> str:
    """A place for the topics of one test."""
    return next(_ROOMS)


class Address:
    """Where something listens."""

    def __init__(self, address: str, port: int) -> None:
        self.address, self.port = address, port


def target(at: object, folder: Path, text: str, **more: object) -> Target:
    """`at` has an address and a port."""
    path = folder / "room.toml"
    path.write_text(text)
    address, port = str(getattr(at, "address", "")), int(getattr(at, "port", 0))
    user = str(more.pop("user", ""))
    settings = {"map": str(path), **more}
    return Target("room-1", "mqtt", "mqtt", address, port, user=user, settings=settings)


class Asked:
    """A session that is asked again and again."""

    def __init__(self, to: Target) -> None:
        self.transport = MqttTransport()
        self.heard = Answers()
        self.to = to

    async def open(self) -> "Asked":
        self.session = await self.transport.open(self.to, INTEGRATION.script, 1.0, self.heard)
        return self

    async def answer(self) -> Answer:
        before = len(self.heard.answers)
        self.session.ask("topics")
        await self.heard.until(lambda heard: len(heard.answers) > before)
        return self.heard.answers[-1]

    async def told(self) -> Told:
        answer = await self.answer()
        if answer.error is not None:
            raise answer.error
        return read_points(answer.payload)

    async def until(self, true: Callable[[dict[str, Heard]], bool]) -> dict[str, Heard]:
        """All points, as soon as they are as expected."""
        async with asyncio.timeout(60):
            while True:
                points = {one.key: one for one in (await self.told()).heard}
                if true(points):
                    return points
                await asyncio.sleep(0.02)


def live(*keys: str) -> Callable[[dict[str, Heard]], bool]:
    """Whether these points are live."""
    return lambda points: all(points[key].state == "live" for key in keys)


def state(key: str, wanted: str) -> Callable[[dict[str, Heard]], bool]:
    """Whether a point is in that state."""
    return lambda points: points[key].state == wanted
