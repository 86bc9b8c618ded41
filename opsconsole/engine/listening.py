"""Who listens to all that is collected: the rules, the recorder, and who tells of alerts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from opsconsole import registry
from opsconsole.engine.alerting import Alerting, paces, subjects
from opsconsole.engine.outside import Outside
from opsconsole.engine.recording import flight_recorder
from opsconsole.estate import Estate
from opsconsole.model import Sample, Target
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
        *,
        read_only: bool = False,
    ) -> None:
        """With `read_only` alerts are taken on only where the estate's policy says so."""
        self._recorder = flight_recorder(estate, loop, publish)
        policy = estate.policy
        self._outside = Outside(estate, targets, registry.integrations(), publish)
        judged = subjects(targets, registry.integrations(), estate.rulebook)
        self._alerting = Alerting(
            judged,
            estate.rulebook,
            self._outside.publish,
            memory.default_path(estate.source),
            tell=[self._recorder.note] if self._recorder else (),
            shut=(read_only or policy.read_only) and not policy.read_only_acknowledges,
        )
        self.paces: Mapping[str, Mapping[str, float]] = paces(judged)
        """Probes to read for their sake: what `Collector` takes."""
        self.hear: list[Callable[[list[Sample]], None]] = [
            self._alerting.hear,
            self._outside.hear,
        ]
        """What `Collector` takes."""
        if self._recorder is not None:
            self.hear.append(self._recorder.take)

    def start(self) -> None:
        """Begin, after the collector's hello."""
        self._outside.start()
        self._alerting.start()

    def take(self, call: Call) -> bool:
        """Answer a call of the console; whether it was for one of us."""
        return self._alerting.take(call)

    async def close(self) -> None:
        """Keep what is known; nothing is heard any more."""
        await self._alerting.close()
        await self._outside.close()
        if self._recorder is not None:
            await asyncio.to_thread(self._recorder.close)
