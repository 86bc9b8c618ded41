"""What stands on the target of an action: who goes dark when its load is switched off."""

from collections.abc import Iterable, Mapping, Sequence

from opsconsole.clean import clean
from opsconsole.model import Target
from opsconsole.plan import Thing
from opsconsole.power import OUTLET, End, Power
from opsconsole.spec import Action, Carried

LISTED = 40
"""Targets that a plan names; of more it says how many."""

PLACE = ("env", "site", "room", "rack")
"""Labels that are told of each."""


def carried_by(
    action: Action, things: Sequence[Thing], known: Mapping[str, Target]
) -> list[Target]:
    """Targets that stand on these by what the estate says; none where the action keeps them safe.

    Those that are acted on themselves are not among them. One that has another feed is: nobody
    looked whether that one carries it.
    """
    acted = {thing.target for thing in things}
    return [known[end.target] for end in _ends(action, things, known) if end.target not in acted]


def stands_on(
    action: Action, thing: Thing, things: Sequence[Thing], known: Mapping[str, Target]
) -> list[str]:
    """Lines of a plan: each target that stands on one of its things, the nearest first.

    Of two feeds that are cut in one plan none is left.
    """
    if action.carried is Carried.SAFE:
        return []
    mine = {end.target for end in _ends(action, [thing], known)}
    ends = [end for end in _ends(action, things, known) if end.target in mine]
    name = _source(action, thing)
    if not ends:
        return [f"{action.carried.value}: the estate names nothing that depends on {name}"]
    dark, kept = [end for end in ends if end.dark], [end for end in ends if not end.dark]
    return [
        *_listed(f"{action.carried.value}: {_count(dark)} on {name}", dark, known),
        *_listed(f"loses a feed and keeps another: {_count(kept)} on {name}", kept, known),
    ]


def _source(action: Action, thing: Thing) -> str:
    """The target, or the part of it that is acted on."""
    outlet = dict(thing.pins).get(action.outlet, "") if action.outlet else ""
    return f"{thing.target}{OUTLET}{outlet}" if outlet else thing.target


def _ends(action: Action, things: Iterable[Thing], known: Mapping[str, Target]) -> list[End]:
    if action.carried is Carried.SAFE:
        return []
    return Power(known.values()).ends({_source(action, thing): 0.0 for thing in things})


def _count(ends: Sequence[End]) -> str:
    several = len(ends) != 1
    return f"{len(ends)} target{'s' if several else ''} that depend{'' if several else 's'}"


def _listed(head: str, ends: Sequence[End], known: Mapping[str, Target]) -> list[str]:
    if not ends:
        return []
    more = len(ends) - LISTED
    return [
        head,
        *(clean(_line(end, known[end.target]), 160) for end in ends[:LISTED]),
        *([f"and {more} more"] if more > 0 else []),
    ]


def _line(end: End, one: Target) -> str:
    place = ", ".join(f"{label} {one.labels[label]}" for label in PLACE if one.labels.get(label))
    kept = f": keeps {', '.join(end.kept)}" if end.kept else ""
    return f"  {one.id} ({one.kind}{', ' if place else ''}{place}){kept}"
