"""File systems: space and inodes of each mount, and whether it answers at all."""

import re
from typing import NamedTuple

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.system.host import limit, slow, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe

OK, READ_ONLY = Clean("ok"), Clean("read only")
HUNG = Clean("no answer in 3 s")
_STATES = (
    (b"hung", HUNG),
    (b"failed", Clean("df failed")),
    (b"unasked", Clean("not asked: the host has no timeout(1)")),
)
_SILENT = Clean("not asked")

_ESCAPE = re.compile(rb"\\([0-7]{3})")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
# The first four numbers count: what stands after them is a name, and names may hold numbers.
_LINE = re.compile(rb".*?\s+(\d{1,18}|-)\s+(\d{1,18}|-)\s+(-?\d{1,18}|-)\s+(?:\d+%|-)\s+(/.*)")

_Numbers = tuple[int | None, int | None, int | None]
_NONE: _Numbers = (None, None, None)


class Mount(NamedTuple):
    """One file system; sizes in bytes, None where the kernel or df says nothing."""

    path: Clean
    device: Clean
    type: Clean
    state: Clean
    size: int | None
    used: int | None
    available: int | None
    inodes: int | None
    inodes_used: int | None

    @property
    def used_percent(self) -> float | None:
        """As df counts: of what ordinary users may fill."""
        if self.used is None or self.available is None:
            return None
        return wire.share(self.used, self.used + max(self.available, 0))

    @property
    def inodes_percent(self) -> float | None:
        """None for file systems that have no fixed number of inodes."""
        return wire.share(self.inodes_used, self.inodes)


@slow.shared
def mounts(found: dict[bytes, list[bytes]]) -> list[Mount]:
    """File systems of a slow answer, in mount order."""
    space, inodes = _numbers(found.get(b"space", [])), _numbers(found.get(b"inodes", []))
    states = {name: word for tag, word in _STATES for name in found.get(tag, [])}
    listed: dict[bytes, Mount] = {}
    for line in found.get(b"mount", []):
        words = line.split(b" ")
        if len(words) != 4:
            raise ValueError(f"{len(words)} of 4 fields of a mount")
        device, name, kind, mode = words
        path = _decode(name)
        known = space.get(_CONTROL.sub(b"?", path))
        size, used, available = known or _NONE
        total, taken, _ = inodes.get(_CONTROL.sub(b"?", path), _NONE)
        state = states.get(name, _SILENT if known is None else READ_ONLY if mode == b"ro" else OK)
        # A later mount on the same path hides the earlier one.
        listed.pop(path, None)
        listed[path] = Mount(
            clean_bytes(path),
            clean_bytes(_decode(device)),
            clean_bytes(kind, 32),
            state,
            _bytes(size),
            _bytes(used),
            _bytes(available),
            total,
            taken,
        )
    return list(listed.values())


def _bytes(kilobytes: int | None) -> int | None:
    return None if kilobytes is None else kilobytes * 1024


def _decode(name: bytes) -> bytes:
    """A name of /proc/self/mounts without its octal escapes."""
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 8) & 255]), name)


def _numbers(lines: list[bytes]) -> dict[bytes, _Numbers]:
    """Size, used and available of each line of df, by mount point as df prints it."""
    numbers: dict[bytes, _Numbers] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match:
            size, used, available = (
                None if word == b"-" else int(word) for word in match.group(1, 2, 3)
            )
            numbers.setdefault(_CONTROL.sub(b"?", match[4]), (size, used, available))
    return numbers


def read(payload: bytes) -> list[Mount]:
    """Parse the mount and df lines of a slow answer; raises `Malformed`."""
    try:
        return mounts(slow.sections(payload))
    except (ValueError, IndexError) as error:
        raise wire.malformed("/proc/self/mounts", error) from error


def rows(now: list[Mount], _before: list[Mount] | None) -> list[Row]:
    """One row per file system."""
    return [
        (
            mount.path,
            mount.state,
            mount.used_percent,
            mount.size,
            mount.used,
            mount.available,
            mount.inodes_percent,
            mount.inodes,
            mount.inodes_used,
            mount.type,
            mount.device,
        )
        for mount in now
    ]


PROBE = Probe(
    id="host.filesystem",
    title="File systems",
    exchange="slow",
    columns=(
        Column("mount", "MOUNT", Quantity.TEXT, "/proc/self/mounts, without kernel file systems"),
        Column("state", "STATE", Quantity.STATE, "df within 3 s; ro in /proc/self/mounts"),
        Column(
            "used_percent",
            "USED%",
            Quantity.PERCENT,
            "df -Pk: used, of used + available",
            limit.SPACE,
            history=True,
        ),
        Column("size_bytes", "SIZE", Quantity.BYTES, "df -Pk: 1024-blocks"),
        Column("used_bytes", "USED", Quantity.BYTES, "df -Pk: used"),
        Column("available_bytes", "AVAILABLE", Quantity.BYTES, "df -Pk: available to users"),
        Column(
            "inodes_percent",
            "INODES%",
            Quantity.PERCENT,
            "df -Pi: used, of all",
            limit.INODES,
            history=True,
        ),
        Column("inodes", "INODES", Quantity.COUNT, "df -Pi: inodes"),
        Column("inodes_used", "INO USED", Quantity.COUNT, "df -Pi: used"),
        Column("type", "TYPE", Quantity.TEXT, "/proc/self/mounts: type"),
        Column("device", "DEVICE", Quantity.TEXT, "/proc/self/mounts: source"),
    ),
    key=("mount",),
    read=read,
    rows=rows,
)
