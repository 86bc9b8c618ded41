"""What a profile of a family of devices says, once it has been read: see docs/profiles.md."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.reading import Physical, Place


class Class(enum.StrEnum):
    """What kind of device it is."""

    UPS = "ups"
    PDU = "pdu"
    ATS = "ats"
    ENVIRONMENT = "environment"
    COOLING = "cooling"
    PRINTER = "printer"
    NETWORK = "network"
    VOIP = "voip"
    VIDEO = "video"
    CAMERA = "camera"
    DOOR = "door"
    SERVER = "server"
    CLOCK = "clock"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an index: numbers of the row's own, a fixed one, or the value of a column."""

    first: int = 0
    last: int = 0
    """Numbers of the row's own index, counted from 1."""
    fixed: str = ""
    column: str = ""
    """Its value is the piece."""


@dataclass(frozen=True, slots=True)
class Ref:
    """An object of the agent, or a part of the index of the row (`root` is empty)."""

    root: str
    """A column, to which an index is added; a whole name where `whole`."""
    pieces: tuple[Piece, ...] | None = None
    """Of the index; None for the row's own."""
    whole: bool = False

    @property
    def text(self) -> str:
        """As it is asked for, and told."""
        return self.root or "index"


@dataclass(frozen=True, slots=True)
class Condition:
    """What the value of an object has to be."""

    ref: Ref
    operator: str
    """`in`, `not in`, `~`, `!~`, `<`, `<=`, `>`, `>=`."""
    among: frozenset[str] = frozenset()
    number: float = 0.0
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A word or number that is fixed, or looked up by what an object says."""

    fixed: str = ""
    of: Ref | None = None
    map: Mapping[str, str] = field(default_factory=dict[str, str])
    """By the object's value as text, in small letters; empty takes the value as it is."""


@dataclass(frozen=True, slots=True)
class State:
    """A word of a device, and how bad that is; None says that there is no such thing."""

    word: Clean
    level: Level | None


States = Mapping[str, State]
"""By the value as text, in small letters; `*` for all others."""

Template = tuple[str | Ref, ...]
"""A name: texts, and objects whose values stand in them."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A limit: a number in the unit of what is measured, or an object given as the value is."""

    fixed: float | None = None
    of: Ref | None = None
    factor: float | None = None
    """What the object is times, in place of what the value is."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """One sensor, or a column of them."""

    value: Ref
    names: tuple[Template, ...]
    """The first of which all objects say something."""
    physical: Pick
    unit: Pick = Pick()
    multiply: float = 1.0
    divide: Pick = Pick()
    exponent: Pick = Pick()
    """The value times ten to the power of it."""
    digits: Pick = Pick()
    """The value over ten to the power of it."""
    scale: Pick = Pick()
    """The value times it; over it, where it is negative."""
    percent_of: Ref | None = None
    """The value is told as a share of it."""
    add: float = 0.0
    signed: int = 0
    """Bits of a number that is signed, though it is not sent so."""
    pattern: re.Pattern[str] | None = None
    """Where in a text the value stands: its first group."""
    absent: tuple[Condition, ...] = ()
    """Of the value itself: any says that there is none."""
    instead: States = field(default_factory=dict[str, State])
    """Numbers that are none, and what they say in its place."""
    when: tuple[Condition, ...] = ()
    """All must hold, or there is no such sensor."""
    fitted: tuple[Condition, ...] = ()
    """All must hold, or the sensor is not fitted."""
    states: States | None = None
    flags: States | None = None
    """Of bits: by the number of the bit."""
    judged: tuple[Ref, States] | None = None
    """What the device itself thinks of the value."""
    limits: Mapping[str, Edge] = field(default_factory=dict[str, Edge])
    """By the name of an end of `reading.Span`."""
    limited: tuple[Condition, ...] = ()
    """All must hold, or the limits are none."""
    unset: tuple[Condition, ...] = ()
    """Of a limit: any says that there is none."""
    place: Pick = Pick()
    role: str = ""
    """What it is to the device: `ups.charge`, `outlet.state`."""
    row: Template = ("",)
    """What tells the outlet (or what it is of) from others; empty for the index."""
    slow: bool = False
    """Asked rarely."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """How values of objects are told in names, by the object."""
    strip: re.Pattern[str] | None = None
    """What is taken out of its name."""


VERBS = (
    "test-quick", "test-deep", "test-stop", "mute", "outlet-on", "outlet-off", "outlet-cycle",
    "beacon-on", "beacon-off", "reboot",
)  # fmt: skip
"""What a device can be told; how much each risks is no matter of a profile."""

OUTLET = "outlet."
"""Roles of an outlet begin so; verbs of one begin with `outlet-`."""


@dataclass(frozen=True, slots=True)
class Write:
    """One object that is written."""

    ref: Ref
    type: str
    """A letter of Net-SNMP: `i`, `u`, `s`, `o`, …"""
    value: str | None
    """None writes what it says already: a lock that counts."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is written to have something done, and what shows that it was."""

    does: str
    """One of `VERBS`."""
    writes: tuple[Write, ...]
    """All of them in one message."""
    read: Ref
    """What is read back."""
    expected: tuple[Condition, ...]
    """Of what is read back: any shows that it was done."""
    seen: tuple[str, ...] = ()
    """What is read back says one of these first, and then what is expected: a cycle."""
    anew: Ref | None = None
    """Another value of it shows that it was done, with `after`."""
    after: tuple[Condition, ...] = ()
    when: tuple[Condition, ...] = ()
    """All must hold, or the device has no such thing."""
    row: Template = ("",)
    """Of an outlet, as its sensors say it; empty for the index."""


@dataclass(frozen=True, slots=True)
class Fit:
    """What an agent must be for a profile or a class; all that is said must hold."""

    objects: tuple[str, ...] = ()
    """Its sysObjectID is one of these, or below."""
    descr: re.Pattern[str] | None = None
    """Found in its sysDescr."""
    present: tuple[str, ...] = ()
    """It answers something below one of these."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Where a fact of identity stands."""

    of: Ref | None = None
    """An object, or a column: its first value. None: sysDescr."""
    pattern: re.Pattern[str] | None = None
    """Its first group is the fact."""
    fixed: str = ""


FACTS = ("vendor", "model", "serial", "firmware", "name", "location", "contact")
"""What identity consists of, as profiles name it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """All we know of one family of devices."""

    name: str
    """Of its file."""
    vendor: str = ""
    class_: Class = Class.UNKNOWN
    fits: tuple[Fit, ...] = ()
    """Any of these; none at all for a MIB that every agent is asked for."""
    classes: tuple[tuple[Class, Fit], ...] = ()
    """The first that fits decides."""
    without: tuple[str, ...] = ()
    """Profiles that say the same worse, and are left out."""
    identity: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict[str, tuple[Fact, ...]])
    scalars: tuple[Sensor, ...] = ()
    columns: tuple[Sensor, ...] = ()
    """Those of tables: one sensor for each row."""
    commands: tuple[Command, ...] = ()


PHYSICALS: Mapping[str, Physical] = {one.value.replace(" ", "_"): one for one in Physical}
"""What is measured, as profiles name it: `dew_point`."""

PLACES: Mapping[str, Place] = {one.value: one for one in Place if one}
