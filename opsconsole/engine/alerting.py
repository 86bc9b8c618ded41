"""The rule engine of a collector: hears its samples, tells its console, keeps what must be kept."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from opsconsole.alert import Alert, Alerts, Occurrence
from opsconsole.audit import AuditLog, me
from opsconsole.clean import Clean, clean
from opsconsole.engine.alarms import ACKNOWLEDGE, RELEASE, SILENCE, VERBS, Acknowledge, Hush
from opsconsole.engine.keeping import Keeping
from opsconsole.errors import OpsError, Refused
from opsconsole.executor.calls import refused
from opsconsole.model import Level, Sample, Target
from opsconsole.ports import AuditSink, Call, Reply, Upward
from opsconsole.rule import Rule
from opsconsole.rulebook import Rulebook, effective, fastest
from opsconsole.rules import Engine, Subject
from opsconsole.rules.others import Others
from opsconsole.spec import Integration

_log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two ticks."""

Tell = Callable[[Sequence[Occurrence]], None]


def subjects(
    targets: Iterable[Target], integrations: Mapping[str, Integration], book: Rulebook
) -> list[Subject]:
    """Each target with the rules in force; what is the same for many is shared."""
    shared: dict[object, Rule] = {}
    probes = {kind: {one.id: one for one in known.probes} for kind, known in integrations.items()}
    found: list[Subject] = []
    for target in targets:
        known = integrations[target.kind]
        rules: list[Rule] = []
        for one in effective(target, known, book):
            if one.enabled:
                same = (target.kind, one.rule.id, tuple(sorted(one.said.items())))
                rules.append(shared.setdefault(same, one.rule))
        probe, period = fastest(known, target)
        found.append(Subject(target, probes[target.kind], tuple(rules), period, probe))
    return found


def paces(subjects: Iterable[Subject]) -> dict[str, dict[str, float]]:
    """Seconds between two readings that rules need, by target and on-demand probe."""
    shared: dict[tuple[tuple[str, float], ...], dict[str, float]] = {}
    found: dict[str, dict[str, float]] = {}
    for one in subjects:
        needed: dict[str, float] = {}
        for rule in one.rules:
            probe = one.probes.get(rule.probe)
            if probe is not None and probe.on_demand and rule.column:
                needed[probe.id] = min(rule.every_s, needed.get(probe.id, rule.every_s))
        found[one.target.id] = shared.setdefault(tuple(sorted(needed.items())), needed)
    return found


