"""An SNMP agent of the test that can be written, and does what the test says it does then."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence

from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.message import SET
from opsconsole.varbind import bindings, element
from tests.servers.agent import Asked, Object, StubAgent, proper, said, stub

Reacting = Callable[["Writable", str, object], int]
"""Given a name and what was written there: an error status; 0 is that it was done."""


class Writable:
    """A device: `written` is what it was told, in order."""

    def __init__(self, objects: Sequence[Object], reacting: Reacting) -> None:
        self.objects = objects
        self.reacting = reacting
        self.written: list[tuple[str, object]] = []
        self.looks: Callable[[], None] = lambda: None
        """Called before each answer: time goes by at the device."""
        self.agent: StubAgent

    def put(self, oid: str, value: bytes) -> None:
        """Let an object say something else from now on."""
        name = ber.name(oid)
        assert name in self.agent.values
        self.agent.values[name] = value
        self.agent.objects = [
            (one, value if one == name else was) for one, was in self.agent.objects
        ]
        self.agent.after = {
            before: (one, value if one == name else was)
            for before, (one, was) in self.agent.after.items()
        }

    def number(self, oid: str, value: int) -> None:
        self.put(oid, ber.number(value))

    def answer(self, agent: StubAgent, asked: Asked) -> list[bytes]:
        """As an agent should."""
        self.looks()
        if asked.kind != SET:
            return proper(agent, asked)
        found = [(name, agent.values.get(name, b"\x80\x00")) for name in asked.names]
        for place, (oid, value) in enumerate(_written(agent.came[-1]), 1):
            self.written.append((oid, value))
            if status := self.reacting(self, oid, value):
                return [said(asked, found, status, place)]
        return [said(asked, found)]


def _written(data: bytes) -> list[tuple[str, object]]:
    """Names and values of a message of v2c."""
    _, at, end = element(data, 0, len(data))
    for _ in range(2):  # version, community
        _, _, at = element(data, at, end)
    _, at, end = element(data, at, end)  # the PDU
    for _ in range(3):  # number, status, place
        _, _, at = element(data, at, end)
    _, at, end = element(data, at, end)
    return [(one.name, one.value) for one in bindings(data[at:end])]


@contextlib.asynccontextmanager
async def writable(objects: Sequence[Object], reacting: Reacting) -> AsyncGenerator[Writable, None]:
    """One that listens."""
    device = Writable(objects, reacting)
    async with stub(objects, device.answer) as agent:
        device.agent = agent
        yield device
