"""What happens, on its way out of the collector: told in batches, to the console and a recorder."""

import asyncio
from collections.abc import Callable, Sequence

from opsconsole.alert import Occurrence
from opsconsole.model import Sample
from opsconsole.observer import Observer
from opsconsole.ports import Happened

BATCH_S = 0.2
"""Seconds that an occurrence waits for others: a thousand targets may be lost at once."""

MOST = 5000
"""Occurrences of one message."""

Tell = Callable[[Sequence[Occurrence]], None]
"""Takes what happened; never blocks."""


class Happening:
    """Gathers occurrences of all who see any; on one event loop."""

    def __init__(
        self, observer: Observer, publish: Callable[[Happened], None], *others: Tell
    ) -> None:
        """`publish` is the bus's; `others` are told the same: a recorder."""
        self._observer = observer
        self._publish = publish
        self._others = others
        self._waiting: list[Occurrence] = []

    def hear(self, samples: list[Sample]) -> None:
        """See what these samples say; one of `Collector(hear=…)`."""
        self.tell(self._observer.hear(samples))

    def tell(self, occurrences: Sequence[Occurrence]) -> None:
        """Take what somebody else saw: a rule that fired, an action that ended."""
        if occurrences and not self._waiting:
            asyncio.get_running_loop().call_later(BATCH_S, self._flush)
        self._waiting += occurrences

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for other in self._others:
            other(waiting)
        for start in range(0, len(waiting), MOST):
            self._publish(Happened(waiting[start : start + MOST]))
