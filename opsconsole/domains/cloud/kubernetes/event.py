"""Events: what the cluster says of its objects, the newest of the last hour."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn


class Involved(msgspec.Struct, gc=False):
    """What it is about."""

    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    path: str = msgspec.field(default="", name="fieldPath")


class Source(msgspec.Struct, gc=False):
    """Who said it, as old clients do."""

    component: str = ""
    host: str = ""


class Series(msgspec.Struct, gc=False):
    """How often it was said, as new clients do."""

    count: int = 0
    last: str | None = msgspec.field(default=None, name="lastObservedTime")


class Event(Object, gc=False):
    """What is read of an event."""

    involved: Involved = msgspec.field(default_factory=Involved, name="involvedObject")
    type: str = ""
    reason: str = ""
    message: str = ""
    count: int | None = 0
    first: str | None = msgspec.field(default=None, name="firstTimestamp")
    last: str | None = msgspec.field(default=None, name="lastTimestamp")
    at: str | None = msgspec.field(default=None, name="eventTime")
    series: Series | None = None
    source: Source | None = None
    reporter: str = msgspec.field(default="", name="reportingComponent")


READ = Reader(Event)


def event_rows(turn: Turn[Event], _before: Turn[Event] | None) -> list[Row]:
    """One row per event."""
    return [_row(one) for one in turn.put]


def _row(one: Event) -> Row:
    series, source = one.series, one.source
    last = (series.last if series else None) or one.last or one.at or one.metadata.created
    first = one.first or one.at or one.metadata.created
    return (
        values.word(one.metadata.namespace),
        values.name(one.metadata.name),
        values.moment(last),
        values.word(one.type, 20),
        values.word(one.reason, 60),
        values.word(one.involved.kind, 60),
        values.name(one.involved.name),
        clean(one.message, 1000),
        (series.count if series else 0) or one.count or 1,
        values.moment(first),
        values.word(one.reporter or (source.component if source else ""), 100),
        values.word(source.host if source else ""),
        clean(one.involved.path, 100),
        Clean("Event"),
        values.name(one.involved.uid),
    )


EVENT = Probe(
    "kubernetes.event",
    "Events",
    "events",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "event metadata.namespace"),
        Column("name", "EVENT", Quantity.TEXT, "event metadata.name"),
        Column("last", "LAST", Quantity.SINCE,
               "event series.lastObservedTime, lastTimestamp or eventTime"),
        Column("type", "TYPE", Quantity.STATE, "event type"),
        Column("reason", "REASON", Quantity.TEXT, "event reason"),
        Column("kind_of", "OBJECT", Quantity.TEXT, "event involvedObject.kind"),
        Column("object", "NAME", Quantity.TEXT, "event involvedObject.name"),
        Column("message", "MESSAGE", Quantity.TEXT, "event message"),
        Column("count", "COUNT", Quantity.COUNT, "event series.count or count"),
        Column("first", "FIRST", Quantity.SINCE, "event firstTimestamp or eventTime"),
        Column("reporter", "FROM", Quantity.TEXT,
               "event reportingComponent or source.component"),
        Column("host", "HOST", Quantity.TEXT, "event source.host"),
        Column("part", "PART", Quantity.TEXT, "event involvedObject.fieldPath"),
        Column("kind", "KIND", Quantity.TEXT, "event kind"),
        Column("object_uid", "UID", Quantity.TEXT, "event involvedObject.uid"),
    ),
    ("namespace", "name"),
    READ,
    event_rows,
    named=("namespace", "name"),
)  # fmt: skip
