"""What was changed in an account, by whom, as its provider tells it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

_STATES = {
    **dict.fromkeys(("completed", "done", "succeeded", "success"), "done"),
    **dict.fromkeys(("errored", "failed", "failure", "error"), "failed"),
    **dict.fromkeys(("in-progress", "pending", "running", "in progress"), "running"),
}
"""How providers call the end of it."""


class _Change(msgspec.Struct):
    id: Any = None
    at: Any = None
    who: Any = None
    did: Any = None
    thing: Any = None
    state: Any = None
    place: Any = None
    provider: Any = None


Changes = Sequence[tuple[str, _Change]]


def read(payload: bytes) -> Changes:
    """The newest."""
    (part,) = parted(payload, 1)
    return list(cloud.reading(part.body).found(_Change))


def rows(now: Changes, _before: Changes | None) -> list[Row]:
    """One row per change."""
    found: dict[str, Row] = {}
    for region, one in now:
        id_ = value.text(one.id, 64)
        state = str(value.text(one.state, 20)).lower()
        found[str(id_)] = (
            value.moment(one.at),
            value.text(one.who, 100),
            value.text(one.did, 120),
            clean(_STATES.get(state, state)),
            value.text(one.thing, 200),
            id_ or Clean("unknown"),
            value.text(one.provider, 20),
            clean(region, 40) or value.text(one.place, 40),
        )
    return list(found.values())


_OF = "activity log (Azure), operations (Google), actions (DigitalOcean)"

CHANGE = Probe(
    "cloud.change",
    "Changes",
    "change",
    (
        Column("at", "AT", Quantity.TIME, _OF),
        Column("who", "WHO", Quantity.TEXT, f"{_OF}: caller, user; not of DigitalOcean"),
        Column("did", "DID", Quantity.TEXT, f"{_OF}: operation, type"),
        Column("state", "STATE", Quantity.STATE, f"{_OF}: how it ended"),
        Column("thing", "TO", Quantity.TEXT, f"{_OF}: what it was done to"),
        Column("id", "ID", Quantity.TEXT, _OF),
        Column("provider", "PROVIDER", Quantity.TEXT, "estate: provider"),
        Column("region", "REGION", Quantity.TEXT, _OF),
    ),
    ("id",),
    read,
    rows,
)
