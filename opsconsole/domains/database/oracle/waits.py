"""What sessions wait for, over the last minute: events, and their classes."""

from typing import NamedTuple

from opsconsole.domains.database.column import column
from opsconsole.domains.database.oracle.asking import answered, rows, text, word
from opsconsole.model import Quantity, Row
from opsconsole.spec import Probe


class Event(NamedTuple):
    """A row of `v$eventmetric`."""

    name: str | None
    wait_class: str | None
    now: float | None
    sessions: float | None
    per_s: float | None
    mean_ms: float | None


class Class(NamedTuple):
    """A row of `v$waitclassmetric`."""

    name: str | None
    sessions: float | None
    share: float | None


def read_events(payload: bytes) -> list[Event]:
    """One answer of the exchange `waits`; raises `Denied`."""
    return rows(answered("waits", payload), "waits", "events", Event)


def event_rows(now: list[Event], _before: list[Event] | None) -> list[Row]:
    """One row per event, what takes most time first."""
    return [
        (text(one.name, 64), word(one.wait_class), one.sessions, one.now, one.per_s, one.mean_ms)
        for one in now
    ]


def read_classes(payload: bytes) -> list[Class]:
    """The same, by class."""
    return rows(answered("waits", payload), "waits", "classes", Class)


def class_rows(now: list[Class], _before: list[Class] | None) -> list[Row]:
    """One row per class, what takes most time first."""
    ordered = sorted(now, key=lambda one: -(one.sessions or 0))
    return [(word(one.name), one.sessions, one.share) for one in ordered]


EVENT = Probe(
    "oracle.wait",
    "Top waits",
    "waits",
    (
        column("event", "EVENT", "v$eventmetric, v$event_name: all but idle ones"),
        column("wait_class", "CLASS", "v$event_name wait_class", Quantity.STATE),
        column("sessions", "SESSIONS", "time_waited over intsize_csec: how many wait on average",
               Quantity.NUMBER),
        column("waiting_now", "NOW", "v$eventmetric num_sess_waiting", Quantity.COUNT),
        column("waits_per_s", "WAITS/S", "v$eventmetric wait_count", Quantity.PER_S),
        column("mean_ms", "MEAN", "time_waited over wait_count", Quantity.MILLISECONDS),
    ),
    ("event",),
    read_events,
    event_rows,
)  # fmt: skip

CLASS = Probe(
    "oracle.wait-class",
    "Wait classes",
    "waits",
    (
        column("wait_class", "CLASS", "v$waitclassmetric: all but idle", Quantity.STATE),
        column("sessions", "SESSIONS", "time_waited over intsize_csec: how many wait on average",
               Quantity.NUMBER),
        column("db_time_percent", "DB TIME", "v$waitclassmetric dbtime_in_wait",
               Quantity.PERCENT),
    ),
    ("wait_class",),
    read_classes,
    class_rows,
)  # fmt: skip

PROBES = (EVENT, CLASS)
