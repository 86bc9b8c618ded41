"""The engine: samples in, alerts out, with a clock that is handed in and no I/O."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from opsconsole.alert import Acknowledgement, Alert, Occurrence, Phase, Silence
from opsconsole.clean import clean
from opsconsole.errors import Refused
from opsconsole.model import Level, Sample, Value
from opsconsole.rulebook import Quiet
from opsconsole.rules import outage
from opsconsole.rules.cause import Causes
from opsconsole.rules.hush import Hush
from opsconsole.rules.judge import Judge
from opsconsole.rules.news import News
from opsconsole.rules.outage import Outage
from opsconsole.rules.state import LATELY, Move, State, spoken
from opsconsole.rules.target import LOST_AT_LEAST, Shared, Subject, Watched

_log = logging.getLogger(__name__)

STALL = 30.0
"""Seconds between two ticks that mean the clock was set, or that this process stood still."""

BUSY = 3.0
"""The same that mean this process was busy: what came meanwhile is still to be heard."""

LOOK = 5.0
"""Seconds between two looks at what has become too old to be known."""

LATER = 1.5
"""How much longer a target may be silent than what it stands on, before it is called so."""

PRUNE = 600.0
"""Seconds between two clearings of what is remembered of old alerts."""


Taken = tuple[str, str, tuple[Value, ...]]
"""Rule, target and key: an alert, by what it is about."""


class Word(NamedTuple):
    """What another collector has of an alert."""

    since: float
    said: float
    """When somebody took it on or gave it back last."""
    taken: Acknowledgement | None


@dataclass(slots=True)
class Change:
    """What became of alerts since the last tick."""

    alerts: list[Alert] = field(default_factory=list[Alert])
    silences: list[Silence] | None = None
    """All of them, when one began or ended."""
    occurrences: list[Occurrence] = field(default_factory=list[Occurrence])
    own: list[Alert] = field(default_factory=list[Alert])
    """Those that no rule of a target raised: that many targets are lost at once."""


class Engine:
    """Judges all that is heard. One thread, no waiting; `tick` is called about once a second."""

    def __init__(
        self, subjects: Iterable[Subject], now: float, quiets: Iterable[Quiet] = ()
    ) -> None:
        self.now = now
        self.targets: dict[str, Watched] = {}
        shared, told = Shared(), self._told
        listed = list(subjects)
        for one in listed:
            self.targets[one.target.id] = Watched(one, told, now, shared)
        self.hush = Hush(quiets, {one.target.id: one.target for one in listed})
        self.open: dict[str, tuple[Judge, State]] = {}
        """Alerts that are not over, by id."""
        self._causes = Causes({one.target.id: one.target.ends_with for one in listed})
        # What stands on little comes first: patience adds up.
        under = self._causes.under
        for watched in sorted(self.targets.values(), key=lambda one: len(under(one.id))):
            self._be_patient(watched)
        self._outage = Outage([one.target for one in listed], under)
        self._news = News(self.hush.covering)
        self._occurred: list[Occurrence] = []
        self._hushed = False
        self.over: dict[Taken, float] = {}
        """When alerts ended lately."""
        self._words: Mapping[Taken, Word] = {}
        """What another collector has open, as it was heard last."""
        self._until = 0.0
        """Before this no acknowledgement ends by itself."""
        self._pruned = self._looked = now
        self._broken: set[str] = set()
        self.dirty = False
        """Whether something changed that a restart must not forget; who saves it clears this."""

    def _be_patient(self, watched: Watched) -> None:
        """Let what a target stands on be called silent first: one alert, and not forty."""
        for below in self._causes.under(watched.id):
            if below in self.targets:
                slower = self.targets[below]
                watched.patience = max(watched.patience, LATER * slower.patience)

    def hear(self, samples: Sequence[Sample]) -> None:
        """Judge samples as they come."""
        for sample in samples:
            watched = self.targets.get(sample.target)
            if watched is None:
                continue
            if sample.at > self.now + STALL:
                self._leap(sample.at)
            try:
                watched.take(sample)
            except (TypeError, ValueError, IndexError) as error:
                self._defect(sample, error)

    def _defect(self, sample: Sample, error: Exception) -> None:
        """A row that is not what its columns promise: told once, and nothing else suffers."""
        if sample.probe not in self._broken:
            self._broken.add(sample.probe)
            _log.warning("%s of %s cannot be judged: %r", sample.probe, sample.target, error)

    def tick(self, now: float) -> Change:
        """Let time pass: silence, timers, causes; returns what changed since the last tick."""
        if now < self.now or now > self.now + STALL:
            self._leap(now)
        elif now > self.now + BUSY:
            for watched in self.targets.values():
                watched.forgive(now - self.now, now)
        self.now = now
        look = not 0 <= now - self._looked < LOOK
        for watched in self.targets.values():
            watched.tick(now)
        if look:
            self._looked = now
            for watched in self.targets.values():
                watched.look(now)
            self._lose(now)
        self._expire(now)
        self._hushed |= self.hush.tick(now)
        own = self._see_outage(now)
        for id_ in self._causes.settle(self.open):
            self._news.again(id_)
        change = self._gather(now)
        change.own = own
        if now - self._pruned > PRUNE or now < self._pruned:
            self._pruned = now
            for watched in self.targets.values():
                watched.forget_past(now)
            self.over = {one: at for one, at in self.over.items() if now - at < LATELY}
        return change

    def _see_outage(self, now: float) -> list[Alert]:
        """Whether many are lost at once; their silence is explained before it calls anybody."""
        before = self._outage.alert
        changed = self._outage.look(self.targets, now)
        self._causes.outage(self._outage.members, outage.ID)
        if changed is None:
            return []
        over = changed.phase is Phase.RESOLVED
        if over or before is None:
            kind, level = ("clear", Level.OK) if over else ("alert", changed.level)
            text = clean(f"{'over: ' if over else ''}{changed.title}: {changed.why}", 300)
            line = Occurrence(now, kind, "", changed.object, level, text, changed.id)
            self._occurred.append(line)
        return [changed]

    @property
    def own(self) -> list[Alert]:
        """Alerts that no rule of a target raised, as they stand."""
        return [self._outage.alert] if self._outage.alert is not None else []

    def whole(self) -> list[Alert]:
        """All alerts that are not over."""
        return [self._news.alert(id_, *known) for id_, known in self.open.items()]

    def acknowledge(self, ids: Sequence[str], who: str, note: str, seconds: float) -> None:
        """Take alerts on. Raises `Refused` when one is over; then none is taken."""
        until = self.now + seconds if seconds > 0 else 0.0
        taken = Acknowledgement(clean(who, 100), self.now, until, clean(note, 500))
        self._each(ids, taken)

    def release(self, ids: Sequence[str]) -> None:
        """Take acknowledgements back. Raises `Refused`."""
        self._each(ids, None)

    def _each(self, ids: Sequence[str], taken: Acknowledgement | None) -> None:
        missing = [id_ for id_ in ids if id_ not in self.open]
        if missing or not ids:
            what = str(clean(missing[0], 80)) if missing else "nothing"
            raise Refused(f"{what} is no open alert: it may be over by now", "alert")
        for id_ in ids:
            state = self.open[id_][1]
            state.acknowledged = taken
            # Later than what it answers, though that was said by a clock a little ahead of ours.
            state.said = max(self.now, state.said + 0.001)
            self._until = 0.0
            self._news.again(id_)
        self.dirty = True

    def silence(self, match: str, seconds: float, who: str, reason: str) -> Silence:
        """Call nobody for what a filter names. Raises `Refused`."""
        made = self.hush.add(match, seconds, who, reason, self.now)
        self._hushed = self.dirty = True
        return made

    def unsilence(self, silence: str) -> Silence:
        """End a silence. Raises `Refused`."""
        ended = self.hush.end(silence)
        self._hushed = self.dirty = True
        return ended

    def heed(
        self, words: Mapping[Taken, Word], silences: Iterable[Silence], ended: Mapping[str, float]
    ) -> None:
        """Take over what another collector has: the newest word on who takes care of what."""
        self._words = words
        for id_, (judge, state) in self.open.items():
            if self._agree(judge, state):
                self._news.again(id_)
        self._hushed |= self.hush.heed(silences, ended, self.now)

    def _agree(self, judge: Judge, state: State) -> bool:
        """Take over what another collector has of an alert, unless it ended here since."""
        about = judge.ruling.rule.id, judge.target, state.key
        word, over = self._words.get(about), self.over.get(about, -math.inf)
        if word is None:
            return False
        earlier = over < word.since < state.since
        mine = spoken(state.said, state.acknowledged)
        later = word.said > over and spoken(word.said, word.taken) > mine
        if earlier:
            state.since = word.since
        if later:
            state.said, state.acknowledged = word.said, word.taken
            self._until = 0.0
        return earlier or later

    def adopt(self, judge: Judge, state: State) -> None:
        """Take in an alert as it was before a restart."""
        judge.adopt(state)
        id_ = alert_id(judge, state)
        self.open[id_] = judge, state
        self._causes.raised(judge.target)
        self._news.again(id_)
        self._until = 0.0

    def _told(self, judge: Judge, state: State, move: Move) -> None:
        """What a judge says of one of its objects."""
        id_ = alert_id(judge, state)
        if move is Move.CLEARED:
            self.open.pop(id_, None)
            state.cause = ""
            self._causes.cleared(judge.target)
            self._news.over(id_, self._news.alert(id_, judge, state))
            self._occur(judge, state, id_, "clear", Level.OK)
            state.acknowledged, state.said = None, 0.0
            self.over[judge.ruling.rule.id, judge.target, state.key] = max(self.now, state.changed)
            self.dirty = True
            return
        if not state.active:
            return
        if move is Move.RAISED:
            self.open[id_] = judge, state
            self._agree(judge, state)
            self._causes.raised(judge.target)
        if move is not Move.NONE or state.phase is Phase.UNKNOWN:
            lost = state.phase is Phase.UNKNOWN
            self._occur(judge, state, id_, "alert", Level.UNKNOWN if lost else state.shown)
            self._news.again(id_)
            self.dirty = True
            if move is Move.LEVEL:
                self._causes.raised(judge.target)

    def _occur(self, judge: Judge, state: State, id_: str, kind: str, level: Level) -> None:
        rule = judge.ruling.rule
        word = {"clear": "over: "}.get(kind, "")
        if level is Level.UNKNOWN:
            word = "not known any more: "
        if judge.silent:
            kind = "watch"
        text = clean(f"{word}{rule.title}: {judge.why(state)}", 300)
        self._occurred.append(
            Occurrence(state.changed, kind, judge.target, state.object, level, text, id_)
        )

    def _expire(self, now: float) -> None:
        if now < self._until:
            return
        ends = math.inf
        for id_, (_, state) in self.open.items():
            taken = state.acknowledged
            if taken is None or taken.until <= 0:
                continue
            if taken.until <= now:
                state.acknowledged, state.said = None, taken.until
                self._news.again(id_)
                self.dirty = True
            else:
                ends = min(ends, taken.until)
        self._until = ends

    def _lose(self, now: float) -> None:
        """Alerts whose own value is not told any more, though their probe may answer."""
        for judge, state in self.open.values():
            if (
                now - state.heard > LOST_AT_LEAST
                and state.phase is Phase.OPEN
                and self.targets[judge.target].stale(judge, state.heard, now)
                and not judge.silent
                and state.lose(now)
            ):
                self._told(judge, state, Move.NONE)

    def _gather(self, now: float) -> Change:
        hushed, self._hushed = self._hushed, False
        change = Change(self._news.gather(self.open, now, hushed=hushed))
        if hushed:
            change.silences = self.hush.all
        change.occurrences, self._occurred = self._occurred, []
        return change

    def _leap(self, now: float) -> None:
        """The clock was set, or we stood still: that is nobody's silence."""
        passed = now - self.now
        for watched in self.targets.values():
            watched.shift(passed)
        self.now = now


def alert_id(judge: Judge, state: State) -> str:
    """Rule, target and key, joined."""
    head = f"{judge.ruling.rule.id}:{judge.target}"
    return f"{head}:{state.object}" if state.key else head
