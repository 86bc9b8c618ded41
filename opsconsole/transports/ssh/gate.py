"""How many handshakes run at once: sshd drops newcomers above MaxStartups, and each costs CPU."""

import asyncio
import weakref
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

PER_ENDPOINT = 6
"""Unauthenticated connections to one sshd; its default starts to drop at 10, others log in too."""

OVERALL = 24
"""Handshakes of all targets together."""

PATIENCE = 3.0
"""Seconds after which a handshake no longer keeps others waiting: it waits itself, for its host."""


class Gate:
    """Bounds handshakes, per endpoint and overall; a host that hangs delays only itself."""

    def __init__(self) -> None:
        self._overall = asyncio.Semaphore(OVERALL)
        self._endpoints: weakref.WeakValueDictionary[object, asyncio.Semaphore] = (
            weakref.WeakValueDictionary()
        )

    @asynccontextmanager
    async def endpoint(self, key: object) -> AsyncGenerator[None, None]:
        """Hold one of the endpoint's places: from before the connect until logged in."""
        places = self._endpoints.get(key)
        if places is None:
            places = self._endpoints[key] = asyncio.Semaphore(PER_ENDPOINT)
        async with places:
            yield

    @asynccontextmanager
    async def overall(self) -> AsyncGenerator[None, None]:
        """Hold one place of all, at most for `PATIENCE` seconds."""
        await self._overall.acquire()
        loop = asyncio.get_running_loop()
        late = loop.call_later(PATIENCE, self._overall.release)
        due = late.when()
        try:
            yield
        finally:
            if loop.time() < due:
                late.cancel()
                self._overall.release()
