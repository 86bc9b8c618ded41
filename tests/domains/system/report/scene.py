"""Three hosts and their month: on db-1 a disk fills up, web-1 is well, web-2 does not answer."""

import math
from collections.abc import Sequence
from typing import Any

from opsconsole.alert import Acknowledgement, Alert, Occurrence, Phase
from opsconsole.clean import Clean
from opsconsole.domains.system.host import (
    INTEGRATION,
    asset,
    clock,
    connection,
    filesystem,
    health,
    identity,
    interface,
    inventory,
    memory,
    vitals,
)
from opsconsole.domains.system.report.check import CHECKS, DAY
from opsconsole.engine.reporting import with_courses
from opsconsole.evidence import Deed, Evidence
from opsconsole.model import Fault, Level, Row, Sample, Target, Value
from opsconsole.spec import Probe, Recorded
from tests.report.past import Course, MemoryPast

NOW = 1_795_900_000.0
GIB = 1024**3
TARGETS = tuple(Target(name, "host", "ssh") for name in ("db-1", "web-1", "web-2"))
PROBES: dict[str, Probe[Any]] = {probe.id: probe for probe in INTEGRATION.probes}


def row(probe: Probe[Any], **values: Value) -> Row:
    """A row of a probe with these values; the others are not known."""
    assert set(values) <= {column.key for column in probe.columns}
    return tuple(values.get(column.key) for column in probe.columns)


def mount(path: str, used: float, size: float = 500 * GIB) -> Row:
    """A file system."""
    return row(
        filesystem.PROBE,
        mount=Clean(path),
        state=filesystem.OK,
        used_percent=used,
        size_bytes=size,
        used_bytes=size * used / 100,
        available_bytes=size * (100 - used) / 100,
        inodes_percent=12.0,
        inodes=1000,
        inodes_used=120,
    )


def _vitals(cpu: float, load: float) -> Row:
    return row(
        vitals.PROBE,
        cpu_percent=cpu,
        iowait_percent=3.0,
        steal_percent=0.0,
        cores=16,
        load_per_core=load,
        memory_used_percent=61.0,
        memory_total_bytes=64 * GIB,
        disk_utilisation_percent=22.0,
        disk_await_ms=1.4,
        receive_bits_per_s=2.4e8,
        transmit_bits_per_s=9.1e7,
        network_faults_per_s=0.0,
        descriptors_percent=0.4,
        conntrack_percent=31.0,
        uptime_s=40 * DAY,
    )


def _host(name: str, vital: Row, mounts: Sequence[Row], failed: int) -> list[Sample]:
    fullest = max(mounts, key=lambda one: float(one[2] or 0))
    rows: dict[str, list[Row]] = {
        vitals.PROBE.id: [vital],
        filesystem.PROBE.id: list(mounts),
        health.PROBE.id: [
            row(
                health.PROBE,
                filesystem_used_percent=fullest[2],
                fullest_filesystem=fullest[0],
                hung_filesystems=0,
                failed_units=failed,
                clock_distance_ms=0.31,
            )
        ],
        memory.PROBE.id: [row(memory.PROBE, memory_used_percent=61.0, oom_kills_since_boot=0)],
        interface.PROBE.id: [
            row(
                interface.PROBE,
                interface=Clean("eth0"),
                link=Clean("up"),
                speed_bits_per_s=1e9,
                utilisation_percent=24.0,
            )
        ],
        connection.PROBE.id: [row(connection.PROBE, tcp=412, tcp_time_wait=90, udp=12)],
        clock.PROBE.id: [row(clock.PROBE, clock=clock.FOLLOWS, source=Clean("chronyc"))],
        identity.PROBE.id: [
            row(
                identity.PROBE,
                os=Clean("Debian GNU/Linux 12 (bookworm)"),
                kernel=Clean("Linux 6.1.0-18-amd64"),
                cores=16,
                cpu_model=Clean("AMD EPYC 7313P"),
                uptime_s=40 * DAY,
            )
        ],
    }
    return [Sample(probe, name, NOW - 1, found, None, 2.0) for probe, found in rows.items()]


def _assets(name: str) -> list[Sample]:
    """db-1 is a machine with two drives and updates that wait; web-1 says next to nothing."""
    known = name == "db-1"
    machine = row(asset.PROBE, serial=Clean("CZ3210ABCD"), firmware=Clean("HP U30"), sockets=2)
    drives = [
        row(asset.DRIVE, device=Clean(n), size_bytes=2e12, medium=asset.SSD, serial=Clean(f"S{n}"))
        for n in ("sda", "sdb")
    ]
    waits = row(
        asset.UPDATE, updates=12, security_updates=3, lists_at=NOW - DAY, reboot_required=True
    )
    packages: list[Row] = [
        (Clean("package"), Clean(f"p{n}"), Clean("1")) for n in range(870 if known else 0)
    ]
    said: dict[Probe[Any], list[Row]] = {
        asset.PROBE: [machine if known else row(asset.PROBE)],
        asset.DRIVE: drives if known else [],
        asset.UPDATE: [waits if known else row(asset.UPDATE)],
        inventory.PROBE: packages,
    }
    return [Sample(probe.id, name, NOW - 1, found, None, 600.0) for probe, found in said.items()]


