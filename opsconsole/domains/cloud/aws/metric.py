"""Selected series of CloudWatch: each one asked for costs money, so few, seldom, and together."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.cloud import Reading
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.limit import CPU
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

PERIOD = 300
"""Seconds of a point: what instances send unless somebody pays for more."""

DAYS = 14
IDLE_CPU, IDLE_BYTES = 10.0, 5e6
"""Percent of CPU and bytes of network a day up to which AWS Trusted Advisor calls it idle."""

_RUNNING = {"Filters": [{"Name": "instance-state-name", "Values": ["running"]}]}


def _labelled(name: str, *series: str) -> str:
    return ", ".join(f"{one}: join('|', [{name}, '{one}'])" for one in series)


def _series(namespace: str, dimension: str, name: str, metric: str, stat: str, period: int) -> Any:
    """One query for each item: its id is unique in the call, its label says what it is."""
    return {
        "Id": f"{name}_#",
        "Label": f"*.{name}",
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": dimension, "Value": "*.id"}],
            },
            "Period": period,
            "Stat": stat,
        },
    }


def _instances(period: int, seconds: int, keep: float) -> CloudCall:
    queries = [
        _series("AWS/EC2", "InstanceId", name, metric, stat, period)
        for name, metric, stat in (
            ("cpu", "CPUUtilization", "Average"),
            ("received", "NetworkIn", "Sum"),
            ("sent", "NetworkOut", "Sum"),
        )
    ]
    return CloudCall(
        "cloudwatch",
        "get_metric_data",
        {"MetricDataQueries": queries, "StartTime": f"@now-{seconds}", "EndTime": "@now-0"},
        "MetricDataResults[].{label: Label, at: Timestamps, values: Values}",
        keep=keep,
        of=CloudCall(
            "ec2",
            "describe_instances",
            _RUNNING,
            "Reservations[].Instances[].{id: InstanceId, "
            + _labelled("InstanceId", "cpu", "received", "sent")
            + "}",
            page=500,
        ),
        batch="MetricDataQueries",
    )


METRICS = _instances(PERIOD, 3 * PERIOD, 60.0)
USAGE = _instances(86_400, DAYS * 86_400, 21_600.0)

_RDS = (
    ("free", "FreeStorageSpace", "Minimum"),
    ("cpu", "CPUUtilization", "Average"),
    ("connections", "DatabaseConnections", "Maximum"),
    ("lag", "ReplicaLag", "Maximum"),
    ("xids", "MaximumUsedTransactionIDs", "Maximum"),
)
DATABASES = CloudCall(
    "cloudwatch",
    "get_metric_data",
    {
        "MetricDataQueries": [
            _series("AWS/RDS", "DBInstanceIdentifier", name, metric, stat, PERIOD)
            for name, metric, stat in _RDS
        ],
        "StartTime": f"@now-{3 * PERIOD}",
        "EndTime": "@now-0",
    },
    "MetricDataResults[].{label: Label, at: Timestamps, values: Values}",
    keep=60.0,
    of=CloudCall(
        "rds",
        "describe_db_instances",
        results="DBInstances[].{id: DBInstanceIdentifier, "
        + _labelled("DBInstanceIdentifier", *(name for name, _, _ in _RDS))
        + "}",
        page=100,
    ),
    batch="MetricDataQueries",
)


class _Result(msgspec.Struct):
    label: Any = None
    at: Any = None
    values: Any = None


class Series(NamedTuple):
    """Points of one series, the newest first."""

    region: str
    id: str
    name: str
    points: tuple[tuple[float, float], ...]
    """Unix time, value."""


def series(answer: Reading) -> Iterator[Series]:
    """All series of an answer; a label that is none of ours is left out."""
    for region, one in answer.found(_Result):
        id_, mark, name = str(value.text(one.label)).rpartition("|")
        if not mark:
            continue
        pairs = zip(value.items(one.at), value.items(one.values), strict=False)
        points = [(value.moment(at), value.number(said)) for at, said in pairs]
        good = [(at, said) for at, said in points if at is not None and said is not None]
        yield Series(clean(region, 40), id_, name, tuple(sorted(good, reverse=True)))


Things = Mapping[tuple[str, str], Mapping[str, Series]]
"""Series by name, of each thing: region and id."""


def read(payload: bytes) -> Things:
    """The series of all things."""
    (part,) = parted(payload, 1)
    things: dict[tuple[str, str], dict[str, Series]] = {}
    for one in series(cloud.reading(part.body)):
        mine = things.setdefault((one.region, one.id), {})
        before = mine[one.name].points if one.name in mine else ()  # on the page before
        points = sorted({*one.points, *before}, reverse=True)
        mine[one.name] = one._replace(points=tuple(points))
    return things


def _newest(mine: Mapping[str, Series], name: str) -> float | None:
    points = mine[name].points if name in mine else ()
    return points[0][1] if points else None


def _rate(mine: Mapping[str, Series], name: str) -> float | None:
    found = _newest(mine, name)
    return found / PERIOD if found is not None else None


def metric_rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per running instance."""
    return [
        (
            clean(id_, 64),
            _newest(mine, "cpu"),
            _rate(mine, "received"),
            _rate(mine, "sent"),
            mine["cpu"].points[0][0] if "cpu" in mine and mine["cpu"].points else None,
            Clean(region),
        )
        for (region, id_), mine in now.items()
    ]


