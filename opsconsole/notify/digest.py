"""What one channel has to be told, gathered into few messages; pure, on a clock that is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsconsole.alert import Alert, Phase
from opsconsole.channel import Channel, fits
from opsconsole.model import Level, Target

MOST = 1000
"""Alerts that wait to be told; of more, the oldest are only counted."""

REMEMBERED = 20_000
"""Alerts of which it is remembered that they were told."""


@dataclass(frozen=True, slots=True)
class Message:
    """Everything there is to tell at one moment, the worst first."""

    alerts: tuple[Alert, ...]
    left_out: int = 0
    """Alerts that are not among them: there were too many."""

    @property
    def open(self) -> list[Alert]:
        """Those that are not over."""
        return [alert for alert in self.alerts if alert.phase is not Phase.RESOLVED]

    @property
    def over(self) -> list[Alert]:
        """Those that are."""
        return [alert for alert in self.alerts if alert.phase is Phase.RESOLVED]


class Digest:
    """One channel's memory: what waits, and what was told. A message counts when it arrived."""

    def __init__(self, channel: Channel, targets: Mapping[str, Target]) -> None:
        self.channel = channel
        self._targets = targets
        self._waiting: dict[str, Alert] = {}
        self._told: dict[str, Level] = {}
        self._flying: set[str] = set()
        self._hushed: set[str] = set()
        """Acknowledged while their message is on its way."""
        self._left_out = 0
        self._due: float | None = None
        self._quiet_until = 0.0

    @property
    def due(self) -> float | None:
        """When there is a message to send; None while nothing waits."""
        if self._due is None or not (self._waiting or self._left_out):
            return None
        return max(self._due, self._quiet_until)

    def hear(self, alerts: Sequence[Alert], now: float) -> None:
        """Note alerts that changed."""
        for alert in alerts:
            self._note(alert)
        if self._waiting and self._due is None:
            self._due = now + self.channel.gather_s

    def _note(self, alert: Alert) -> None:
        id_ = alert.id
        if alert.phase is Phase.RESOLVED:
            self._waiting.pop(id_, None)
            if self.channel.resolved and (id_ in self._told or id_ in self._flying):
                self._wait(alert)
            else:
                self._told.pop(id_, None)
            return
        if not self._concerns(alert):
            self._waiting.pop(id_, None)
            if alert.acknowledged is not None:
                self._hush(id_)
            return
        if id_ in self._waiting or alert.level > self._told.get(id_, Level.OK):
            self._wait(alert)

    def _hush(self, id_: str) -> None:
        """When the acknowledgement ends, it calls anew."""
        if id_ in self._told:
            self._told[id_] = Level.OK
        if id_ in self._flying:
            self._hushed.add(id_)

    def _wait(self, alert: Alert) -> None:
        self._waiting[alert.id] = alert
        if len(self._waiting) > MOST:
            del self._waiting[next(iter(self._waiting))]
            self._left_out += 1

    def _concerns(self, alert: Alert) -> bool:
        channel = self.channel
        if alert.level < channel.min_level or (channel.only_calling and not alert.calls):
            return False
        if alert.phase is not Phase.OPEN:
            return False
        return fits(channel.match, alert, self._targets.get(alert.target))

    def take(self) -> Message:
        """The message to send; what is heard from now on is for the next one."""
        order = sorted(
            self._waiting.values(),
            key=lambda one: (one.phase is Phase.RESOLVED, -one.level, one.since, one.id),
        )
        message = Message(tuple(order), self._left_out)
        self._waiting, self._left_out, self._due = {}, 0, None
        self._flying = {alert.id for alert in order}
        return message

    def arrived(self, message: Message, now: float) -> None:
        """Note that it was received."""
        for alert in message.alerts:
            if alert.phase is Phase.RESOLVED:
                self._told.pop(alert.id, None)
            else:
                self._told[alert.id] = Level.OK if alert.id in self._hushed else alert.level
        while len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        self._quiet_until = now + self.channel.pause_s
        self._flying, self._hushed = set(), set()
        self._drop_what_is_told()

    def _drop_what_is_told(self) -> None:
        """What was heard while the message was on its way, and says nothing new."""
        for id_, alert in list(self._waiting.items()):
            resolved = alert.phase is Phase.RESOLVED
            if not resolved and alert.level <= self._told.get(id_, Level.OK):
                del self._waiting[id_]

    def failed(self, message: Message, now: float, pause: float) -> None:
        """Put it back; what was heard since wins. The next attempt comes after `pause`."""
        newer = self._waiting
        self._waiting = {}
        for alert in message.alerts:
            if alert.id not in self._hushed or alert.phase is Phase.RESOLVED:
                self._wait(alert)
        self._flying, self._hushed = set(), set()
        for alert in newer.values():
            if alert.phase is Phase.RESOLVED and alert.id not in self._told:
                self._waiting.pop(alert.id, None)  # nobody knows that it ever was
            else:
                self._wait(alert)
        self._left_out += message.left_out
        self._due = now
        self._quiet_until = now + pause
