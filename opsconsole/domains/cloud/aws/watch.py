"""What AWS itself watches: alarms; and what must be watched: keys of users, calls of ours."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.domains.cloud.aws.limit import KEY_AGE
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

ALARMS = CloudCall(
    "cloudwatch",
    "describe_alarms",
    results=(
        "[MetricAlarms, CompositeAlarms][].{name: AlarmName, state: StateValue,"
        " why: StateReason, since: StateTransitionedTimestamp || StateUpdatedTimestamp,"
        " metric: MetricName, space: Namespace, says: AlarmDescription,"
        " acts: ActionsEnabled, dimensions: Dimensions}"
    ),
    page=100,
)
KEYS = CloudCall(
    "iam",
    "list_access_keys",
    {"UserName": "*.name"},
    "AccessKeyMetadata[].{id: AccessKeyId, state: Status, created: CreateDate}",
    regional=False,
    of=CloudCall("iam", "list_users", results="Users[].{name: UserName}", regional=False, page=200),
)
COUNTER = CloudCall("opsconsole", "calls")

CE_USD = 0.01
"""List price of one request to Cost Explorer."""


class _Dimension(msgspec.Struct):
    name: Any = msgspec.field(name="Name", default=None)
    value: Any = msgspec.field(name="Value", default=None)


class _Alarm(msgspec.Struct):
    name: Any = None
    state: Any = None
    why: Any = None
    since: Any = None
    metric: Any = None
    space: Any = None
    says: Any = None
    acts: Any = None
    dimensions: list[_Dimension] | None = None


Alarms = Sequence[tuple[str, _Alarm]]


def read_alarms(payload: bytes) -> Alarms:
    """All alarms."""
    (part,) = parted(payload, 1)
    return list(cloud.reading(part.body).found(_Alarm))


_STATES = {"OK": "ok", "ALARM": "alarm", "INSUFFICIENT_DATA": "no data"}


def alarm_rows(now: Alarms, _before: Alarms | None) -> list[Row]:
    """One row per alarm."""
    return [
        (
            value.text(one.name),
            Clean(_STATES.get(str(one.state), "unknown")),
            value.moment(one.since),
            value.joined((one.space, one.metric)),
            value.joined([f"{d.name}={d.value}" for d in one.dimensions or ()], 200),
            value.text(one.why),
            value.text(one.says),
            one.acts is True,
            clean(region, 40),
        )
        for region, one in now
    ]


_CW = "cloudwatch:DescribeAlarms"

ALARM = Probe(
    "aws.alarm",
    "CloudWatch alarms",
    "alarm",
    (
        Column("name", "NAME", Quantity.TEXT, f"{_CW} AlarmName"),
        Column("state", "STATE", Quantity.STATE, f"{_CW} StateValue"),
        Column("since", "SINCE", Quantity.TIME, f"{_CW} StateTransitionedTimestamp"),
        Column("metric", "METRIC", Quantity.TEXT, f"{_CW} Namespace, MetricName"),
        Column("of", "OF", Quantity.TEXT, f"{_CW} Dimensions"),
        Column("why", "WHY", Quantity.TEXT, f"{_CW} StateReason"),
        Column("says", "SAYS", Quantity.TEXT, f"{_CW} AlarmDescription"),
        Column("acts", "ACTS", Quantity.FLAG, f"{_CW} ActionsEnabled"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("name", "region"),
    read_alarms,
    alarm_rows,
)


class _User(msgspec.Struct):
    name: Any = None


class _Key(msgspec.Struct):
    id: Any = None
    state: Any = None
    created: Any = None


class _Keys(msgspec.Struct):
    of: _User
    items: list[_Key]


class Keys(NamedTuple):
    """Access keys of all users."""

    at: float
    found: list[_Keys]


def read_keys(payload: bytes) -> Keys:
    """All keys."""
    (part,) = parted(payload, 1)
    answer = cloud.reading(part.body)
    return Keys(answer.at, [one for _, one in answer.found(_Keys)])


def key_rows(now: Keys, _before: Keys | None) -> list[Row]:
    """One row per key."""
    rows: list[Row] = []
    for user in now.found:
        for one in user.items:
            old = value.age(now.at, one.created)
            rows.append(
                (
                    value.text(one.id, 40),
                    value.text(user.of.name, 100),
                    Clean("active" if one.state == "Active" else "inactive"),
                    value.moment(one.created),
                    old / value.DAY if old is not None else None,
                )
            )
    return rows


KEY = Probe(
    "aws.access-key",
    "Access keys",
    "key",
    (
        Column("key", "KEY", Quantity.TEXT, "iam:ListAccessKeys AccessKeyId"),
        Column("user", "USER", Quantity.TEXT, "iam:ListUsers UserName"),
        Column("state", "STATE", Quantity.STATE, "iam:ListAccessKeys Status"),
        Column("created", "CREATED", Quantity.TIME, "iam:ListAccessKeys CreateDate"),
        Column("age_days", "AGE DAYS", Quantity.COUNT, "iam:ListAccessKeys CreateDate", KEY_AGE),
    ),
    ("key",),
    read_keys,
    key_rows,
)


class Counted(msgspec.Struct):
    """What one call took since the target was opened."""

    service: str
    operation: str
    region: str
    requests: int = 0
    throttled: int = 0
    failed: int = 0
    error: str = ""


def read_calls(payload: bytes) -> list[Counted]:
    """The counters of the transport."""
    (part,) = parted(payload, 1)
    return [one for _, one in cloud.reading(part.body).found(Counted)]


def call_rows(now: list[Counted], before: list[Counted] | None) -> list[Row]:
    """One row per operation and region."""
    then = {(one.service, one.operation, one.region): one.requests for one in before or ()}
    return [
        (
            clean(one.service, 40),
            clean(one.operation, 60),
            clean(one.region, 40),
            Clean("refused" if one.error else "answered"),
            one.requests,
            one.requests - then.get((one.service, one.operation, one.region), 0)
            if before is not None
            else None,
            one.throttled,
            one.failed,
            one.requests * CE_USD if one.service == "ce" else None,
            clean(one.error, 400),
        )
        for one in now
    ]


CALL = Probe(
    "aws.call",
    "Calls of ours",
    "calls",
    (
        Column("service", "SERVICE", Quantity.TEXT, "the transport"),
        Column("operation", "OPERATION", Quantity.TEXT, "the transport"),
        Column("region", "REGION", Quantity.TEXT, "the transport"),
        Column("state", "STATE", Quantity.STATE, "the transport: how the last one ended"),
        Column("requests", "REQUESTS", Quantity.COUNT, "sent since the target was opened"),
        Column("more", "MORE", Quantity.COUNT, "sent since the answer before"),
        Column("throttled", "THROTTLED", Quantity.COUNT, "refused: too many"),
        Column("failed", "FAILED", Quantity.COUNT, "refused, whatever the reason"),
        Column("usd", "USD", Quantity.NUMBER, "list price: 0.01 USD for one to Cost Explorer"),
        Column("error", "ERROR", Quantity.TEXT, "what boto3 or AWS says"),
    ),
    ("service", "operation", "region"),
    read_calls,
    call_rows,
    on_demand=False,
    quiet=True,
)

PROBES = (ALARM, KEY, CALL)
