"""Who asks for what, in words; their texts are made harmless here, and none is shortened unseen."""

import time
from collections.abc import Iterable, Sequence

from opsconsole.approval import Asked, Person, Shut
from opsconsole.clean import Clean, clean
from opsconsole.model import Row
from screens.shell.act.wording import FAINT, NAME, TIERS, WARN, plan_blocks
from screens.shell.sheet import text_column
from widgets.format import fit
from widgets.oneline import Part
from widgets.page import Block

HOW = " · :approve"
_WHO, _WHAT, _WHERE = 20, 40, 30
_SHORT = 16
"""Characters of a hash that name a plan, as `opsconsole approve` writes them."""

COLUMNS = (
    text_column("who", "WHO"),
    text_column("what", "WHAT"),
    text_column("where", "WHERE"),
    text_column("tier", "TIER"),
    text_column("until", "UNTIL"),
    text_column("plan", "PLAN"),
)


def called(person: Person) -> Clean:
    """The account of who asks, for a line that has little room."""
    return clean(person.name or f"uid {person.uid}", _WHO)


def where(asked: Asked) -> Clean:
    """The target, or how many."""
    places = list(dict.fromkeys(item.thing.target for item in asked.plan.items))
    return clean(places[0], _WHERE) if len(places) == 1 else Clean(f"{len(places)} targets")


def call(asked: Asked) -> Clean:
    """`bob asks: Reboot on db-2`."""
    return clean(f"{called(asked.person)} asks: {clean(asked.plan.title, _WHAT)} on {where(asked)}")


def calls(waiting: Sequence[Asked], room: int) -> tuple[str, str]:
    """What stands in the header about those who wait, in so many cells, and its look."""
    if not waiting:
        return "", ""
    more = f", and {len(waiting) - 1} more" if len(waiting) > 1 else ""
    said = call(waiting[0])
    return fit(said, max(0, room - len(more) - len(HOW))).rstrip() + more + HOW, "warn"


def moment(at: float) -> str:
    """Local time of day; `?` for what is no time."""
    try:
        return time.strftime("%H:%M:%S", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return "?"


def rows(waiting: Iterable[Asked], shut: Iterable[Shut]) -> dict[str, Row]:
    """A row for each by the name of its socket, then those that we may not approve."""
    found: dict[str, Row] = {
        one.path.name: (
            clean(str(one.person)),
            clean(one.plan.title),
            clean(", ".join(dict.fromkeys(item.thing.target for item in one.plan.items))),
            Clean(f"{one.plan.tier:d}"),
            Clean(moment(one.until)),
            Clean(one.hash[:_SHORT]),
        )
        for one in waiting
    }
    for at, one in enumerate(shut):
        why = clean(f"not for you: {one.reason}")
        found[f"?{at}"] = (clean(str(one.person)), why, *[Clean("")] * 4)
    return found


def blocks(asked: Asked) -> list[Block]:
    """All of a plan, below who asks for it."""
    said = f"until {moment(asked.until)}; the plan is {asked.hash[:_SHORT]}"
    who = (Part("  asks       ", FAINT), Part(clean(str(asked.person)), NAME), Part(f", {said}"))
    tier = (Part("  tier       ", FAINT), Part(TIERS[asked.plan.tier], WARN))
    action = (Part("  action     ", FAINT), Part(clean(asked.plan.action)))
    reason = (Part("  reason     ", FAINT), Part(clean(asked.note, 3 * len(asked.note)), NAME))
    head = [who, action, tier, *([reason] if asked.note else [])]
    return [*(Block(line, 13) for line in head), *plan_blocks(asked.plan, None)]


def too_long(asked: Asked) -> list[Block]:
    """Instead of a plan that no page can show: what it is, and what does show it."""
    count = len(asked.plan.items)
    name = asked.hash[:_SHORT]
    return [
        Block((Part(f"{asked.person} asks for {count} objects", NAME),)),
        Block((Part(f"That is too long to be read here: opsconsole approve {name}", WARN),)),
    ]
