"""Selected series of CloudWatch: each one asked for costs money, so few, seldom, and together."""

from collections.abc import Mapping

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.aws import series
from opsconsole.domains.cloud.aws.limit import BALANCE, CPU
from opsconsole.domains.cloud.aws.series import Listed, Series, Things, Wanted, newest
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall
from opsconsole.spec import Probe

DAYS = 14
IDLE_CPU, IDLE_BYTES = 10.0, 5e6
"""Percent of CPU and bytes of network a day up to which AWS Trusted Advisor calls it idle."""

_RUNNING = Listed(
    "ec2",
    "describe_instances",
    "Reservations[].Instances[]",
    "InstanceId",
    {"Filters": [{"Name": "instance-state-name", "Values": ["running"]}]},
    500,
)
_EC2 = (
    Wanted("cpu", "CPUUtilization", "Average"),
    Wanted("received", "NetworkIn", "Sum"),
    Wanted("sent", "NetworkOut", "Sum"),
)


def _instances(period: int, seconds: int, keep: float) -> CloudCall:
    return series.asked(
        *(_RUNNING, "AWS/EC2", {"InstanceId": "*.id"}, _EC2),
        period=period,
        seconds=seconds,
        keep=keep,
    )


METRICS = _instances(series.PERIOD, 3 * series.PERIOD, series.KEEP)
USAGE = _instances(86_400, DAYS * 86_400, series.HOURS_6)

BASES = Listed("rds", "describe_db_instances", "DBInstances[]", "DBInstanceIdentifier", {}, 100)
_RDS = (
    Wanted("free", "FreeStorageSpace", "Minimum"),
    Wanted("cpu", "CPUUtilization", "Average"),
    Wanted("connections", "DatabaseConnections", "Maximum"),
    Wanted("lag", "ReplicaLag", "Maximum"),
    Wanted("xids", "MaximumUsedTransactionIDs", "Maximum"),
    Wanted("io", "EBSIOBalance%", "Minimum"),
    Wanted("bytes", "EBSByteBalance%", "Minimum"),
    Wanted("burst", "BurstBalance", "Minimum"),
)
DATABASES = series.asked(BASES, "AWS/RDS", {"DBInstanceIdentifier": "*.id"}, _RDS)

_BURSTING = {
    "Filters": [
        {"Name": "status", "Values": ["in-use"]},
        {"Name": "volume-type", "Values": ["gp2", "st1", "sc1"]},
    ]
}
BURST = series.asked(
    Listed("ec2", "describe_volumes", "Volumes[]", "VolumeId", _BURSTING, 500),
    "AWS/EBS",
    {"VolumeId": "*.id"},
    (Wanted("balance", "BurstBalance", "Minimum"),),
)


def metric_rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per running instance."""
    return [
        (
            clean(id_, 64),
            newest(mine, "cpu"),
            series.rate(mine, "received"),
            series.rate(mine, "sent"),
            series.moment(mine, "cpu"),
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
    series.read,
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
        cpu = series.values(mine, "cpu")
        flow = [*series.values(mine, "received"), *series.values(mine, "sent")]
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
    series.read,
    usage_rows,
)


def _least(mine: series.Mine) -> float | None:
    """The balance that is nearest to its end; not every type has each of them."""
    there = [newest(mine, name) for name in ("io", "bytes", "burst")]
    return min((one for one in there if one is not None), default=None)


def database_rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per database."""
    return [
        (
            clean(id_, 100),
            *(newest(mine, name) for name in ("free", "cpu", "connections", "lag", "xids")),
            _least(mine),
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
        Column("balance_percent", "BALANCE%", Quantity.PERCENT,
               f"{_CW} AWS/RDS: least of EBSIOBalance%, EBSByteBalance%, BurstBalance", BALANCE),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("database", "region"),
    series.read,
    database_rows,
)  # fmt: skip


def burst_rows(now: Things, _before: Things | None) -> list[Row]:
    """One row per volume that lives on credit."""
    return [
        (
            clean(id_, 64),
            newest(mine, "balance"),
            series.moment(mine, "balance"),
            Clean(region),
        )
        for (region, id_), mine in now.items()
    ]


BURST_PROBE = Probe(
    "aws.volume-burst",
    "Burst balance of volumes",
    "burst",
    (
        Column("volume", "ID", Quantity.TEXT, "ec2:DescribeVolumes: gp2, st1, sc1 in use"),
        Column("balance_percent", "BALANCE%", Quantity.PERCENT, f"{_CW} AWS/EBS BurstBalance",
               BALANCE, history=True),
        Column("at", "AT", Quantity.TIME, f"{_CW} Timestamps: of the newest point"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("volume", "region"),
    series.read,
    burst_rows,
)  # fmt: skip

PROBES = (METRIC, USAGE_PROBE, DATABASE, BURST_PROBE)
