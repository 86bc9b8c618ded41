"""What stands on the target of an action: who goes dark when its load is switched off."""

from collections.abc import Mapping, Sequence

from opsconsole.clean import clean
from opsconsole.model import Target
from opsconsole.relation import Relations
from opsconsole.spec import Action, Carried

LISTED = 40
"""Targets that a plan names; of more it says how many."""

PLACE = ("env", "site", "room", "rack")
"""Labels that are told of each."""


def carried_by(
    action: Action, targets: Sequence[Target], known: Mapping[str, Target]
) -> list[Target]:
    """Targets that stand on these by what the estate says; none where the action keeps them safe.

    Those that are acted on themselves are not among them.
    """
    if action.carried is Carried.SAFE:
        return []
    relations = Relations(known.values())
    above = dict.fromkeys(name for one in targets for name in relations.above(one.id))
    return [known[name] for name in above if name not in {one.id for one in targets}]


def stands_on(action: Action, target: Target, known: Mapping[str, Target]) -> list[str]:
    """Lines of a plan: each target that stands on it, nearest first."""
    if action.carried is Carried.SAFE:
        return []
    above = carried_by(action, [target], known)
    if not above:
        return [f"{action.carried.value}: the estate names nothing that depends on {target.id}"]
    count = f"{len(above)} target{'s' if len(above) > 1 else ''}"
    more = len(above) - LISTED
    return [
        f"{action.carried.value}: {count} that depend{'' if len(above) > 1 else 's'} on it",
        *(clean(_line(one), 160) for one in above[:LISTED]),
        *([f"and {more} more"] if more > 0 else []),
    ]


def _line(one: Target) -> str:
    place = ", ".join(f"{label} {one.labels[label]}" for label in PLACE if one.labels.get(label))
    return f"  {one.id} ({one.kind}{', ' if place else ''}{place})"
