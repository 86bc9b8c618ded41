"""Close a rule that lets the whole world in, and open it again."""

import json
import re
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

EXAMPLE = "tcp 443 0.0.0.0/0"


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
    made = _permission(*_rule(arguments), arguments.get("says", ""))
    return _call("authorize_security_group_ingress", facts, made)


_RULE = re.compile(
    r"(all|tcp|udp|icmp|icmpv6|[0-9]{1,3}) "
    r"(all|[0-9]{1,5}(?:-[0-9]{1,5})?|type [0-9]{1,3}) (0\.0\.0\.0/0|::/0)"
)


def _rule(arguments: Arguments) -> tuple[str, str, str]:
    """Protocol, ports and source; raises `Refused` for what is no rule."""
    said = arguments.get("rule", "")
    found = _RULE.fullmatch(said)
    if found is None:
        raise Refused(f"{said!r} is no rule: write it as `{EXAMPLE}`", "argument")
    return found[1], found[2], found[3]


def _wrong(said: str) -> str:
    return "" if _RULE.fullmatch(said) else f"write it as `{EXAMPLE}`"


def read_group(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of the group alone, with all its rules that are open to the world."""
    groups, interfaces = look.readings(thing, status, out, 2)
    region, group = look.only(thing, groups, network.Group)
    users = {str(one.instance or one.says or one.id) for _, one in interfaces.found(_User)}
    return {
        "group": value.text(group.id, 40),
        "name": value.text(group.name),
        "region": clean(region, 40),
        "rules": json.dumps(sorted(" ".join(_named(one)) for one in network.openings(group))),
        "users": value.joined(sorted(users), 1000),
        "protected": "yes" if value.protected(value.tags(group.tags)) else "",
    }


def _is_open(facts: Facts, arguments: Arguments) -> bool:
    return " ".join(_rule(arguments)) in json.loads(facts["rules"])


def _tried(operation: str, thing: Thing, rule: tuple[str, str, str]) -> tuple[str, ...]:
    return look.call(
        *("ec2", operation, look.pin(thing, "region")),
        GroupId=look.pin(thing, "group"),
        IpPermissions=[_permission(*rule, "")],
        DryRun=True,
    )


def _try_close(thing: Thing, _arguments: Arguments) -> tuple[str, ...]:
    rule = (look.pin(thing, "protocol"), look.pin(thing, "ports"), look.pin(thing, "cidr"))
    return _tried("revoke_security_group_ingress", thing, rule)


def _close_bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return look.protected(facts) or ("" if facts["there"] else "there is no such rule any more")


def _open_bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    return look.protected(facts) or ("it is there" if _is_open(facts, arguments) else "")


def _back(thing: Thing, facts: Facts, _arguments: Arguments) -> Undo:
    pins = (("group", facts["group"]), ("region", facts["region"]))
    rule = {"rule": " ".join(facts[name] for name in ("protocol", "ports", "cidr"))}
    again = {**rule, **({"says": facts["says"]} if facts["says"] else {})}
    return Undo("aws.reopen", (Thing(thing.target, pins, Clean(facts["group"])),), again)


def _shut(thing: Thing, facts: Facts, arguments: Arguments) -> Undo:
    rule = zip(("protocol", "ports", "cidr"), _rule(arguments), strict=True)
    pins = (("group", facts["group"]), *rule, ("region", facts["region"]))
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
    preview=_try_close,
)

REOPEN = Action(
    id="aws.reopen",
    title="Open to the world again",
    letter="t",
    about="Puts a rule back that was closed from here.",
    probes=("aws.opening",),
    pins=PINS,
    weight=Weight.NOTICED,
    look=Look(_argv, read_group),
    steps=_open,
    effect=lambda _thing, facts, arguments: (
        f"anybody reaches {facts['users'] or 'what joins the group'} by"
        f" {' '.join(_rule(arguments))}"
    ),
    verify=Verify(
        "the rule is there",
        lambda _before, now, arguments: now is not None and _is_open(now, arguments),
        60.0,
    ),
    timeout=look.SECONDS,
    expected_s=5.0,
    fits=lambda _row: False,
    bars=_open_bars,
    undo=_shut,
    preview=lambda thing, arguments: _tried(
        "authorize_security_group_ingress", thing, _rule(arguments)
    ),
    arguments=(
        Argument("rule", "Protocol, ports and source", default=EXAMPLE, check=_wrong),
        Argument("says", "What the rule says it is for"),
    ),
)
