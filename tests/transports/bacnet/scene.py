"""A BACnet device of the test, and a map of some of its objects."""

from pathlib import Path

from opsconsole.domains.lowvoltage.bacnet import INTEGRATION
from opsconsole.domains.lowvoltage.bacnet.probe import read_objects
from opsconsole.fieldmap.object import Answer as Told
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.transports.bacnet import BacnetTransport
from opsconsole.transports.bacnet.session import BacnetSession
from tests.servers.bacnet import Site
from tests.servers.sampler import Heard as Answers

MAP = """
[point.supply]
object = "analog-input,1"
name = "Supply air"
physical = "temperature"
place = "inlet"

[point.setpoint]
object = "analog-value,3"
physical = "temperature"
write = { step = 3 }

[point.valve]
object = "analog-output,4"
write = { low = 0, high = 100, pause_s = 0, priority = 10 }

[point.fan]
object = "binary-output,6"
write = { pause_s = 0 }
"""


def target(site: Site, folder: Path, text: str = MAP, **more: object) -> Target:
    """Without a text it has no map."""
    settings = dict(more)
    if text:
        path = folder / "ahu.toml"
        path.write_text(text)
        settings["map"] = str(path)
    return Target("ahu-1", "bacnet", "bacnet", site.address, site.port, settings=settings)


class Asked:
    """A session that is asked again and again."""

    def __init__(self, to: Target) -> None:
        self.transport = BacnetTransport()
        self.heard = Answers()
        self.to = to

    async def open(self) -> "Asked":
        session = await self.transport.open(self.to, INTEGRATION.script, 1.0, self.heard)
        assert isinstance(session, BacnetSession)
        self.session = session
        return self

    async def answer(self) -> Answer:
        before = len(self.heard.answers)
        self.session.ask("objects")
        await self.heard.until(lambda heard: len(heard.answers) > before)
        return self.heard.answers[-1]

    async def told(self) -> Told:
        answer = await self.answer()
        if answer.error is not None:
            raise answer.error
        return read_objects(answer.payload)
