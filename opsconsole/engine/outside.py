"""Alerts that come in from others and go out to people, around a collector's own rules."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from opsconsole.alert import Alert, Alerts, Occurrence, Phase, Silence
from opsconsole.clean import clean
from opsconsole.estate import Estate
from opsconsole.foreign import Inbox
from opsconsole.model import Level, Sample, Target
from opsconsole.notify import Notifier
from opsconsole.ports import Upward
from opsconsole.rules.others import Others
from opsconsole.spec import Integration


class Outside:
    """Stands between who tells of alerts and the bus: adds those of others, tells the channels."""

    def __init__(
        self,
        estate: Estate,
        targets: Sequence[Target],
        integrations: Mapping[str, Integration],
        publish: Callable[[Upward], None],
        tell: Callable[[Sequence[Occurrence]], None] = lambda _: None,
        others: Others | None = None,
    ) -> None:
        """`tell` gets what others raised and cleared, for the timeline; `others` knows who took
        what on.
        """
        self._others = Others() if others is None else others
        self._occurred = tell
        self._inbox = Inbox(targets, integrations)
        self._notifier = Notifier(estate.channels, targets, self._trouble)
        self._send = publish
        self._ours: list[Silence] = []
        self._theirs: list[Silence] = []
        self._settled: frozenset[str] = frozenset()

    def start(self) -> None:
        """Begin to tell channels; on a running loop."""
        self._notifier.start()

    def hear(self, samples: Sequence[Sample]) -> None:
        """Take what others found out of samples."""
        changed = self._inbox.take(samples)
        silences = self._inbox.silences
        if changed or silences != self._theirs:
            self._theirs = silences
            if news := [one for alert in changed if (one := _occurrence(alert)) is not None]:
                self._occurred(news)
            shown = self._others.hear(changed)
            self._tell(Alerts(shown, whole=False, silences=[*self._ours, *silences]))
        if self._settled != (settled := self._inbox.settled):
            self._settled = settled
            self._others.settle(settled)

    def publish(self, message: Upward) -> None:
        """Pass on what is told, with the alerts and silences of others where all are told."""
        if isinstance(message, Alerts):
            others = self._others.whole() if message.whole else []
            if message.silences is not None:
                self._ours = message.silences
                said = [*self._ours, *self._theirs]
                message = msgspec.structs.replace(message, silences=said)
            message = msgspec.structs.replace(message, alerts=[*message.alerts, *others])
            self._tell(message)
        else:
            self._send(message)

    def _tell(self, message: Alerts) -> None:
        self._notifier.hear(message.alerts)
        self._send(message)

    def _trouble(self, alerts: list[Alert]) -> None:
        """A channel fails or works again: the other channels know of it already."""
        self._send(Alerts(self._others.hear(alerts), whole=False))

    async def close(self) -> None:
        """Tell the channels what waits, for a few seconds at most."""
        await self._notifier.close()


def _occurrence(alert: Alert) -> Occurrence | None:
    """The line of the timeline that a change is; None where only what is said of it changed."""
    text = clean(f"{alert.title}: {alert.why}", 300)
    if alert.phase is Phase.RESOLVED:
        kind, level = "clear", Level.OK
    elif alert.phase is Phase.OPEN and alert.changed == alert.since:
        kind, level = "alert", alert.level
    else:
        return None
    return Occurrence(alert.changed, kind, alert.target, alert.object, level, text, alert.id)
