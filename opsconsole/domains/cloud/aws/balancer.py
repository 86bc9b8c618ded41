"""Load balancers, and whether the targets behind them answer."""

from collections import defaultdict
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

BALANCERS = CloudCall(
    "elbv2",
    "describe_load_balancers",
    results=(
        "LoadBalancers[].{arn: LoadBalancerArn, name: LoadBalancerName, type: Type,"
        " scheme: Scheme, state: State.Code, dns: DNSName, created: CreatedTime}"
    ),
    page=200,
)
GROUPS = CloudCall(
    "elbv2",
    "describe_target_groups",
    results=(
        "TargetGroups[].{arn: TargetGroupArn, name: TargetGroupName, port: Port,"
        " protocol: Protocol, balancers: LoadBalancerArns}"
    ),
    page=200,
)
HEALTH = CloudCall(
    "elbv2",
    "describe_target_health",
    {"TargetGroupArn": "*.arn"},
    "TargetHealthDescriptions[].{id: Target.Id, port: Target.Port, zone: Target.AvailabilityZone,"
    " state: TargetHealth.State, reason: TargetHealth.Reason, says: TargetHealth.Description}",
    of=GROUPS,
)

CALLS = (BALANCERS, HEALTH)


class Balancer(msgspec.Struct):
    """A load balancer, as `BALANCERS` picks it."""

    arn: Any = None
    name: Any = None
    type: Any = None
    scheme: Any = None
    state: Any = None
    dns: Any = None
    created: Any = None


class Target(msgspec.Struct):
    """What stands behind a balancer."""

    id: Any = None
    port: Any = None
    zone: Any = None
    state: Any = None
    reason: Any = None
    says: Any = None


class _Group(msgspec.Struct):
    arn: Any = None
    name: Any = None
    port: Any = None
    protocol: Any = None
    balancers: Any = None


class Behind(msgspec.Struct):
    """A target group with its targets."""

    of: _Group
    items: list[Target]


class Balancing(NamedTuple):
    """Balancers and what stands behind them."""

    balancers: list[tuple[str, Balancer]]
    groups: list[tuple[str, Behind]]
    known: bool
    """Whether the health of targets could be read."""


def read(payload: bytes) -> Balancing:
    """Balancers and groups."""
    balancers, groups = (cloud.reading(part.body) for part in parted(payload, 2))
    return Balancing(list(balancers.found(Balancer)), list(groups.found(Behind)), not groups.errors)


def _number(targets: list[Target], state: str) -> int:
    return sum(one.state == state for one in targets)


def balancer_rows(now: Balancing, _before: Balancing | None) -> list[Row]:
    """One row per load balancer."""
    behind: dict[tuple[str, str], list[Target]] = defaultdict(list)
    for region, group in now.groups:
        for arn in value.items(group.of.balancers):
            behind[region, str(arn)] += group.items
    return [
        (
            value.text(one.name),
            value.text(one.type, 20),
            value.text(one.scheme, 20),
            value.text(one.state, 30),
            len(behind[region, str(one.arn)]) if now.known else None,
            _number(behind[region, str(one.arn)], "healthy") if now.known else None,
            _number(behind[region, str(one.arn)], "unhealthy") if now.known else None,
            value.text(one.dns),
            value.moment(one.created),
            clean(region, 40),
        )
        for region, one in now.balancers
    ]


_LB = "elasticloadbalancing:DescribeLoadBalancers"
_TG = "elasticloadbalancing:DescribeTargetGroups"
_TH = "elasticloadbalancing:DescribeTargetHealth"

BALANCER = Probe(
    "aws.balancer",
    "Load balancers",
    "balancer",
    (
        Column("name", "NAME", Quantity.TEXT, f"{_LB} LoadBalancerName"),
        Column("type", "TYPE", Quantity.TEXT, f"{_LB} Type"),
        Column("scheme", "SCHEME", Quantity.TEXT, f"{_LB} Scheme"),
        Column("state", "STATE", Quantity.STATE, f"{_LB} State.Code"),
        Column("targets", "TARGETS", Quantity.COUNT, _TH),
        Column("healthy", "HEALTHY", Quantity.COUNT, f"{_TH} State"),
        Column("unhealthy", "UNHEALTHY", Quantity.COUNT, f"{_TH} State"),
        Column("dns", "DNS", Quantity.TEXT, f"{_LB} DNSName"),
        Column("created", "CREATED", Quantity.TIME, f"{_LB} CreatedTime"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("name", "region"),
    read,
    balancer_rows,
)


def target_rows(now: Balancing, _before: Balancing | None) -> list[Row]:
    """One row per target of a group."""
    return [
        (
            value.text(group.of.name),
            value.text(one.id, 100),
            value.count(one.port),
            value.text(one.state, 30),
            value.text(one.reason, 80),
            value.text(one.says),
            Clean("last" if _last(group, one) else ""),
            value.text(one.zone, 40),
            clean(region, 40),
        )
        for region, group in now.groups
        for one in group.items
    ]


def _last(group: Behind, one: Target) -> bool:
    return bool(one.state == "healthy") and _number(group.items, "healthy") == 1


TARGET = Probe(
    "aws.target",
    "Targets",
    "balancer",
    (
        Column("group", "GROUP", Quantity.TEXT, f"{_TG} TargetGroupName"),
        Column("target", "TARGET", Quantity.TEXT, f"{_TH} Target.Id"),
        Column("port", "PORT", Quantity.COUNT, f"{_TH} Target.Port"),
        Column("state", "STATE", Quantity.STATE, f"{_TH} TargetHealth.State"),
        Column("reason", "REASON", Quantity.TEXT, f"{_TH} TargetHealth.Reason"),
        Column("says", "SAYS", Quantity.TEXT, f"{_TH} TargetHealth.Description"),
        Column("last", "LAST", Quantity.STATE, "ours: the only healthy one of its group"),
        Column("zone", "ZONE", Quantity.TEXT, f"{_TH} Target.AvailabilityZone"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("group", "target", "port", "region"),
    read,
    target_rows,
)

PROBES = (BALANCER, TARGET)
