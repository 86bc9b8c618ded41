"""A way to one server: logs in, sends the commands of an exchange together, takes the answers."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import NoReturn, cast

import redis.exceptions

from opsconsole import reply
from opsconsole.errors import Lost
from opsconsole.question import Part
from opsconsole.transports.redis.faults import of_failure
from opsconsole.transports.redis.wire import Flood, Wire, budget, received

NAME = b"opsconsole"
"""What the server's list of clients calls us."""

PATIENCE = 60.0
"""Seconds for all of an exchange: behind its own time-out, so that nothing is waited for always."""

GREETING_S = 2.0
"""Seconds that a server has to say why it closes connections at once."""

_64 = 1 << 63

Words = tuple[bytes, ...]

_FAILURES = (redis.exceptions.RedisError, Flood, OSError, ValueError, RecursionError)


class Link:
    """One connection; exchanges follow one another. Lost, it is made anew by the next one."""

    def __init__(self, target: str, make: Callable[[], Wire], login: Words = ()) -> None:
        """`login` is the whole AUTH command, where there is a password."""
        self._target = target
        self._make = make
        self._login = login
        self._turn = asyncio.Lock()
        self._wire: Wire | None = None
        self._received = 0
        self._sent = 0

    @property
    def traffic(self) -> tuple[int, int]:
        """Bytes received and sent."""
        return self._received + (received(self._wire) if self._wire else 0), self._sent

    async def ask(self, commands: Sequence[Words]) -> list[Part]:
        """Send all commands at once and read all answers; one that is refused spoils no other.

        Raises a `TargetError` when there is no answer; the connection is closed then.
        """
        async with self._turn:
            wire = await self._ready()
            return await self._exchange(wire, commands)

    async def connect(self) -> None:
        """Be there and logged in; raises a `TargetError`."""
        async with self._turn:
            await self._ready()

    async def _ready(self) -> Wire:
        if self._wire is not None and self._wire.is_connected:
            return self._wire
        await self._drop()
        self._wire = wire = self._make()
        try:
            await wire.connect()
        except _FAILURES as error:
            await self._fail(error)
        hello = ((b"CLIENT", b"SETNAME", NAME), (b"PING",))
        logins = (self._login,) if self._login else ()
        try:
            *logged, _, ping = await self._exchange(wire, (*logins, *hello))
        except Lost as error:
            if said := await self._greeting():
                raise reply.fault(said, self._target) from None
            raise error from None
        for part in (*logged, ping):
            await self._judge(part)
        return wire

    async def _judge(self, part: Part) -> None:
        """End it when we are not let in; what else a hello may say is no reason to leave."""
        said = reply.why(part)
        if said is not None and (said.code not in {"NOPERM", "LOADING", "MASTERDOWN", "MISCONF"}):
            await self._drop()
            raise reply.fault(said, self._target)

    async def _greeting(self) -> reply.Refusal | None:
        """What the server says to who says nothing: a full one answers before any command, and
        what we send meanwhile resets the connection under that answer.
        """
        self._wire = wire = self._make()
        try:
            async with asyncio.timeout(GREETING_S):
                await wire.connect()
                budget(wire)
                return reply.why(await _answer(wire))
        except (*_FAILURES, TimeoutError):
            return None
        finally:
            await self._drop()

    async def _exchange(self, wire: Wire, commands: Sequence[Words]) -> list[Part]:
        packed = wire.pack_commands(commands)
        self._sent += sum(map(len, packed))
        budget(wire)
        whole = False
        try:
            async with asyncio.timeout(PATIENCE):
                await wire.send_packed_command(packed, check_health=False)
                parts = [await _answer(wire) for _ in commands]
            whole = True
        except _FAILURES as error:
            await self._fail(error)
        finally:
            if not whole:  # also when it was given up: what still comes answers nothing
                await self._drop()
        return parts

    async def _fail(self, error: Exception) -> NoReturn:
        await self._drop()
        raise of_failure(self._target, error) from None

    async def _drop(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            self._received += received(wire)
            with contextlib.suppress(redis.exceptions.RedisError, OSError):
                await wire.disconnect(nowait=True)

    async def close(self) -> None:
        """Close it; safe to call twice."""
        await self._drop()


async def _answer(wire: Wire) -> Part:
    try:
        value = await wire.read_response(disconnect_on_error=False)
    except redis.exceptions.ResponseError as error:
        return refusal(str(error))
    return reply.given(_plain(value))


def refusal(said: str) -> Part:
    """The words of a server as a part: code, message."""
    code, _, message = said.partition(" ")
    return reply.refused(code, message) if code.isupper() else reply.refused("", said)


def _plain(value: object) -> object:
    """What can be packed: a refusal within a list becomes text, an absurd number too."""
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[object]", value)]
    if isinstance(value, redis.exceptions.ResponseError):
        return str(value).encode()
    if isinstance(value, int) and not -_64 <= value < _64:
        return b"%d" % value
    return value
