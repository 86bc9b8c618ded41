"""Volumes and snapshots: what is attached to nothing, what was never copied, what that costs."""

from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

VOLUMES = CloudCall(
    "ec2",
    "describe_volumes",
    results=(
        "Volumes[].{id: VolumeId, state: State, type: VolumeType, gib: Size, iops: Iops,"
        " zone: AvailabilityZone, encrypted: Encrypted, created: CreateTime, tags: Tags,"
        " instance: Attachments[0].InstanceId, device: Attachments[0].Device,"
        " goes: Attachments[0].DeleteOnTermination}"
    ),
    page=500,
)
SNAPSHOTS = CloudCall(
    "ec2",
    "describe_snapshots",
    {"OwnerIds": ["self"]},
    "Snapshots[].{id: SnapshotId, volume: VolumeId, state: State, gib: VolumeSize, at: StartTime,"
    " progress: Progress, says: Description, encrypted: Encrypted, tags: Tags}",
    page=500,
)

CALLS = (VOLUMES, SNAPSHOTS)

GIB_MONTH_USD = {
    "gp2": 0.10,
    "gp3": 0.08,
    "io1": 0.125,
    "io2": 0.125,
    "st1": 0.045,
    "sc1": 0.015,
    "standard": 0.05,
}
"""List prices of us-east-1 for a GiB and month, without what IOPS cost beside it: a hint."""

SNAPSHOT_USD = 0.05
"""The same for a GiB of a snapshot; it is billed for changed blocks, so that this is the most."""


class _Volume(msgspec.Struct):
    id: Any = None
    state: Any = None
    type: Any = None
    gib: Any = None
    iops: Any = None
    zone: Any = None
    encrypted: Any = None
    created: Any = None
    tags: Any = None
    instance: Any = None
    device: Any = None
    goes: Any = None


class _Snapshot(msgspec.Struct):
    id: Any = None
    volume: Any = None
    state: Any = None
    gib: Any = None
    at: Any = None
    progress: Any = None
    says: Any = None
    encrypted: Any = None
    tags: Any = None


class Storage(NamedTuple):
    """All disks of an account."""

    at: float
    volumes: list[tuple[str, _Volume]]
    snapshots: list[tuple[str, _Snapshot]]
    copied: bool
    """Whether snapshots are known: in all regions, and all of them."""


def read(payload: bytes) -> Storage:
    """Volumes and snapshots."""
    volumes, snapshots = (cloud.reading(part.body) for part in parted(payload, 2))
    whole = not any(one.error or one.more for one in snapshots.regions)
    found = list(snapshots.found(_Snapshot))
    return Storage(volumes.at, list(volumes.found(_Volume)), found, whole)


def month_usd(kind: str, gib: float | None) -> float | None:
    """What a volume costs in a month by the list price; None for a type that is not known."""
    price = GIB_MONTH_USD.get(kind)
    return gib * price if price is not None and gib is not None else None


def volume_rows(now: Storage, _before: Storage | None) -> list[Row]:
    """One row per volume."""
    copies: dict[tuple[str, str], float] = defaultdict(float)
    for region, copy in now.snapshots:
        if copy.state == "completed" and (taken := value.moment(copy.at)) is not None:
            place = region, str(value.text(copy.volume, 64))
            copies[place] = max(copies[place], taken)
    rows: list[Row] = []
    for region, one in now.volumes:
        tags = value.tags(one.tags)
        gib = value.number(one.gib)
        last = copies.get((region, str(value.text(one.id, 64))))
        size = gib * value.GIB if gib is not None else None
        rows.append(
            (
                value.text(one.id, 64),
                value.tagged(tags, "name"),
                value.text(one.state, 20),
                value.text(one.instance, 64),
                value.text(one.device, 40),
                value.text(one.type, 20),
                size,
                value.count(one.iops),
                _copied(now, last),
                last,
                value.age(now.at, last) if last else None,
                one.encrypted is True,
                value.moment(one.created),
                value.age(now.at, one.created),
                month_usd(str(one.type), gib),
                one.goes is True,
                value.protected(tags),
                value.tagged(tags, "owner", "team", "contact"),
                clean(region, 40),
                value.text(one.zone, 40),
                value.listed(tags),
            )
        )
    return rows


def _copied(now: Storage, last: float | None) -> Clean:
    if last is not None:
        return Clean("copied")
    return Clean("never copied" if now.copied else "unknown")


_EC2 = "ec2:DescribeVolumes"
_COPIES = "ec2:DescribeSnapshots, of this account"

