"""Queues (SQS): how much waits, and what ended among the dead letters of another."""

import json
from collections import Counter
from typing import Any, NamedTuple

import msgspec

from opsconsole import cloud
from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud import value
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import CloudCall, parted
from opsconsole.spec import Probe

QUEUES = CloudCall(
    "sqs",
    "get_queue_attributes",
    {"QueueUrl": "*.url", "AttributeNames": ["All"]},
    "Attributes.{arn: QueueArn, waiting: ApproximateNumberOfMessages,"
    " taken: ApproximateNumberOfMessagesNotVisible, delayed: ApproximateNumberOfMessagesDelayed,"
    " kept: MessageRetentionPeriod, redrive: RedrivePolicy}",
    of=CloudCall("sqs", "list_queues", results="(QueueUrls || `[]`)[].{url: @}", page=1000),
    absent=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
)

CALLS = (QUEUES,)


class _Url(msgspec.Struct):
    url: Any = None


class _Attributes(msgspec.Struct):
    arn: Any = None
    waiting: Any = None
    taken: Any = None
    delayed: Any = None
    kept: Any = None
    redrive: Any = None

    @property
    def dead(self) -> tuple[str, int | None]:
        """The queue that its dead letters go to, and after how many attempts."""
        try:
            policy = value.mapping(json.loads(str(self.redrive or "null")))
        except (ValueError, RecursionError):
            return "", None
        return str(value.text(policy.get("deadLetterTargetArn"))), value.count(
            policy.get("maxReceiveCount")
        )


class _Queue(msgspec.Struct):
    of: _Url
    items: list[_Attributes]


class Queues(NamedTuple):
    """All queues of an account."""

    found: list[tuple[str, _Attributes]]
    sources: Counter[str]
    """How many queues send their dead letters to one, by its ARN."""


def read(payload: bytes) -> Queues:
    """All queues."""
    (part,) = parted(payload, 1)
    listed = cloud.reading(part.body).found(_Queue)
    found = [(region, one) for region, queue in listed for one in queue.items]
    return Queues(found, Counter(one.dead[0] for _, one in found))


def rows(now: Queues, _before: Queues | None) -> list[Row]:
    """One row per queue."""
    rows: list[Row] = []
    for region, one in now.found:
        waiting, sources = value.count(one.waiting), now.sources[str(one.arn)]
        to, attempts = one.dead
        rows.append(
            (
                value.text(str(one.arn).rpartition(":")[2], 100),
                Clean("dead letters" if sources else "queue"),
                waiting,
                waiting if sources else None,
                value.count(one.taken),
                value.count(one.delayed),
                value.number(one.kept),
                clean(to.rpartition(":")[2], 100),
                attempts,
                sources,
                clean(region, 40),
            )
        )
    return rows


_QA = "sqs:GetQueueAttributes"

QUEUE = Probe(
    "aws.queue",
    "Queues",
    "queue",
    (
        Column("queue", "NAME", Quantity.TEXT, f"{_QA} QueueArn"),
        Column("kind", "KIND", Quantity.TEXT, f"{_QA} RedrivePolicy: whether one names it"),
        Column("waiting", "WAITING", Quantity.COUNT, f"{_QA} ApproximateNumberOfMessages",
               history=True),
        Column("dead", "DEAD", Quantity.COUNT, f"{_QA}: those, of a queue of dead letters"),
        Column("taken", "TAKEN", Quantity.COUNT, f"{_QA} ApproximateNumberOfMessagesNotVisible"),
        Column("delayed", "DELAYED", Quantity.COUNT, f"{_QA} ApproximateNumberOfMessagesDelayed"),
        Column("kept_s", "KEPT", Quantity.SECONDS, f"{_QA} MessageRetentionPeriod"),
        Column("dead_to", "DEAD TO", Quantity.TEXT, f"{_QA} RedrivePolicy deadLetterTargetArn"),
        Column("attempts", "ATTEMPTS", Quantity.COUNT, f"{_QA} RedrivePolicy maxReceiveCount"),
        Column("sources", "SOURCES", Quantity.COUNT, "queues whose dead letters come here"),
        Column("region", "REGION", Quantity.TEXT, "the region that was asked"),
    ),
    ("queue", "region"),
    read,
    rows,
)  # fmt: skip
