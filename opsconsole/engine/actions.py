"""The console's way to the executor: calls and replies across the bus."""

import asyncio
import itertools
from collections.abc import Callable

import msgspec

from opsconsole.errors import BusClosed, Refused
from opsconsole.executor import APPROVE, PROPOSE, Approval, Request
from opsconsole.ports import Call, Reply


class ConsoleActions:
    """The console's `ActionPort`: asks the executor across the bus."""

    def __init__(self, send: Callable[[Call], None]) -> None:
        self._send = send
        self._turn = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}

    async def propose(self, action: str, target: str, identity: str, arguments: bytes) -> bytes:
        """Ask for a plan (msgpack of `Plan`); nothing runs. Raises `Refused` or `BusClosed`."""
        return await self._call(PROPOSE, Request(action, target, identity, arguments))

    async def approve(self, plan: str, confirmation: str) -> bytes:
        """Run the plan with that hash; returns msgpack of its `Outcome`.

        Raises `Refused`; `BusClosed` when the collector went: what was done is not known then.
        """
        return await self._call(APPROVE, Approval(plan, confirmation))

    async def _call(self, verb: str, body: Request | Approval) -> bytes:
        number = next(self._turn)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send(Call(number, verb, msgspec.msgpack.encode(body)))
        try:
            reply: bytes = await future
            return reply
        finally:
            del self._waiting[number]

    def settle(self, reply: Reply) -> None:
        """Hand a reply to who waits for it."""
        future = self._waiting.get(reply.id)
        if future is not None and not future.done():
            if reply.error:
                future.set_exception(Refused(reply.error))
            else:
                future.set_result(reply.body)

    def abandon(self, reason: str) -> None:
        """Tell all who wait that the collector is gone."""
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BusClosed(reason))
