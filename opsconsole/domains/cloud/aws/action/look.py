"""How things of an account are looked at: by calls that only read, wherever they are."""

import json
from typing import Any, TypeVar

import msgspec

from opsconsole import cloud
from opsconsole.clean import clean, clean_bytes
from opsconsole.cloud import Reading
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import balancer, inventory
from opsconsole.errors import Gone, Refused, Unsupported
from opsconsole.plan import Step, Thing
from opsconsole.question import CloudCall
from opsconsole.spec import Facts, Look

Item = TypeVar("Item")

SECONDS = 60.0
"""For one call that changes something."""


def pin(thing: Thing, name: str) -> str:
    """A pin that names something of AWS; raises `Refused` for a text that cannot."""
    found = dict(thing.pins).get(name, "")
    if (
        not found
        or len(found) > 500
        or not found.isprintable()
        or "\N{REPLACEMENT CHARACTER}" in found
    ):
        raise Refused(f"{thing.target}: {str(clean(found, 80))!r} names nothing", "unknown")
    return found


def asked(thing: Thing, *calls: CloudCall) -> tuple[str, ...]:
    """The words of a look: in the thing's region; in all, where somebody named it by id alone."""
    return "ask", dict(thing.pins).get("region") or "all", cloud.written(calls)


def readings(thing: Thing, status: int, out: bytes, count: int) -> list[Reading]:
    """The answers of a look. Raises a `TargetError` when one of them is not known."""
    lines = out.split(b"\n")
    if status or len(lines) != count:
        said = clean_bytes(b" ".join(out[:800].split()), 160)
        raise Unsupported(f"{thing.target}: says {said or 'nothing'}")
    found = [cloud.reading(line) for line in lines]
    for one in found:
        for wrong in one.errors:
            raise wrong.fault
    return found


def only(thing: Thing, reading: Reading, shape: type[Item]) -> tuple[str, Item]:
    """The one thing of an answer, with its region; raises `Gone` when there is none."""
    found = list(reading.found(shape))
    if not found:
        raise Gone(f"{thing.target}: there is no {thing.name} any more")
    if len(found) > 1:
        raise Refused(f"{thing.target}: {thing.name} is there {len(found)} times", "unknown")
    return found[0]


def call(service: str, operation: str, region: str, **parameters: Any) -> tuple[str, ...]:
    """The words of a call."""
    return service, operation, region, json.dumps(parameters)


def step(service: str, operation: str, region: str, **parameters: Any) -> tuple[Step, ...]:
    """One call as the only step."""
    return (Step(call(service, operation, region, **parameters), SECONDS, root=False),)


class Disk(msgspec.Struct):
    """A volume of an instance."""

    id: Any = None
    goes: Any = None


class Found(msgspec.Struct):
    """An instance, as the look picks it."""

    id: Any = None
    state: Any = None
    type: Any = None
    tags: Any = None
    root: Any = None
    launched: Any = None
    lifecycle: Any = None
    zone: Any = None
    tokens: Any = None
    disks: list[Disk] | None = None


class _Flag(msgspec.Struct):
    value: Any = msgspec.field(name="Value", default=None)


class _Copies(msgspec.Struct):
    of: Disk
    items: list[Any]


def _one(id_: str) -> CloudCall:
    return CloudCall(
        "ec2",
        "describe_instances",
        {"Filters": [{"Name": "instance-id", "Values": [id_]}]},
        "Reservations[].Instances[].{id: InstanceId, state: State.Name, type: InstanceType,"
        " tags: Tags, root: RootDeviceType, launched: LaunchTime, lifecycle: InstanceLifecycle,"
        " zone: Placement.AvailabilityZone, tokens: MetadataOptions.HttpTokens,"
        " disks: BlockDeviceMappings[].{id: Ebs.VolumeId, goes: Ebs.DeleteOnTermination}}",
    )


