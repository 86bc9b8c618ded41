"""Units of systemd that failed, or that are being restarted over and over."""

import re
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import slow, wire
from opsconsole.errors import Unsupported
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

NAME = re.compile(rb"[A-Za-z0-9:_.@\\-]{1,255}\.[a-z]{3,9}")
"""A unit's name, which is never a pattern of names."""


class Unit(NamedTuple):
    """One line of `systemctl list-units`, with what `systemctl show` adds."""

    name: Clean
    load: Clean
    active: Clean
    sub: Clean
    description: Clean
    result: Clean | None
    restarts: int | None
    for_s: float | None
    """Seconds in this state."""
    invocation: Clean | None
    """Which run of it this is, or was."""


@slow.shared
def units(found: dict[bytes, list[bytes]]) -> list[Unit] | None:
    """Failed and restarting units of a slow answer; None where no systemd answers."""
    if b"unitless" in found or b"units" not in found:
        return None
    more = properties(found.get(b"property", []))
    uptime = slow.uptime(found)
    listed: list[Unit] = []
    for line in found.get(b"unit", []):
        words = line.split(None, 4)
        # A description may not pass for a unit: what names none is no unit.
        if len(words) < 4 or not NAME.fullmatch(words[0]):
            continue
        extra = more.get(words[0], {})
        name, load, active, sub = (clean_bytes(word) for word in words[:4])
        changed = extra.get(b"StateChangeTimestampMonotonic", b"")
        since = count(changed)
        listed.append(
            Unit(
                name,
                load,
                active,
                sub,
                clean_bytes(words[4] if len(words) > 4 else b""),
                clean_bytes(extra[b"Result"], 32) if b"Result" in extra else None,
                count(extra.get(b"NRestarts", b"")),
                max(uptime - since / 1e6, 0.0) if uptime is not None and since else None,
                clean_bytes(extra[b"InvocationID"], 32) if extra.get(b"InvocationID") else None,
            )
        )
    return listed


def failed(found: dict[bytes, list[bytes]]) -> int | None:
    """How many units failed; None where no systemd answers."""
    listed = units(found)
    return None if listed is None else sum(unit.active == "failed" for unit in listed)


def count(word: bytes) -> int | None:
    """A number of systemctl; None for `[not set]`, and for the 2^64-1 that means the same."""
    return int(word) if word.isdigit() and len(word) < 20 else None


def properties(lines: list[bytes]) -> dict[bytes, dict[bytes, bytes]]:
    """Properties by unit; an empty line ends those of one unit."""
    known: dict[bytes, dict[bytes, bytes]] = {}
    block: dict[bytes, bytes] = {}
    for line in [*lines, b""]:
        key, _, value = line.partition(b"=")
        if key:
            block[key] = value
        else:
            known[block.get(b"Id", b"")] = block
            block = {}
    return known


def read(payload: bytes) -> list[Unit]:
    """Parse the unit lines of a slow answer; raises `Malformed`, `Unsupported`."""
    try:
        listed = units(slow.sections(payload))
    except (ValueError, IndexError) as error:
        raise wire.malformed("systemctl", error) from error
    if listed is None:
        raise Unsupported("systemd does not answer on this host", "look at its own service manager")
    return listed


def rows(now: list[Unit], _before: list[Unit] | None) -> list[Row]:
    """One row per unit, in systemd's order."""
    return [tuple(unit) for unit in now]


PROBE = Probe(
    id="host.unit",
    title="Failed units",
    exchange="slow",
    columns=(
        Column("unit", "UNIT", Quantity.TEXT, "systemctl list-units --state=failed,auto-restart"),
        Column("load", "LOAD", Quantity.STATE, "systemctl list-units: load"),
        Column("active", "ACTIVE", Quantity.STATE, "systemctl list-units: active"),
        Column("sub", "SUB", Quantity.STATE, "systemctl list-units: sub"),
        Column("description", "WHAT IT IS", Quantity.TEXT, "systemctl list-units: description"),
        Column("result", "RESULT", Quantity.STATE, "systemctl show: Result"),
        Column("restarts", "RESTARTS", Quantity.COUNT, "systemctl show: NRestarts"),
        Column(
            "for_s",
            "FOR",
            Quantity.SECONDS,
            "systemctl show: StateChangeTimestampMonotonic, against /proc/uptime",
        ),
        Column("invocation", "INVOCATION", Quantity.TEXT, "systemctl show: InvocationID"),
    ),
    key=("unit",),
    read=read,
    rows=rows,
    on_demand=False,
    quiet=True,
)
