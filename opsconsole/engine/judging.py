"""Alerts without a console: judged like any, cared for by who has one, and kept by nobody here."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from opsconsole import registry
from opsconsole.alert import Alert, Alerts
from opsconsole.engine.alerting import TICK, paces, subjects
from opsconsole.engine.outside import Outside
from opsconsole.estate import Estate
from opsconsole.model import Sample, Target
from opsconsole.ports import Upward
from opsconsole.rules import Engine, memory, shared
from opsconsole.rules.others import Others


class Judging:
    """A rule engine that tells its alerts, and writes, calls and records nothing.

    Who takes care of what is followed in the file that a console's collector keeps.
    """

    def __init__(
        self,
        estate: Estate,
        targets: Sequence[Target],
        publish: Callable[[Upward], None],
        wall: Callable[[], float] = time.time,
    ) -> None:
        known = registry.integrations()
        judged = subjects(targets, known, estate.rulebook)
        self._wall = wall
        self._path = memory.default_path(estate.source)
        self._others = Others()
        # People are told by who keeps a console open: twice is once too often.
        silent = replace(estate, channels=())
        self._outside = Outside(silent, targets, known, publish, others=self._others)
        self._engine = Engine(judged, wall(), estate.rulebook.quiets)
        self._others.covering = self._engine.hush.covering
        kept, self._seen = shared.news(self._path, None)
        if kept is not None:
            memory.recall(self._engine, kept)
            self._others.recall(kept.others, self._engine.targets)
        self._task: asyncio.Task[None] | None = None
        self.paces: Mapping[str, Mapping[str, float]] = paces(judged)
        """What `Collector` takes."""
        self.hear: list[Callable[[list[Sample]], None]] = [self._engine.hear, self._outside.hear]
        """What `Collector` takes."""

    def start(self) -> None:
        """Tell all there is, and begin to tick; on a running loop, after the collector's hello."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        self._engine.hush.tick(self._wall())
        silences = self._engine.hush.all
        self._outside.publish(Alerts(self._engine.whole(), whole=True, silences=silences))
        while True:
            await asyncio.sleep(TICK)
            kept, self._seen = await asyncio.to_thread(shared.news, self._path, self._seen)
            if kept is not None:
                self._tell(shared.heed(self._engine, self._others, kept))
            change = self._engine.tick(self._wall())
            self._tell(self._others.expire(self._engine.now))
            change.alerts += self._others.hear(change.own)
            if change.silences is not None:
                change.alerts += self._others.whole()
            if change.alerts or change.silences is not None:
                self._outside.publish(Alerts(change.alerts, False, change.silences))

    def _tell(self, alerts: list[Alert]) -> None:
        if alerts:
            self._outside.publish(Alerts(alerts, whole=False))

    async def close(self) -> None:
        """Judge no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._outside.close()
