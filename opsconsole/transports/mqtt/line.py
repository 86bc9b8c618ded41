"""A connection with what is heard over it, held to the map of its target as that changes."""

import contextlib
import time
from collections.abc import Callable

from opsconsole.errors import TargetError
from opsconsole.fieldmap import Kept
from opsconsole.fieldmap.message import Answer, Judge
from opsconsole.fieldmap.topic import Map
from opsconsole.transports.mqtt.keep import Keep
from opsconsole.transports.mqtt.wire import Way, Wire

GAP_S = 0.2
"""Seconds of silence after which it has told all that it had kept."""

SETTLES_S = 3.0
"""Seconds in which a broker tells what it had kept, behind its word that we may hear it."""


class Line:
    """Hears what its map names."""

    def __init__(
        self, way: Way, points: Kept[Map], keep: Keep, lost: Callable[[TargetError], None]
    ) -> None:
        """`lost` is called once, when the connection went by itself."""
        self.points = points
        self.keep = keep
        self.wire = Wire(way, keep.hear, lost)
        self._heard: frozenset[str] = frozenset()
        self._refused: dict[str, str] = {}

    async def begin(self) -> None:
        """Connect, and hear what the broker had kept; raises a `TargetError`."""
        await self.points.now()
        await self.wire.connect()
        with contextlib.ExitStack() as failed:
            failed.callback(self.wire.close)
            await self.known()
            await self.keep.quiet(GAP_S, SETTLES_S)
            failed.pop_all()

    async def known(self) -> Map:
        """The map as it is now; what it names is heard, what it no longer names is not."""
        known = await self.points.now()
        topics = known.topics
        if topics != self._heard:
            self.keep.want(topics)
            gone, new = self._heard - topics, topics - self._heard
            self._heard = topics
            try:
                await self.wire.unsubscribe(gone)
                refused = await self.wire.subscribe(new)
            except TargetError:
                self._heard = frozenset()
                raise
            kept = {topic: why for topic, why in self._refused.items() if topic in topics - new}
            self._refused = kept | refused
        return known

    async def settled(self, key: str) -> None:
        """Wait for the first message of a point and its device, as long as one may have to."""
        known = await self.known()
        point = known.points[key]
        topics = {point.topic}
        if point.presence:
            topics.add(known.presences[point.presence].topic)
        await self.keep.until(topics - self._refused.keys(), SETTLES_S)

    def judge(self, known: Map) -> Judge:
        """What the messages say now."""
        return Judge(known, self.keep.messages, self._refused, self.keep.since, time.time())

    async def told(self) -> Answer:
        """All points, each with its value or why it has none."""
        known = await self.known()
        return self.judge(known).all(self.points.name)
