"""Proposes the earliest abnormal thing of an incident, by what stands on what, and says why."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.relation import Bond, Relations, Tie
from opsconsole.timeline.incident import Incident, incidents
from opsconsole.timeline.kind import CHANGE_S, DEEDS

SLACK_S = 35.0
"""Seconds by which a cause may be seen after its effect: most things are asked each 30 s."""

BEFORE_S = 900.0
"""Seconds before an incident that are looked at for what led to it."""

MOST = 120
"""Signs of an incident that are weighed, the earliest; all pairs of them are."""

_BESIDE = 0.4
"""What explaining a neighbour counts, against what stands on the cause."""

_TITLE = 60

Onset = Callable[[Occurrence], float]
"""When something began to be so, Unix time: an alert is raised only after a while."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What probably came first, and why that is thought."""

    cause: Occurrence
    words: Clean
    explained: int = 0
    """How many of the other signs it may have led to."""
    signs: int = 1
    """How many different signs there are, its own one included."""
    change: Occurrence | None = None
    """What was seen to have changed there shortly before."""


@dataclass(frozen=True, slots=True)
class _Event:
    """An occurrence as it is weighed."""

    of: Occurrence
    onset: float
    deed: bool = False
    over: float = float("inf")
    """When it was cleared."""


def propose(
    incident: Incident,
    around: Iterable[Occurrence],
    relations: Relations,
    *,
    onset: Onset = lambda one: one.at,
    slack_s: float = SLACK_S,
) -> Proposal:
    """The earliest abnormal thing, in the direction of dependencies, or the deed that led to it.

    `around` is all that happened then and in the quarter of an hour before, in order of time.
    """
    known = tuple(around)
    signs = _signs(incident, known, onset)
    weighing = _Weighing(relations, slack_s)
    events = [*signs, *_deeds(known, signs, relations)]
    cause, led_to = weighing.best(events, signs)
    others = len(signs) - (not cause.deed)
    effect = weighing.told(cause, led_to)
    words = _words(cause, effect, relations)
    if others > 1:
        words += f"; it may explain {len(led_to)} of {others} other signs"
    change = _changed(cause, known, relations)
    if change is not None:
        words += f"; before it {_short(change)} changed on {change.target}"
    return Proposal(cause.of, clean(words, 500), len(led_to), others + 1, change)


def propose_worst(
    known: Sequence[Occurrence],
    since: float,
    relations: Relations,
    *,
    reach: frozenset[str] | None = None,
    onset: Onset = lambda one: one.at,
) -> Proposal | None:
    """What began the worst incident since then that hits one of `reach`, or any; None without one.

    Of equals the one that hits most, then the newest. `known` is in order of time, and tells of
    the quarter of an hour before, too.
    """
    found = [
        one
        for one in incidents((o for o in known if o.at >= since), relations)
        if reach is None or reach.intersection(one.targets)
    ]
    if not found:
        return None
    chosen = max(found, key=lambda one: (one.worst, len(one.targets), one.ended))
    start, end = chosen.began - BEFORE_S, chosen.ended
    around = [one for one in known if start <= one.at <= end]
    return propose(chosen, around, relations, onset=onset)


def _signs(incident: Incident, around: Sequence[Occurrence], onset: Onset) -> list[_Event]:
    """Each sign once, the first time it showed, with when it was over."""
    first: dict[tuple[str, ...], Occurrence] = {}
    for sign in incident.signs:
        first.setdefault(_thing(sign), sign)
        if len(first) >= MOST:
            break
    over: dict[tuple[str, ...], float] = {}
    for one in around:
        if one.kind == "clear":
            thing = ("alert", *_thing(one)[1:])
            if thing in first and one.at >= first[thing].at:
                over.setdefault(thing, one.at)
    return [
        _Event(one, min(onset(one), one.at), over=over.get(thing, float("inf")))
        for thing, one in first.items()
    ]


def _thing(one: Occurrence) -> tuple[str, ...]:
    """What it is about; an alert that is raised again is the same one."""
    return (one.kind, one.target, one.object, one.ref or one.text)


def _deeds(
    around: Sequence[Occurrence], signs: Sequence[_Event], relations: Relations
) -> list[_Event]:
    """What people did before anything was wrong there; what they did afterwards was an answer."""
    hit = {sign.of.target for sign in signs}
    found: list[_Event] = []
    for one in around:
        lasts = DEEDS.get(one.kind)
        if lasts is None or not one.target:
            continue
        reach = relations.reach(one.target)
        touched = [sign for sign in signs if sign.of.target in reach]
        before = min((sign.onset for sign in touched), default=None)
        if before is not None and hit & reach and 0 <= before - one.at <= lasts:
            found.append(_Event(one, one.at, deed=True))
    return found[-MOST:]


