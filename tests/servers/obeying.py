"""An SNMP agent of the test that does what it is told, or whatever the test says it does then."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence

from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.message import SET
from opsconsole.varbind import bindings
from tests.servers.agent import Asked, Object, StubAgent, bound, proper, said, stub

Reacting = Callable[["Obeying", str, object], int]
"""Given a name and what was written there: an error status; 0 is that it was done."""


class Obeying:
    """A device: `written` is what it was told, in order."""

    def __init__(self, reacting: Reacting) -> None:
        self.reacting = reacting
        self.written: list[tuple[str, object]] = []
        self.looks: Callable[[], None] = lambda: None
        """Called before each answer: time goes by at the device."""
        self.agent: StubAgent

    def put(self, oid: str, value: bytes) -> None:
        """Let an object say something else from now on."""
        self.agent.put(ber.name(oid), value)

    def number(self, oid: str, value: int) -> None:
        self.put(oid, ber.number(value))

    def answer(self, agent: StubAgent, asked: Asked) -> list[bytes]:
        """As an agent should."""
        self.looks()
        if asked.kind != SET:
            return proper(agent, asked)
        objects = list(zip(asked.names, asked.values, strict=True))
        for place, one in enumerate(bindings(bound(objects)), 1):
            self.written.append((one.name, one.value))
            if status := self.reacting(self, one.name, one.value):
                return [said(asked, objects, status, place)]
        return [said(asked, objects)]


@contextlib.asynccontextmanager
async def obeying(objects: Sequence[Object], reacting: Reacting) -> AsyncGenerator[Obeying, None]:
    """One that listens."""
    device = Obeying(reacting)
    async with stub(objects, device.answer) as agent:
        device.agent = agent
        yield device
