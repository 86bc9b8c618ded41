"""Car parks as rows: lots with their occupancy, lanes, pages, and all of it in one line."""

from opsconsole.clean import Clean, clean
from opsconsole.fieldmap.feed import Feed, Record, unpacked
from opsconsole.model import Column, Limits, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe

_MAP = "the way that the map names"


def read(payload: bytes) -> Feed:
    """What all pages told; raises `Malformed`."""
    (part,) = parted(payload, 1)
    return unpacked(part.body)


def _of(feed: Feed, about: str) -> list[Record]:
    return [one for one in feed.records if one.about == about]


def _text(one: Record, field: str, most: int = 80) -> Clean:
    said = one.fields.get(field, "")
    return clean(said, most) if isinstance(said, str) else Clean(f"{said:g}")


def _number(one: Record, field: str) -> float | None:
    value = one.fields.get(field)
    return value if isinstance(value, float | int) else None


def _count(one: Record, field: str) -> int | None:
    """A number of spaces or vehicles; less than none is no count."""
    value = _number(one, field)
    return None if value is None or value < 0 else int(value)


def _filled(one: Record) -> tuple[int | None, int | None, int | None, float | None]:
    """Capacity, free, occupied, and percent: each told, or what follows from the others."""
    capacity, free, occupied = (_count(one, name) for name in ("capacity", "free", "occupied"))
    if occupied is None and capacity is not None and free is not None:
        occupied = max(0, capacity - free)
    if free is None and capacity is not None and occupied is not None:
        free = max(0, capacity - occupied)
    percent = _number(one, "percent")
    if capacity and occupied is not None:
        percent = 100 * occupied / capacity
    return capacity, free, occupied, percent if percent is None or percent >= 0 else None


def _age(feed: Feed, one: Record) -> float | None:
    updated = _number(one, "updated")
    return None if updated is None else max(0.0, feed.at - updated)


def _lots(feed: Feed, _before: Feed | None) -> list[Row]:
    return [
        (
            clean(one.key, 80),
            _text(one, "name") or clean(one.key, 80),
            _text(one, "state", 40),
            *_filled(one),
            _text(one, "trend", 40),
            _text(one, "place"),
            _number(one, "updated"),
            _age(feed, one),
        )
        for one in _of(feed, "lot")
    ]


LOT = Probe(
    "parking.lot",
    "Lots",
    "pages",
    (
        Column("lot", "LOT", Quantity.TEXT, f"{_MAP}: key"),
        Column("name", "NAME", Quantity.TEXT, f"{_MAP}: name"),
        Column("state", "STATE", Quantity.STATE, f"{_MAP}: state, in the words of the map"),
        Column("capacity", "SPACES", Quantity.COUNT, f"{_MAP}: capacity"),
        Column("free", "FREE", Quantity.COUNT, f"{_MAP}: free; else capacity less occupied"),
        Column("occupied", "TAKEN", Quantity.COUNT, f"{_MAP}: occupied; else capacity less free"),
        Column("occupied_percent", "TAKEN%", Quantity.PERCENT,
               f"occupied of capacity; else {_MAP}: percent",
               Limits(95, 100, "ours: more than 95 % is full for who looks for a space"),
               history=True),
        Column("trend", "TREND", Quantity.TEXT, f"{_MAP}: trend"),
        Column("place", "PLACE", Quantity.TEXT, f"{_MAP}: place"),
        Column("updated", "TOLD", Quantity.SINCE, f"{_MAP}: updated, the page's own time"),
        Column("age_s", "AGE", Quantity.SECONDS, "since `updated`, when the page was asked"),
    ),
    ("lot",),
    read,
    _lots,
    on_demand=False,
    quiet=True,
    named=("name",),
)  # fmt: skip


def _lanes(feed: Feed, _before: Feed | None) -> list[Row]:
    return [
        (
            clean(one.key, 80),
            _text(one, "name") or clean(one.key, 80),
            _text(one, "state", 40),
            _text(one, "direction", 40),
            _text(one, "barrier", 40),
            _text(one, "loop", 40),
            _text(one, "camera", 40),
            _number(one, "recognised_percent"),
            _count(one, "unsynced"),
            _count(one, "unpaid"),
            _count(one, "inside"),
            Clean("yes" if feed.opens else ""),
            _number(one, "updated"),
        )
        for one in _of(feed, "lane")
    ]


