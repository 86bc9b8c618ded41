"""What stands on what: a graph over the estate's targets, and who shares a rack or a service."""

import enum
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from opsconsole.clean import Clean, clean
from opsconsole.model import Target

BESIDE = ("service", "cluster", "rack")
"""Labels whose common value makes neighbours, those that say most first."""

PLACES = ("room", "site")
"""Labels that name a place too wide for what happens there to hang together."""

SAID = Clean("the estate says so")
MACHINE = Clean("same machine")


class Tie(enum.Enum):
    """How one target stands to another."""

    SAME = "same"
    STANDS_ON = "stands on"
    CARRIES = "carries"
    BESIDE = "beside"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Footing:
    """What an answer says a target stands on: the server of a mount, the node of a pod."""

    target: str
    on: str
    """Id, address or host name of the other."""
    why: Clean


@dataclass(frozen=True, slots=True)
class Bond:
    """How two targets stand to each other, and over how many steps."""

    tie: Tie
    steps: int = 0
    """Of the shortest way; 0 beside each other and apart."""
    through: tuple[str, ...] = ()
    """Targets between the two, from the first."""
    shared: str = ""
    """The label that makes them neighbours."""


@dataclass(slots=True)
class _Known:
    """Answers worked out once."""

    below: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    above: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])


class Relations:
    """Answers questions about a graph that does not change. Circles are harmless."""

    def __init__(self, targets: Iterable[Target] = (), footings: Iterable[Footing] = ()) -> None:
        """What the estate says of its targets, and what answers of theirs add to it."""
        known = list(targets)
        self._labels = {target.id: target.labels for target in known}
        self._below: dict[str, dict[str, Clean]] = {target.id: {} for target in known}
        self._above: dict[str, dict[str, Clean]] = {target.id: {} for target in known}
        self._names = _names(known)
        self._groups: dict[tuple[str, str], list[str]] = {}
        self._known = _Known()
        for target in known:
            for on in target.depends_on:
                self._join(target.id, on, SAID)
            for label in (*BESIDE, *PLACES):
                if value := target.labels.get(label):
                    self._groups.setdefault((label, value), []).append(target.id)
        for upper, lower in _same_machine(known):
            self._join(upper, lower, MACHINE)
        for footing in footings:
            self._join(footing.target, self._names.get(footing.on.lower(), ""), footing.why)

    def _join(self, upper: str, lower: str, why: Clean) -> None:
        if upper == lower or upper not in self._below or lower not in self._below:
            return
        self._below[upper].setdefault(lower, why)
        self._above[lower].setdefault(upper, why)

    # -- questions ------------------------------------------------------------------------------

    @property
    def targets(self) -> Iterable[str]:
        """Ids of all targets."""
        return self._labels.keys()

    def below(self, target: str) -> Mapping[str, int]:
        """All that it stands on, with the steps there, nearest first."""
        return self._reached(self._known.below, self._below, target)

    def above(self, target: str) -> Mapping[str, int]:
        """All that stands on it, with the steps there, nearest first."""
        return self._reached(self._known.above, self._above, target)

    def why(self, upper: str, lower: str) -> Clean:
        """Who says that one stands on the other at once; empty when it does not."""
        return self._below.get(upper, {}).get(lower, Clean(""))

    def groups(self, target: str, labels: Sequence[str] = BESIDE) -> list[tuple[str, str]]:
        """(label, value) of each group that it is in together with others."""
        own = self._labels.get(target, {})
        found = [(label, own[label]) for label in labels if own.get(label)]
        return [group for group in found if len(self._groups[group]) > 1]

    def members(self, group: tuple[str, str]) -> Sequence[str]:
        """Ids of the targets of a group."""
        return self._groups.get(group, ())

    def beside(self, target: str, labels: Sequence[str] = BESIDE) -> dict[str, str]:
        """Its neighbours, each with the first label they share."""
        found: dict[str, str] = {}
        for group in self.groups(target, labels):
            for other in self._groups[group]:
                if other != target:
                    found.setdefault(other, group[0])
        return found

    def bond(self, first: str, second: str) -> Bond:
        """How the first stands to the second."""
        if first == second:
            return Bond(Tie.SAME)
        if steps := self.below(first).get(second):
            return Bond(Tie.STANDS_ON, steps, self.path(first, second)[1:-1])
        if steps := self.above(first).get(second):
            return Bond(Tie.CARRIES, steps, tuple(reversed(self.path(second, first)[1:-1])))
        mine, other = self._labels.get(first, {}), self._labels.get(second, {})
        for label in BESIDE:
            if mine.get(label) and mine.get(label) == other.get(label):
                return Bond(Tie.BESIDE, shared=label)
        return Bond(Tie.APART)

    def path(self, upper: str, lower: str) -> tuple[str, ...]:
        """The shortest way down from one to the other, both included; empty when there is none."""
        steps = self.above(lower)
        if upper not in steps:
            return ()
        way = [upper]
        while way[-1] != lower:
            below = self._below[way[-1]]
            way.append(lower if lower in below else min(below, key=lambda one: steps.get(one, 1e9)))
        return tuple(way)

    def reach(self, target: str) -> frozenset[str]:
        """It, what it stands on and what stands on it: what a look at it takes in."""
        return frozenset((target, *self.below(target), *self.above(target)))

    def find(self, name: str) -> str:
        """Id of the target of that id, address or host name; empty for none, and for several."""
        return self._names.get(name.lower(), "")

    def _reached(
        self, known: dict[str, dict[str, int]], edges: Mapping[str, Mapping[str, Clean]], start: str
    ) -> Mapping[str, int]:
        found = known.get(start)
        if found is None:
            found = {start: 0}
            ahead = deque([start])
            while ahead:
                one = ahead.popleft()
                for other in edges.get(one, ()):
                    if other not in found:
                        found[other] = found[one] + 1
                        ahead.append(other)
            del found[start]
            known[start] = found
        return found


