"""Give an instance another type, while it is stopped."""

import re
from collections.abc import Sequence

from opsconsole import cloud
from opsconsole.clean import clean_bytes
from opsconsole.domains.cloud.aws.action import look
from opsconsole.domains.cloud.aws.action.power import PINS, called
from opsconsole.errors import Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.question import CloudCall
from opsconsole.spec import Action, Argument, Arguments, Facts, Rehearsal, Verify, Weight

_TYPE = re.compile(r"[a-z0-9-]{1,30}\.[a-z0-9-]{1,30}")


def _check(said: str) -> str:
    return "" if not said or _TYPE.fullmatch(said) else "a type as EC2 writes it: t3.large"


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if why := look.protected(facts):
        return why
    if facts["state"] != "stopped":
        return f"it is {facts['state']}: `aws.stop` first, `aws.start` afterwards"
    if facts["autoscaling"]:
        return f"{facts['autoscaling']} makes its own: change its launch template"
    same = arguments.get("type") == facts["type"]
    return f"its type is {facts['type']} already" if same else ""


def _change(facts: Facts, arguments: Arguments, **more: bool) -> tuple[Step, ...]:
    return look.step(
        "ec2",
        "modify_instance_attribute",
        facts["region"],
        InstanceId=facts["instance"],
        InstanceType={"Value": arguments.get("type", "")},
        **more,
    )


def _calls(
    _thing: Thing, facts: Facts, arguments: Arguments
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The call with DryRun; whether the zone has that type."""
    offered = CloudCall(
        "ec2",
        "describe_instance_type_offerings",
        {
            "LocationType": "availability-zone",
            "Filters": [
                {"Name": "location", "Values": [facts["zone"]]},
                {"Name": "instance-type", "Values": [arguments.get("type", "")]},
            ],
        },
        "InstanceTypeOfferings[].InstanceType",
    )
    (dry,) = _change(facts, arguments, DryRun=True)
    return dry.argv, ("ask", facts["region"], cloud.written((offered,)))


def _forecast(
    thing: Thing, facts: Facts, arguments: Arguments, answers: Sequence[tuple[int, bytes]]
) -> Sequence[str]:
    (_, dry), (status, out) = answers
    said = clean_bytes(dry[:300], 300)
    if not dry.startswith(b"DryRunOperation"):
        raise Refused(f"{thing.target}: EC2 says no to a dry run: {said}", "right")
    (offered,) = look.readings(thing, status, out, 1)
    if arguments.get("type", "") not in {name for _, name in offered.found(str)}:
        what = f"{thing.target}: {facts['zone']} has no {arguments.get('type', '')}"
        raise Refused(what, "inapplicable")
    return (said, f"{facts['zone']} has {arguments.get('type', '')}; whether one is free, EC2 says"
            " when it starts")  # fmt: skip


def _undo(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    pins = tuple((name, facts[name]) for name in PINS)
    return Undo("aws.resize", (Thing(thing.target, pins, thing.name),), {"type": facts["type"]})


RESIZE = Action(
    id="aws.resize",
    title="Give it another type",
    letter="z",
    about="Changes the type of an instance that is stopped; it is another price from its start on.",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=look.INSTANCE,
    steps=lambda _thing, facts, arguments: _change(facts, arguments),
    effect=lambda _thing, facts, arguments: (
        f"{called(facts)} was {facts['type']} and starts as {arguments.get('type', '')} next time"
    ),
    verify=Verify(
        "it has that type",
        lambda _before, now, arguments: now is not None and now["type"] == arguments.get("type"),
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=5.0,
    fits=lambda row: row.get("state") == "stopped",
    bars=_bars,
    undo=_undo,
    preview=Rehearsal(_calls, _forecast),
    arguments=(Argument("type", "The new type", check=_check, required=True),),
)
