"""An SNMP agent in the test's own process: serves what it is given, misbehaves as it is told."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from opsconsole.transports.snmp import ber
from opsconsole.transports.snmp.message import BULK, GET, NEXT, RESPONSE, SET
from opsconsole.varbind import INTEGER, NAME, OCTETS, SEQUENCE, element
from tests.servers.port import PORT

_ADDRESSES = (f"127.68.{a}.{b}" for a, b in itertools.product(range(20, 200), range(1, 250)))

Object = tuple[bytes, bytes]
"""Content of the name, and the whole value."""


class Asked(NamedTuple):
    """A question of v1 or v2c, as it came."""

    version: int
    kind: int
    number: int
    first: int
    second: int
    names: list[bytes]
    values: list[bytes]
    """Whole, as they came."""


def understood(data: bytes) -> Asked:
    _, at, end = element(data, 0, len(data))
    _, start, stop = element(data, at, end)
    version = data[start]
    _, _, stop = element(data, stop, end)
    kind, at, end = element(data, stop, end)
    numbers: list[int] = []
    for _ in range(3):
        _, start, at = element(data, at, end)
        numbers.append(int.from_bytes(data[start:at], "big"))
    _, at, end = element(data, at, end)
    names: list[bytes] = []
    values: list[bytes] = []
    while at < end:
        _, start, at = element(data, at, end)
        _, start, stop = element(data, start, at)
        names.append(data[start:stop])
        values.append(data[stop:at])
    return Asked(version, kind, numbers[0], numbers[1], numbers[2], names, values)


def bound(objects: Sequence[Object]) -> bytes:
    return b"".join(ber.packed(SEQUENCE, ber.packed(NAME, name), value) for name, value in objects)


def said(asked: Asked, objects: Sequence[Object], status: int = 0, index: int = 0) -> bytes:
    """A proper answer with these objects."""
    inner = ber.packed(
        RESPONSE,
        ber.number(asked.number),
        ber.number(status),
        ber.number(index),
        ber.packed(SEQUENCE, bound(objects)),
    )
    return ber.packed(SEQUENCE, ber.number(asked.version), ber.packed(OCTETS, b"public"), inner)


Answering = Callable[["StubAgent", Asked], "Sequence[bytes]"]
"""Datagrams that answer a question; none for silence."""


class StubAgent(asyncio.DatagramProtocol):
    """Bound to an address of its own; `asked` holds what it was asked."""

    def __init__(self, objects: Sequence[Object], answering: Answering) -> None:
        self.objects = list(objects)
        self.after = {a: b for (a, _), b in itertools.pairwise(objects)}
        self.values = dict(objects)
        self.asked: list[Asked] = []
        self.came: list[bytes] = []
        self.came_one = asyncio.Event()
        self.heard: Callable[[bytes, tuple[str, int]], None] = self._heard
        self.answering = answering
        self.transport: asyncio.DatagramTransport
        self.address = next(_ADDRESSES)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard(data, addr)

    def _heard(self, data: bytes, addr: tuple[str, int]) -> None:
        self.came_one.set()
        self.came.append(data)
        asked = understood(data)
        self.asked.append(asked)
        for answer in self.answering(self, asked):
            self.transport.sendto(answer, addr)

    def put(self, name: bytes, value: bytes) -> None:
        """Another value for an object that it has."""
        at = next(at for at, (known, _) in enumerate(self.objects) if known == name)
        self.objects[at] = (name, value)
        self.after = {a: b for (a, _), b in itertools.pairwise(self.objects)}
        self.values[name] = value

    def next(self, name: bytes) -> Object | None:
        """What follows in the agent's own order; of a name it does not have, in that of names."""
        if name in self.after:
            return self.after[name]
        if name in self.values:
            return None
        numbers = _numbers(name)
        return next((one for one in self.objects if _numbers(one[0]) > numbers), None)


def _numbers(name: bytes) -> list[int]:
    found: list[int] = []
    value = 0
    for byte in name:
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            found.append(value)
            value = 0
    return found


def writable(agent: StubAgent, asked: Asked) -> list[bytes]:
    """As an agent should answer to who may write."""
    if asked.kind != SET:
        return proper(agent, asked)
    for name, value in zip(asked.names, asked.values, strict=True):
        agent.put(name, value)
    return [said(asked, list(zip(asked.names, asked.values, strict=True)))]


def proper(agent: StubAgent, asked: Asked) -> list[bytes]:
    """As an agent should answer."""
    if asked.kind == GET:
        found = [(name, agent.values.get(name, b"\x80\x00")) for name in asked.names]
        if asked.version == 0 and any(value == b"\x80\x00" for _, value in found):
            index = [value for _, value in found].index(b"\x80\x00") + 1
            return [said(asked, found, 2, index)]
        return [said(asked, found)]
    rounds = asked.second if asked.kind == BULK else 1
    found = list[Object]()
    names = asked.names
    for _ in range(rounds):
        row = [agent.next(name) or (name, b"\x82\x00") for name in names]
        if asked.version == 0 and any(value == b"\x82\x00" for _, value in row):
            index = [value for _, value in row].index(b"\x82\x00") + 1
            return [said(asked, [(name, b"\x05\x00") for name in asked.names], 2, index)]
        found += row
        names = [name for name, _ in row]
        if all(value == b"\x82\x00" for _, value in row):
            break
    assert asked.kind in {BULK, NEXT}
    return [said(asked, found)]


UPTIME = (ber.name("1.3.6.1.2.1.1.3.0"), b"\x43\x02\x12\x34")


def table(oid: str, columns: int, rows: int) -> list[Object]:
    """Numbers: the column times a thousand, and the row."""
    return [
        (ber.name(f"{oid}.{column}.{row}"), ber.number(1000 * column + row))
        for column in range(1, columns + 1)
        for row in range(1, rows + 1)
    ]


def recorded(path: Path) -> list[Object]:
    """Objects of a recording of snmpsim, in its order."""
    found: list[Object] = []
    for line in path.read_text("utf-8", "surrogateescape").splitlines():
        if not line:
            continue
        oid, kind, value = line.split("|", 2)
        found.append((ber.name(oid), _recorded(kind, value)))
    return found


def _recorded(kind: str, value: str) -> bytes:
    tag = int(kind.rstrip("xe:").split(":")[0])
    if kind.endswith("x"):
        return ber.packed(tag, bytes.fromhex(value))
    if tag == NAME:
        return ber.packed(NAME, ber.name(value)) if value else b"\x06\x01\x00"
    if tag in {INTEGER, 65, 66, 67, 70}:
        return ber.number(int(value), tag)
    if tag == 64:
        return ber.packed(tag, bytes(map(int, value.split("."))))
    return ber.packed(tag, value.encode("utf-8", "surrogateescape"))


@contextlib.asynccontextmanager
async def stub(
    objects: Sequence[Object] = (UPTIME,), answering: Answering = proper
) -> AsyncGenerator[StubAgent, None]:
    """One that listens."""
    loop, one = asyncio.get_running_loop(), StubAgent(objects, answering)
    await loop.create_datagram_endpoint(lambda: one, local_addr=(one.address, PORT))
    try:
        yield one
    finally:
        one.transport.close()
        await asyncio.sleep(0)  # it lets its socket go in the next turn
