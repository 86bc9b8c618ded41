"""Copy one volume."""

from typing import Any

import msgspec

from opsconsole.clean import clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.action import look
from opsconsole.plan import Thing
from opsconsole.question import CloudCall
from opsconsole.spec import Action, Arguments, Facts, Look, Verify, Weight


class _Volume(msgspec.Struct):
    id: Any = None
    state: Any = None
    gib: Any = None
    instance: Any = None


class _Copy(msgspec.Struct):
    id: Any = None
    state: Any = None


def _argv(thing: Thing) -> tuple[str, ...]:
    id_ = look.pin(thing, "volume")
    return look.asked(
        thing,
        CloudCall(
            "ec2",
            "describe_volumes",
            {"Filters": [{"Name": "volume-id", "Values": [id_]}]},
            "Volumes[].{id: VolumeId, state: State, gib: Size,"
            " instance: Attachments[0].InstanceId}",
        ),
        CloudCall(
            "ec2",
            "describe_snapshots",
            {"OwnerIds": ["self"], "Filters": [{"Name": "volume-id", "Values": [id_]}]},
            "Snapshots[].{id: SnapshotId, state: State}",
        ),
    )


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one volume, and its snapshots that are no failures."""
    volumes, copies = look.readings(thing, status, out, 2)
    region, one = look.only(thing, volumes, _Volume)
    good = [value.text(copy.id, 64) for _, copy in copies.found(_Copy) if copy.state != "error"]
    return {
        "volume": value.text(one.id, 64),
        "region": clean(region, 40),
        "state": value.text(one.state, 20),
        "size": f"{value.text(one.gib, 20)} GiB",
        "instance": value.text(one.instance, 64),
        "snapshots": " ".join(sorted(good)),
    }


def _copied(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and bool(
        set(now["snapshots"].split()) - set(before["snapshots"].split())
    )


def _bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    fits = facts["state"] in {"available", "in-use"}
    return "" if fits else f"it is {facts['state'] or 'in no known state'}"


def _tried(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    region, id_ = look.pin(thing, "region"), look.pin(thing, "volume")
    return look.call("ec2", "create_snapshot", region, VolumeId=id_, DryRun=True)


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
    preview=_tried,
)
