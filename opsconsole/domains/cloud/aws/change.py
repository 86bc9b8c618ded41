"""What was changed in an account, by whom: the newest lines of CloudTrail."""

from collections.abc import Sequence
from typing import Any

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

PAGES = 4
"""Of 50 lines: CloudTrail lets an account ask twice a second, and others want to, too."""

CHANGES = CloudCall(
    "cloudtrail",
    "lookup_events",
    {
        "LookupAttributes": [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}],
        "StartTime": "@now-21600",
    },
    "Events[].{id: EventId, name: EventName, at: EventTime, who: Username, source: EventSource,"
    " key: AccessKeyId, things: Resources[].ResourceName}",
    keep=60.0,
    page=50,
    pages=PAGES,
)

CALLS = (CHANGES,)


class _Change(msgspec.Struct):
    id: Any = None
    name: Any = None
    at: Any = None
    who: Any = None
    source: Any = None
    key: Any = None
    things: Any = None


Changes = Sequence[tuple[str, _Change]]


def read(payload: bytes) -> Changes:
    """The newest of each region."""
    (part,) = parted(payload, 1)
    return list(cloud.reading(part.body).found(_Change))


def rows(now: Changes, _before: Changes | None) -> list[Row]:
    """One row per change."""
    return [
        (
            value.moment(one.at),
            value.text(one.who, 100),
            value.text(one.name, 100),
            clean(str(value.text(one.source, 100)).removesuffix(".amazonaws.com")),
            value.joined(value.items(one.things), 400),
            value.text(one.key, 40),
            value.text(one.id, 64) or Clean("unknown"),
            clean(region, 40),
        )
        for region, one in now
    ]


_LE = "cloudtrail:LookupEvents"

CHANGE = Probe(
    "aws.change",
    "Changes",
    "change",
    (
        Column("at", "AT", Quantity.TIME, f"{_LE} EventTime"),
        Column("who", "WHO", Quantity.TEXT, f"{_LE} Username"),
        Column("did", "DID", Quantity.TEXT, f"{_LE} EventName: those that do not only read"),
        Column("service", "SERVICE", Quantity.TEXT, f"{_LE} EventSource"),
        Column("things", "TO", Quantity.TEXT, f"{_LE} Resources ResourceName"),
        Column("key", "KEY", Quantity.TEXT, f"{_LE} AccessKeyId"),
        Column("id", "ID", Quantity.TEXT, f"{_LE} EventId"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("id", "region"),
    read,
    rows,
)
