"""What the console knows of alerts: as the collector last said, ordered and counted when asked."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from opsconsole.alert import Alert, Alerts, Phase, Silence
from opsconsole.fleet import Judgement
from opsconsole.model import Level, Value
from screens.shell.alarm.wording import verdict

RESOLVED_S = 3600.0
"""Seconds for which what is over is still listed, at the end."""

CAUSES = 20
"""Alerts of a chain of causes that are followed."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many alerts there are of each kind; each is counted once."""

    calling: Mapping[Level, int] = field(default_factory=dict[Level, int])
    """Open, and nobody and nothing takes care of it."""
    acknowledged: int = 0
    silenced: int = 0
    explained: int = 0
    unknown: int = 0


def urgency(alert: Alert) -> int:
    """Place in worst-first lists, lower first: whom it calls, then what is cared for, then over."""
    if alert.phase is Phase.RESOLVED:
        return 6
    if alert.phase is Phase.UNKNOWN:
        return 5
    if alert.calls:
        return 0 if alert.level is Level.CRIT else 1
    if alert.acknowledged is not None:
        return 2
    return 3 if alert.silenced else 4


def _order(alert: Alert) -> tuple[int, int, float, str]:
    place = urgency(alert)
    if place == 6:  # over: the last one first
        return place, 0, -alert.changed, alert.id
    return place, -alert.level, alert.since, alert.id


