"""File systems that AWS runs (EFS): credits to burst with, where they can be mounted."""

from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.series import Listed, Things, Wanted, newest
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

_OPERATION = ("efs", "describe_file_systems")
FILESYSTEMS = CloudCall(
    *_OPERATION,
    results=(
        "FileSystems[].{id: FileSystemId, name: Name, state: LifeCycleState, tags: Tags,"
        " bytes: SizeInBytes.Value, mode: ThroughputMode, kind: PerformanceMode,"
        " encrypted: Encrypted, zone: AvailabilityZoneName, created: CreationTime}"
    ),
    page=100,
)
TARGETS = CloudCall(
    "efs",
    "describe_mount_targets",
    {"FileSystemId": "*.id"},
    "MountTargets[].{id: MountTargetId, state: LifeCycleState, zone: AvailabilityZoneName}",
    of=CloudCall(*_OPERATION, results="FileSystems[].{id: FileSystemId}", page=100),
    absent=("FileSystemNotFound",),
)


def _of(which: str) -> Listed:
    return Listed(*_OPERATION, f"FileSystems[?{which}]", "FileSystemId", {}, 100)


_SPACE, _DIMENSION = "AWS/EFS", {"FileSystemId": "*.id"}

CALLS = (
    FILESYSTEMS,
    TARGETS,
    # Only those that live on credits have some, and only this kind has a limit of operations.
    series.asked(_of("ThroughputMode=='bursting'"), _SPACE, _DIMENSION,
                 (Wanted("burst", "BurstCreditBalance", "Minimum"),)),
    series.asked(_of("PerformanceMode=='generalPurpose'"), _SPACE, _DIMENSION,
                 (Wanted("io", "PercentIOLimit", "Maximum"),)),
)  # fmt: skip


class _FileSystem(msgspec.Struct):
    id: Any = None
    name: Any = None
    state: Any = None
    tags: Any = None
    bytes: Any = None
    mode: Any = None
    kind: Any = None
    encrypted: Any = None
    zone: Any = None
    created: Any = None


class _Target(msgspec.Struct):
    id: Any = None
    state: Any = None
    zone: Any = None


class _Targets(msgspec.Struct):
    of: _FileSystem
    items: list[_Target]


class FileSystems(NamedTuple):
    """All file systems of an account."""

    at: float
    found: list[tuple[str, _FileSystem]]
    targets: dict[tuple[str, str], list[_Target]]
    series: Things


def read(payload: bytes) -> FileSystems:
    """All file systems."""
    listed, targets, burst, limit = parted(payload, len(CALLS))
    answer = cloud.reading(listed.body)
    there = cloud.reading(targets.body).found(_Targets)
    return FileSystems(
        answer.at,
        list(answer.found(_FileSystem)),
        {(region, str(one.of.id)): one.items for region, one in there},
        series.things(burst, limit),
    )


def _reached(targets: list[_Target] | None, good: int) -> Clean:
    if targets is None:
        return Clean("unknown")
    if not targets:
        return Clean("no mount target")
    return Clean("mounted" if good == len(targets) else "partly" if good else "none available")


def rows(now: FileSystems, _before: FileSystems | None) -> list[Row]:
    """One row per file system."""
    found: list[Row] = []
    for region, one in now.found:
        key = region, str(one.id)
        targets, mine = now.targets.get(key), now.series.get(key, series.NONE)
        good = sum(each.state == "available" for each in targets or ())
        found.append(
            (
                value.text(one.id, 64),
                value.text(one.name),
                value.text(one.state, 20),
                _reached(targets, good),
                len(targets) if targets is not None else None,
                good if targets is not None else None,
                value.number(one.bytes),
                value.text(one.mode, 20),
                newest(mine, "burst"),
                newest(mine, "io"),
                one.encrypted is True,
                value.age(now.at, one.created),
                value.tagged(value.tags(one.tags), "owner", "team", "contact"),
                clean(region, 40),
            )
        )
    return found


_DF = "elasticfilesystem:DescribeFileSystems"
_DM = "elasticfilesystem:DescribeMountTargets"
_CW = "cloudwatch:GetMetricData AWS/EFS"

FILESYSTEM = Probe(
    "aws.filesystem",
    "File systems",
    "filesystem",
    (
        Column("filesystem", "ID", Quantity.TEXT, f"{_DF} FileSystemId"),
        Column("name", "NAME", Quantity.TEXT, f"{_DF} Name"),
        Column("state", "STATE", Quantity.STATE, f"{_DF} LifeCycleState"),
        Column("reached", "REACHED", Quantity.STATE, f"{_DM} LifeCycleState: all, some, none"),
        Column("targets", "MOUNT TARGETS", Quantity.COUNT, _DM),
        Column("available", "AVAILABLE", Quantity.COUNT, f"{_DM} LifeCycleState"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_DF} SizeInBytes: what is billed"),
        Column("mode", "MODE", Quantity.TEXT, f"{_DF} ThroughputMode"),
        Column("credit_bytes", "CREDIT", Quantity.BYTES, f"{_CW} BurstCreditBalance: of bursting",
               history=True),
        Column("io_percent", "IO LIMIT%", Quantity.PERCENT, f"{_CW} PercentIOLimit",
               history=True),
        Column("encrypted", "ENCRYPTED", Quantity.FLAG, f"{_DF} Encrypted"),
        Column("age_s", "AGE", Quantity.SECONDS, f"{_DF} CreationTime"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_DF} Tags: owner, team, contact"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("filesystem", "region"),
    read,
    rows,
)  # fmt: skip
