"""Copy one volume, or have it gone for good."""

from typing import Any

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.action import look
from opsconsole.plan import Thing
from opsconsole.question import CloudCall
from opsconsole.spec import (
    Action,
    Argument,
    Arguments,
    Facts,
    Liftable,
    Look,
    Verify,
    Weight,
)

FRESH = 7 * value.DAY
"""Seconds for which a whole copy counts as one that its volume may go for, ours."""


class _Volume(msgspec.Struct):
    id: Any = None
    state: Any = None
    gib: Any = None
    instance: Any = None
    tags: Any = None


class _Copy(msgspec.Struct):
    id: Any = None
    state: Any = None
    at: Any = None


def _argv(thing: Thing) -> tuple[str, ...]:
    id_ = look.pin(thing, "volume")
    return look.asked(
        thing,
        CloudCall(
            "ec2",
            "describe_volumes",
            {"Filters": [{"Name": "volume-id", "Values": [id_]}]},
            "Volumes[].{id: VolumeId, state: State, gib: Size, tags: Tags,"
            " instance: Attachments[0].InstanceId}",
        ),
        CloudCall(
            "ec2",
            "describe_snapshots",
            {"OwnerIds": ["self"], "Filters": [{"Name": "volume-id", "Values": [id_]}]},
            "Snapshots[].{id: SnapshotId, state: State, at: StartTime}",
        ),
    )


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one volume, and its snapshots that are no failures."""
    volumes, copies = look.readings(thing, status, out, 2)
    region, one = look.only(thing, volumes, _Volume)
    found = [copy for _, copy in copies.found(_Copy)]
    good = [value.text(copy.id, 64) for copy in found if copy.state != "error"]
    whole = [(value.moment(copy.at) or 0.0, copy) for copy in found if copy.state == "completed"]
    last, copy = max(whole, key=lambda one: one[0], default=(0.0, _Copy()))
    return {
        "volume": value.text(one.id, 64),
        "region": clean(region, 40),
        "state": value.text(one.state, 20),
        "size": f"{value.text(one.gib, 20)} GiB",
        "instance": value.text(one.instance, 64),
        "snapshots": " ".join(sorted(good)),
        "protected": "yes" if value.protected(value.tags(one.tags)) else "",
        "last whole snapshot": value.text(copy.id, 64),
        "fresh": "yes" if copies.at - last <= FRESH else "",
    }


def _copied(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and bool(
        set(now["snapshots"].split()) - set(before["snapshots"].split())
    )


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    fits = facts["state"] in {"available", "in-use"}
    return "" if fits else f"it is {facts['state'] or 'in no known state'}"


def _try(operation: str, thing: Thing) -> tuple[str, ...]:
    region, id_ = look.pin(thing, "region"), look.pin(thing, "volume")
    return look.call("ec2", operation, region, VolumeId=id_, DryRun=True)


SNAPSHOT_VOLUME = Action(
    id="aws.snapshot-volume",
    title="Snapshot",
    letter="n",
    about="Begins a snapshot of a volume.",
    probes=("aws.volume",),
    pins=("volume", "region"),
    weight=Weight.REVERSIBLE,
    look=Look(_argv, read),
    steps=lambda _thing, facts, _arguments: look.step(
        "ec2",
        "create_snapshot",
        facts["region"],
        VolumeId=facts["volume"],
        Description=f"opsconsole: {facts['volume']}",
    ),
    effect=lambda _thing, facts, _arguments: (
        f"{facts['size']} are copied as after a power cut, and paid for until somebody deletes the"
        " copy"
    ),
    verify=Verify("it has a newer snapshot, begun or completed", _copied, 120.0),
    timeout=look.SECONDS,
    expected_s=10.0,
    bars=_bars,
    preview=lambda thing, _arguments: _try("create_snapshot", thing),
)


def _delete_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if why := look.protected(facts):
        return why
    if facts["state"] not in {"available", "error"}:
        by = f" by {facts['instance']}" if facts["instance"] else ""
        return f"it is {facts['state'] or 'in no known state'}{by}"
    if not facts["fresh"] and arguments.get("without-snapshot") != "yes":
        return Liftable(
            "no whole snapshot of the last 7 days: `aws.snapshot-volume` first, or"
            " without-snapshot=yes"
        )
    return ""


def _lost(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    copy = facts["last whole snapshot"]
    stays = f"its snapshot {copy} stays" if copy else "nothing of it stays"
    return f"{facts['volume']} with its {facts['size']} is gone for good; {stays}"


DELETE_VOLUME = Action(
    id="aws.delete-volume",
    title="Delete",
    letter="D",
    about="Has a volume gone for good that is attached to nothing; its snapshots stay.",
    probes=("aws.volume",),
    pins=("volume", "region"),
    weight=Weight.LOSING,
    look=Look(_argv, read),
    steps=lambda _thing, facts, _arguments: look.step(
        "ec2", "delete_volume", facts["region"], VolumeId=facts["volume"]
    ),
    effect=_lost,
    verify=Verify(
        "it is gone, or goes",
        lambda _before, now, _arguments: now is None or now["state"] in {"deleting", "deleted"},
        120.0,
    ),
    timeout=look.SECONDS,
    expected_s=10.0,
    fits=lambda row: row.get("state") in {"available", "error"},
    bars=_delete_bars,
    preview=lambda thing, _arguments: _try("delete_volume", thing),
    arguments=(
        Argument(
            "without-snapshot",
            "Also without a whole snapshot of the last 7 days",
            choices=("no", "yes"),
            default="no",
        ),
    ),
)
