"""A week without use: load balancers that nobody asks, databases to which nobody connects."""

from typing import Any, NamedTuple

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import balancer, database, metric, series, traffic
from opsconsole.domains.cloud.aws.series import Things, Wanted
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

DAYS = 7
FEW = 100
"""Requests a day under which AWS Trusted Advisor calls a load balancer idle."""


def _daily(of: series.Listed, space: str, dimensions: Any, metric_: str, stat: str) -> CloudCall:
    one = (Wanted("use", metric_, stat),)
    return series.asked(
        *(of, space, dimensions, one), period=86_400, seconds=DAYS * 86_400, keep=series.HOURS_6
    )


CALLS = (
    balancer.BALANCERS,
    _daily(traffic.balancers("application"), "AWS/ApplicationELB", traffic.BEHIND,
           "RequestCount", "Sum"),
    _daily(traffic.balancers("network"), "AWS/NetworkELB", traffic.BEHIND, "NewFlowCount", "Sum"),
    database.DATABASES,
    _daily(metric.BASES, "AWS/RDS", {"DBInstanceIdentifier": "*.id"}, "DatabaseConnections",
           "Maximum"),
)  # fmt: skip


class Week(NamedTuple):
    """A week of all balancers and databases."""

    at: float
    balancers: list[tuple[str, balancer.Balancer]]
    asked: Things
    asked_known: frozenset[str]
    """Regions of whose balancers CloudWatch told."""
    databases: list[tuple[str, database.Database]]
    connected: Things


def read(payload: bytes) -> Week:
    """A week of all."""
    listed, requests, flows, bases, connections = parted(payload, len(CALLS))
    found = cloud.reading(listed.body)
    told = [cloud.reading(one.body) for one in (requests, flows)]
    good = [{one.region for one in each.regions if not one.error} for each in told]
    return Week(
        found.at,
        list(found.found(balancer.Balancer)),
        series.things(requests, flows),
        frozenset(good[0] & good[1]),
        list(cloud.reading(bases.body).found(database.Database)),
        series.things(connections),
    )


def _old(at: float, created: Any) -> bool:
    return (value.age(at, created) or 0.0) >= DAYS * value.DAY


def balancer_rows(now: Week, _before: Week | None) -> list[Row]:
    """One row per balancer that CloudWatch counts for."""
    rows: list[Row] = []
    for region, one in now.balancers:
        if str(one.type) not in {"application", "network"}:
            continue
        # A day without requests has no point: of a balancer that nobody asks there is none at all.
        days = series.values(now.asked.get((region, str(one.arn)), series.NONE), "use")
        known = region in now.asked_known
        use = "used" if max(days, default=0.0) >= FEW else "idle"
        if use == "idle" and not _old(now.at, one.created):
            use = "young"
        rows.append(
            (
                value.text(one.name),
                value.text(one.type, 20),
                Clean(use if known else "unknown"),
                max(days, default=0.0) if known else None,
                sum(days) / DAYS if known else None,
                value.age(now.at, one.created),
                clean(region, 40),
            )
        )
    return rows


def database_rows(now: Week, _before: Week | None) -> list[Row]:
    """One row per database."""
    rows: list[Row] = []
    for region, one in now.databases:
        days = series.values(now.connected.get((region, str(one.id)), series.NONE), "use")
        use = "used" if max(days, default=0.0) > 0 else "idle"
        if use == "idle" and (len(days) < DAYS - 1 or one.state != "available"):
            use = "unknown"  # it was not there, or not up: nobody could connect
        rows.append(
            (
                value.text(one.id, 100),
                Clean(use),
                max(days, default=None),
                len(days),
                value.text(one.type, 40),
                clean(region, 40),
            )
        )
    return rows


_LB = "elasticloadbalancing:DescribeLoadBalancers"
_CW = "cloudwatch:GetMetricData"

BALANCER = Probe(
    "aws.balancer-use",
    "A week of load balancers",
    "idle",
    (
        Column("name", "NAME", Quantity.TEXT, f"{_LB} LoadBalancerName"),
        Column("type", "TYPE", Quantity.TEXT, f"{_LB} Type"),
        Column("use", "USE", Quantity.STATE, f"under {FEW} on each of {DAYS} days, and a week old"),
        Column("top_day", "TOP DAY", Quantity.COUNT,
               f"{_CW} RequestCount; of network ones NewFlowCount: the busiest day"),
        Column("a_day", "A DAY", Quantity.NUMBER, f"{_CW}: mean of {DAYS} days"),
        Column("age_s", "AGE", Quantity.SECONDS, f"{_LB} CreatedTime"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("name", "region"),
    read,
    balancer_rows,
)  # fmt: skip

DATABASE = Probe(
    "aws.database-use",
    "A week of databases",
    "idle",
    (
        Column("database", "ID", Quantity.TEXT, "rds:DescribeDBInstances DBInstanceIdentifier"),
        Column("use", "USE", Quantity.STATE, f"no connection on {DAYS} days, and available"),
        Column("connections", "TOP CONNS", Quantity.COUNT, f"{_CW} DatabaseConnections: most"),
        Column("days", "DAYS", Quantity.COUNT, f"{_CW} DatabaseConnections: days with a point"),
        Column("type", "TYPE", Quantity.TEXT, "rds:DescribeDBInstances DBInstanceClass"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("database", "region"),
    read,
    database_rows,
)

PROBES = (BALANCER, DATABASE)