_CW = "cloudwatch:GetMetricData"

METRIC = Probe(
    "aws.metric",
    "Metrics",
    "metric",
    (
        Column("instance", "ID", Quantity.TEXT, "ec2:DescribeInstances InstanceId: that run"),
        Column("cpu_percent", "CPU%", Quantity.PERCENT, f"{_CW} AWS/EC2 CPUUtilization, 5 min",
               CPU, history=True),
        Column("received_bytes_per_s", "IN/s", Quantity.BYTES_PER_S, f"{_CW} AWS/EC2 NetworkIn",
               history=True),
        Column("sent_bytes_per_s", "OUT/s", Quantity.BYTES_PER_S, f"{_CW} AWS/EC2 NetworkOut",
               history=True),
        Column("at", "AT", Quantity.TIME, f"{_CW} Timestamps: of the newest point"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("instance", "region"),
    read,
    metric_rows,
)  # fmt: skip


def idle_days(mine: Mapping[str, Series]) -> int | None:
    """Days on which it was idle, of those that both CPU and network are known of."""
    days: dict[str, dict[float, float]] = {
        name: dict(mine[name].points) for name in ("cpu", "received", "sent") if name in mine
    }
    if len(days) < 3:
        return None
    return sum(
        cpu <= IDLE_CPU
        and at in days["received"]
        and days["received"][at] + days["sent"].get(at, 0.0) <= IDLE_BYTES
        for at, cpu in days["cpu"].items()
    )


def usage_rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per running instance: two weeks of it."""
    rows: list[Row] = []
    for (region, id_), mine in now.items():
        cpu = [said for _, said in mine["cpu"].points] if "cpu" in mine else []
        flow = [
            said for name in ("received", "sent") if name in mine for _, said in mine[name].points
        ]
        rows.append(
            (
                clean(id_, 64),
                len(cpu),
                sum(cpu) / len(cpu) if cpu else None,
                max(cpu, default=None),
                sum(flow) / len(cpu) if cpu and flow else None,
                idle_days(mine),
                Clean(region),
            )
        )
    return rows


USAGE_PROBE = Probe(
    "aws.usage",
    "Two weeks of use",
    "usage",
    (
        Column("instance", "ID", Quantity.TEXT, "ec2:DescribeInstances InstanceId: that run"),
        Column("days", "DAYS", Quantity.COUNT, f"{_CW} CPUUtilization: days with a point, of 14"),
        Column("cpu_percent", "CPU%", Quantity.PERCENT, f"{_CW} CPUUtilization: mean of the days"),
        Column("cpu_top_percent", "TOP CPU%", Quantity.PERCENT, f"{_CW}: the busiest day"),
        Column("bytes_a_day", "NET/DAY", Quantity.BYTES, f"{_CW} NetworkIn, NetworkOut"),
        Column("idle_days", "IDLE DAYS", Quantity.COUNT, "at most 10 % CPU and 5 MB that day"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("instance", "region"),
    read,
    usage_rows,
)


def database_rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per database."""
    return [
        (
            clean(id_, 100),
            *(_newest(mine, name) for name in ("free", "cpu", "connections", "lag", "xids")),
            Clean(region),
        )
        for (region, id_), mine in now.items()
    ]


DATABASE = Probe(
    "aws.database-metric",
    "Metrics of databases",
    "database-metric",
    (
        Column("database", "ID", Quantity.TEXT, "rds:DescribeDBInstances DBInstanceIdentifier"),
        Column("free_bytes", "FREE", Quantity.BYTES, f"{_CW} AWS/RDS FreeStorageSpace",
               history=True),
        Column("cpu_percent", "CPU%", Quantity.PERCENT, f"{_CW} AWS/RDS CPUUtilization",
               history=True),
        Column("connections", "CONNS", Quantity.COUNT, f"{_CW} AWS/RDS DatabaseConnections",
               history=True),
        Column("lag_s", "BEHIND", Quantity.SECONDS, f"{_CW} AWS/RDS ReplicaLag", history=True),
        Column("xids", "XIDS", Quantity.COUNT, f"{_CW} AWS/RDS MaximumUsedTransactionIDs"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("database", "region"),
    read,
    database_rows,
)  # fmt: skip

PROBES = (METRIC, USAGE_PROBE, DATABASE)
