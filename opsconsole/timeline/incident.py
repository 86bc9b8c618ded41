"""Incidents: what went wrong at about the same time on targets that have to do with each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opsconsole.alert import Occurrence
from opsconsole.model import Level
from opsconsole.relation import Relations
from opsconsole.timeline.kind import abnormal

GAP_S = 900.0
"""Seconds of quiet after which what goes wrong is another incident."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Signs that hang together, in order of time."""

    signs: tuple[Occurrence, ...]

    @property
    def began(self) -> float:
        """Unix time of the first sign."""
        return self.signs[0].at

    @property
    def ended(self) -> float:
        """Unix time of the last one."""
        return self.signs[-1].at

    @property
    def worst(self) -> Level:
        """How bad it is."""
        return max(sign.level for sign in self.signs)

    @property
    def targets(self) -> tuple[str, ...]:
        """Who is hit, in order of time."""
        return tuple(dict.fromkeys(sign.target for sign in self.signs))


class _Clusters:
    """Joins what belongs together; a number per sign stands for its cluster."""

    def __init__(self) -> None:
        self._parents: list[int] = []

    def begin(self) -> int:
        self._parents.append(len(self._parents))
        return len(self._parents) - 1

    def find(self, one: int) -> int:
        parents = self._parents
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.find(one), self.find(other)))
        self._parents[second] = first


def incidents(
    occurrences: Iterable[Occurrence], relations: Relations, gap_s: float = GAP_S
) -> list[Incident]:
    """Signs in order of time, gathered into incidents; the oldest incident first.

    The work grows with the signs times what each stands on, not with pairs of signs.
    """
    signs = [one for one in occurrences if one.target and abnormal(one)]
    clusters = _Clusters()
    # The last sign on each target, on each neighbourhood, and on what stands on each target.
    on: dict[str, tuple[int, float]] = {}
    beside: dict[tuple[str, str], tuple[int, float]] = {}
    over: dict[str, tuple[int, float]] = {}
    for sign in signs:
        mine = clusters.begin()
        below, groups = relations.below(sign.target), relations.groups(sign.target)
        near = [on.get(sign.target), over.get(sign.target)]
        near += [on.get(target) for target in below]
        near += [beside.get(group) for group in groups]
        for found in near:
            if found is not None and sign.at - found[1] <= gap_s:
                clusters.join(found[0], mine)
        here = (mine, sign.at)
        on[sign.target] = here
        beside.update(dict.fromkeys(groups, here))
        over.update(dict.fromkeys(below, here))
    return _gathered(signs, clusters)


def _gathered(signs: Sequence[Occurrence], clusters: _Clusters) -> list[Incident]:
    found: dict[int, list[Occurrence]] = {}
    for number, sign in enumerate(signs):
        found.setdefault(clusters.find(number), []).append(sign)
    return [Incident(tuple(each)) for each in found.values()]
