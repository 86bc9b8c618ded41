"""What the console knows of the past: told live, read from the audit log and from a recording."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from opsconsole.alert import Alert, Alerts, Occurrence, Phase
from opsconsole.audit import happened
from opsconsole.clean import Clean, clean
from opsconsole.errors import Unrecorded
from opsconsole.model import Level, Target
from opsconsole.ports import Happened, Hello, Past, Upward
from opsconsole.recorder import Archive
from opsconsole.relation import Footing, Relations
from opsconsole.spec import Ground
from opsconsole.store import Store
from opsconsole.timeline import BEFORE_S, Course
from screens.shell.alarm.known import Alarms
from screens.shell.recall.stretch import Stretch

_RULE = re.compile(r"[\w.-]+")

AGAIN_S = 1.0
"""Seconds of overlap between two readings of the log: a record may have been on its way."""


@dataclass(frozen=True, slots=True)
class Lore:
    """What is known of an estate that the past is judged by."""

    targets: tuple[Target, ...] = ()
    grounds: tuple[Ground, ...] = ()
    leads: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds for which each rule waits before it raises, by its id."""
    inventories: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Probes of what changes rarely, by target."""


class Chronicle:
    """Occurrences of all sources in one course. Nothing here waits for a file but `load`."""

    def __init__(
        self,
        lore: Lore = Lore(),
        *,
        past: Callable[[], Past] | None = None,
        audit: Path | None = None,
        store: Store | None = None,
        clock: Callable[[], float] = time.time,
        then: Callable[[], Alarms | None] = lambda: None,
    ) -> None:
        """`past` opens a recording, in a thread, once; `audit` is the folder of the log, `store`
        what relations grow by; `then` are the alerts of a replay, None while it is live.
        """
        self.course = Course()
        self.clock = clock
        self._open = past
        self._then = then
        self._past: Past | None = None
        self._opening = threading.Lock()
        self._lore = lore
        self._audit = audit
        self._store = store
        self._alerts: dict[str, Alert] = {}
        self._relations: Relations | None = None
        self._footings: tuple[Footing, ...] = ()
        self._loaded: tuple[float, float] | None = None
        self.began: float | None = None
        """When the collector that tells what happens began to, Unix time; None before it spoke."""
        self.trouble = Clean("")
        """Why the recording could not be read; empty when it could, or when there is none."""
        self.version = 0
        """Grows with everything that is new."""

    # -- what comes -----------------------------------------------------------------------------

    def hear(self, message: Upward) -> None:
        """Take what concerns the timeline of what the collector says."""
        if isinstance(message, Hello):
            self.began = self.clock()
        elif isinstance(message, Happened):
            self.add(message.occurrences)
        elif isinstance(message, Alerts):
            self._take_alerts(message)

    def add(self, occurrences: Iterable[Occurrence]) -> None:
        """Take occurrences of any source."""
        if self.course.add(occurrences):
            self.version += 1

    def _take_alerts(self, message: Alerts) -> None:
        found: list[Occurrence] = []
        known = self._alerts
        for alert in message.alerts:
            before = known.get(alert.id)
            news = before is None or (before.phase, before.level) != (alert.phase, alert.level)
            # What our own rules find is told as it happens; this is what was there before, and
            # what others found.
            if news and (message.whole or alert.origin):
                found += _of_alert(alert, before)
            known[alert.id] = alert
        if message.whole:
            self._alerts = {alert.id: known[alert.id] for alert in message.alerts}
        self.add(found)
        self.version += 1

    async def load(self, since: float) -> None:
        """Read the log and the recording from `since` on, as far as that was not done before."""
        now = self.clock()
        spans = [(since, now)]
        if self._loaded is not None:
            first, last = self._loaded
            spans = [(last - AGAIN_S, now), *([(since, first)] if since < first else [])]
        for start, end in spans:
            self.add(await asyncio.to_thread(self._read, start, end))
        self._loaded = (min(since, self._loaded[0]) if self._loaded else since, now)

    def _read(self, since: float, until: float) -> list[Occurrence]:
        """In a thread."""
        found: list[Occurrence] = []
        if self._audit is not None:
            found += [one for one in happened(self._audit, since) if one.at <= until]
        try:
            past = self.past()
            if past is not None:
                found += past.occurrences(since, until)
            self.trouble = Clean("")
        except Unrecorded as error:
            self.trouble = clean(str(error), 300)
        return found

    def past(self) -> Past | None:
        """The recording; None when there is none. In a thread; raises `Unrecorded`."""
        with self._opening:
            if self._past is None and self._open is not None:
                self._past = self._open()
            return self._past

    def close(self) -> None:
        """Let the recording go."""
        if isinstance(self._past, Archive):
            self._past.close()

    @property
    def records(self) -> bool:
        """Whether there is a recording to compare with."""
        return self._open is not None

    # -- what is asked --------------------------------------------------------------------------

    @property
    def relations(self) -> Relations:
        """By the estate, and by what was answered so far."""
        footings = tuple(self._found())
        if self._relations is None or footings != self._footings:
            self._footings = footings
            self._relations = Relations(self._lore.targets, footings)
        return self._relations

    def _found(self) -> Iterable[Footing]:
        if self._store is None:
            return
        for ground in self._lore.grounds:
            for target in self._lore.targets:
                rows = self._store.rows(ground.probe, target.id)
                if rows:
                    yield from ground.footings(target.id, rows)

    @property
    def inventories(self) -> Mapping[str, tuple[str, ...]]:
        """Probes of what changes rarely, by target."""
        return self._lore.inventories

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """Labels of targets, by id."""
        return {target.id: target.labels for target in self._lore.targets}

    def reach(self, target: str) -> frozenset[str] | None:
        """What a look at a target takes in; None for everything."""
        return self.relations.reach(target) if target else None

    def stretch(self, since: float, until: float, target: str) -> Stretch:
        """What happened within a time, to a target and what has to do with it; to all for none."""
        known = self.course.between(since - BEFORE_S, until)
        return Stretch(since, until, known, self.reach(target), self.relations, self._onset)

    def _onset(self, one: Occurrence) -> float:
        """When it began to be so: its rule waited before it said so."""
        if one.kind != "alert" or not one.ref:
            return one.at
        rule = _RULE.match(one.ref)
        return one.at - (self._lore.leads.get(rule[0], 0.0) if rule else 0.0)

    def alert(self, ref: str) -> Alert | None:
        """The alert that an occurrence speaks of."""
        then = self._then()
        return self._alerts.get(ref) or (then.get(ref) if then is not None else None)

    def worst(self, target: str) -> Alert | None:
        """The worst alert of a target that is open, or in a replay was."""
        then = self._then()
        known = self._alerts.values() if then is None else then.of(target)
        found = [a for a in known if a.target == target and a.phase is Phase.OPEN]
        return max(found, key=lambda alert: (alert.level, -alert.since), default=None)


def _of_alert(alert: Alert, before: Alert | None) -> list[Occurrence]:
    """The change of an alert as a line; what was over before it was heard of is two."""
    raised = Occurrence(
        alert.since if before is None else alert.changed,
        "alert",
        alert.target,
        alert.object,
        alert.level,
        clean(f"{alert.title}: {alert.why}" if alert.why else alert.title),
        alert.id,
    )
    if alert.phase is Phase.OPEN:
        return [raised]
    over = alert.phase is Phase.RESOLVED
    text = f"{alert.title}: {'over' if over else 'its data stopped'}"
    ended = Occurrence(
        alert.changed,
        "clear" if over else "alert",
        alert.target,
        alert.object,
        Level.OK if over else Level.UNKNOWN,
        clean(text),
        alert.id,
    )
    return [ended] if before is not None else [raised, ended]