class Alerting:
    """A rule engine on an event loop, with its file and its audit log."""

    def __init__(
        self,
        known: Sequence[Subject],
        book: Rulebook,
        publish: Callable[[Upward], None],
        path: Path,
        *,
        audit: AuditSink | None = None,
        tell: Sequence[Tell] = (),
        wall: Callable[[], float] = time.time,
        shut: bool = False,
        others: Others | None = None,
    ) -> None:
        """`path` is where the state is kept; each of `tell` gets what happened, as it happens;
        `others` holds what others found, and shares it with who hears of that.

        While `shut` nothing is acknowledged or silenced from here, only looked at.
        """
        self._shut = shut
        self._publish = publish
        self._audit = AuditLog() if audit is None else audit
        self._tell = tuple(tell)
        self._wall = wall
        self._who = _who()
        self._timer: asyncio.TimerHandle | None = None
        self.others = Others() if others is None else others
        self.engine = Engine(known, wall(), book.quiets)
        self.others.covering = self.engine.hush.covering
        self.keeping = Keeping(self.engine, self.others, path, self._say, wall)
        self.keeping.load()

    def start(self) -> None:
        """Tell all there is, and begin to tick; on a running loop."""
        self.engine.hush.tick(self._wall())
        self._publish(Alerts(self.engine.whole(), whole=True, silences=self.engine.hush.all))
        self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def hear(self, samples: list[Sample]) -> None:
        """Judge samples as they come."""
        self.engine.hear(samples)

    def _tick(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)
        self.tick()
        self.keeping.turn()

    def tick(self) -> None:
        """Let time pass, and tell what changed."""
        change = self.engine.tick(self._wall())
        if again := self.others.expire(self.engine.now):
            self._publish(Alerts(again, whole=False))
        change.alerts += self.others.hear(change.own)
        if change.silences is not None:
            change.alerts += self.others.whole()
        if change.alerts or change.silences is not None:
            self._publish(Alerts(change.alerts, whole=False, silences=change.silences))
        if change.occurrences:
            for told in self._tell:
                told(change.occurrences)

    def _say(self, alerts: list[Alert], level: Level, words: Clean) -> None:
        """What the keeping tells: alerts, and a line of the timeline."""
        if self._timer is not None:  # all there is, is told at the start
            self._publish(Alerts(alerts, whole=False))
        if words:
            for told in self._tell:
                told([Occurrence(self._wall(), "note", "", Clean(""), level, words)])

    async def close(self) -> None:
        """Stop ticking, and keep what is not kept yet."""
        if self._timer is not None:
            self._timer.cancel()
        await self.keeping.close()

    def take(self, call: Call) -> bool:
        """Answer a call about alerts; returns whether it was one."""
        if call.verb not in VERBS:
            return False
        try:
            self._obey(call)
        except (OpsError, msgspec.MsgspecError) as error:
            self._publish(Reply(call.id, b"", refused(error)))
        else:
            self._publish(Reply(call.id, b"", ""))
            self.tick()
            if self._timer is not None:
                self.keeping.turn()  # what somebody said is not left to the next second
        return True

    def _obey(self, call: Call) -> None:
        if self._shut:
            raise Refused(
                "this console only looks, and the estate lets only others take alerts on",
                "read-only",
            )
        if call.verb == ACKNOWLEDGE:
            asked = msgspec.msgpack.decode(call.body, type=Acknowledge)
            self._note(call.verb, asked.alerts, asked.note, for_s=asked.seconds)
            self._acknowledge(asked)
        elif call.verb == RELEASE:
            alerts = msgspec.msgpack.decode(call.body, type=list[str])
            self._note(call.verb, alerts, "")
            ours, theirs = self._sorted(alerts)
            if ours:
                self.engine.release(ours)
            if theirs:
                self._publish(Alerts(self.others.release(theirs, self.engine.now), whole=False))
        elif call.verb == SILENCE:
            hush = msgspec.msgpack.decode(call.body, type=Hush)
            made = self.engine.silence(hush.match, hush.seconds, self._who, hush.reason)
            self._record(call.verb, made.id, note=hush.reason, match=made.match, for_s=hush.seconds)
        else:
            name = msgspec.msgpack.decode(call.body, type=str)
            ended = self.engine.unsilence(name)
            self._record(call.verb, ended.id, note="", match=ended.match)

    def _note(self, verb: str, alerts: Sequence[str], note: str, **more: object) -> None:
        """Write down who said what of which alerts, before it counts."""
        known = self.others.open
        missing = [one for one in alerts if one not in self.engine.open and one not in known]
        if missing or not alerts:
            what = str(clean(missing[0], 80)) if missing else "nothing"
            raise Refused(f"{what} is no open alert: it may be over by now", "alert")
        objects = [self._thing(one) for one in alerts]
        self._audit.append("note", {"action": verb, "objects": objects, "note": note, **more})

    def _thing(self, alert: str) -> dict[str, str]:
        """What an open alert is about, as the audit log names it."""
        if alert in self.engine.open:
            judge, state = self.engine.open[alert]
            target, rule, thing = judge.target, judge.ruling.rule.id, state.object
        else:
            other = self.others.open[alert]
            target, rule, thing = other.target, other.rule, other.object
        return {"target": target, "name": f"{rule} {thing}".strip()}

    def _acknowledge(self, asked: Acknowledge) -> None:
        ours, theirs = self._sorted(asked.alerts)
        said = self._who, asked.note, asked.seconds
        if ours:
            self.engine.acknowledge(ours, *said)
        if theirs:
            shown = self.others.acknowledge(theirs, *said, self.engine.now)
            self._publish(Alerts(shown, whole=False))

    def _sorted(self, alerts: Sequence[str]) -> tuple[list[str], list[str]]:
        """Those that our rules found, and those of others."""
        ours = [one for one in alerts if one in self.engine.open]
        return ours, [one for one in alerts if one not in self.engine.open]

    def _record(self, verb: str, silence: str, note: str, **more: object) -> None:
        objects = [{"target": "", "name": silence}]
        self._audit.append("note", {"action": verb, "objects": objects, "note": note, **more})


def _who() -> Clean:
    """Who says what is said here, as the audit log names people: by account, and from where."""
    who = me()
    client = who.ssh_connection.partition(" ")[0]
    return clean(f"{who.user} from {client}" if client else who.user, 100)
