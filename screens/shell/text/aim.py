"""What a key means to read: the objects one is at, and which texts they have."""

from collections.abc import Mapping
from typing import Any, cast

from opsconsole.errors import UsageError
from opsconsole.plan import Thing
from opsconsole.spec import Inquiry, Probe, Visit
from screens.shell.act.aim import Actions, take_aim
from screens.shell.tab import TabView

Offer = Inquiry | Visit
"""What the menu of texts holds."""

Inquiries = Mapping[str, Mapping[str, Offer]]
"""By kind of target and id."""


def readable(
    inquiries: Inquiries, catalog: Mapping[str, Probe[Any]], tab: TabView
) -> tuple[tuple[Thing, ...], tuple[Offer, ...]]:
    """The objects that are marked or under the cursor, and the texts that all of them have.

    Raises `UsageError` when there are none.
    """
    try:
        # An inquiry is about objects as an action is: by probes, pins and what fits a row.
        aim = take_aim(cast("Actions", inquiries), catalog, tab)
    except UsageError as error:
        raise UsageError(str(error).replace("nothing to do to", "nothing to read of")) from None
    return aim.things, cast("tuple[Offer, ...]", aim.actions)


def chosen(offered: tuple[Offer, ...], name: str) -> Offer:
    """The text of that letter, id or noun; raises `UsageError`."""
    for one in offered:
        if name in (one.letter, one.id, one.id.partition(".")[2]):
            return one
    there = ", ".join(one.id.partition(".")[2] for one in offered)
    raise UsageError(f"there is no {name!r} to read here; there are: {there}")
