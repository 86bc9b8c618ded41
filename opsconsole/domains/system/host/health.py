"""Health: the slow half of a host's line in the fleet list."""

from typing import NamedTuple

from opsconsole.clean import Clean
from opsconsole.domains.system.host import clock, filesystem, identity, limit, slow, unit, wire
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe


class Reading(NamedTuple):
    """What a slow answer says of the whole host."""

    fullest: filesystem.Mount | None
    """Of the file systems that can be written."""
    fewest_inodes: filesystem.Mount | None
    hung: int
    failed_units: int | None
    clock: clock.Clock
    os: Clean | None
    kernel: Clean | None


def read(payload: bytes) -> Reading:
    """Parse a slow answer; raises `Malformed`."""
    found = slow.sections(payload)
    where = "/proc/self/mounts"
    try:
        mounts = filesystem.mounts(found)
        # A full medium that cannot be written (an image, a disc) is full by design.
        written = [mount for mount in mounts if mount.state == filesystem.OK]
        where = "systemctl"
        failed = unit.failed(found)
        where = "the clock"
        time = clock.clock(found)
        where = "the host's identity"
        who = identity.identity(found)
    except (ValueError, IndexError) as error:
        raise wire.malformed(where, error) from error
    return Reading(
        max(written, key=lambda mount: mount.used_percent or 0, default=None),
        max(written, key=lambda mount: mount.inodes_percent or 0, default=None),
        sum(mount.state == filesystem.HUNG for mount in mounts),
        failed,
        time,
        who.os,
        who.kernel,
    )


def rows(now: Reading, _before: Reading | None) -> list[Row]:
    """The one row."""
    full, inodes = now.fullest, now.fewest_inodes
    return [
        (
            full.used_percent if full else None,
            full.path if full else None,
            inodes.inodes_percent if inodes else None,
            inodes.path if inodes else None,
            now.hung,
            now.failed_units,
            now.clock.state,
            now.clock.distance_ms,
            now.os,
            now.kernel,
        )
    ]


PROBE = Probe(
    id="host.health",
    title="Health",
    exchange="slow",
    columns=(
        Column(
            "filesystem_used_percent",
            "DISK FULL%",
            Quantity.PERCENT,
            "df -Pk: used, of used + available; the fullest that can be written",
            limit.SPACE,
            history=True,
        ),
        Column("fullest_filesystem", "FULLEST", Quantity.TEXT, "the mount of DISK FULL%"),
        Column(
            "inodes_used_percent",
            "INODES%",
            Quantity.PERCENT,
            "df -Pi: used, of all; the file system with the fewest left",
            limit.INODES,
            history=True,
        ),
        Column("inodes_filesystem", "INODES ON", Quantity.TEXT, "the mount of INODES%"),
        Column(
            "hung_filesystems",
            "HUNG FS",
            Quantity.COUNT,
            "file systems whose df was killed after 3 s",
            limit.HUNG,
        ),
        Column(
            "failed_units",
            "FAILED",
            Quantity.COUNT,
            "systemctl list-units --state=failed; unknown without systemd",
            limit.UNITS,
        ),
        Column("clock", "CLOCK", Quantity.STATE, "see host.clock"),
        Column(
            "clock_distance_ms",
            "CLOCK OFF",
            Quantity.MILLISECONDS,
            "see host.clock: offset, whichever way",
            limit.OFFSET,
            history=True,
        ),
        Column("os", "SYSTEM", Quantity.TEXT, "/etc/os-release: PRETTY_NAME"),
        Column("kernel", "KERNEL", Quantity.TEXT, "uname -s, /proc/sys/kernel/osrelease"),
    ),
    key=(),
    read=read,
    rows=rows,
    on_demand=False,
)
