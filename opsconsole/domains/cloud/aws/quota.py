"""Quotas: how much of what AWS allows is used, as far as AWS tells."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.limit import QUOTA
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

SERVICES = ("ec2", "ebs", "elasticloadbalancing", "rds", "vpc")

_DIMENSIONS = ", ".join(
    f"{{Name: '{name}', Value: UsageMetric.MetricDimensions.{name}}}"
    for name in ("Class", "Resource", "Service", "Type")
)


def _of(service: str) -> CloudCall:
    """Usage of a service's quotas; only some of them have a metric."""
    quotas = CloudCall(
        "service-quotas",
        "list_service_quotas",
        {"ServiceCode": service},
        "Quotas[?UsageMetric.MetricName].{"
        "label: join('|', [to_string(Value), to_string(Adjustable), ServiceCode, QuotaCode,"
        " QuotaName, 'quota']), space: UsageMetric.MetricNamespace,"
        " metric: UsageMetric.MetricName, dimensions: [" + _DIMENSIONS + "] | [?Value],"
        " stat: UsageMetric.MetricStatisticRecommendation || 'Maximum'}",
        page=100,
    )
    query = {
        "Id": "quota_#",
        "Label": "*.label",
        "MetricStat": {
            "Metric": {
                "Namespace": "*.space",
                "MetricName": "*.metric",
                "Dimensions": "*.dimensions",
            },
            "Period": 300,
            "Stat": "*.stat",
        },
    }
    return CloudCall(
        "cloudwatch",
        "get_metric_data",
        {"MetricDataQueries": [query], "StartTime": "@now-10800", "EndTime": "@now-0"},
        "MetricDataResults[].{label: Label, at: Timestamps, values: Values}",
        keep=3600.0,
        of=quotas,
        batch="MetricDataQueries",
    )


CALLS = tuple(map(_of, SERVICES))


class Used(NamedTuple):
    """One quota in one region."""

    region: str
    service: str
    code: str
    name: str
    limit: float
    used: float
    adjustable: bool


def _understood(one: series.Series) -> Used | None:
    parts = one.id.split("|", 4)
    limit = value.number(parts[0])
    if len(parts) < 5 or limit is None or limit <= 0 or not one.points:
        return None
    return Used(
        one.region, parts[2], parts[3], parts[4], limit, one.points[0][1], parts[1] == "true"
    )


def read(payload: bytes) -> Sequence[Used]:
    """All quotas whose usage is known."""
    return list(_all(payload))


def _all(payload: bytes) -> Iterator[Used]:
    for part in parted(payload, len(CALLS)):
        for one in series.found(cloud.reading(part.body)):
            if found := _understood(one):
                yield found


def rows(now: Sequence[Used], _before: Sequence[Used] | None) -> list[Row]:
    """One row per quota and region."""
    return [
        (
            clean(one.name, 120),
            clean(one.service, 40),
            clean(one.code, 40),
            one.used,
            one.limit,
            100 * one.used / one.limit,
            Clean("can be raised" if one.adjustable else "fixed"),
            Clean(one.region),
        )
        for one in now
    ]


_SQ = "servicequotas:ListServiceQuotas"

QUOTA_PROBE = Probe(
    "aws.quota",
    "Quotas",
    "quota",
    (
        Column("quota", "QUOTA", Quantity.TEXT, f"{_SQ} QuotaName"),
        Column("service", "SERVICE", Quantity.TEXT, f"{_SQ} ServiceCode"),
        Column("code", "CODE", Quantity.TEXT, f"{_SQ} QuotaCode"),
        Column("used", "USED", Quantity.NUMBER, "cloudwatch:GetMetricData, its UsageMetric"),
        Column("limit", "LIMIT", Quantity.NUMBER, f"{_SQ} Value"),
        Column("used_percent", "USED%", Quantity.PERCENT, "used of the limit", QUOTA),
        Column("raise", "RAISE", Quantity.TEXT, f"{_SQ} Adjustable"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("service", "code", "region"),
    read,
    rows,
)
