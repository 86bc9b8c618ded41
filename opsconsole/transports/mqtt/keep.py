"""The newest message of each topic that was asked for: bounded in number, in size, and in all."""

import asyncio
import contextlib
import time
from collections.abc import Collection

from opsconsole.fieldmap.message import Message

LONGEST = 64 << 10
"""Bytes of one message that is kept."""

ALL = 8 << 20
"""Bytes of all that are kept."""


class Keep:
    """What was heard, and how long it was listened; it outlives a connection."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.since = time.time()
        self._wanted: frozenset[str] = frozenset()
        self._size = 0
        self._more = asyncio.Event()

    def want(self, topics: frozenset[str]) -> None:
        """Keep these only."""
        if topics == self._wanted:
            return
        self._wanted = topics
        self.since = time.time()
        for topic in [one for one in self.messages if one not in topics]:
            self._size -= len(self.messages.pop(topic).body)

    def hear(self, topic: str, body: bytes, retained: bool) -> None:
        """A message came; one on a topic that nobody asked for is dropped."""
        if topic not in self._wanted:
            return
        if topic in self.messages:
            self._size -= len(self.messages[topic].body)
        why = ""
        if len(body) > LONGEST:
            why = f"a message of {len(body)} bytes; at most {LONGEST >> 10} KiB are read"
        elif self._size + len(body) > ALL:
            why = f"all messages together are more than {ALL >> 20} MiB"
        kept = b"" if why else body
        self._size += len(kept)
        self.messages[topic] = Message(kept, time.time(), retained, why)
        self._more.set()

    async def quiet(self, gap: float, most: float) -> None:
        """Wait until nothing came for so long, or until time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(most):
                while not all(topic in self.messages for topic in self._wanted):
                    self._more.clear()
                    async with asyncio.timeout(gap):
                        await self._more.wait()

    async def until(self, topics: Collection[str], seconds: float) -> None:
        """Wait until there is a message on each, or time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not all(topic in self.messages for topic in topics):
                    self._more.clear()
                    await self._more.wait()
