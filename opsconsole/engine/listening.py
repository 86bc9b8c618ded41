"""Who listens to all that is collected: the rules, the observer and the recorder."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from opsconsole import registry
from opsconsole.engine.alerting import Alerting, paces, subjects
from opsconsole.engine.happening import Happening
from opsconsole.engine.recording import flight_recorder
from opsconsole.estate import Estate
from opsconsole.model import Sample, Target
from opsconsole.observer import Observer
from opsconsole.ports import Call, Upward
from opsconsole.rules import memory


class Listening:
    """Everything in the collector's process that hears samples beside the bus."""

    def __init__(
        self,
        estate: Estate,
        targets: Sequence[Target],
        loop: asyncio.AbstractEventLoop,
        publish: Callable[[Upward], None],
    ) -> None:
        self._recorder = flight_recorder(estate, loop, publish)
        observer = Observer(targets, registry.integrations())
        kept = [self._recorder.note] if self._recorder else []
        self.happening = Happening(observer, publish, *kept)
        """Where what happens is told, whoever sees it."""
        judged = subjects(targets, registry.integrations(), estate.rulebook)
        self._alerting = Alerting(
            judged,
            estate.rulebook,
            publish,
            memory.default_path(estate.source),
            tell=[self.happening.tell],
        )
        self.paces: Mapping[str, Mapping[str, float]] = paces(judged)
        """Probes to read for their sake: what `Collector` takes."""
        self.hear: list[Callable[[list[Sample]], None]] = [
            self._alerting.hear,
            self.happening.hear,
        ]
        """What `Collector` takes."""
        if self._recorder is not None:
            self.hear.append(self._recorder.take)

    def start(self) -> None:
        """Begin, after the collector's hello."""
        self._alerting.start()

    def take(self, call: Call) -> bool:
        """Answer a call of the console; whether it was for one of us."""
        return self._alerting.take(call)

    async def close(self) -> None:
        """Keep what is known; nothing is heard any more."""
        await self._alerting.close()
        if self._recorder is not None:
            await asyncio.to_thread(self._recorder.close)
