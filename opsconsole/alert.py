"""The nouns of alerting, as they cross the bus: alerts, silences, acknowledgements, occurrences."""

import enum

import msgspec

from opsconsole.clean import Clean
from opsconsole.model import Level, Value


class Phase(enum.StrEnum):
    """Where an alert stands."""

    OPEN = "open"
    UNKNOWN = "unknown"
    """It was open when its data stopped: neither still true nor over."""
    RESOLVED = "resolved"


class Acknowledgement(msgspec.Struct, frozen=True, array_like=True):
    """Somebody took it on; all consoles of the account see who."""

    who: Clean
    at: float
    """Unix time, seconds."""
    until: float
    """Unix time after which it calls again; 0 holds until it is resolved."""
    note: Clean


class Silence(msgspec.Struct, frozen=True, array_like=True):
    """Alerts that are expected for a while: listed, counted apart, and nobody is called."""

    id: str
    match: str
    """Which: a filter over alerts, `target:web*`, `rule:host.disk-full`, `label:env=dev`."""
    who: Clean
    since: float
    until: float
    """Unix time, seconds; 0 is for good, as only the estate says."""
    reason: Clean


class Alert(msgspec.Struct, frozen=True, array_like=True):
    """A rule that fired on an object."""

    id: str
    """Rule, target and key of the row, joined: stays the same when it fires again."""
    rule: str
    target: str
    object: Clean
    """What is wrong there (`/var`); empty for the target itself."""
    key: tuple[Value, ...]
    """Values of the probe's key columns: finds the row again."""
    probe: str
    column: str
    level: Level
    """`WARN` or `CRIT`."""
    phase: Phase
    since: float
    """Unix time at which it was raised, seconds."""
    changed: float
    """Unix time of the last change of level or phase."""
    title: Clean
    """Of its rule: `Disk is full`."""
    why: Clean
    """The value against its limit: `used 97.2 % over 90 %, 3.1 GB free`."""
    value: float | None
    limit: float | None
    remedies: tuple[str, ...]
    """Ids of actions, and sentences."""
    source: Clean
    """Where the limit comes from."""
    acknowledged: Acknowledgement | None = None
    silenced: str = ""
    """Id of the silence that covers it."""
    cause: str = ""
    """Id of the open alert that explains it: it depends on that one, and calls nobody itself."""
    flapping: bool = False
    """It came and went too often lately: told once, then kept open until it calms down."""
    times: int = 1
    """How often it was raised within the last hour."""
    course: tuple[float, ...] = ()
    """Recent values, oldest first, at most 40; NaN where there was none."""
    origin: Clean = Clean("")
    """Who found it, when that was not us: the target of an Alertmanager."""
    called: Clean = Clean("")
    """As people call the object, where that is not `object`: a sensor, whose key is a number."""

    @property
    def thing(self) -> Clean:
        """The object in the words of people."""
        return self.called or self.object

    @property
    def calls(self) -> bool:
        """Whether somebody should be called: open, and nobody and nothing takes care of it."""
        return (
            self.phase is Phase.OPEN
            and self.acknowledged is None
            and not self.silenced
            and not self.cause
        )


class Alerts(msgspec.Struct, frozen=True, tag="alerts"):
    """Collector to console: alerts that changed, or all of them."""

    alerts: list[Alert]
    whole: bool
    """These are all there are; what is not among them is forgotten."""
    silences: list[Silence] | None = None
    """All silences; None when they did not change."""


class Occurrence(msgspec.Struct, frozen=True, array_like=True):
    """Something that happened at a moment: one line of the timeline."""

    at: float
    """Unix time, seconds."""
    kind: str
    """`alert`, `clear`, `action`, `refusal`, `change`, `reboot`, `unit`, `deploy`, `log`, `note`,
    `trap`, `watch`: see `opsconsole.timeline.kind`."""
    target: str
    object: Clean
    level: Level
    text: Clean
    ref: str = ""
    """Id of the alert, hash of the audit record, id of the probe: what it can be followed to."""
    before: Clean = Clean("")
    """Of a change: the value that was; empty when there was none."""
    after: Clean = Clean("")
    """Of a change: the value that is; empty when there is none any more."""
