"""All of an instance: copy its disks, or have it gone for good."""

from opsconsole.domains.cloud.aws.action import look
from opsconsole.domains.cloud.aws.action.power import PINS, called, tried
from opsconsole.plan import Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Verify, Weight

DESCRIPTION = "opsconsole"


def _copy(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return look.step(
        "ec2",
        "create_snapshots",
        facts["region"],
        InstanceSpecification={"InstanceId": facts["instance"]},
        Description=f"{DESCRIPTION}: {facts['instance']}",
        CopyTagsFromSource="volume",
    )


def _try_copy(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    instance = {"InstanceId": look.pin(thing, "instance")}
    region = look.pin(thing, "region")
    return look.call("ec2", "create_snapshots", region, InstanceSpecification=instance, DryRun=True)


def _volumes(facts: Facts) -> list[str]:
    both = (facts["volumes that go"], facts["volumes that stay"])
    return [one for text in both for one in text.split(", ") if one]


def _copy_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return "" if _volumes(facts) else "it has no volume that could be copied"


def _copied(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    """Whether each volume has one more than it had."""
    return now is not None and int(now["copies"]) >= int(before["copies"]) + len(_volumes(before))


SNAPSHOT = Action(
    id="aws.snapshot",
    title="Snapshot all disks",
    letter="n",
    about="Begins a snapshot of each volume of an instance, all of one moment.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.REVERSIBLE,
    look=look.INSTANCE,
    steps=_copy,
    effect=lambda _thing, facts, _arguments: (
        f"{len(_volumes(facts))} volumes are copied as after a power cut, and paid for until"
        " somebody deletes the copies"
    ),
    verify=Verify("each of its volumes has a newer snapshot, begun or completed", _copied, 120.0),
    timeout=look.SECONDS,
    expected_s=15.0,
    bars=_copy_bars,
    preview=_try_copy,
)


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if why := look.protected(facts):
        return why
    if facts["state"] not in {"running", "stopped", "stopping", "pending"}:
        return f"it is {facts['state']}"
    if facts["termination protection"]:
        return "its termination protection is on: take it off first, where that is decided"
    if why := look.needed(facts):
        return why
    fresh = facts["newest copies"].split()
    bare = [one for one in facts["volumes that go"].split(", ") if one and one not in fresh]
    if bare and arguments.get("without-snapshot") != "yes":
        return (
            f"{', '.join(bare)} would go without a snapshot of the last day: `aws.snapshot` first,"
            " or without-snapshot=yes"
        )
    return ""


def _lost(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    goes = facts["volumes that go"] or "no volume"
    stays = f"; {facts['volumes that stay']} stay" if facts["volumes that stay"] else ""
    again = f"; {facts['autoscaling']} starts another in its place" if facts["autoscaling"] else ""
    behind = f"; {facts['behind']} goes on without it" if facts["behind"] else ""
    return f"{called(facts)} is gone for good, and {goes} with it{stays}{again}{behind}"


TERMINATE = Action(
    id="aws.terminate",
    title="Terminate",
    letter="D",
    about="Has an instance gone for good, with those of its volumes that go with it.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.LOSING,
    look=look.INSTANCE,
    steps=lambda _thing, facts, _arguments: look.step(
        "ec2", "terminate_instances", facts["region"], InstanceIds=[facts["instance"]]
    ),
    effect=_lost,
    verify=Verify(
        "it is terminated",
        lambda _before, now, _arguments: now is None or now["state"] == "terminated",
        300.0,
    ),
    timeout=look.SECONDS,
    expected_s=60.0,
    fits=lambda row: row.get("state") in {"running", "stopped", "stopping", "pending"},
    bars=_bars,
    preview=lambda thing, _arguments: tried("terminate_instances", thing),
    arguments=(
        Argument(
            "without-snapshot",
            "Also without a snapshot of the last day",
            choices=("no", "yes"),
            default="no",
        ),
    ),
)