VOLUME = Probe(
    "aws.volume",
    "Volumes",
    "storage",
    (
        Column("volume", "ID", Quantity.TEXT, f"{_EC2} VolumeId"),
        Column("name", "NAME", Quantity.TEXT, f"{_EC2} Tags: Name"),
        Column("state", "STATE", Quantity.STATE, f"{_EC2} State: available is attached to nothing"),
        Column("instance", "INSTANCE", Quantity.TEXT, f"{_EC2} Attachments InstanceId"),
        Column("device", "DEVICE", Quantity.TEXT, f"{_EC2} Attachments Device"),
        Column("type", "TYPE", Quantity.TEXT, f"{_EC2} VolumeType"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_EC2} Size"),
        Column("iops", "IOPS", Quantity.COUNT, f"{_EC2} Iops"),
        Column("copy", "COPY", Quantity.STATE, _COPIES),
        Column("copied", "COPIED", Quantity.TIME, f"{_COPIES}: StartTime of the last completed"),
        Column("copy_age_s", "COPY AGE", Quantity.SECONDS, f"{_COPIES}: StartTime"),
        Column("encrypted", "ENCRYPTED", Quantity.FLAG, f"{_EC2} Encrypted"),
        Column("created", "CREATED", Quantity.TIME, f"{_EC2} CreateTime"),
        Column("age_s", "AGE", Quantity.SECONDS, f"{_EC2} CreateTime, to when it was asked"),
        Column("month_usd", "USD/MONTH", Quantity.NUMBER, "list price of us-east-1, without IOPS"),
        Column("goes", "GOES", Quantity.FLAG, f"{_EC2} DeleteOnTermination: with its instance"),
        Column("protected", "PROTECTED", Quantity.FLAG, f"{_EC2} Tags: protected, unless false"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_EC2} Tags: owner, team, contact"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
        Column("zone", "ZONE", Quantity.TEXT, f"{_EC2} AvailabilityZone"),
        Column("tags", "TAGS", Quantity.TEXT, f"{_EC2} Tags"),
    ),
    ("volume", "region"),
    read,
    volume_rows,
)


def snapshot_rows(now: Storage, _before: Storage | None) -> list[Row]:
    """One row per snapshot."""
    known = {(region, str(value.text(one.id, 64))) for region, one in now.volumes}
    rows: list[Row] = []
    for region, one in now.snapshots:
        gib = value.number(one.gib)
        volume = value.text(one.volume, 64)
        rows.append(
            (
                value.text(one.id, 64),
                value.text(one.state, 20),
                volume,
                Clean("there" if (region, str(volume)) in known else "gone"),
                gib * value.GIB if gib is not None else None,
                value.moment(one.at),
                value.age(now.at, one.at),
                value.number(str(one.progress).removesuffix("%")),
                one.encrypted is True,
                gib * SNAPSHOT_USD if gib is not None else None,
                value.text(one.says),
                clean(region, 40),
                value.listed(value.tags(one.tags)),
            )
        )
    return rows


_SNAP = "ec2:DescribeSnapshots"

SNAPSHOT = Probe(
    "aws.snapshot",
    "Snapshots",
    "storage",
    (
        Column("snapshot", "ID", Quantity.TEXT, f"{_SNAP} SnapshotId"),
        Column("state", "STATE", Quantity.STATE, f"{_SNAP} State"),
        Column("volume", "VOLUME", Quantity.TEXT, f"{_SNAP} VolumeId"),
        Column("origin", "ORIGIN", Quantity.STATE, "ec2:DescribeVolumes: whether it is there"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_SNAP} VolumeSize: of the volume"),
        Column("taken", "TAKEN", Quantity.TIME, f"{_SNAP} StartTime"),
        Column("age_s", "AGE", Quantity.SECONDS, f"{_SNAP} StartTime, to when it was asked"),
        Column("progress_percent", "DONE%", Quantity.PERCENT, f"{_SNAP} Progress"),
        Column("encrypted", "ENCRYPTED", Quantity.FLAG, f"{_SNAP} Encrypted"),
        Column("month_usd", "USD/MONTH", Quantity.NUMBER, "list price of us-east-1: at most"),
        Column("says", "SAYS", Quantity.TEXT, f"{_SNAP} Description"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
        Column("tags", "TAGS", Quantity.TEXT, f"{_SNAP} Tags"),
    ),
    ("snapshot", "region"),
    read,
    snapshot_rows,
)

PROBES = (VOLUME, SNAPSHOT)
