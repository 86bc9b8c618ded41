"""What a controller says as shapes: its doors, its own state, its clock, its log."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.lowvoltage.door.entry import Entry, entries, number, seconds
from opsconsole.errors import Malformed
from opsconsole.question import IsapiRequest, parted

Document = Any  # of a stranger: looked at by type at each step

DOORS = 256
READERS = 512
NAMED = 8
"""Doors whose names are asked for; a panel has one, two or four, seldom eight."""

REFUSED = (400, 403, 404, 405, 500, 501)
"""Statuses of what a controller does not have."""

_JSON = ("Content-Type", "application/json")
STATUS = "/ISAPI/AccessControl/AcsWorkStatus?format=json"
LOG = "/ISAPI/AccessControl/AcsEvent?format=json"
DEVICE = "/ISAPI/System/deviceInfo"
PARAM = "/ISAPI/AccessControl/Door/param"
_KEPT = 600.0


def search(most: int, major: int = 0, minor: int = 0) -> bytes:
    """The body that asks for the newest entries of the log; 0 is any."""
    wanted = {
        "searchID": "opsconsole", "searchResultPosition": 0, "maxResults": most,
        "major": major, "minor": minor, "timeReverseOrder": True,
    }  # fmt: skip
    return msgspec.json.encode({"AcsEventCond": wanted})


def _log(most: int, major: int = 0, minor: int = 0) -> IsapiRequest:
    body = search(most, major, minor)
    return IsapiRequest(LOG, "POST", (_JSON,), body, statuses=REFUSED, newest=True)


QUESTIONS = (
    IsapiRequest(STATUS, since=("AcsWorkStatus", "magneticStatus")),
    _log(30),
    _log(10, 5, 0x1B),
    IsapiRequest("/ISAPI/System/time", statuses=REFUSED, keep=60.0),
    IsapiRequest(DEVICE, statuses=REFUSED, keep=_KEPT),
    *(IsapiRequest(f"{PARAM}/{n}", statuses=REFUSED, keep=_KEPT) for n in range(1, NAMED + 1)),
)
"""All that is always asked. The second search is for doors forced open: where many people pass,
the first has forgotten them within a minute."""

RELAY = ("locked", "unlocked", "short circuit", "broken circuit", "exception")
CONTACT = ("closed", "open", "short circuit", "broken circuit", "exception")
MODE = ("", "asleep", "normally open", "normally closed", "card")
FAULTS = frozenset(RELAY[2:])


@dataclass(frozen=True, slots=True)
class Leaf:
    """One door as its controller says; an empty word is not told."""

    number: int
    name: Clean
    lock: str
    contact: str
    mode: str
    seen: float | None
    """Unix time since when its contact was seen so."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A controller at one moment."""

    at: float
    """Our Unix time."""
    doors: tuple[Leaf, ...]
    online: tuple[bool, ...]
    """Of each reader, the first one is number 1."""
    opened: frozenset[int]
    """Numbers of readers whose housing is open."""
    tamper: str
    """Of the controller itself: `tampered`, `ok`, or not told."""
    fire: str
    power: str
    battery: str
    log: tuple[Entry, ...] | None
    """The newest first; None when it has none to tell."""
    forced: tuple[Entry, ...]
    drift: float | None
    """Seconds by which its clock goes ahead of ours."""
    device: Mapping[str, Clean]


def panel(payload: bytes) -> Panel:
    """Read an answer to `QUESTIONS`. Raises `Malformed` when it is of no access controller."""
    status, log, forced, clock, device, *names = (
        _answer(part.body) for part in parted(payload, len(QUESTIONS))
    )
    at, said, since = status
    work = work_status(said)
    told = entries(log[1])
    again = entries(forced[1]) or []
    return Panel(
        at, _leaves(work, since, [_name(one[1]) for one in names]), *_readers(work),
        **standing(work),
        log=None if told is None else tuple(told),
        forced=tuple(one for one in again if (one.major, one.minor) == (5, 0x1B)),
        drift=_drift(*clock[:2]),
        device=_device(device[1]),
    )  # fmt: skip


def _answer(body: bytes) -> tuple[float, Document, list[float]]:
    try:
        one = msgspec.json.decode(body, type=dict[str, Any])
        at = float(one["at"])
        since = [float(when) for when in one["since"]]
        said = one["said"]
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
        raise Malformed("an answer without its time") from None
    return at, said, since


