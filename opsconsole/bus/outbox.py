"""What waits to cross a bus: the newest sample of each pair, and control messages in order."""

import itertools
from typing import Generic, TypeVar, cast

from opsconsole.alert import Alerts
from opsconsole.errors import BusClosed
from opsconsole.model import Sample
from opsconsole.ports import Interest, Ledger, Samples

Message = TypeVar("Message")

LIMIT = 1000
"""Control messages that may wait; a peer this far behind does not read at all."""


class Outbox(Generic[Message]):
    """Bounded without ever blocking: samples and states give way to newer ones, the rest is kept.

    At most one sample per (probe, target), one `Interest`, one `Ledger` and one `Alerts` wait, the
    last with the newest of each alert. All other control messages are kept, up to a limit that
    only a peer that stopped reading can reach.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.dropped = 0
        """Samples that gave way to newer ones."""
        self._limit = limit
        self._samples: dict[tuple[str, str], Sample] = {}
        self._control: dict[object, Message] = {}
        self._turn = itertools.count()

    def put(self, message: Message) -> None:
        """Keep a message; raises `BusClosed` when too many wait."""
        if isinstance(message, Samples):
            waiting = self._samples
            for sample in message.samples:
                pair = (sample.probe, sample.target)
                if pair in waiting:
                    self.dropped += 1
                waiting[pair] = sample
        elif isinstance(message, Interest | Ledger):
            self._control[type(message)] = message
        elif isinstance(message, Alerts):
            self._control[Alerts] = cast("Message", self._joined(message))
        elif len(self._control) >= self._limit:
            raise BusClosed(f"the other side stopped reading: {self._limit} messages wait for it")
        else:
            self._control[next(self._turn)] = message

    def _joined(self, message: Alerts) -> Alerts:
        """What waits of alerts, with a later message laid over it."""
        waiting = cast("Alerts | None", self._control.get(Alerts))
        if waiting is None or message.whole:
            return message
        alerts = {one.id: one for one in (*waiting.alerts, *message.alerts)}
        silences = waiting.silences if message.silences is None else message.silences
        return Alerts(list(alerts.values()), waiting.whole, silences)

    @property
    def has_samples(self) -> bool:
        """Whether a sample waits."""
        return bool(self._samples)

    @property
    def has_control(self) -> bool:
        """Whether anything but samples waits."""
        return bool(self._control)

    def take_control(self) -> list[Message]:
        """Remove and return what is not samples, oldest first."""
        taken = list(self._control.values())
        self._control.clear()
        return taken

    def take_samples(self) -> list[Sample]:
        """Remove and return the waiting samples."""
        taken = list(self._samples.values())
        self._samples.clear()
        return taken
