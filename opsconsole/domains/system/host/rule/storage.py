"""Rules on file systems and disks."""

from opsconsole.domains.system.host import filesystem, limit
from opsconsole.domains.system.host.rule.load import crit, warn
from opsconsole.model import Level
from opsconsole.rule import Bound, Condition, Measure, Rule

_FILES = "host.filesystem"
_WRITTEN = (Condition("state", "==", filesystem.OK),)
"""What cannot be written (an image, a disc) is full by design."""

LITTLE = 5e9
"""Bytes: 2 % of a large file system is still a lot."""

RULES = (
    Rule(
        id="host.disk-full",
        title="File system is full",
        about="What writes there fails soon, and databases and logs with it.",
        probe=_FILES,
        column="used_percent",
        source=f"{limit.SPACE.source} and less than 5 GB free",
        remedies=("host.find-growth", "host.vacuum-journal"),
        warn=warn(limit.SPACE, 88),
        crit=Bound(limit.SPACE.crit, 96, (Condition("available_bytes", "<", LITTLE),)),
        guards=_WRITTEN,
    ),
    Rule(
        id="host.disk-inodes",
        title="File system has no inodes",
        about="No more files can be made there, though space is left.",
        probe=_FILES,
        column="inodes_percent",
        source=limit.INODES.source,
        remedies=("host.find-growth", "look for a folder with very many small files"),
        warn=warn(limit.INODES, 88),
        crit=crit(limit.INODES, 96),
        guards=_WRITTEN,
    ),
    Rule(
        id="host.disk-filling",
        title="File system fills up",
        about="It is full within hours if it goes on like this.",
        probe=_FILES,
        column="used_percent",
        source="Netdata disk_space_usage: full within 8 h, within 2 h; over at 48 h and 24 h",
        remedies=("host.find-growth", "host.vacuum-journal"),
        warn=Bound(8, 48),
        crit=Bound(2, 24),
        measure=Measure.HOURS,
        window_s=3600,
        toward=100,
        guards=_WRITTEN,
        depends_on=("host.disk-full",),
    ),
    Rule(
        id="host.disk-hung",
        title="File system hangs",
        about="It does not answer; what uses it waits, and cannot even be killed.",
        probe=_FILES,
        column="state",
        source=limit.HUNG.source,
        remedies=(
            "look at the server of a network file system, and at the way to it",
            "look into the kernel's log for errors of the disk below",
        ),
        words={filesystem.HUNG: Level.CRIT},
        for_s=30,
    ),
    Rule(
        id="host.disk-read-only",
        title="File system is read-only",
        about="It could be written before: the kernel may have found it damaged.",
        probe=_FILES,
        column="state",
        source="A remount as read-only mostly follows an error; our choice",
        remedies=(
            "look into the kernel's log for the error that did it",
            "have it checked before it is mounted for writing again",
        ),
        words={filesystem.READ_ONLY: Level.CRIT},
        after=(filesystem.OK,),
    ),
    Rule(
        id="host.disk-slow",
        title="Disk is slow",
        about="Each read and write waits long; databases feel it first.",
        probe="host.disk",
        column="await_ms",
        source=limit.AWAIT.source,
        remedies=("look which process reads and writes", "host.renice-process"),
        warn=warn(limit.AWAIT, 15),
        crit=crit(limit.AWAIT, 80),
        measure=Measure.MEAN,
        window_s=900,
    ),
)
