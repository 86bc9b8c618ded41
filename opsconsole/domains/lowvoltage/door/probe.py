"""Doors as rows: what the controller says of each now, and what the end of its log says of it."""

from dataclasses import dataclass

from opsconsole.clean import clean
from opsconsole.domains.lowvoltage.door.entry import CLOSED, EVENT, FORCED, HELD, OPENED, Entry
from opsconsole.domains.lowvoltage.door.shape import FAULTS, Leaf, Panel, panel
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.spec import Probe

HELD_WARN, HELD_CRIT = 30.0, 120.0

_STATUS = "AcsWorkStatus"
_LOG = "AcsEvent"
_MOVES = frozenset({OPENED, CLOSED, FORCED})


@dataclass(frozen=True, slots=True)
class Judged:
    """One door with what its log says of it."""

    leaf: Leaf
    state: str
    open_s: float | None
    """Seconds; 0 when it is closed, None when nobody knows."""
    since: float | None
    forced: float | None
    """When it was forced open last, and when held open, by our clock."""
    held: float | None
    reader: str
    readers: str
    tamper: str


def ours(one: Panel, entry: Entry | None) -> float | None:
    """When that was by our own clock."""
    return None if entry is None or entry.at is None else entry.at - (one.drift or 0.0)


def judged(one: Panel) -> list[Judged]:
    """All doors of a controller."""
    return [_judged(one, leaf) for leaf in one.doors]


def _judged(one: Panel, leaf: Leaf) -> Judged:
    mine = [e for e in one.log or () if e.major == EVENT and e.door == leaf.number]
    forced = next((e for e in (*one.forced, *mine) if _is(e, leaf, FORCED)), None)
    held = next((e for e in mine if e.minor == HELD), None)
    moved = max(
        (e for e in (*mine, forced) if e and e.minor in _MOVES), key=lambda e: e.order, default=None
    )
    since = _since(one, leaf, moved)
    known = leaf.contact in {"open", "closed"}
    readers = one.online[_readers(one, leaf)]
    opened = one.opened & {n + 1 for n in range(len(one.online))[_readers(one, leaf)]}
    return Judged(
        leaf,
        _state(leaf, moved, held),
        (max(0.0, one.at - since) if since is not None else 0.0) if known else None,
        since,
        ours(one, forced),
        ours(one, held),
        "" if not readers else "online" if all(readers) else "offline",
        f"{sum(readers)} of {len(readers)}" if readers else "",
        "tampered" if opened else "ok" if readers else "",
    )


def _is(entry: Entry, leaf: Leaf, minor: int) -> bool:
    return (entry.major, entry.minor, entry.door) == (EVENT, minor, leaf.number)


def _readers(one: Panel, leaf: Leaf) -> slice:
    """Readers of a door: numbers 2n-1 and 2n, or one each where there are no more than doors."""
    if len(one.online) <= len(one.doors):
        return slice(leaf.number - 1, leaf.number)
    return slice(2 * leaf.number - 2, 2 * leaf.number)


def _since(one: Panel, leaf: Leaf, moved: Entry | None) -> float | None:
    """Since when it is open: as was seen, or as the log says, whichever is earlier."""
    if leaf.contact != "open":
        return None
    told = ours(one, moved) if moved and moved.minor != CLOSED else None
    return min((when for when in (leaf.seen, told) if when is not None), default=None)


def _state(leaf: Leaf, moved: Entry | None, held: Entry | None) -> str:
    """One word for a door, the worst first."""
    if leaf.contact in FAULTS:
        return "contact fault"
    if leaf.contact != "closed" and moved and moved.minor == FORCED:
        return "forced open"
    if leaf.contact == "open":
        late = held and moved and moved.minor == OPENED and held.order > moved.order
        return "held open" if late else "open"
    if leaf.lock in FAULTS:
        return "lock fault"
    return "unlocked" if leaf.lock == "unlocked" else leaf.contact or leaf.lock


def door_rows(one: Panel, _before: Panel | None) -> list[Row]:
    """One row per door."""
    return [
        (
            clean(str(door.leaf.number)),
            door.leaf.name,
            clean(door.state),
            clean(door.leaf.lock),
            clean(door.leaf.contact),
            clean(door.leaf.mode),
            door.open_s,
            door.since,
            clean(door.reader),
            clean(door.readers),
            clean(door.tamper),
            door.forced,
            door.held,
        )
        for door in judged(one)
    ]


DOOR = Probe(
    "door.door", "Doors", "doors",
    (
        Column("door", "DOOR", Quantity.TEXT, "place in the lists of AcsWorkStatus"),
        Column("name", "NAME", Quantity.TEXT, "Door/param doorName"),
        Column("state", "STATE", Quantity.STATE, f"{_STATUS}, and the newest of {_LOG} for it",
               tallied=True),
        Column("lock", "LOCK", Quantity.STATE, f"{_STATUS} doorLockStatus"),
        Column("contact", "CONTACT", Quantity.STATE, f"{_STATUS} magneticStatus"),
        Column("mode", "MODE", Quantity.TEXT, f"{_STATUS} doorStatus"),
        Column("open_s", "OPEN FOR", Quantity.SECONDS, "contact open, by our clock",
               Limits(HELD_WARN, HELD_CRIT, "vendor-typical"), history=True),
        Column("since", "OPEN SINCE", Quantity.TIME, f"seen so, or {_LOG}, the earlier"),
        Column("reader", "READER", Quantity.STATE, f"{_STATUS} cardReaderOnlineStatus"),
        Column("readers", "READERS", Quantity.TEXT, f"{_STATUS}: readers of it that are online"),
        Column("tamper", "TAMPER", Quantity.STATE, f"{_STATUS} cardReaderAntiDismantleStatus"),
        Column("forced_at", "FORCED", Quantity.TIME, f"{_LOG} 5/0x1b, by our clock"),
        Column("held_at", "HELD", Quantity.TIME, f"{_LOG} 5/0x1c, by our clock"),
    ),
    ("door",), panel, door_rows, on_demand=False, quiet=True, named=("door",),
)  # fmt: skip
