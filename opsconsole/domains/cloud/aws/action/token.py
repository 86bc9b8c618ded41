"""Have an instance tell its metadata only to who asks with a token (IMDSv2), or to everybody."""

from typing import Any

from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.action import look
from opsconsole.domains.cloud.aws.action.power import PINS, called
from opsconsole.domains.cloud.aws.series import Listed, Wanted
from opsconsole.domains.cloud.value import DAY
from opsconsole.plan import Step, Thing, Undo
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

DAYS = 14
"""For which nobody may have asked without a token, ours."""


def _used_argv(thing: Thing) -> tuple[str, ...]:
    ids = {"Filters": [{"Name": "instance-id", "Values": [look.pin(thing, "instance")]}]}
    return look.asked(
        thing,
        series.asked(
            Listed("ec2", "describe_instances", "Reservations[].Instances[]", "InstanceId", ids),
            "AWS/EC2",
            {"InstanceId": "*.id"},
            (Wanted("without", "MetadataNoToken", "Sum"),),
            period=int(DAY),
            seconds=DAYS * int(DAY),
            keep=0.0,
        ),
    )


def _used(thing: Thing, status: int, out: bytes) -> Facts:
    (answer,) = look.readings(thing, status, out, 1)
    number = sum(said for one in series.found(answer) for _, said in one.points)
    return {"without a token": f"{number:.0f}"}


_LOOK = Look(
    look.INSTANCE.argv,
    look.INSTANCE.read,
    then=lambda _thing, _facts: (Look(_used_argv, _used),),
)


def _set(facts: Facts, tokens: str) -> tuple[Step, ...]:
    return look.step(
        "ec2",
        "modify_instance_metadata_options",
        facts["region"],
        InstanceId=facts["instance"],
        HttpTokens=tokens,
    )


def _try(thing: Thing, tokens: str) -> tuple[str, ...]:
    region, id_ = look.pin(thing, "region"), look.pin(thing, "instance")
    said: dict[str, Any] = {"InstanceId": id_, "HttpTokens": tokens, "DryRun": True}
    return look.call("ec2", "modify_instance_metadata_options", region, **said)


def _common(facts: Facts, tokens: str) -> str:
    if why := look.protected(facts):
        return why
    if facts["state"] not in {"running", "stopped"}:
        return f"it is {facts['state']}"
    return f"tokens are {tokens} already" if facts["tokens"] == tokens else ""


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    if why := _common(facts, "required"):
        return why
    if facts["without a token"] != "0" and arguments.get("although-used") != "yes":
        return Liftable(
            f"its metadata was asked for without a token {facts['without a token']} times within"
            f" {DAYS} days: who does that would fail; although-used=yes accepts that"
        )
    return ""


def _back(action: str, thing: Thing, facts: Facts) -> Undo:
    pins = tuple((name, facts[name]) for name in PINS)
    return Undo(action, (Thing(thing.target, pins, thing.name),))


def _verify(tokens: str) -> Verify:
    return Verify(
        f"tokens are {tokens}",
        lambda _before, now, _arguments: now is not None and now["tokens"] == tokens,
        60.0,
    )


REQUIRE_TOKENS = Action(
    id="aws.require-tokens",
    title="Require tokens",
    letter="m",
    about="Has an instance tell its metadata only to who asks with a token (IMDSv2).",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=_LOOK,
    steps=lambda _thing, facts, _arguments: _set(facts, "required"),
    effect=lambda _thing, facts, _arguments: (
        f"programs on {called(facts)} that know version 1 only get no credentials any more"
    ),
    verify=_verify("required"),
    timeout=look.SECONDS,
    expected_s=5.0,
    bars=_bars,
    undo=lambda thing, facts, _arguments: _back("aws.relax-tokens", thing, facts),
    preview=lambda thing, _arguments: _try(thing, "required"),
    arguments=(
        Argument(
            "although-used",
            "Also where somebody asked without",
            choices=("no", "yes"),
            default="no",
        ),
    ),
)

RELAX_TOKENS = Action(
    id="aws.relax-tokens",
    title="Require no tokens",
    letter="l",
    about="Has an instance tell its metadata also to who asks without a token (IMDSv1).",
    probes=("aws.instance",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=look.INSTANCE,
    steps=lambda _thing, facts, _arguments: _set(facts, "optional"),
    effect=lambda _thing, facts, _arguments: (
        f"a request forged through a service on {called(facts)} may read its credentials"
    ),
    verify=_verify("optional"),
    timeout=look.SECONDS,
    expected_s=5.0,
    bars=lambda _thing, facts, _arguments: _common(facts, "optional"),
    undo=lambda thing, facts, _arguments: _back("aws.require-tokens", thing, facts),
    preview=lambda thing, _arguments: _try(thing, "optional"),
)
