"""Who listens to all that is collected: rules, observer, recorder, and who tells of alerts."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping, Sequence

from opsconsole import registry
from opsconsole.alert import Alerts
from opsconsole.audit import AuditLog, told
from opsconsole.engine.alerting import Alerting, paces, subjects
from opsconsole.engine.happening import Happening
from opsconsole.engine.outside import Outside
from opsconsole.engine.recording import archive_of, flight_recorder, recording_folder
from opsconsole.errors import Unrecorded
from opsconsole.estate import Estate
from opsconsole.model import Sample, Target
from opsconsole.observer import Observer
from opsconsole.ports import Call, Recorder, Upward
from opsconsole.rules import memory
from opsconsole.rules.others import Others


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
        self._estate = estate
        self._began = time.time()
        self._observer = Observer(targets, registry.integrations())
        self._recalling: asyncio.Task[None] | None = None
        kept = [self._recorder.note] if self._recorder else []
        self.happening = Happening(self._observer, publish, *kept)
        """Where what happens is told, whoever sees it."""
        others = Others()
        told_of = _kept(publish, self._recorder), self.happening.tell, others
        self._outside = Outside(estate, targets, registry.integrations(), *told_of)
        judged = subjects(targets, registry.integrations(), estate.rulebook)
        policy = estate.policy
        self._alerting = Alerting(
            judged,
            estate.rulebook,
            self._outside.publish,
            memory.default_path(estate.source),
            audit=AuditLog(heard=lambda record: self.happening.tell(told([record]))),
            tell=[self.happening.tell],
            shut=(read_only or policy.read_only) and not policy.read_only_acknowledges,
            others=others,
        )
        self.paces: Mapping[str, Mapping[str, float]] = paces(judged)
        """Probes to read for their sake: what `Collector` takes."""
        self.hear: list[Callable[[list[Sample]], None]] = [
            *(self._alerting.hear, self.happening.hear, self._outside.hear),
            *([self._recorder.take] if self._recorder else []),
        ]
        """What `Collector` takes."""

    def start(self) -> None:
        """Begin, after the collector's hello."""
        self._outside.start()
        self._alerting.start()
        if self._recorder is not None:
            self._recalling = asyncio.get_running_loop().create_task(self._recall())

    async def _recall(self) -> None:
        """Compare what targets say now with the end of the recording, as far as there is one."""
        try:
            known = await asyncio.to_thread(self._last)
        except Unrecorded:
            return
        self.happening.tell(self._observer.remember(known))

    def _last(self) -> list[Sample]:
        """In a thread."""
        with contextlib.closing(archive_of(recording_folder(self._estate))) as past:
            return past.rows_before(self._began, self._observer.pairs)

    def take(self, call: Call) -> bool:
        """Answer a call of the console; whether it was for one of us."""
        return self._alerting.take(call)

    async def close(self) -> None:
        """Keep what is known; nothing is heard any more."""
        if self._recalling is not None:
            self._recalling.cancel()
        await self._alerting.close()
        await self._outside.close()
        if self._recorder is not None:
            await asyncio.to_thread(self._recorder.close)


def _kept(publish: Callable[[Upward], None], recorder: Recorder | None) -> Callable[[Upward], None]:
    """Tell the console, and the recorder what is told of alerts: ours and those of others."""

    def tell(message: Upward) -> None:
        if isinstance(message, Alerts) and recorder is not None:
            recorder.alert(message)
        publish(message)

    return tell
