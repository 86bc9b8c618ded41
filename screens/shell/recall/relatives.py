"""The relatives of an object: what it stands on, what it carries, who is beside it, how all are."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from opsconsole import fleet
from opsconsole.clean import Clean, clean
from opsconsole.model import Column, Quantity, Row, State, Target
from opsconsole.relation import BESIDE, PLACES, Relations
from opsconsole.spec import Domain, Probe
from opsconsole.store import Store
from screens.shell.recall.chronicle import Chronicle
from screens.shell.sheet import text_column

COLUMNS = (
    text_column("relation", "RELATION"),
    text_column("target", "TARGET"),
    text_column("kind", "KIND"),
    Column("state", "STATE", Quantity.STATE, "its worst judged value, or why there is none"),
    text_column("alert", "WORST ALERT"),
    text_column("why", "HOW IT IS RELATED"),
)

SEPARATOR = "\x1f"
"""Between the group and the target in a row's id."""

NEIGHBOURS = 50
"""Of one group that are listed; the rest is counted."""


class Relatives:
    """Rows of the sheet, as things stand when asked."""

    def __init__(
        self,
        target: str,
        chronicle: Chronicle,
        store: Store,
        domains: tuple[Domain, ...],
        targets: tuple[Target, ...],
        catalog: Mapping[str, Probe[Any]],
    ) -> None:
        self._target = target
        self._chronicle = chronicle
        self._store = store
        self._overview = {
            face.kind: [catalog[probe] for probe in face.overview.probes]
            for domain in domains
            for face in domain.faces
        }
        self._targets = {each.id: each for each in targets}

    def rows(self) -> dict[str, Row]:
        """A row per relative, in the order in which one follows a trail down, up and aside."""
        return {
            f"{group}{SEPARATOR}{other}": self._row(group, other, why)
            for group, other, why in self._found(self._chronicle.relations)
        }

    def _found(self, relations: Relations) -> Iterator[tuple[str, str, str]]:
        """(group, target, how) of each relative."""
        mine = self._target
        yield "itself", mine, ""
        for other, steps in relations.below(mine).items():
            yield "stands on", other, _way(relations, mine, other, steps)
        for other, steps in relations.above(mine).items():
            yield "carries", other, _way(relations, other, mine, steps)
        listed = {mine, *relations.below(mine), *relations.above(mine)}
        for label, value in relations.groups(mine, (*BESIDE, *PLACES)):
            others = [one for one in relations.members((label, value)) if one not in listed]
            for other in others[:NEIGHBOURS]:
                yield f"same {label}", other, f"{label} {value}"
            listed.update(others)
        own = self._targets.get(mine)
        for each in self._targets.values():
            if own and own.address and each.address == own.address and each.id not in listed:
                yield "same address", each.id, own.address

    def _row(self, group: str, other: str, why: str) -> Row:
        alert = self._chronicle.worst(other)
        target = self._targets.get(other)
        said = f"{alert.title}: {alert.why}" if alert else ""
        return (
            clean(group),
            clean(other),
            clean(target.kind if target else ""),
            self._state(other),
            clean(said),
            clean(why),
        )

    def _state(self, target: str) -> Clean | None:
        """The word that stands in the list of its tab."""
        known = self._targets.get(target)
        probes = self._overview.get(known.kind, []) if known else []
        if not probes:
            return None
        names = [probe.id for probe in probes]
        standing = self._store.state(names[0], target, time.monotonic())
        parts = self._store.joined(names, [target])[target]
        stale = standing.state is State.STALE
        _, verdict = fleet.line(
            target, probes, parts, standing.fault, stale=stale, age_s=standing.age_s
        )
        return verdict.word


def _way(relations: Relations, upper: str, lower: str, steps: int) -> str:
    """`the estate says so`; over more steps, the targets between."""
    if steps == 1:
        return relations.why(upper, lower)
    return f"through {', '.join(relations.path(upper, lower)[1:-1])}"
