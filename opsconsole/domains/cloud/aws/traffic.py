"""What load balancers carry: requests, refusals, how long answers take, connections."""

from collections.abc import Mapping

from opsconsole.clean import Clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.limit import ERRORS, LATENCY
from opsconsole.domains.cloud.aws.series import Listed, Mine, Things, Wanted, newest
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

BEHIND: Mapping[str, str] = {"LoadBalancer": "*.id>loadbalancer/"}
"""How CloudWatch names a load balancer: `app/front/0123456789abcdef`, the end of its ARN."""


def balancers(kind: str) -> Listed:
    """Load balancers of one type: `application`, `network`."""
    path = f"LoadBalancers[?Type=='{kind}']"
    return Listed("elbv2", "describe_load_balancers", path, "LoadBalancerArn", {}, 200)


_APPLICATION = (
    Wanted("requests", "RequestCount", "Sum"),
    Wanted("own", "HTTPCode_ELB_5XX_Count", "Sum"),
    Wanted("theirs", "HTTPCode_Target_5XX_Count", "Sum"),
    Wanted("latency", "TargetResponseTime", "Average"),
    Wanted("flows", "ActiveConnectionCount", "Sum"),
)
_NETWORK = (
    Wanted("flows", "ActiveFlowCount", "Average"),
    Wanted("ports", "PortAllocationErrorCount", "Sum"),
)

CALLS: tuple[CloudCall, ...] = (
    series.asked(balancers("application"), "AWS/ApplicationELB", BEHIND, _APPLICATION),
    series.asked(balancers("network"), "AWS/NetworkELB", BEHIND, _NETWORK),
)


def read(payload: bytes) -> Things:
    """Series of both types."""
    return series.things(*parted(payload, len(CALLS)))


def parts(arn: str) -> tuple[Clean, Clean]:
    """Name and type of a load balancer, by its ARN."""
    kind, _, rest = arn.partition("loadbalancer/")[2].partition("/")
    types = {"app": "application", "net": "network"}
    return value.text(rest.partition("/")[0] or arn), Clean(types.get(kind, ""))


def _at(mine: Mine, name: str, at: float) -> float:
    """The value of that moment; what never happens is not told, and so none."""
    return dict(mine[name].points).get(at, 0.0) if name in mine else 0.0


def _row(region: str, arn: str, mine: Mine) -> Row:
    name, kind = parts(arn)
    at = max((one.points[0][0] for one in mine.values() if one.points), default=None)
    own = theirs = asked = percent = None
    if at is not None and kind == "application":
        asked, own, theirs = (_at(mine, name, at) for name in ("requests", "own", "theirs"))
        # What the balancer refuses itself may reach no target, and is no request then.
        whole = max(asked, own + theirs)
        percent = 100 * (own + theirs) / whole if whole else None
    return (
        name,
        kind,
        asked / series.PERIOD if asked is not None else None,
        percent,
        own + theirs if own is not None and theirs is not None else None,
        own,
        newest(mine, "latency"),
        newest(mine, "flows"),
        newest(mine, "ports"),
        at,
        Clean(region),
    )


def rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per balancer."""
    return [_row(region, arn, mine) for (region, arn), mine in now.items()]


_ALB = "cloudwatch:GetMetricData AWS/ApplicationELB"
_NLB = "cloudwatch:GetMetricData AWS/NetworkELB"

TRAFFIC = Probe(
    "aws.traffic",
    "Traffic of load balancers",
    "traffic",
    (
        Column("name", "NAME", Quantity.TEXT, "elasticloadbalancing:DescribeLoadBalancers"),
        Column("type", "TYPE", Quantity.TEXT, "by its ARN"),
        Column("requests_per_s", "REQ/s", Quantity.NUMBER, f"{_ALB} RequestCount, 5 min",
               history=True),
        Column("errors_percent", "5XX%", Quantity.PERCENT, "5XX of the requests", ERRORS,
               history=True),
        Column("errors", "5XX", Quantity.COUNT,
               f"{_ALB} HTTPCode_ELB_5XX_Count, HTTPCode_Target_5XX_Count, 5 min"),
        Column("own_errors", "OWN 5XX", Quantity.COUNT, f"{_ALB} HTTPCode_ELB_5XX_Count, 5 min"),
        Column("latency_s", "LATENCY", Quantity.SECONDS, f"{_ALB} TargetResponseTime, mean",
               LATENCY, history=True),
        Column("flows", "FLOWS", Quantity.COUNT,
               f"{_ALB} ActiveConnectionCount; {_NLB} ActiveFlowCount", history=True),
        Column("port_errors", "PORT ERRORS", Quantity.COUNT,
               f"{_NLB} PortAllocationErrorCount, 5 min"),
        Column("at", "AT", Quantity.TIME, "Timestamps: of the newest point"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("name", "region"),
    read,
    rows,
)  # fmt: skip
