"""The console's way to the executor: calls and replies across the bus."""

import asyncio
import itertools
from collections.abc import Callable, Sequence

import msgspec

from opsconsole.errors import BusClosed
from opsconsole.executor import (
    APPROVE,
    ARM,
    CANCEL,
    NOTE,
    OPTIONS,
    PROPOSE,
    Arm,
    Choices,
    refusal,
)
from opsconsole.plan import Approval, Note, Option, Outcome, Request, Standing, Thing
from opsconsole.ports import Call, Reply


class ConsoleActions:
    """The console's `ActionPort`: asks the executor across the bus."""

    def __init__(self, send: Callable[[Call], None]) -> None:
        self._send = send
        self._turn = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}

    async def options(self, things: Sequence[Thing], actions: Sequence[str]) -> list[Option]:
        """What a menu shows of these actions for these objects."""
        body = await self.call(OPTIONS, Choices(tuple(things), tuple(actions)))
        return msgspec.msgpack.decode(body, type=list[Option])

    async def propose(self, request: Request) -> bytes:
        """Ask for a plan (msgpack of `Plan`); nothing runs. Raises `Refused` or `BusClosed`."""
        return await self.call(PROPOSE, request)

    async def approve(self, approval: Approval) -> Outcome:
        """Run the plan with that hash; returns how it ended.

        Raises `Refused`; `BusClosed` when the collector went: what was done is not known then.
        """
        return msgspec.msgpack.decode(await self.call(APPROVE, approval), type=Outcome)

    async def cancel(self, plan: str) -> None:
        """Stop a plan that runs or waits. Raises `Refused` or `BusClosed`."""
        await self.call(CANCEL, plan)

    async def arm(self, seconds: float, pattern: str) -> Standing:
        """Lift read-only for a while; 0 seconds falls back at once. Raises `Refused`."""
        body = await self.call(ARM, Arm(seconds, pattern))
        return msgspec.msgpack.decode(body, type=Standing)

    async def note(self, note: Note) -> None:
        """Write down what was done of a runbook. Raises `Refused` when it cannot be."""
        await self.call(NOTE, note)

    async def call(self, verb: str, body: object) -> bytes:
        """Send a verb with its body; returns the body of the reply. Raises `Refused`."""
        number = next(self._turn)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send(Call(number, verb, msgspec.msgpack.encode(body)))
            reply: bytes = await future
            return reply
        finally:
            del self._waiting[number]

    def settle(self, reply: Reply) -> None:
        """Hand a reply to who waits for it."""
        future = self._waiting.get(reply.id)
        if future is not None and not future.done():
            if reply.error:
                future.set_exception(refusal(reply.error))
            else:
                future.set_result(reply.body)

    def abandon(self, reason: str) -> None:
        """Tell all who wait that the collector is gone."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BusClosed(reason))
