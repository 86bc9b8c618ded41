"""What devices of the rooms are asked: UPS by NUT, field devices by a map, cameras by SOAP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class NutQuery:
    """One line to a server of Network UPS Tools, word by word. It must only read there.

    A word `*` has it asked for each UPS of the server. The answer is a list of `NutAnswer`.
    """

    words: tuple[str, ...]
    since: str = ""
    """A variable whose value is a set of words, `ups.status`: behind its value in the answer stand
    `WORD=TIME`, since when (Unix time) each was seen without a gap."""


class NutAnswer(NamedTuple):
    """What such a server said of one UPS: lines, or why there are none."""

    ups: str
    """Empty where no UPS was named."""
    error: str
    """`DATA-STALE`; empty when it answered."""
    lines: list[list[str]]
    """Words of each line."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a field device is asked for: all that the map of the target names, or the device itself
    has. The answer is one part; its shape belongs to the wire (see `fieldmap`).
    """

    what: str
    """`points` of Modbus, `topics` of MQTT, `objects` of BACnet."""


@dataclass(frozen=True, slots=True)
class SoapCall:
    """One operation of a web service that a device names itself (ONVIF). It must only read there.

    Its part is a JSON list of `SoapAnswer`: one, or one for each item of `of`.
    """

    service: str
    """`device`, `media2`: a key of the transport's namespaces. No address is built from it."""
    operation: str
    body: Mapping[str, object] = field(default_factory=dict[str, object])
    """What stands inside, by local name, in order; `*` for the token of an item."""
    of: "SoapCall | None" = None
    """Another call that lists; this one is made for each of what stands there as `items`."""
    items: str = ""
    """Where items stand in the answer to `of`, and what names one: `Profiles.@token`."""
    most: int = 64
    """Items that are asked for; more are left out."""
    also: str = ""
    """What else is asked at the address of the answer: `rtsp`, `picture`, or `events`."""
    instead: "SoapCall | None" = None
    """What is asked of a device that does not offer the service."""


class SoapAnswer(NamedTuple):
    """What such a device said to one call."""

    item: str
    """The token it was asked for; empty without one."""
    at: float
    """Half way between question and answer, our Unix time."""
    error: str
    """`absent` where it has no such thing, `denied`, else the words of a fault; empty for none."""
    said: object
    """The answer as a tree: texts by local name, lists of what is there twice, `@` before names of
    attributes."""
    there: Mapping[str, object]
    """What `also` found."""
