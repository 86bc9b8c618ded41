"""The document of an object as facts: what it is now, and what it says may be done to it."""

import json
from typing import Any, cast

import msgspec

from opsconsole.clean import clean, clean_bytes
from opsconsole.domains.system.bmc.machine import lamp, locked
from opsconsole.domains.system.bmc.wire import LINK, Document, at, items, lowered, text
from opsconsole.errors import Gone, Malformed, Refused, Unsupported
from opsconsole.plan import Step, Thing
from opsconsole.spec import Facts, Look

SECONDS = 60.0
"""For one call: controllers take their time."""

_RESETS = ("#ComputerSystem.Reset", "#Manager.Reset")
_TYPE = "ResetType"


def path(thing: Thing) -> str:
    """The path of the document; raises `Refused` for one that none can have."""
    found = dict(thing.pins).get("path", "")
    if not found.startswith("/"):
        raise Refused(f"{thing.target}: {str(clean(found))!r} is no path of a document", "unknown")
    return found


def _decoded(thing: Thing, status: int, out: bytes) -> Document:
    if status == 404:
        raise Gone(f"{thing.target}: there is no {path(thing)}")
    if status:
        raise Unsupported(f"{thing.target}: {said(status, out)}")
    try:
        return msgspec.json.decode(out.partition(b"\n")[2], type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{thing.target}: {path(thing)}: {clean(str(error))}") from None


def said(status: int, out: bytes) -> str:
    """What an answer means: the controller's own words on a refusal, where it has any."""
    body = out.partition(b"\n")[2]
    try:
        error = msgspec.json.decode(body, type=dict[str, Any]).get("error")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return str(clean_bytes(b" ".join(body.split()), 300)) or f"status {status}"
    info = items(error, "@Message.ExtendedInfo")
    words = [text(one, "Message", most=300) for one in info] or [text(error, "message", most=300)]
    return "; ".join(word for word in words if word) or (f"status {status}" if status else "done")


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    one = _decoded(thing, status, out)
    if one.get(LINK) != path(thing):
        raise Gone(f"{thing.target}: {path(thing)} answers as {text(one, LINK) or 'another'}")
    reset = next((found for key in _RESETS if (found := at(one, "Actions", key))), None)
    return {
        "path": path(thing),
        "name": text(one, "Name", most=80),
        "host": text(one, "HostName", most=80),
        "serial": text(one, "SerialNumber", most=80),
        "power": lowered(one, "PowerState"),
        "boot_progress": text(one, "BootProgress", "LastState", most=60),
        "reset_at": text(one, "LastResetTime", most=60),
        "locator": lamp(one),
        "boot": text(one, "Boot", "BootSourceOverrideTarget", most=40),
        "boot_enabled": text(one, "Boot", "BootSourceOverrideEnabled", most=40),
        "_reset": text(reset, "target", most=400),
        "_allowed": _words(reset, f"{_TYPE}@Redfish.AllowableValues"),
        "_info": text(reset, "@Redfish.ActionInfo", most=400),
        "_sources": _words(at(one, "Boot"), "BootSourceOverrideTarget@Redfish.AllowableValues"),
        "_newer_lamp": "yes" if "LocationIndicatorActive" in one else "",
        "_etag": locked(one),
    }


def _words(one: object, key: str) -> str:
    """Allowed values as JSON; empty when nothing is said of them."""
    found = at(one, key)
    if not isinstance(found, list):
        return ""
    return json.dumps([str(clean(str(word), 40)) for word in cast("list[object]", found)])


def _info(thing: Thing, status: int, out: bytes) -> Facts:
    """Values that stand in a document of their own (`@Redfish.ActionInfo`)."""
    for one in items(_decoded(thing, status, out), "Parameters"):
        if text(one, "Name") == _TYPE:
            return {"_allowed": _words(one, "AllowableValues")}
    return {}


def _behind(_thing: Thing, facts: Facts) -> tuple[Look, ...]:
    where = facts["_info"]
    return (Look(lambda _: ("GET", where), _info),) if where.startswith("/") else ()


LOOK = Look(lambda thing: ("GET", path(thing)), _read, then=_behind)


def allowed(facts: Facts) -> list[str]:
    """Kinds of reset that the controller says it does; empty when it says nothing of them."""
    found: list[str] = json.loads(facts["_allowed"] or "[]")
    return found


def sources(facts: Facts) -> list[str]:
    """What it can boot from once."""
    found: list[str] = json.loads(facts["_sources"] or "[]")
    return found


def patch(facts: Facts, change: object) -> tuple[Step, ...]:
    """Change a document, unless somebody else did since it was looked at."""
    words = ("PATCH", facts["path"], json.dumps(change))
    etag = facts["_etag"]
    return (Step((*words, etag) if etag else words, SECONDS, root=False),)