def samples() -> list[Sample]:
    """What they answer now."""
    fault = Fault("unreachable", Clean("no route to host"), Clean("check its power and its port"))
    return [
        *_host("db-1", _vitals(88.0, 1.1), [mount("/", 41.0), mount("/var/lib/db", 93.2)], 1),
        *_host("web-1", _vitals(35.0, 0.4), [mount("/", 41.0)], 0),
        *_assets("db-1"),
        *_assets("web-1"),
        *(Sample(probe, "web-2", NOW - 1, None, fault, 2.0) for probe in PROBES),
    ]


def _fills(at: float) -> float:
    """Two percent a day, with a day's rhythm, 93.2 % now."""
    return 93.2 + 2.0 * (at - NOW) / DAY + 0.3 * math.sin(at / DAY * 2 * math.pi)


def _day(at: float) -> float:
    return 45 + 30 * math.sin(at / DAY * 2 * math.pi)


def past(days: float = 30.0, occurrences: Sequence[Occurrence] = ()) -> MemoryPast:
    """So many days of it."""
    db = ("host.filesystem", "db-1", (Clean("/var/lib/db"),), "used_percent")
    courses: dict[tuple[str, str, Row, str], Course] = {
        db: _fills,
        ("host.filesystem", "db-1", (Clean("/"),), "used_percent"): lambda _at: 41.0,
        ("host.health", "web-1", (), "filesystem_used_percent"): lambda _at: 41.0,
        ("host.vitals", "db-1", (), "cpu_percent"): _day,
        ("host.connection", "db-1", (), "tcp"): lambda at: 412 + 10 * (at - NOW) / DAY,
        ("host.vitals", "db-1", (), "conntrack_percent"): lambda at: 31 + (at - NOW) / DAY / 2,
        ("host.vitals", "db-1", (), "memory_used_percent"): lambda at: 61 + math.sin(at),
        ("host.interface", "db-1", (Clean("eth0"),), "utilisation_percent"): _day,
    }
    return MemoryPast(courses, (NOW - days * DAY, NOW), occurrences)


ALERT = Alert(
    id="host.disk-full db-1 /var/lib/db",
    rule="host.disk-full",
    target="db-1",
    object=Clean("/var/lib/db"),
    key=(Clean("/var/lib/db"),),
    probe="host.filesystem",
    column="used_percent",
    level=Level.CRIT,
    phase=Phase.OPEN,
    since=NOW - 7200,
    changed=NOW - 7200,
    title=Clean("Disk is full"),
    why=Clean("used 93.2 % over 90 %, 34 GB free"),
    value=93.2,
    limit=90.0,
    remedies=("host.trim-journal", "Enlarge the volume"),
    source=Clean("Netdata"),
    acknowledged=Acknowledgement(Clean("ann"), NOW - 3600, 0.0, Clean("vendor is on it")),
)

DEEDS = (
    Deed(
        *(NOW - 3000, NOW - 2990, "ann", "host.restart-unit", ("web-1",), ("nginx.service",)),
        *("verified", "memory leak", "active for 10 s", "a" * 64),
    ),
    Deed(
        *(NOW - 600, None, "bob", "host.trim-journal", ("db-1",), ("journal",)),
        *("unfinished", "disk is full", "look at journal on db-1", "b" * 64),
    ),
)


def evidence(
    recorded: MemoryPast | None = None, wanted: Sequence[Recorded] = (), **more: Any
) -> Evidence:
    """All of it, as a builder is given it."""
    said: dict[str, Any] = {
        "alerts": (ALERT,),
        "deeds": DEEDS,
        "checks": CHECKS,
        "recorded": recorded.span if recorded else None,
        "notices": () if recorded else ("nothing is recorded: no trends, no growth, no courses",),
        **more,
    }
    found = Evidence(
        *(NOW, NOW - DAY, NOW, TARGETS),
        {id_: probe.columns for id_, probe in PROBES.items()},
        {id_: probe.key for id_, probe in PROBES.items()},
        {(one.probe, one.target): one for one in samples()},
        **said,
    )
    return with_courses(found, recorded, wanted)
