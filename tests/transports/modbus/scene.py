"""A device behind a Modbus server of the test, and a map of it."""

from pathlib import Path

from opsconsole.domains.lowvoltage.modbus import INTEGRATION
from opsconsole.domains.lowvoltage.modbus.probe import read_points
from opsconsole.fieldmap.register import Heard
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.transports.modbus import ModbusTransport
from tests.servers.modbus import Device, Site
from tests.servers.sampler import Heard as Answers

MAP = """
[point.supply]
name = "Supply air"
fc = 4
address = 10
type = "s16"
scale = 0.1
physical = "temperature"
place = "inlet"

[point.alarms]
fc = 4
address = 11
alarm_bits = { 0 = "leak" }

[point.energy]
address = 0
type = "u32"
words = "little"
unit = "Wh"
physical = "energy"

[point.setpoint]
address = 5
scale = 0.1
physical = "temperature"
write = { step = 3 }

[point.level]
address = 8
type = "f32"
write = { low = 0, high = 100, pause_s = 0 }

[point.fan]
fc = 1
address = 3
type = "bit"
enum = { 0 = "off", 1 = "on" }
write = { pause_s = 0 }

[point.pump]
fc = 1
address = 4
type = "bit"
"""


def device() -> Device:
    """What the map describes."""
    return Device({0: 2, 1: 1, 5: 225, 8: 0x4120, 9: 0}, {10: 231, 11: 0}, coils=0b1000)


def target(site: Site, folder: Path, text: str = MAP, **more: object) -> Target:
    path = folder / "plant.toml"
    path.write_text(text)
    settings = {"map": str(path), **more}
    return Target("crac-1", "modbus", "modbus", site.address, site.port, settings=settings)


class Asked:
    """A session that is asked again and again."""

    def __init__(self, to: Target) -> None:
        self.transport = ModbusTransport()
        self.heard = Answers()
        self.to = to

    async def open(self) -> "Asked":
        script = INTEGRATION.script
        self.session = await self.transport.open(self.to, script, 1.0, self.heard)
        return self

    async def answer(self) -> Answer:
        before = len(self.heard.answers)
        self.session.ask("points")
        await self.heard.until(lambda heard: len(heard.answers) > before)
        return self.heard.answers[-1]

    async def points(self) -> dict[str, Heard]:
        answer = await self.answer()
        if answer.error is not None:
            raise answer.error
        return {one.key: one for one in read_points(answer.payload).heard}
