"""A real Modbus TCP server of pymodbus, on an address of its own, in the loop of the test."""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from tests.servers.port import PORT

_ADDRESSES = (f"127.91.{a}.{b}" for a, b in itertools.product(range(1, 200), range(1, 250)))

SIZE = 128
"""Registers of a device; those that nobody gave a value are no address of it."""

HOLDING, INPUT = frozenset({3, 6, 16}), frozenset({4})


class Device:
    """One unit: its registers by address, as they go over the wire, and 16 coils."""

    def __init__(
        self, holding: Mapping[int, int], inputs: Mapping[int, int] | None = None, coils: int = 0
    ) -> None:
        """`coils` are bits, the lowest first."""
        self.changes = dict[tuple[bool, int], int]()
        """Registers that change before they are read next; True for holding ones."""
        self.holding: list[int] = []
        self.busy = False
        self.mute = frozenset[int]()
        """Functions that are done and never answered."""
        self.over = asyncio.Event()
        bits = [
            SimData(0, values=[bool(coils >> n & 1) for n in range(16)], datatype=DataType.BITS)
        ]
        self._blocks = (bits, bits, _block(holding), _block(inputs or {0: 0}))

    def unit(self, number: int) -> SimDevice:
        """The device as the server wants it."""
        return SimDevice(number, self._blocks, action=self._accessed)

    async def _accessed(
        self,
        code: int,
        _start: int,
        address: int,
        count: int,
        registers: list[int],
        values: Sequence[int] | None,
    ) -> ExcCodes | None:
        if self.busy:
            return ExcCodes.DEVICE_BUSY
        if code in self.mute:
            if values:
                registers[address : address + count] = values
            await self.over.wait()
        for (holding, address), value in self.changes.items():
            if code in (HOLDING if holding else INPUT):
                registers[address] = value
        if code in HOLDING:
            self.holding = registers
        return None


def _block(cells: Mapping[int, int]) -> list[SimData]:
    return [
        SimData(n, values=cells[n], datatype=DataType.REGISTERS)
        if n in cells
        else SimData(n, datatype=DataType.INVALID)
        for n in range(SIZE)
    ]


class Site:
    """The server, and every request it got."""

    def __init__(self, devices: Mapping[int, Device]) -> None:
        self.address = next(_ADDRESSES)
        self.port = PORT
        self.requests: list[tuple[int, int, int, int]] = []
        """Unit, function, address, count."""
        self.devices = devices
        self.server = ModbusTcpServer(
            [one.unit(number) for number, one in devices.items()],
            address=(self.address, self.port),
            trace_pdu=self._note,
        )

    async def stop(self) -> None:
        """Close it and all its connections; safe to call twice."""
        shutdown: Any = self.server.shutdown  # Any: the library says no types here
        await shutdown()

    def _note(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            self.requests.append((pdu.dev_id, pdu.function_code, pdu.address, pdu.count))
        return pdu


@asynccontextmanager
async def modbus(devices: Mapping[int, Device]) -> AsyncGenerator[Site, None]:
    """A server that listens within the context."""
    site = Site(devices)
    await site.server.serve_forever(background=True)
    try:
        yield site
    finally:
        for one in devices.values():
            one.over.set()
        await site.stop()
