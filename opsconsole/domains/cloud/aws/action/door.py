"""Close a rule that lets the whole world in, and open it again."""

import json
from typing import Any

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import network
from opsconsole.domains.cloud.aws.action import look
from opsconsole.errors import Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.question import CloudCall
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Verify, Weight

PINS = ("group", "protocol", "ports", "cidr", "region")


class _User(msgspec.Struct):
    id: Any = None
    instance: Any = None
    says: Any = None


def _argv(thing: Thing) -> tuple[str, ...]:
    id_ = look.pin(thing, "group")
    return look.asked(
        thing,
        CloudCall(
            "ec2",
            "describe_security_groups",
            {"Filters": [{"Name": "group-id", "Values": [id_]}]},
            network.GROUPS.results,
        ),
        CloudCall(
            "ec2",
            "describe_network_interfaces",
            {"Filters": [{"Name": "group-id", "Values": [id_]}]},
            network.INTERFACES.results,
        ),
    )


def _named(one: network.Opening) -> tuple[str, str, str]:
    return str(one.called), str(one.ports), one.cidr


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the group, whether the rule is there, and who uses it."""
    groups, interfaces = look.readings(thing, status, out, 2)
    region, group = look.only(thing, groups, network.Group)
    pins = dict(thing.pins)
    wanted = tuple(pins.get(name, "") for name in ("protocol", "ports", "cidr"))
    there = {_named(one): one for one in network.openings(group)}
    if not all(wanted) and len(there) == 1:
        wanted = next(iter(there))  # named by its group alone, and there is but one
    if not all(wanted):
        raise Refused(f"{thing.target}: {thing.name} has {len(there)} open rules", "unknown")
    rule = there.get((wanted[0], wanted[1], wanted[2]))
    users = {str(one.instance or one.says or one.id) for _, one in interfaces.found(_User)}
    return {
        "group": value.text(group.id, 40),
        "name": value.text(group.name),
        "protocol": wanted[0],
        "ports": wanted[1],
        "cidr": wanted[2],
        "region": clean(region, 40),
        "there": "yes" if rule else "",
        "says": str(rule.says) if rule else "",
        "permission": json.dumps(_permission(wanted[0], wanted[1], wanted[2], "")),
        "users": value.joined(sorted(users), 1000),
        "protected": "yes" if value.protected(value.tags(group.tags)) else "",
    }


def _permission(protocol: str, ports: str, cidr: str, says: str) -> dict[str, Any]:
    """The rule as EC2 takes it."""
    source = {
        "CidrIpv6" if ":" in cidr else "CidrIp": cidr,
        **({"Description": says} if says else {}),
    }
    ranges = {"Ipv6Ranges" if ":" in cidr else "IpRanges": [source]}
    if protocol == "all":
        return {"IpProtocol": "-1", **ranges}
    if protocol.startswith("icmp"):
        kind = -1 if ports == "all" else int(ports.removeprefix("type "))
        return {"IpProtocol": protocol, "FromPort": kind, "ToPort": -1, **ranges}
    low, _, high = ("0-65535" if ports == "all" else ports).partition("-")
    return {"IpProtocol": protocol, "FromPort": int(low), "ToPort": int(high or low), **ranges}


def _call(operation: str, facts: Facts, permission: dict[str, Any]) -> tuple[Step, ...]:
    return look.step(
        "ec2", operation, facts["region"], GroupId=facts["group"], IpPermissions=[permission]
    )


def _close(_thing: Thing, facts: Facts, _arguments: Arguments) -> tuple[Step, ...]:
    return _call("revoke_security_group_ingress", facts, json.loads(facts["permission"]))


def _open(_thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    says = arguments.get("says", "")
    made = _permission(facts["protocol"], facts["ports"], facts["cidr"], says)
    return _call("authorize_security_group_ingress", facts, made)


def _tried(operation: str, thing: Thing) -> tuple[str, ...]:
    names = ("protocol", "ports", "cidr")
    protocol, ports, cidr = (look.pin(thing, name) for name in names)
    return look.call(
        *("ec2", operation, look.pin(thing, "region")),
        GroupId=look.pin(thing, "group"),
        IpPermissions=[_permission(protocol, ports, cidr, "")],
        DryRun=True,
    )


def _close_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return look.protected(facts) or ("" if facts["there"] else "there is no such rule any more")


def _open_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return look.protected(facts) or ("it is there" if facts["there"] else "")


def _back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    pins = tuple((name, facts[name]) for name in PINS)
    again = {"says": facts["says"]} if facts["says"] else {}
    return Undo("aws.reopen", (Thing(thing.target, pins, Clean(facts["group"])),), again)


def _shut(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    pins = tuple((name, facts[name]) for name in PINS)
    return Undo("aws.close-rule", (Thing(thing.target, pins, Clean(facts["group"])),))


def _words(facts: Facts) -> str:
    return f"{facts['protocol']} {facts['ports']} from {facts['cidr']}"


CLOSE = Action(
    id="aws.close-rule",
    title="Close to the world",
    letter="c",
    about="Takes the rule away that lets anybody in; other rules of the group stay.",
    probes=("aws.opening",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=Look(_argv, read),
    steps=_close,
    effect=lambda _thing, facts, _arguments: (
        f"{_words(facts)} ends for {facts['users'] or 'nobody: nothing uses the group'};"
        " connections that stand may go on"
    ),
    verify=Verify(
        "the rule is gone",
        lambda _before, now, _arguments: now is None or not now["there"],
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=5.0,
    bars=_close_bars,
    undo=_back,
    preview=lambda thing, _arguments: _tried("revoke_security_group_ingress", thing),
)

REOPEN = Action(
    id="aws.reopen",
    title="Open to the world again",
    letter="t",
    about="Puts a rule back that was closed from here.",
    probes=("aws.opening",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=Look(_argv, read),
    steps=_open,
    effect=lambda _thing, facts, _arguments: (
        f"anybody reaches {facts['users'] or 'what joins the group'} by {_words(facts)}"
    ),
    verify=Verify(
        "the rule is there",
        lambda _before, now, _arguments: now is not None and bool(now["there"]),
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=5.0,
    fits=lambda _row: False,
    bars=_open_bars,
    undo=_shut,
    preview=lambda thing, _arguments: _tried("authorize_security_group_ingress", thing),
    arguments=(Argument("says", "What the rule says it is for"),),
)