LANE = Probe(
    "parking.lane",
    "Lanes",
    "pages",
    (
        Column("lane", "LANE", Quantity.TEXT, f"{_MAP}: key"),
        Column("name", "NAME", Quantity.TEXT, f"{_MAP}: name"),
        Column("state", "STATE", Quantity.STATE, f"{_MAP}: state, in the words of the map"),
        Column("direction", "WAY", Quantity.TEXT, f"{_MAP}: direction"),
        Column("barrier", "BARRIER", Quantity.STATE, f"{_MAP}: barrier"),
        Column("loop", "LOOP", Quantity.TEXT, f"{_MAP}: loop, occupied or clear"),
        Column("camera", "CAMERA", Quantity.STATE, f"{_MAP}: camera"),
        Column("recognised_percent", "PLATES", Quantity.PERCENT,
               f"{_MAP}: recognised_percent, number plates that were read", history=True),
        Column("unsynced", "UNSYNCED", Quantity.COUNT,
               f"{_MAP}: unsynced, records of a lane that was alone"),
        Column("unpaid", "UNPAID", Quantity.COUNT, f"{_MAP}: unpaid"),
        Column("inside", "INSIDE", Quantity.COUNT, f"{_MAP}: inside, vehicles"),
        Column("opens", "OPENS", Quantity.TEXT, "the map: [call.open]"),
        Column("updated", "TOLD", Quantity.SINCE, f"{_MAP}: updated, the page's own time"),
    ),
    ("lane",),
    read,
    _lanes,
    on_demand=False,
    quiet=True,
    named=("name",),
)  # fmt: skip


def _pages(feed: Feed, _before: Feed | None) -> list[Row]:
    return [
        (clean(one.name, 60), Clean("failed" if one.error else "ok"), one.rows,
         clean(one.error, 300))
        for one in feed.pages
    ]  # fmt: skip


PAGE = Probe(
    "parking.page",
    "Pages",
    "pages",
    (
        Column("page", "PAGE", Quantity.TEXT, "the map: [document.NAME]"),
        Column("read", "READ", Quantity.STATE, "whether it was read"),
        Column("rows", "ROWS", Quantity.COUNT, "the map: rows with a key"),
        Column("error", "ERROR", Quantity.TEXT, "why it was not read"),
    ),
    ("page",),
    read,
    _pages,
    on_demand=False,
)


def _in_short(feed: Feed, _before: Feed | None) -> list[Row]:
    lots, lanes = _of(feed, "lot"), _of(feed, "lane")
    filled = [_filled(one) for one in lots]
    known = [(took, of) for of, _free, took, _p in filled if of and took is not None]
    spaces = sum(of for _took, of in known)
    ages = [age for one in (*lots, *lanes) if (age := _age(feed, one)) is not None]
    return [
        (
            len(lots),
            spaces if known else None,
            sum(max(0, of - took) for took, of in known) if known else None,
            100 * sum(took for took, _of in known) / spaces if spaces else None,
            sum(percent is not None and percent > 95 for *_rest, percent in filled),
            len(lanes),
            sum(one.fields.get("state") == "offline" for one in lanes),
            max(ages, default=None),
            min(ages, default=None),
            sum(bool(page.error) for page in feed.pages),
        )
    ]


SUMMARY = Probe(
    "parking.summary",
    "Parking in short",
    "pages",
    (
        Column("lots", "LOTS", Quantity.COUNT, "rows of lots"),
        Column("capacity", "SPACES", Quantity.COUNT, "of lots whose occupancy is known"),
        Column("free", "FREE", Quantity.COUNT, "of lots whose occupancy is known"),
        Column("occupied_percent", "TAKEN%", Quantity.PERCENT, "of all these together",
               history=True),
        Column("full", "FULL", Quantity.COUNT, "lots that are taken to more than 95 %"),
        Column("lanes", "LANES", Quantity.COUNT, "rows of lanes"),
        Column("lanes_offline", "OFFLINE", Quantity.COUNT, "lanes whose state is offline",
               Limits(1, 1e9, "any")),
        Column("oldest_s", "OLDEST", Quantity.SECONDS, "age of the oldest row that tells its time"),
        Column("newest_s", "NEWEST", Quantity.SECONDS, "age of the newest row that tells its time"),
        Column("failed", "FAILED", Quantity.COUNT, "pages that were not read",
               Limits(1, 1e9, "any")),
    ),
    (),
    read,
    _in_short,
    on_demand=False,
)  # fmt: skip