class Alarms:
    """All alerts by id. Whatever comes is only kept; the work is done once per look."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """`clock` tells the moment that is looked back to; None is now."""
        self._clock = clock
        self._alerts: dict[str, Alert] = {}
        self._by_target: dict[str, set[str]] = {}
        self._order: list[Alert] | None = None
        self._counts: Counts | None = None
        self._touched: set[str] = set()
        self._called: dict[str, Level] = {}
        """Alerts that call, and how bad they were when that was noticed."""
        self._heard: set[str] = set()
        self._greeted = False
        self.silences: dict[str, Silence] = {}
        """By id."""
        self.speaks = False
        """Whether anybody judges alerts at all."""
        self.stale = False
        """Whether who judges is gone: what was said stands, and is no longer known to be so."""
        self.version = 0
        """Grows whenever something changed."""

    # -- what comes -----------------------------------------------------------------------------

    def hear(self, message: Alerts) -> None:
        """Take what the collector says."""
        self.stale = False
        if not self.speaks:
            self.speaks = True
            self._touched.add("")
        if message.silences is not None:
            self.silences = {silence.id: silence for silence in message.silences}
        if message.whole:
            said = {alert.id for alert in message.alerts}
            for gone in [known for known in self._alerts if known not in said]:
                self._drop(gone)
        for alert in message.alerts:
            self._keep(alert)
        self._changed()

    def _keep(self, alert: Alert) -> None:
        before = self._alerts.get(alert.id)
        self._alerts[alert.id] = alert
        self._heard.add(alert.id)
        self._by_target.setdefault(alert.target, set()).add(alert.id)
        if before is None or before.target == alert.target:
            self._touched.add(alert.target)
            return
        self._by_target[before.target].discard(alert.id)
        self._touched.update((before.target, alert.target))

    def _drop(self, name: str) -> None:
        alert = self._alerts.pop(name)
        self._heard.add(name)
        self._touched.add(alert.target)
        held = self._by_target[alert.target]
        held.discard(name)
        if not held:
            del self._by_target[alert.target]

    def _changed(self) -> None:
        self.version += 1
        self._order = self._counts = None

    def forget_old(self) -> None:
        """Drop what has been over for so long that nobody lists it."""
        before = self.now - RESOLVED_S
        old = [
            name
            for name, alert in self._alerts.items()
            if alert.phase is Phase.RESOLVED and alert.changed < before
        ]
        for name in old:
            self._drop(name)
        if old:
            self._changed()

    # -- what is asked --------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Unix time to which ages are told."""
        return time.time() if self._clock is None else self._clock()

    @property
    def unspoken(self) -> str:
        """What to say while nobody judges."""
        if self._clock is None:
            return "the collector judges no alerts"
        return "nothing is recorded of alerts at that time"

    def __len__(self) -> int:
        return len(self._alerts)

    def get(self, name: str) -> Alert | None:
        """The alert with that id."""
        return self._alerts.get(name)

    def ordered(self) -> list[Alert]:
        """All, worst first; those that are over at the end."""
        if self._order is None:
            self._order = sorted(self._alerts.values(), key=_order)
        return self._order

    def wanted(self) -> list[Alert]:
        """Where one is taken, worst first: those that call; if none does, those not over yet."""
        calling = [alert for alert in self.ordered() if alert.calls]
        return calling or [a for a in self.ordered() if a.phase is not Phase.RESOLVED]

    @property
    def counts(self) -> Counts:
        """How many of each kind."""
        if self._counts is None:
            self._counts = count(self._alerts.values())
        return self._counts

    def calling(self, targets: Iterable[str]) -> dict[Level, int]:
        """How many call on these targets, by level."""
        found: dict[Level, int] = {}
        for target in self._by_target.keys() & set(targets):
            for alert in self.of(target):
                if alert.calls:
                    found[alert.level] = found.get(alert.level, 0) + 1
        return found

    def of(self, target: str) -> Iterator[Alert]:
        """Alerts of one target."""
        return (self._alerts[name] for name in self._by_target.get(target, ()))

    def on(self, target: str, probe: str, key: tuple[Value, ...]) -> list[Alert]:
        """Alerts of one row that are not over, worst first."""
        wanted = tuple(map(str, key))
        return sorted(
            (
                alert
                for alert in self.of(target)
                if alert.probe == probe
                and alert.phase is not Phase.RESOLVED
                and tuple(map(str, alert.key)) == wanted
            ),
            key=_order,
        )

    def open_on(self, target: str) -> list[Alert]:
        """Alerts of one target that are not over, worst first."""
        return sorted((a for a in self.of(target) if a.phase is not Phase.RESOLVED), key=_order)

    def causes(self, alert: Alert) -> list[Alert]:
        """What explains it, and what explains that, nearest first; a ring ends where it closes."""
        chain: list[Alert] = []
        seen = {alert.id}
        while (found := self._alerts.get(alert.cause)) is not None and found.id not in seen:
            chain.append(found)
            seen.add(found.id)
            alert = found
            if len(chain) == CAUSES:
                break
        return chain

    def explained_by(self, alert: Alert) -> int:
        """How many alerts name this one as their cause."""
        return sum(
            other.cause == alert.id and other.phase is Phase.OPEN for other in self._alerts.values()
        )

    def judge(self, target: str) -> Judgement | None:
        """How bad a target is by its alerts; None while nobody judges."""
        if not self.speaks:
            return None
        return verdict([alert for alert in self.of(target) if alert.phase is Phase.OPEN])

    # -- what is new ----------------------------------------------------------------------------

    def take_touched(self) -> set[str]:
        """Targets of alerts that changed since the last call; an empty id is all of them."""
        touched, self._touched = self._touched, set()
        return touched

    def take_calls(self) -> list[Alert]:
        """Alerts that began to call or grew worse since the last call of this, worst first.

        What was there when the collector first spoke began before: it is not news.
        """
        heard, self._heard = self._heard, set()
        began: list[Alert] = []
        for name in heard:
            alert = self._alerts.get(name)
            if alert is None or not alert.calls:
                self._called.pop(name, None)
                continue
            if alert.level > self._called.get(name, Level.OK):
                began.append(alert)
            self._called[name] = alert.level
        first, self._greeted = not self._greeted and bool(heard), self._greeted or self.speaks
        return [] if first else sorted(began, key=_order)


def count(alerts: Iterable[Alert]) -> Counts:
    """Count alerts by what they ask of the operator."""
    calling: dict[Level, int] = {}
    others = [0] * 7
    for alert in alerts:
        place = urgency(alert)
        if place < 2:
            calling[alert.level] = calling.get(alert.level, 0) + 1
        else:
            others[place] += 1
    return Counts(MappingProxyType(calling), others[2], others[3], others[4], others[5])