def _names(targets: Sequence[Target]) -> dict[str, str]:
    """Ids by everything that names a target; what names two hosts names none."""
    found: dict[str, list[Target]] = {}
    for target in targets:
        short = target.address.partition(".")[0]
        numeric = short.isdigit() or ":" in target.address
        for name in {target.address, "" if numeric else short} - {""}:
            found.setdefault(name.lower(), []).append(target)
    names: dict[str, str] = {}
    for name, named in found.items():
        # A host goes before what runs on it: that is what its name stands for.
        hosts = [one for one in named if one.kind == "host"] or named
        if len(hosts) == 1:
            names[name] = hosts[0].id
    return names | {target.id.lower(): target.id for target in targets}


def _same_machine(targets: Sequence[Target]) -> list[tuple[str, str]]:
    """(target, host) where another kind of target has the address of a host, or is local as it."""
    hosts: dict[tuple[str, str], str] = {}
    for target in targets:
        if target.kind == "host":
            hosts.setdefault(_machine(target), target.id)
    return [
        (target.id, hosts[_machine(target)])
        for target in targets
        if target.kind != "host" and _machine(target) in hosts
    ]


def _machine(target: Target) -> tuple[str, str]:
    local = target.transport == "local" or target.address in ("", "localhost", "127.0.0.1", "::1")
    return ("local", "") if local else ("", target.address.lower())


def spoken(bond: Bond) -> Clean:
    """A bond in words, to follow the first target's name: `stands on it, through db-1`."""
    if bond.tie is Tie.SAME:
        return Clean("is the same target")
    if bond.tie is Tie.BESIDE:
        return clean(f"shares its {bond.shared}")
    if bond.tie is Tie.APART:
        return Clean("has nothing to do with it")
    said = "stands on it" if bond.tie is Tie.STANDS_ON else "carries it"
    return clean(f"{said}, through {', '.join(bond.through)}" if bond.through else said)
