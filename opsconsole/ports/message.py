"""What crosses the bus between a collector and a console."""

import msgspec

from opsconsole.alert import Alerts, Occurrence
from opsconsole.clean import Clean
from opsconsole.model import Row, Sample
from opsconsole.plan import Progress, Standing


class Interest(msgspec.Struct, frozen=True, tag="interest"):
    """Console to collector: all that is looked at now; on-demand probes run for these only."""

    pairs: list[tuple[str, str]]
    """(probe id, target id)."""
    subjects: list[tuple[str, str, str]] = []
    """(probe id, target id, subject) of lists of which one of many is looked at."""


class Refresh(msgspec.Struct, frozen=True, tag="refresh"):
    """Console to collector: ask these targets again at once."""

    targets: list[str]


class Call(msgspec.Struct, frozen=True, tag="call"):
    """Console to collector: a request that gets one `Reply`; how `ActionPort` crosses the bus."""

    id: int
    verb: str
    body: bytes
    """msgpack; its shape belongs to the verb."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Collector to console, first of all: who answers, and what it watches."""

    pid: int
    version: str
    targets: list[str]


class Samples(msgspec.Struct, frozen=True, tag="samples"):
    """Collector to console: a batch, newest per probe and target only."""

    samples: list[Sample]


class Patch(msgspec.Struct, frozen=True, array_like=True):
    """What changed among the rows of a watched list, newest of each row."""

    probe: str
    target: str
    at: float
    """Unix time at the collector, seconds."""
    period: float
    """Seconds until the next word of it is due, as in `Sample`."""
    key: tuple[int, ...]
    """Positions of the columns that identify a row: what patches are merged by."""
    rows: list[Row]
    """Rows that are new or different; none is a word that all stands as it did."""
    gone: list[Row]
    """Keys of rows that went: values of the columns of `key`. They go before `rows` come, so that
    one which went and came again stands at the end."""
    whole: bool = False
    """Nothing that came before counts any more: the rows are sent anew."""
    loading: bool = False
    """More of the list is to come before it is complete."""


class Patches(msgspec.Struct, frozen=True, tag="patches"):
    """Collector to console: what changed in watched lists; one patch per probe and target."""

    patches: list[Patch]


class Line(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of a text that an inquiry reads."""

    at: float | None
    """Unix time it was written at, seconds; None where the text says none."""
    source: Clean
    """Which of several texts it is from: a pod and container; empty for the only one."""
    text: Clean


class Opened(msgspec.Struct, frozen=True):
    """Reply to who wants to read a text."""

    id: int
    """What more of it is asked by."""
    sources: list[Clean]
    """Names of the texts it is merged from; one without a name is the only one."""


class Passage(msgspec.Struct, frozen=True):
    """Reply to who asks for more of a text: what came since."""

    lines: list[Line]
    skipped: int = 0
    """Lines before these that were let go because the console was behind."""
    note: Clean = Clean("")
    """What is to be known of it: a source that was lost, a bound that was met."""
    ended: bool = False
    """Nothing more will come."""


class Cost(msgspec.Struct, frozen=True, array_like=True):
    """What watching one target costs, since the collector started."""

    target: str
    state: str
    """`connecting`, `up`, `retrying`."""
    answers: int
    received_bytes: int
    sent_bytes: int
    parse_seconds: float
    slowest_probe: str
    slowest_seconds: float
    """Longest time from question to answer of an asked exchange, or to parse a pushed one."""
    connects: int
    retry_in_s: float
    note: Clean
    """What was slowed down or given up, empty when nothing was."""


class Ledger(msgspec.Struct, frozen=True, tag="ledger"):
    """Collector to console, every few seconds: what the collector and each target cost."""

    cpu_percent: float
    """Of one core, since the last ledger."""
    rss_bytes: int
    dropped: int
    """Samples replaced by newer ones before they could be sent."""
    costs: list[Cost]


class Recording(msgspec.Struct, frozen=True, tag="recording"):
    """Collector to console, every few seconds: how the flight recorder stands."""

    state: str
    """`waiting`, `recording`, `shared` (another collector records), `stopped`, `off`."""
    bytes: int
    """On disk."""
    since: float | None
    """Unix time of the oldest that is there; None when nothing is."""
    dropped: int
    """Samples that were not recorded, since the collector started."""
    trouble: Clean
    """Why it stopped, or what was lost; empty when all is well."""
    folder: str = ""
    """Where it stands, on the collector's machine."""


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """Collector to console: the answer to a `Call`, or why there is none."""

    id: int
    body: bytes
    error: str


class Happened(msgspec.Struct, frozen=True, tag="happened"):
    """Collector to console, soon after it was seen: lines of the timeline."""

    occurrences: list[Occurrence]


Upward = (
    Hello | Samples | Patches | Ledger | Reply | Progress | Standing | Alerts | Recording | Happened
)
"""What a collector says."""


Downward = Interest | Refresh | Call
"""What a console says."""
