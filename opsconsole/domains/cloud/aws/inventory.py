"""Instances of an account with their checks and what is planned for them; its regions; itself."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.cloud import Reading
from opsconsole.domains.cloud import instance, value
from opsconsole.domains.cloud.instance import Instance
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

PAGE = 500

INSTANCES = CloudCall(
    "ec2",
    "describe_instances",
    results=(
        "Reservations[].Instances[].{id: InstanceId, state: State.Name, type: InstanceType,"
        " zone: Placement.AvailabilityZone, tenancy: Placement.Tenancy, public: PublicIpAddress,"
        " private: PrivateIpAddress, ipv6: Ipv6Address, launched: LaunchTime, tags: Tags,"
        " lifecycle: InstanceLifecycle, image: ImageId, why: StateReason.Message,"
        " tokens: MetadataOptions.HttpTokens, vpc: VpcId,"
        " groups: SecurityGroups[].GroupId}"
    ),
    page=PAGE,
)
STATUSES = CloudCall(
    "ec2",
    "describe_instance_status",
    results=(
        "InstanceStatuses[].{id: InstanceId, system: SystemStatus.Status,"
        " instance: InstanceStatus.Status, disk: AttachedEbsStatus.Status, events: Events[]."
        "{code: Code, says: Description, at: NotBefore}}"
    ),
    page=PAGE,
)
IDENTITY = CloudCall("sts", "get_caller_identity", regional=False)

CALLS = (INSTANCES, STATUSES, IDENTITY)


class Found(msgspec.Struct):
    """One instance, as `INSTANCES` picks it; all of it may be missing, or absurd."""

    id: Any = None
    state: Any = None
    type: Any = None
    zone: Any = None
    public: Any = None
    private: Any = None
    ipv6: Any = None
    launched: Any = None
    tags: Any = None
    lifecycle: Any = None
    image: Any = None
    tokens: Any = None
    groups: Any = None


class _Event(msgspec.Struct):
    code: Any = None
    says: Any = None
    at: Any = None


class Checked(msgspec.Struct):
    """What AWS found when it looked at an instance."""

    id: Any = None
    system: Any = None
    instance: Any = None
    disk: Any = None
    events: Any = None


class _Identity(msgspec.Struct):
    account: Any = msgspec.field(name="Account", default=None)
    arn: Any = msgspec.field(name="Arn", default=None)


@dataclass(frozen=True, slots=True)
class Inventory:
    """All instances of an account."""

    at: float
    instances: tuple[Instance, ...]
    imds: int
    """Running instances whose metadata is told to who asks without a token."""
    account: Clean
    arn: Clean
    regions: Reading
    """Of the instances: whose regions say what is not known."""
    checked: bool
    """Whether the checks could be read at all."""


def read(payload: bytes) -> Inventory:
    """The whole inventory."""
    listed, checks, identity = (cloud.reading(part.body) for part in parted(payload, 3))
    who = next((one for _, one in identity.found(_Identity)), _Identity())
    account = value.text(who.account, 20)
    seen = {value.text(one.id): one for _, one in checks.found(Checked)}
    found = list(listed.found(Found))
    return Inventory(
        listed.at,
        tuple(
            _instance(region, one, seen.get(value.text(one.id)), account) for region, one in found
        ),
        sum(one.tokens == "optional" and one.state == "running" for _, one in found),
        account,
        value.text(who.arn),
        listed,
        len(checks.errors) < len(checks.regions),
    )


def _instance(region: str, one: Found, checked: Checked | None, account: Clean) -> Instance:
    tags = value.tags(one.tags)
    event = _next(checked)
    return Instance(
        instance=value.text(one.id, 64),
        name=value.tagged(tags, "name"),
        state=value.text(one.state, 20),
        region=clean(region, 40),
        zone=value.text(one.zone, 40),
        type=value.text(one.type, 40),
        health=_health(checked),
        public=value.text(one.public or one.ipv6, 64),
        private=value.text(one.private, 64),
        launched=value.moment(one.launched),
        lifecycle=value.text(one.lifecycle or "on-demand", 20),
        event=value.joined((event.code, event.says), 200) if event else Clean(""),
        event_at=value.moment(event.at) if event else None,
        image=value.text(one.image, 40),
        provider=Clean("aws"),
        account=account,
        tags=tags,
    )


def _health(checked: Checked | None) -> Clean:
    """The worst of the checks; that of attached volumes is younger, and often not told."""
    if checked is None:
        return Clean("")
    said = [str(one) for one in (checked.system, checked.instance, checked.disk) if one]
    for word in ("impaired", "insufficient-data", "initializing"):
        if word in said:
            return Clean(word)
    return Clean("ok" if "ok" in said else "")


def _next(checked: Checked | None) -> _Event | None:
    """The first event that is not over."""
    found: list[_Event] = []
    for one in value.items(checked.events if checked else None):
        try:
            event = msgspec.convert(one, _Event)
        except msgspec.ValidationError:
            continue
        if not str(event.says).startswith(("[Completed]", "[Canceled]")):
            found.append(event)
    return min(found, key=lambda event: value.moment(event.at) or 0.0, default=None)


_EC2 = "ec2:DescribeInstances"
_STATUS = "ec2:DescribeInstanceStatus"

INSTANCE = Probe(
    "aws.instance",
    "Instances",
    "inventory",
    instance.columns(
        {
            "instance": f"{_EC2} InstanceId",
            "name": f"{_EC2} Tags: Name",
            "state": f"{_EC2} State.Name",
            "health": f"{_STATUS}: the worst of SystemStatus, InstanceStatus, AttachedEbsStatus",
            "type": f"{_EC2} InstanceType",
            "region": "the region that was asked",
            "zone": f"{_EC2} Placement.AvailabilityZone",
            "public": f"{_EC2} PublicIpAddress, else Ipv6Address",
            "private": f"{_EC2} PrivateIpAddress",
            "launched": f"{_EC2} LaunchTime: of its last start",
            "age_s": f"{_EC2} LaunchTime, to when it was asked",
            "lifecycle": f"{_EC2} InstanceLifecycle",
            "protected": f"{_EC2} Tags: protected, unless false",
            "owner": f"{_EC2} Tags: owner, team, contact",
            "event": f"{_STATUS} Events: the next that is not over",
            "event_at": f"{_STATUS} Events: NotBefore",
            "image": f"{_EC2} ImageId",
            "hour_usd": "not told by EC2",
            "provider": "aws",
            "account": "sts:GetCallerIdentity Account",
            "tags": f"{_EC2} Tags",
        }
    ),
    instance.KEY,
    read,
    lambda now, _before: [instance.row(one, now.at) for one in now.instances],
    on_demand=False,
    quiet=True,
)


def account_rows(now: Inventory, _before: Inventory | None) -> list[Row]:
    """The only row."""
    states = Counter(str(one.state) for one in now.instances)
    names = {one.region for one in now.regions.errors}
    return [
        (
            now.account,
            now.arn,
            len(now.regions.regions),
            len(names),
            clean(", ".join(sorted(names))),
            len(now.instances),
            states["running"],
            states["stopped"],
            sum(one.health == "impaired" for one in now.instances) if now.checked else None,
            sum(bool(one.event) for one in now.instances) if now.checked else None,
            now.imds,
            _untagged(now),
        )
    ]


def _untagged(now: Inventory) -> float | None:
    owned = sum(bool(value.tagged(one.tags, "owner", "team", "contact")) for one in now.instances)
    return 100 * (1 - owned / len(now.instances)) if now.instances else None


ACCOUNT = Probe(
    "aws.account",
    "Account",
    "inventory",
    (
        Column("account", "ACCOUNT", Quantity.TEXT, "sts:GetCallerIdentity Account"),
        Column("who", "WHO", Quantity.TEXT, "sts:GetCallerIdentity Arn"),
        Column("regions", "REGIONS", Quantity.COUNT, "regions that are asked"),
        Column("silent", "SILENT", Quantity.COUNT, f"regions where {_EC2} gave no answer"),
        Column("silent_names", "SILENT IN", Quantity.TEXT, f"regions where {_EC2} gave no answer"),
        Column("instances", "INSTANCES", Quantity.COUNT, _EC2, history=True),
        Column("running", "RUNNING", Quantity.COUNT, f"{_EC2} State", history=True),
        Column("stopped", "STOPPED", Quantity.COUNT, f"{_EC2} State"),
        Column("impaired", "IMPAIRED", Quantity.COUNT, f"{_STATUS}: any check"),
        Column("events", "EVENTS", Quantity.COUNT, f"{_STATUS} Events that are not over"),
        Column("imds_v1", "IMDSV1", Quantity.COUNT, f"{_EC2} MetadataOptions.HttpTokens optional"),
        Column("unowned_percent", "UNOWNED%", Quantity.PERCENT, f"{_EC2} Tags: no owner, team"),
    ),
    (),
    read,
    account_rows,
    on_demand=False,
)


def region_rows(now: Inventory, _before: Inventory | None) -> list[Row]:
    """One row per region."""
    here = Counter(one.region for one in now.instances)
    runs = Counter(one.region for one in now.instances if one.runs)
    return [
        (
            name := clean(one.region, 40),
            Clean("silent" if one.error else "answers"),
            None if one.error else here[name],
            None if one.error else runs[name],
            one.more,
            clean(one.error, 400),
            clean(one.remedy),
        )
        for one in now.regions.regions
    ]


REGION = Probe(
    "aws.region",
    "Regions",
    "inventory",
    (
        Column("region", "REGION", Quantity.TEXT, "estate: regions; ec2:DescribeRegions"),
        Column("state", "STATE", Quantity.STATE, f"whether {_EC2} was answered"),
        Column("instances", "INSTANCES", Quantity.COUNT, _EC2),
        Column("running", "RUNNING", Quantity.COUNT, f"{_EC2} State"),
        Column("more", "MORE", Quantity.FLAG, "more instances than are read"),
        Column("error", "ERROR", Quantity.TEXT, "what boto3 or AWS says"),
        Column("remedy", "REMEDY", Quantity.TEXT, "ours"),
    ),
    ("region",),
    read,
    region_rows,
    on_demand=False,
    quiet=True,
)
