"""The nouns, frozen: targets, samples, faults, columns and what makes a value bad."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import msgspec

from opsconsole.clean import Clean

Value = Clean | float | int | bool | None
"""One cell: clean text, a number in the unit its column names, a flag, or None for "not known"."""

Row = tuple[Value, ...]
"""One object: a value per column of its probe, in the probe's order."""


class Level(enum.IntEnum):
    """How bad a value is; higher sorts first in worst-first lists."""

    OK = 0
    UNKNOWN = 1
    WARN = 2
    CRIT = 3


class State(enum.StrEnum):
    """What a pane can say of its data."""

    WAITING = "waiting"
    LIVE = "live"
    STALE = "stale"
    FAULT = "fault"
    EMPTY = "empty"


class Quantity(enum.StrEnum):
    """What a number or text means; the widget decides how that looks."""

    TEXT = "text"
    STATE = "state"
    COUNT = "count"
    NUMBER = "number"
    PERCENT = "percent"
    BYTES = "bytes"
    BYTES_PER_S = "bytes_per_s"
    BITS_PER_S = "bits_per_s"
    PER_S = "per_s"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    TIME = "time"
    SINCE = "since"
    """Unix time of something whose age matters; drawn as that age, which goes on by itself."""
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a value becomes a warning and where critical; `warn > crit` means low is bad."""

    warn: float
    crit: float
    source: str
    """Where the numbers come from, shown to the operator."""

    def level(self, value: Value) -> Level:
        """Judge one value; text, flags and None are never judged."""
        if value is None or isinstance(value, str | bool):
            return Level.OK
        if self.warn <= self.crit:
            bad, worse = value >= self.warn, value >= self.crit
        else:
            bad, worse = value <= self.warn, value <= self.crit
        return Level.CRIT if worse else Level.WARN if bad else Level.OK


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a probe's rows."""

    key: str
    """Machine name with its unit: `cpu_percent`, `read_bytes_per_s`; what JSON shows."""
    title: str
    """Head of the column, at most ten characters."""
    quantity: Quantity
    source: str
    """File, command, OID or view the value comes from; shown by the help on a metric."""
    limits: Limits | None = None
    history: bool = False
    """Keep recent values, for sparklines and plots."""
    tallied: bool = False
    """Count how often each value is seen of a row, for its details."""
    language: str = ""
    """`postgres`, when it is a statement in SQL of that dialect: laid out in the row's details."""


@dataclass(frozen=True, slots=True)
class Target:
    """One thing watched."""

    id: str
    """Unique in the estate; what the operator types."""
    kind: str
    """Names the integration: `host`, `postgres`."""
    transport: str
    """Names the way there: `local`, `ssh`."""
    address: str = ""
    """Host name, address or ssh_config alias; empty for the local machine."""
    port: int | None = None
    user: str | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    groups: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    """What only its transport reads; secrets stand here as `Secret` references, never as text."""
    intervals: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Seconds between asks, by exchange name; overrides the integration's own."""
    depends_on: tuple[str, ...] = ()
    """Ids of targets it stands on: a host's UPS, a database's host. No circles."""
    fed_by: tuple[str, ...] = ()
    """What gives it power, any one of it: `ups-a`, `pdu-b/7` for one outlet. The targets of these
    are in `depends_on` too."""

    @property
    def ends_with(self) -> tuple[str, ...]:
        """Those of `depends_on` that explain its silence each by itself: of several feeds none."""
        feeds = {feed.partition("/")[0] for feed in self.fed_by}
        return (
            self.depends_on
            if len(feeds) < 2
            else tuple(one for one in self.depends_on if one not in feeds)
        )


class Fault(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Why there is no answer: `kind` is an error's kind, `remedy` what to do about it."""

    kind: str
    message: Clean
    remedy: Clean


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One answer of one probe at one moment: rows (an empty list is an answer), or a fault."""

    probe: str
    target: str
    at: float
    """Unix time at the collector, seconds."""
    rows: list[Row] | None
    fault: Fault | None
    period: float
    """Seconds until the next one is due; what "stale" is measured by."""
