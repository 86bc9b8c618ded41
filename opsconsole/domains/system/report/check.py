"""The daily inspection of a host: what is looked at, what is no longer well, what to do then."""

from dataclasses import replace
from typing import Any

from opsconsole.check import Check, Outcome, limited
from opsconsole.domains.system.host import clock, filesystem, health, interface, memory, vitals
from opsconsole.model import Level
from opsconsole.rule import Condition
from opsconsole.spec import Probe

GIB = 1024.0**3
DAY = 86400.0


def _limited(
    id_: str,
    title: str,
    probe: Probe[Any],  # Any: each probe has a reading type of its own
    key: str,
    todo: str,
) -> Check:
    return limited(id_, title, probe.id, probe.columns[probe.index(key)], todo)


def _vitals(id_: str, title: str, key: str, todo: str) -> Check:
    return _limited(id_, title, vitals.PROBE, key, todo)


def _health(id_: str, title: str, key: str, todo: str) -> Check:
    return _limited(id_, title, health.PROBE, key, todo)


def _interface(id_: str, title: str, key: str, todo: str) -> Check:
    return _limited(id_, title, interface.PROBE, key, todo)


_SPACE = Check(
    "host.disk-space",
    "Disk space",
    filesystem.PROBE.id,
    (
        Outcome(
            Level.CRIT,
            (
                Condition("used_percent", ">=", 98),
                Condition("available_bytes", "<", 5 * GIB),
            ),
            "{available_bytes} left of {size_bytes}",
        ),
        Outcome(
            Level.WARN,
            (Condition("used_percent", ">=", 90),),
            "{available_bytes} left of {size_bytes}",
        ),
        Outcome(Level.OK, (), "{available_bytes} left of {size_bytes}"),
    ),
    "used_percent",
    "Find what grew (du -xh --max-depth=2), remove or move it, or enlarge the file system",
    needs=(Condition("state", "==", "ok"), Condition("size_bytes", ">", 0)),
)

_INODES = Check(
    "host.disk-inodes",
    "Inodes",
    filesystem.PROBE.id,
    (
        Outcome(Level.CRIT, (Condition("inodes_percent", ">=", 98),), "{inodes_used} of {inodes}"),
        Outcome(Level.WARN, (Condition("inodes_percent", ">=", 90),), "{inodes_used} of {inodes}"),
        Outcome(Level.OK, (), "{inodes_used} of {inodes}"),
    ),
    "inodes_percent",
    "Find the folder with very many small files and clear it",
    needs=(Condition("state", "==", "ok"), Condition("inodes", ">", 0)),
)

_CLOCK = Check(
    "host.clock-source",
    "Clock follows a source",
    clock.PROBE.id,
    (
        Outcome(Level.OK, (Condition("clock", "==", str(clock.FOLLOWS)),), "by {source}"),
        Outcome(Level.WARN, (Condition("clock", "==", str(clock.ALONE)),), "by {source}"),
        Outcome(Level.UNKNOWN, (), "no time service answers"),
    ),
    "clock",
    "Start chronyd or name it a reachable server; see system.clock",
)

_KILLED = Check(
    "host.memory-kills",
    "Killed for want of memory",
    memory.PROBE.id,
    (
        Outcome(
            Level.WARN,
            (Condition("oom_kills_since_boot", ">", 0),),
            "{oom_kills_since_boot} since boot",
        ),
        Outcome(Level.OK, (), "none since boot"),
    ),
    "oom_kills_since_boot",
    "Look in the kernel log which program it was; give it a limit or the host more memory",
)

_RESTARTED = Check(
    "host.restarted",
    "Up for a day",
    vitals.PROBE.id,
    (
        Outcome(Level.WARN, (Condition("uptime_s", "<", DAY),), "restarted {uptime_s} ago"),
        Outcome(Level.OK, (), "up for {uptime_s}"),
    ),
    "uptime_s",
    "Find out who or what restarted it: last -x, the audit log",
)

_LINK = replace(
    _interface("host.link", "Link in use", "utilisation_percent", "See who talks; plan a larger"),
    needs=(Condition("speed_bits_per_s", ">", 0),),
)

CHECKS: tuple[Check, ...] = (
    _vitals("host.cpu", "CPU", "cpu_percent", "See which process it is: system.processes"),
    _vitals("host.iowait", "Waiting for I/O", "iowait_percent", "See which disk: system.disks"),
    _vitals("host.steal", "Stolen by neighbours", "steal_percent", "Ask who runs the hypervisor"),
    _vitals("host.load", "Load per core", "load_per_core", "See what runs or blocks"),
    _vitals("host.memory", "Memory", "memory_used_percent", "See what holds it: system.memory"),
    _KILLED,
    _SPACE,
    _INODES,
    _health("host.hung", "File systems that hang", "hung_filesystems", "Check the storage's path"),
    _vitals("host.disk-busy", "Busiest disk", "disk_utilisation_percent", "Spread or move load"),
    _vitals("host.disk-await", "Slowest disk", "disk_await_ms", "Check the disk, then the load"),
    _vitals("host.net-faults", "Network faults", "network_faults_per_s", "Check cable and port"),
    _LINK,
    _vitals("host.conntrack", "Tracked connections", "conntrack_percent", "Raise the limit"),
    _vitals("host.files", "Open files", "descriptors_percent", "Find the leak, or raise the limit"),
    _health("host.units", "Failed units", "failed_units", "See system.services; restart or mask"),
    _CLOCK,
    _health("host.clock-offset", "Clock is right", "clock_distance_ms", "See system.clock"),
    _RESTARTED,
)
"""In the order in which one reads a host."""
