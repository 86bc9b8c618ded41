"""What waits to cross a bus: the newest of each pair, and control messages in order."""

import itertools
from typing import Generic, TypeVar, cast

from opsconsole.alert import Alerts
from opsconsole.bus.patching import Waiting
from opsconsole.errors import BusClosed
from opsconsole.model import Sample
from opsconsole.ports import Interest, Ledger, Patch, Patches, Samples

Message = TypeVar("Message")

ROWS = 1000
"""Rows of patches that cross at once: so many are packed, read and drawn between two keys."""

LIMIT = 1000
"""Control messages that may wait; a peer this far behind does not read at all."""


class Outbox(Generic[Message]):
    """Bounded without ever blocking: samples and states give way to newer ones, the rest is kept.

    At most one sample per (probe, target), one `Interest`, one `Ledger` and one `Alerts` wait, the
    last with the newest of each alert. Patches are laid over one another, and taken a part at a
    time; a sample and a patch of one pair keep their order. All other control messages are kept,
    up to a limit that only a peer that stopped reading can reach.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.dropped = 0
        """Samples, and rows of patches, that gave way to newer ones."""
        self._limit = limit
        self._samples: dict[tuple[str, str], Sample] = {}
        self._patches: dict[tuple[str, str], Waiting] = {}
        """What comes after the samples of the same pairs."""
        self._faults: dict[tuple[str, str], Sample] = {}
        """What comes after the patches of the same pairs."""
        self._control: dict[object, Message] = {}
        self._turn = itertools.count()

    def put(self, message: Message) -> None:
        """Keep a message; raises `BusClosed` when too many wait."""
        if isinstance(message, Samples):
            for sample in message.samples:
                self._put_sample(sample)
        elif isinstance(message, Patches):
            for patch in message.patches:
                self._put_patch(patch)
        elif isinstance(message, Interest | Ledger):
            self._control[type(message)] = message
        elif isinstance(message, Alerts):
            self._control[Alerts] = cast("Message", self._joined(message))
        elif len(self._control) >= self._limit:
            raise BusClosed(f"the other side stopped reading: {self._limit} messages wait for it")
        else:
            self._control[next(self._turn)] = message

    def _put_sample(self, sample: Sample) -> None:
        pair = (sample.probe, sample.target)
        if pair in self._faults:
            self.dropped += 1
            del self._faults[pair]
        if pair in self._patches:
            if sample.rows is None:
                self._faults[pair] = sample
                return
            self.dropped += 1
            del self._patches[pair]
        if pair in self._samples:
            self.dropped += 1
        self._samples[pair] = sample

    def _put_patch(self, patch: Patch) -> None:
        pair = (patch.probe, patch.target)
        if self._faults.pop(pair, None) is not None:
            self.dropped += 1
        before = self._samples.get(pair)
        # A fault is over, and rows are worth nothing when all come anew.
        if before is not None and (before.rows is None or patch.whole):
            self.dropped += 1
            del self._samples[pair]
        if waiting := self._patches.get(pair):
            self.dropped += waiting.lay(patch)
        else:
            self._patches[pair] = Waiting(patch)

    def _joined(self, message: Alerts) -> Alerts:
        """What waits of alerts, with a later message laid over it."""
        waiting = cast("Alerts | None", self._control.get(Alerts))
        if waiting is None or message.whole:
            return message
        alerts = {one.id: one for one in (*waiting.alerts, *message.alerts)}
        silences = waiting.silences if message.silences is None else message.silences
        return Alerts(list(alerts.values()), waiting.whole, silences)

    @property
    def has_data(self) -> bool:
        """Whether a sample or a patch waits."""
        return bool(self._samples or self._patches)

    @property
    def has_control(self) -> bool:
        """Whether anything but data waits."""
        return bool(self._control)

    def take_control(self) -> list[Message]:
        """Remove and return what is not data, oldest first."""
        taken = list(self._control.values())
        self._control.clear()
        return taken

    def take_data(self) -> list[Samples | Patches]:
        """Remove and return all samples that wait, and of the patches some: in this order."""
        taken: list[Samples | Patches] = []
        if self._samples:
            taken.append(Samples(list(self._samples.values())))
            self._samples.clear()
        if self._patches:
            taken.append(Patches(self._some()))
        return taken

    def _some(self) -> list[Patch]:
        """Patches of so many rows; what is left of a long one lets the others go first."""
        taken: list[Patch] = []
        room = ROWS
        for pair in list(self._patches):
            if room <= 0:
                break
            waiting = self._patches.pop(pair)
            patch, done = waiting.take(room)
            room -= len(patch.rows) + len(patch.gone)
            taken.append(patch)
            if not done:
                self._patches[pair] = waiting
            elif pair in self._faults:
                self._samples[pair] = self._faults.pop(pair)
        return taken
