"""Databases that AWS runs (RDS): state, room, who can reach them, when they are copied."""

from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

DATABASES = CloudCall(
    "rds",
    "describe_db_instances",
    results=(
        "DBInstances[].{id: DBInstanceIdentifier, state: DBInstanceStatus, engine: Engine,"
        " version: EngineVersion, type: DBInstanceClass, gib: AllocatedStorage,"
        " most: MaxAllocatedStorage, disk: StorageType, public: PubliclyAccessible,"
        " zones: MultiAZ, zone: AvailabilityZone, kept: BackupRetentionPeriod,"
        " window: PreferredBackupWindow, last: LatestRestorableTime, encrypted: StorageEncrypted,"
        " protection: DeletionProtection, source: ReadReplicaSourceDBInstanceIdentifier,"
        " host: Endpoint.Address, tags: TagList}"
    ),
    page=100,
)

CALLS = (DATABASES,)


class Database(msgspec.Struct):
    """A database, as `DATABASES` picks it."""

    id: Any = None
    state: Any = None
    engine: Any = None
    version: Any = None
    type: Any = None
    gib: Any = None
    most: Any = None
    disk: Any = None
    public: Any = None
    zones: Any = None
    zone: Any = None
    kept: Any = None
    window: Any = None
    last: Any = None
    encrypted: Any = None
    protection: Any = None
    source: Any = None
    host: Any = None
    tags: Any = None


class Databases(NamedTuple):
    """All databases of an account."""

    at: float
    found: list[tuple[str, Database]]


def read(payload: bytes) -> Databases:
    """All databases."""
    (part,) = parted(payload, 1)
    answer = cloud.reading(part.body)
    return Databases(answer.at, list(answer.found(Database)))


def rows(now: Databases, _before: Databases | None) -> list[Row]:
    """One row per database."""
    found: list[Row] = []
    for region, one in now.found:
        gib, most = value.number(one.gib), value.number(one.most)
        tags = value.tags(one.tags)
        found.append(
            (
                value.text(one.id, 100),
                value.text(one.state, 60),
                value.joined((one.engine, one.version)),
                value.text(one.type, 40),
                gib * value.GIB if gib is not None else None,
                most * value.GIB if most is not None else None,
                value.text(one.disk, 20),
                Clean("public" if one.public is True else "private"),
                one.zones is True,
                value.count(one.kept),
                value.text(one.window, 40),
                value.moment(one.last),
                one.encrypted is True,
                one.protection is True,
                value.text(one.source, 100),
                value.text(one.host),
                value.tagged(tags, "owner", "team", "contact"),
                clean(region, 40),
                value.text(one.zone, 40),
            )
        )
    return found


_RDS = "rds:DescribeDBInstances"

DATABASE = Probe(
    "aws.database",
    "Databases",
    "database",
    (
        Column("database", "ID", Quantity.TEXT, f"{_RDS} DBInstanceIdentifier"),
        Column("state", "STATE", Quantity.STATE, f"{_RDS} DBInstanceStatus"),
        Column("engine", "ENGINE", Quantity.TEXT, f"{_RDS} Engine, EngineVersion"),
        Column("type", "TYPE", Quantity.TEXT, f"{_RDS} DBInstanceClass"),
        Column("size_bytes", "SIZE", Quantity.BYTES, f"{_RDS} AllocatedStorage"),
        Column("most_bytes", "GROWS TO", Quantity.BYTES, f"{_RDS} MaxAllocatedStorage"),
        Column("disk", "DISK", Quantity.TEXT, f"{_RDS} StorageType"),
        Column("exposure", "REACHED", Quantity.STATE, f"{_RDS} PubliclyAccessible"),
        Column("zones", "MULTI AZ", Quantity.FLAG, f"{_RDS} MultiAZ"),
        Column("kept_days", "KEPT DAYS", Quantity.COUNT, f"{_RDS} BackupRetentionPeriod"),
        Column("window", "BACKUP AT", Quantity.TEXT, f"{_RDS} PreferredBackupWindow, UTC"),
        Column("restorable", "RESTORABLE", Quantity.TIME, f"{_RDS} LatestRestorableTime"),
        Column("encrypted", "ENCRYPTED", Quantity.FLAG, f"{_RDS} StorageEncrypted"),
        Column("protection", "PROTECTED", Quantity.FLAG, f"{_RDS} DeletionProtection"),
        Column("source", "REPLICA OF", Quantity.TEXT, f"{_RDS} ReadReplicaSourceDBInstance"),
        Column("host", "HOST", Quantity.TEXT, f"{_RDS} Endpoint.Address"),
        Column("owner", "OWNER", Quantity.TEXT, f"{_RDS} TagList: owner, team, contact"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
        Column("zone", "ZONE", Quantity.TEXT, f"{_RDS} AvailabilityZone"),
    ),
    ("database", "region"),
    read,
    rows,
)

PROBES = (DATABASE,)
