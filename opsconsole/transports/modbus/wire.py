"""pymodbus as this transport uses it: one connection, no attempts of its own, nothing printed.

The library's API changes with each minor version: it is known here alone.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from opsconsole.clean import clean
from opsconsole.errors import Lost, Malformed, Unreachable

TIMEOUT_S = 3.0
"""Seconds for one request: a gateway asks a device on a slow line meanwhile."""

EXCEPTIONS = {
    1: "illegal function: it does not read or write that kind of register",
    2: "illegal address: it has no such register",
    3: "illegal value: not so many registers, or no such value",
    4: "device failure: it could not do it",
    5: "acknowledged: it needs longer",
    6: "device is busy",
    8: "memory parity error",
    10: "gateway: no path to that unit",
    11: "gateway: that unit does not answer",
}
"""What the exception codes of Modbus say."""

# Its errors are told by us; without a handler Python would print them over the screen.
for _name in ("pymodbus", "pymodbus.logging"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


class Refused(Exception):
    """An exception response: the device is there and says no to this request."""

    def __init__(self, code: int) -> None:
        super().__init__(EXCEPTIONS.get(code, f"exception {code}"))
        self.code = code


class Silent(Exception):
    """No answer in time to this request."""


class Wire:
    """One connection to a device or gateway; requests follow one another."""

    def __init__(self, target: str, host: str, port: int) -> None:
        self._target = target
        self._where = host, port
        self._turn = asyncio.Lock()
        self._client: AsyncModbusTcpClient | None = None
        self.received = 0
        self.sent = 0
        self.requests = 0

    async def connect(self) -> None:
        """Be there; raises `Unreachable` with why."""
        if self._client is not None and self._client.connected:
            return
        self.close()
        host, port = self._where
        client = AsyncModbusTcpClient(
            host,
            port=port,
            reconnect_delay=0,  # the console tries again by itself
            retries=0,
            timeout=TIMEOUT_S,
            trace_packet=self._counted,
        )
        if not await client.connect():
            client.close()
            raise await self._why()
        self._client = client

    def _counted(self, sending: bool, data: bytes) -> bytes:
        if sending:
            self.sent += len(data)
        else:
            self.received += len(data)
        return data

    async def _why(self) -> Unreachable:
        """The library only says that it is not connected."""
        remedy = "does it speak Modbus TCP, and is `port` right? Few devices take many clients"
        try:
            async with asyncio.timeout(TIMEOUT_S):
                _, writer = await asyncio.open_connection(*self._where)
            writer.close()
        except TimeoutError:
            why = "no answer in time"
        except OSError as error:
            known = error.errno is not None and error.errno > 0
            why = os.strerror(error.errno or 0) if known else "its name is not known"
        else:
            why = "it closed the connection at once"
        return Unreachable(f"{self._target}: {why}", remedy)

    async def read(self, fc: int, unit: int, address: int, count: int) -> list[int]:
        """Registers, or bits as 0 and 1; raises `Refused`, `Silent`, or a `TargetError`."""
        answer = await self._ask(lambda client: _reading(client, fc, unit, address, count))
        found = [int(bit) for bit in answer.bits] if fc in {1, 2} else list(answer.registers)
        if len(found) < count:
            raise Malformed(f"{self._target}: {len(found)} registers where {count} were asked for")
        return found[:count]

    async def write(self, fc: int, unit: int, address: int, words: Sequence[int]) -> None:
        """Write a coil (5), one register (6) or several (16); raises as `read` does."""
        await self._ask(lambda client: _writing(client, fc, unit, address, words))

    async def _ask(self, make: Callable[[AsyncModbusTcpClient], Awaitable[ModbusPDU]]) -> ModbusPDU:
        async with self._turn:
            await self.connect()
            assert self._client is not None
            self.requests += 1
            whole = False
            try:
                answer = await make(self._client)
                whole = True
            except ModbusException as error:
                if not self._client.connected:
                    raise Lost(f"{self._target}: the connection went") from None
                if "No response" in str(error):
                    whole = True
                    raise Silent from None
                raise Malformed(f"{self._target}: {clean(str(error), 160)}") from None
            except (OSError, ValueError, IndexError, KeyError) as error:
                what = f"{self._target}: no proper Modbus: {clean(str(error), 100)}"
                raise Malformed(what, "is `port` that of Modbus TCP?") from None
            finally:
                if not whole:  # also when it was given up: what still comes answers nothing
                    self.close()
        if isinstance(answer, ExceptionResponse):
            raise Refused(answer.exception_code)
        return answer

    def close(self) -> None:
        """Close it; safe to call twice."""
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _reading(
    client: AsyncModbusTcpClient, fc: int, unit: int, address: int, count: int
) -> Awaitable[ModbusPDU]:
    ways = {
        1: client.read_coils,
        2: client.read_discrete_inputs,
        3: client.read_holding_registers,
        4: client.read_input_registers,
    }
    return ways[fc](address, count=count, device_id=unit)


def _writing(
    client: AsyncModbusTcpClient, fc: int, unit: int, address: int, words: Sequence[int]
) -> Awaitable[ModbusPDU]:
    match fc:
        case 5:
            return client.write_coil(address, bool(words[0]), device_id=unit)
        case 6:
            return client.write_register(address, words[0], device_id=unit)
        case _:
            return client.write_registers(address, list(words), device_id=unit)