def _changed(
    cause: _Event, around: Sequence[Occurrence], relations: Relations
) -> Occurrence | None:
    """The last change on the target of the cause, or on what that stands on, before it."""
    if cause.deed:
        return None
    there = {cause.of.target, *relations.below(cause.of.target)}
    found = [
        one
        for one in around
        if one.kind == "change" and one.target in there and 0 <= cause.onset - one.at <= CHANGE_S
    ]
    return found[-1] if found else None


class _Weighing:
    """Which events may have led to which."""

    def __init__(self, relations: Relations, slack_s: float) -> None:
        self._relations = relations
        self._slack = slack_s
        self._bonds: dict[tuple[str, str], Bond] = {}

    def best(
        self, events: Sequence[_Event], signs: Sequence[_Event]
    ) -> tuple[_Event, list[_Event]]:
        """What explains most and is itself explained by nothing, and what it explains."""
        led_to: dict[int, list[_Event]] = {}
        scores: dict[int, float] = {}
        inner: set[int] = set()
        for at, cause in enumerate(events):
            weights = [(self._weight(cause, sign), sign) for sign in signs]
            led_to[at] = [sign for weight, sign in weights if weight]
            scores[at] = round(sum(weight for weight, _ in weights), 6)
            inner.update(id(sign) for weight, sign in weights if weight >= 1)
        roots = [at for at, event in enumerate(events) if id(event) not in inner]
        chosen = min(roots or scores, key=lambda at: (-scores[at], *self._rank(events[at])))
        return events[chosen], led_to[chosen]

    @staticmethod
    def _rank(event: _Event) -> tuple[bool, float]:
        """Of equals: what is wrong before what was done, the first sign, the last deed."""
        return event.deed, -event.onset if event.deed else event.onset

    def _weight(self, cause: _Event, sign: _Event) -> float:
        """1 where one may have led to the other, less where they are only neighbours, or 0."""
        if cause is sign or cause.over < sign.onset - self._slack:
            return 0.0
        tie = self._bond(sign.of.target, cause.of.target).tie
        later = sign.onset - cause.onset
        match tie:
            case Tie.SAME:
                return 1.0 if later > 0 or (later == 0 and cause.deed) else 0.0
            case Tie.STANDS_ON if not self._circle(sign, cause) or later > 0:
                return 1.0 if later >= (0 if cause.deed else -self._slack) else 0.0
            case Tie.BESIDE:
                return _BESIDE if later > self._slack else 0.0
            case _:
                return 0.0

    def _circle(self, sign: _Event, cause: _Event) -> bool:
        """Whether each stands on the other: then only time tells."""
        return sign.of.target in self._relations.below(cause.of.target)

    def _bond(self, first: str, second: str) -> Bond:
        found = self._bonds.get((first, second))
        if found is None:
            found = self._bonds[first, second] = self._relations.bond(first, second)
        return found

    @staticmethod
    def told(cause: _Event, led_to: Sequence[_Event]) -> _Event | None:
        """The effect that is named: the first one after it, elsewhere if there is one."""
        elsewhere = [one for one in led_to if one.of.target != cause.of.target]
        return min(
            elsewhere or led_to, key=lambda one: (one.onset < cause.onset, one.onset), default=None
        )


def _words(cause: _Event, effect: _Event | None, relations: Relations) -> str:
    """`IO wait of sda on db-1, 40 s before replication lag on db-2, which stands on it`."""
    said = f"{_short(cause.of)} on {cause.of.target}"
    if effect is None:
        return f"{said}: nothing that it stands on was wrong before"
    later = effect.onset - cause.onset
    other = f"{_short(effect.of)} on {effect.of.target}"
    bond = relations.bond(effect.of.target, cause.of.target)
    when = f"{_long(later)} before" if later >= 1 else "at the same moment as"
    if bond.tie is Tie.SAME:
        return f"{said}, {when} {_short(effect.of)} there"
    how = "which stands on it" if bond.tie is Tie.STANDS_ON else f"which shares its {bond.shared}"
    if bond.through:
        how += f" through {', '.join(bond.through[:3])}"
    if later >= 0:
        return f"{said}, {when} {other}, {how}"
    return f"{said}: {other}, {how}, was seen {_long(-later)} earlier, within one round of asking"


def _short(one: Occurrence) -> str:
    """What happened, without the numbers that follow, and to what."""
    # What somebody did is told as `alice: deploy api`: who it was belongs to it.
    said = one.text if one.kind in DEEDS else one.text.partition(": ")[0]
    title = said[:_TITLE].strip() or one.kind
    named = one.object and one.object not in one.text and one.object != one.target
    return f"{title} ({one.object[:_TITLE]})" if named else title


def _long(seconds: float) -> str:
    """A time between two things."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
