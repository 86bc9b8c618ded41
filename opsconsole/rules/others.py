"""Who takes care of alerts that others found: they judge, we remember who of ours took it on."""

import math
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from opsconsole.alert import Acknowledgement, Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.rules.state import LATELY, spoken


class KeptCare(msgspec.Struct, frozen=True):
    """One of them that somebody took on."""

    alert: str
    origin: Clean
    """The target that told of it."""
    taken: Acknowledgement | None
    """None when it was given back."""
    at: float = 0.0
    """Unix time at which that was said, if it was not when it was taken on."""


def newest(one: KeptCare) -> float:
    """When somebody spoke of it last."""
    return max(one.at, one.taken.at) if one.taken else one.at


def supersedes(word: KeptCare, known: KeptCare | None, over: float) -> bool:
    """Whether it was said later than what is known, and than its alert was over."""
    if newest(word) <= over:
        return False
    return known is None or spoken(newest(word), word.taken) > spoken(newest(known), known.taken)


def harmless(said: Acknowledgement) -> Acknowledgement:
    """The same with clean words: a file may have been written by anybody since."""
    return Acknowledgement(clean(said.who, 100), said.at, said.until, clean(said.note, 500))


class Others:
    """Alerts that no rule of ours judges, as last told, and who took them on. No I/O, no clock."""

    def __init__(self) -> None:
        self.open: dict[str, Alert] = {}
        """Those that are not over, by id, as they were told."""
        self._taken: dict[str, KeptCare] = {}
        """What was said last, by id: also that it was given back."""
        self._hearsay: dict[str, KeptCare] = {}
        """What was said elsewhere, as it was heard last."""
        self.over: dict[str, float] = {}
        """When alerts ended lately, by id; endless until a clock says."""
        self.settled: frozenset[str] = frozenset()
        """Targets that told all they have."""
        self.covering: Callable[[Alert], str] = lambda _: ""
        """Id of the silence of ours that names an alert; empty when none does."""
        self.dirty = False
        """Whether something changed that a restart must not forget; who saves it clears this."""

    def hear(self, alerts: Iterable[Alert]) -> list[Alert]:
        """Note alerts that changed; returns them with who took them on. What is over is forgotten.

        An acknowledgement comes with the message that an alert is over, for the last time.
        """
        shown: list[Alert] = []
        for alert in alerts:
            before = self.open.get(alert.id)
            if alert.origin and (before is None or _standing(before) != _standing(alert)):
                self.dirty = True
            if alert.phase is Phase.RESOLVED:
                shown.append(self._shown(alert))
                self.open.pop(alert.id, None)
                self._forget(alert.id)
            else:
                self.open[alert.id] = alert
                self._agree(alert.id)
                shown.append(self._shown(alert))
        return shown

    def settle(self, origins: Collection[str]) -> None:
        """Forget those of before a restart that are over: these targets told all they have."""
        self.settled = frozenset(origins)
        self.dirty = True
        gone = [
            one.alert
            for one in self._taken.values()
            if one.alert not in self.open and one.origin in origins
        ]
        for name in gone:
            self._forget(name)

    def whole(self) -> list[Alert]:
        """All that are not over."""
        return [self._shown(alert) for alert in self.open.values()]

    def acknowledge(
        self, ids: Sequence[str], who: str, note: str, seconds: float, now: float
    ) -> list[Alert]:
        """Take alerts on, each of which must be open; returns them as they are now."""
        until = now + seconds if seconds > 0 else 0.0
        taken = Acknowledgement(clean(who, 100), now, until, clean(note, 500))
        for id_ in ids:
            self._say(id_, self.open[id_].origin, taken, now)
        return [self._shown(self.open[id_]) for id_ in ids]

    def release(self, ids: Iterable[str], now: float) -> list[Alert]:
        """Take acknowledgements back; returns the alerts that call again."""
        held = [id_ for id_ in ids if id_ in self._taken and self._taken[id_].taken]
        for id_ in held:
            self._say(id_, self._taken[id_].origin, None, now)
        return [self._shown(self.open[id_]) for id_ in held if id_ in self.open]

    def expire(self, now: float) -> list[Alert]:
        """End what was taken on for a while; returns the alerts that call again."""
        over = {id_: min(at, now) for id_, at in self.over.items()}
        self.over = {id_: at for id_, at in over.items() if now - at < LATELY}
        ends = [
            one.alert
            for one in self._taken.values()
            if one.taken is not None and 0 < one.taken.until <= now
        ]
        return self.release(ends, now)

    def _say(self, id_: str, origin: Clean, taken: Acknowledgement | None, now: float) -> None:
        known = self._taken.get(id_)
        # Later than what it answers, though that was said by a clock a little ahead of ours.
        at = max(now, newest(known) + 0.001) if known else now
        self._taken[id_] = KeptCare(id_, origin, taken, at)
        self.dirty = True

    @property
    def kept(self) -> list[KeptCare]:
        """What a restart must not forget: of alerts that a target will tell of again."""
        return [one for one in self._taken.values() if one.origin]

    @property
    def found(self) -> list[Alert]:
        """Those that are not over, as who has no collector is to know them."""
        return [
            msgspec.structs.replace(one, acknowledged=None, course=())
            for one in self.open.values()
            if one.origin
        ]

    def recall(self, kept: Iterable[KeptCare], origins: Collection[str]) -> None:
        """Take in what was kept; what was found by none of these targets is let go."""
        for one in kept:
            if one.origin in origins:
                self._taken[one.alert] = _harmless(one)

    def heed(self, kept: Iterable[KeptCare], origins: Collection[str]) -> list[Alert]:
        """Take over the newest word on who takes care of what; returns what changed by that."""
        self._hearsay = {one.alert: _harmless(one) for one in kept if one.origin in origins}
        changed = [id_ for id_ in self._hearsay if id_ in self.open and self._agree(id_)]
        return [self._shown(self.open[id_]) for id_ in changed]

    def _agree(self, id_: str) -> bool:
        """Take over what was said elsewhere of an alert, unless it is older or ended here since."""
        word, known = self._hearsay.get(id_), self._taken.get(id_)
        if word is None or not supersedes(word, known, self.over.get(id_, -math.inf)):
            return False
        self._taken[id_] = word
        return True

    def _shown(self, alert: Alert) -> Alert:
        known = self._taken.get(alert.id)
        silenced = alert.silenced or self.covering(alert)
        if known is None and silenced == alert.silenced:
            return alert
        taken = known.taken if known else None
        return msgspec.structs.replace(alert, acknowledged=taken, silenced=silenced)

    def _forget(self, name: str) -> None:
        self.over[name] = math.inf
        if self._taken.pop(name, None) is not None:
            self.dirty = True


def _standing(alert: Alert) -> tuple[object, ...]:
    """What of an alert is worth writing a file for."""
    return alert.phase, alert.level, alert.silenced, alert.cause


def _harmless(one: KeptCare) -> KeptCare:
    taken = harmless(one.taken) if one.taken else None
    return KeptCare(one.alert, clean(one.origin), taken, one.at)