def _calls(id_: str) -> tuple[CloudCall, ...]:
    one = _one(id_)
    attribute = {"InstanceId": "*.id", "Attribute": "disableApiTermination"}
    status = {
        "Filters": [{"Name": "instance-state-name", "Values": ["running"]}],
        "InstanceIds": ["*.id"],
    }
    copies = {
        "OwnerIds": ["self"],
        "Filters": [
            {"Name": "volume-id", "Values": ["*.id"]},
            {"Name": "status", "Values": ["completed", "pending"]},
        ],
    }
    disks = CloudCall(
        "ec2",
        "describe_volumes",
        {"Filters": [{"Name": "attachment.instance-id", "Values": [id_]}]},
        "Volumes[].{id: VolumeId}",
    )
    return (
        one,
        CloudCall("ec2", "describe_instance_attribute", attribute, "DisableApiTermination", of=one),
        CloudCall(
            *("ec2", "describe_instance_status", status),
            "InstanceStatuses[].{system: SystemStatus.Status, instance: InstanceStatus.Status}",
            of=one,
        ),
        CloudCall("ec2", "describe_snapshots", copies, "Snapshots[].{at: StartTime}", of=disks),
        balancer.HEALTH,
    )


def _argv(thing: Thing) -> tuple[str, ...]:
    return asked(thing, *_calls(pin(thing, "instance")))


class _Behind(msgspec.Struct):
    of: Any
    items: list[Any]


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one instance, and of what stands or falls with it."""
    listed, flags, checks, copies, health = readings(thing, status, out, 5)
    region, one = only(thing, listed, Found)
    tags = value.tags(one.tags)
    disks = one.disks or []
    behind = [each for where, each in health.found(balancer.Behind) if where == region]
    mine = [each for each in behind if any(_is(target, one) for target in each.items)]
    return {
        "instance": value.text(one.id, 64),
        "region": clean(region, 40),
        "name": value.tagged(tags, "name"),
        "state": value.text(one.state, 20),
        "type": value.text(one.type, 40),
        "health": _health(checks),
        "protected": "yes" if value.protected(tags) else "",
        "termination protection": "yes" if _flagged(flags) else "",
        "autoscaling": tags.get("aws:autoscaling:groupName", ""),
        "root": value.text(one.root, 30),
        "launched": value.text(one.launched, 40),
        "zone": value.text(one.zone, 40),
        "tokens": value.text(one.tokens, 20),
        "behind": value.joined([each.of.name for each in mine], 1000),
        "last healthy of": value.joined([each.of.name for each in mine if _last(each, one)], 1000),
        "groups unread": "yes" if any(each.more for each in health.regions) else "",
        "volumes that go": value.joined([each.id for each in disks if each.goes is True], 1000),
        "volumes that stay": value.joined([each.id for each in disks if not each.goes], 1000),
        "newest copies": _copied(copies, listed.at),
        "copies": str(sum(len(each.items) for _, each in copies.found(_Copies))),
        "tags": json.dumps(tags),
    }


def _is(target: balancer.Target, one: Found) -> bool:
    return str(target.id) == str(one.id)


def _last(group: balancer.Behind, one: Found) -> bool:
    """Whether nobody else of a group is healthy, and it is."""
    well = [str(each.id) for each in group.items if each.state == "healthy"]
    return set(well) == {str(one.id)}


def _flagged(flags: Reading) -> bool:
    """Whether AWS keeps it from being terminated; also when it does not say."""
    found = [one for _, answer in flags.found(_Behind) for one in answer.items]
    return not found or any(msgspec.convert(one, _Flag).value is not False for one in found)


class _Checks(msgspec.Struct):
    of: Any
    items: list[inventory.Checked]


def _health(checks: Reading) -> str:
    said = {
        str(word)
        for _, answer in checks.found(_Checks)
        for one in answer.items
        for word in (one.system, one.instance)
    }
    return "ok" if said == {"ok"} else ", ".join(sorted(said))


def _copied(copies: Reading, at: float) -> str:
    """Volumes that were copied within a day, with a blank between."""
    fresh: list[str] = []
    for _, each in copies.found(_Copies):
        ages = [value.age(at, value.mapping(one).get("at")) for one in each.items]
        if any(old is not None and old <= value.DAY for old in ages):
            fresh.append(str(value.text(each.of.id, 64)))
    return " ".join(sorted(fresh))


INSTANCE = Look(_argv, read)


def protected(facts: Facts) -> str:
    """Why nobody may touch it from here; empty when nothing says so."""
    return "its tag `protected` says that nothing may be done to it" if facts["protected"] else ""


def needed(facts: Facts) -> str:
    """Why others would miss it; empty when they would not."""
    if facts["last healthy of"]:
        return f"it is the last healthy target of {facts['last healthy of']}: add another first"
    if facts["groups unread"]:
        return "there are more target groups than are read: whether it is a last one is not known"
    return ""
