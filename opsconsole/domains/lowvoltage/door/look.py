"""A controller and one of its doors as facts: read before a plan, before a run, and afterwards."""

import re
from typing import Any

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.lowvoltage.door import entry
from opsconsole.domains.lowvoltage.door.entry import Entry, entries, number
from opsconsole.domains.lowvoltage.door.shape import (
    CONTACT,
    DEVICE,
    DOORS,
    LOG,
    MODE,
    PARAM,
    RELAY,
    STATUS,
    numbers,
    search,
    standing,
    within,
    word,
    work_status,
)
from opsconsole.errors import Gone, Malformed, Refused, Unsupported
from opsconsole.plan import Thing
from opsconsole.spec import Facts, Look

UPTIME = "/ISAPI/System/status"
_DOOR = re.compile(r"[1-9]\d{0,2}")
_LAST = 30
Document = Any  # of a stranger: looked at by type at each step

_MEANS_OPEN = frozenset({
    (entry.EVENT, entry.LOCK_OPEN), (entry.EVENT, entry.OPENED),
    (entry.OPERATION, entry.REMOTE_OPEN),
})  # fmt: skip
_MEANS_STARTED = frozenset({(entry.EXCEPTION, entry.POWER_ON)})


def door(thing: Thing) -> int:
    """The number of the door; raises `Refused` for what is none."""
    found = dict(thing.pins).get("door", "")
    if not _DOOR.fullmatch(found):
        raise Refused(f"{thing.target}: {found[:40]!r} is no number of a door", "unknown")
    return int(found)


def said(status: int, out: bytes) -> str:
    """What an answer means, in the controller's own words."""
    try:
        told: Document = _decoded(out)
    except Malformed:
        told = None
    one = within(told, "ResponseStatus") or within({"": told}, "")
    words = [str(one.get(key) or "") for key in ("statusString", "subStatusCode", "errorMsg")]
    text = ", ".join(word for word in words if word)
    return str(clean_bytes(text.encode(), 160)) or (f"status {status}" if status else "done")


def _decoded(out: bytes) -> Document:
    try:
        return msgspec.json.decode(out.partition(b"\n")[2])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed("an answer that is none") from None


def _newest(told: list[Entry] | None, means: frozenset[tuple[int, int]], of: int | None) -> str:
    """The number of the last such entry; `0` for none, empty where there is no log."""
    if told is None:
        return ""
    fit = [
        one.serial
        for one in told
        if (one.major, one.minor) in means and of in {None, one.door} and one.serial is not None
    ]
    return str(max(fit, default=0))


def _log(name: str, means: frozenset[tuple[int, int]], major: int, minor: int) -> Look:
    """A search of the log: the number of the newest entry that means this."""

    def read(thing: Thing, status: int, out: bytes) -> Facts:
        told = None if status else entries(_decoded(out))
        of = int(found) if (found := dict(thing.pins).get("door", "")).isdecimal() else None
        return {name: _newest(told, means, of)}

    body = search(_LAST, major, minor).decode()
    return Look(lambda _: ("POST", LOG, body), read)


def _status(thing: Thing, status: int, out: bytes) -> dict[str, Document]:
    if status:
        raise Unsupported(f"{thing.target}: says {said(status, out)}")
    return work_status(_decoded(out))


def _read_door(thing: Thing, status: int, out: bytes) -> Facts:
    work, place = _status(thing, status, out), door(thing) - 1
    locks, modes, contacts = (
        numbers(work.get(key), DOORS) for key in ("doorLockStatus", "doorStatus", "magneticStatus")
    )
    if place >= max(len(locks), len(modes), len(contacts)):
        raise Gone(f"{thing.target}: it has no door {place + 1}")
    return {
        "door": str(place + 1),
        "lock": word(RELAY, locks, place),
        "contact": word(CONTACT, contacts, place),
        "mode": word(MODE, modes, place),
        "tamper": standing(work)["tamper"],
        "fire": standing(work)["fire"],
    }


def _read_name(_thing: Thing, status: int, out: bytes) -> Facts:
    one = {} if status else within(_decoded(out), "DoorParam")
    return {"name": str(clean(str(one.get("doorName") or ""), 60))}


DOOR_LOOK = Look(
    lambda _: ("GET", STATUS), _read_door,
    then=lambda _thing, _facts: (
        Look(lambda thing: ("GET", f"{PARAM}/{door(thing)}"), _read_name),
        _log("opened_entry", _MEANS_OPEN, 0, 0),
    ),
)  # fmt: skip


def _read_controller(thing: Thing, status: int, out: bytes) -> Facts:
    work = _status(thing, status, out)
    locks, contacts = (
        numbers(work.get(key), DOORS) for key in ("doorLockStatus", "magneticStatus")
    )
    return {
        "open": ", ".join(str(n) for n, one in enumerate(contacts, 1) if one == 1),
        "unlocked": ", ".join(str(n) for n, one in enumerate(locks, 1) if one == 1),
        "doors": str(max(len(locks), len(contacts))),
        "tamper": standing(work)["tamper"],
        "fire": standing(work)["fire"],
    }


def _read_device(_thing: Thing, status: int, out: bytes) -> Facts:
    one = {} if status else within(_decoded(out), "DeviceInfo")
    return {
        key: str(clean(str(one.get(told) or ""), 80))
        for key, told in (("serial", "serialNumber"), ("name", "deviceName"), ("model", "model"))
    }


def _read_uptime(_thing: Thing, status: int, out: bytes) -> Facts:
    up = None if status else number(within(_decoded(out), "DeviceStatus").get("deviceUpTime"))
    return {"uptime_s": "" if up is None else str(up)}


CONTROLLER_LOOK = Look(
    lambda _: ("GET", STATUS), _read_controller,
    then=lambda _thing, _facts: (
        Look(lambda _: ("GET", DEVICE), _read_device),
        Look(lambda _: ("GET", UPTIME), _read_uptime),
        _log("started_entry", _MEANS_STARTED, entry.EXCEPTION, entry.POWER_ON),
    ),
)  # fmt: skip