def within(said: Document, key: str) -> dict[str, Document]:
    """The object behind a key; empty where there is none."""
    found: Document = cast("dict[str, Document]", said).get(key) if isinstance(said, dict) else None
    return cast("dict[str, Document]", found) if isinstance(found, dict) else {}


def work_status(said: Document) -> dict[str, Document]:
    """What all doors are like; raises `Malformed` when the answer has nothing of it."""
    work = within(said, "AcsWorkStatus")
    if not work:
        raise Malformed("no AcsWorkStatus", "is that an access controller?")
    return work


def numbers(value: Document, most: int) -> list[int | None]:
    """A list of numbers, bounded; XML has one without a list around it."""
    all_ = cast("list[object]", value) if isinstance(value, list) else [value]
    return [] if value is None or value == "" else [number(one, 1 << 16) for one in all_[:most]]


def word(words: tuple[str, ...], of: list[int | None], place: int) -> str:
    """The word of one door's number; empty for one that is not told or not known."""
    found = of[place] if place < len(of) else None
    return words[found] if found is not None and found < len(words) else ""


def _leaves(work: dict[str, Document], since: list[float], names: list[Clean]) -> tuple[Leaf, ...]:
    locks, modes, contacts = (
        numbers(work.get(key), DOORS) for key in ("doorLockStatus", "doorStatus", "magneticStatus")
    )
    return tuple(
        Leaf(
            place + 1,
            names[place] if place < len(names) else clean(""),
            word(RELAY, locks, place),
            word(CONTACT, contacts, place),
            word(MODE, modes, place),
            since[place] if place < len(since) and math.isfinite(since[place]) else None,
        )
        for place in range(max(len(locks), len(modes), len(contacts)))
    )


def _readers(work: dict[str, Document]) -> tuple[tuple[bool, ...], frozenset[int]]:
    """Whether each reader is online, and which are open.

    Controllers tell either a flag for each (`[1, 0]`), or the numbers of those that are (`[1, 3]`).
    With numbers, how many there should be is told by how each verifies.
    """
    told = numbers(work.get("cardReaderOnlineStatus"), READERS)
    fitted = numbers(work.get("cardReaderVerifyMode"), READERS)
    there = _set(told)
    count = len(told) if _flags(told) else max(len(fitted), *there, 0)
    return (
        tuple(place in there for place in range(1, count + 1)),
        _set(numbers(work.get("cardReaderAntiDismantleStatus"), READERS)),
    )


def _flags(told: list[int | None]) -> bool:
    return None in told or 0 in told or len(set(told)) < len(told)


def _set(told: list[int | None]) -> frozenset[int]:
    if _flags(told):
        return frozenset(place for place, one in enumerate(told, 1) if one)
    return frozenset(one for one in told if one is not None and one <= READERS)


def standing(work: dict[str, Document]) -> dict[str, Any]:
    """How the controller itself is, in words; empty ones are not told."""
    fire = str(work.get("fireAlarmStatus") or "")
    power = str(work.get("powerSupplyStatus") or "")
    low = work.get("batteryLowVoltage")
    return {
        "tamper": {"open": "tampered", "close": "ok"}.get(
            str(work.get("hostAntiDismantleStatus")), ""
        ),
        "fire": "ok" if fire == "normal" else "alarm" if fire else "",
        "power": {"ACPowerSupply": "mains", "BatteryPowerSupply": "battery"}.get(power, ""),
        "battery": "" if low is None else "low" if str(low).lower() in {"true", "1"} else "ok",
    }


def _drift(at: float, said: Document) -> float | None:
    clock = within(said, "Time")
    there = seconds(clock.get("localTime", ""), clock.get("timeZone", ""))
    return None if there is None else there - at


def _name(said: Document) -> Clean:
    return clean(str(within(said, "DoorParam").get("doorName") or ""), 60)


def _device(said: Document) -> dict[str, Clean]:
    one = within(said, "DeviceInfo")
    keys = ("deviceName", "model", "serialNumber", "firmwareVersion")
    return {key: clean(str(one.get(key) or ""), 80) for key in keys}
