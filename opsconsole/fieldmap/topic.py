"""Points of devices that publish to an MQTT broker: on which topics, and where in the message."""

import msgspec

from opsconsole.clean import clean
from opsconsole.fieldmap.clamp import Clamp
from opsconsole.fieldmap.loading import load
from opsconsole.fieldmap.meaning import Meaning
from opsconsole.fieldmap.path import HINT, steps
from opsconsole.reading import Physical

LONGEST = 500
"""Bytes of a topic."""

WHOLE = "{value}"

HINTS = {
    "topic": 'one topic without + and #: "room1/crac/state"',
    "path": HINT,
    "at": f"the path of the message's own time; {HINT}",
    "physical": ", ".join(f'"{one.value}"' for one in Physical),
    "place": '"inlet", "outlet", "room", "inside"',
    "enum": '{ OFF = "off", ON = "running" }',
    "write": '{ topic = "room1/crac/set", low = 18, high = 27, payload = "{value}" }, or words',
    "write.payload": "a text with {value} in it: '{\"setpoint\": {value}}'",
    "write.words": '{ running = "ON", off = "OFF" }: what to publish for a word of enum',
    "online": 'messages of a device that is there: ["online"]',
    "offline": 'messages of one that is away, such as its last will: ["offline"]',
}
"""What a key of a map may be, by its name."""


def _topic(said: str, what: str) -> None:
    """Raises `ValueError` for what is no single topic."""
    if not said or len(said.encode()) > LONGEST or any(mark in said for mark in "+#\0"):
        raise ValueError(f"{what} {clean(said, 40)!r}; allowed: {HINTS['topic']}")


class Write(Clamp, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to publish so that the device changes a point."""

    topic: str
    payload: str = WHOLE
    """Of a number, which stands in it as the device counts."""
    words: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    """Of a state: what is published for each of its words."""
    retain: bool = False
    """Whether the broker keeps the command and gives it to a device that comes back."""
    tolerance: float = 0.0
    """How far what the device tells may be from what was asked for: it rounds."""


class Point(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of a message."""

    topic: str
    path: str = ""
    at: str = ""
    presence: str = ""
    """The `[presence.NAME]` of its device."""
    stale_s: float = 900.0
    """Seconds without a message after which its value is not believed; 0 believes it for ever."""
    write: Write | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for what cannot be read or written so."""
        super().__post_init__()
        _topic(self.topic, "topic")
        for said in (self.path, self.at):
            steps(said)
        if not 0 <= self.stale_s <= 1e9:
            raise ValueError("stale_s; allowed: 0 (never) or more")
        if self.write is not None:
            _check(self, self.write)

    @property
    def takes(self) -> str:
        """What can be done to it: `setpoint`, `switch`; nothing."""
        if self.write is None:
            return ""
        return "switch" if self.write.words else "setpoint"

    @property
    def clamp(self) -> tuple[float, float]:
        """Where a value that is written may be."""
        ends = self.write.ends(self.physical) if self.write else None
        return ends or (0.0, 0.0)

    @property
    def source(self) -> str:
        """Where it stands, in words."""
        return f"{self.topic} {self.path}".strip()


def _check(point: Point, write: Write) -> None:
    _topic(write.topic, "write.topic")
    known = set(point.enum.values())
    if write.words:
        strange = next((word for word in write.words if word not in known), None)
        if strange is not None:
            raise ValueError(f"write.words: {clean(strange, 40)!r} is no word of enum")
        if any("," in word for word in write.words):
            raise ValueError("write.words: a word must have no comma in it")
        return
    if point.of_state:
        raise ValueError(f"write needs words for a state; allowed: {HINTS['write.words']}")
    if WHOLE not in write.payload:
        raise ValueError(f"write.payload; allowed: {HINTS['write.payload']}")
    if not 0 <= write.tolerance <= 1e6:
        raise ValueError("write.tolerance; allowed: 0 or more")
    write.check(write.ends(point.physical))


class Presence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is told whether a device is there: its birth message and its last will."""

    topic: str
    path: str = ""
    name: str = ""
    online: list[str] = msgspec.field(default_factory=lambda: ["online"])
    offline: list[str] = msgspec.field(default_factory=lambda: ["offline"])

    def __post_init__(self) -> None:
        """Raises `ValueError` for what tells nothing."""
        _topic(self.topic, "topic")
        steps(self.path)
        if not self.online or not self.offline or set(self.online) & set(self.offline):
            raise ValueError("online and offline must have messages, and none in common")


class Map(msgspec.Struct, frozen=True):
    """All of a map."""

    points: dict[str, Point]
    presences: dict[str, Presence]

    @property
    def topics(self) -> frozenset[str]:
        """All there is to hear."""
        points = {one.topic for one in self.points.values()}
        return frozenset(points | {one.topic for one in self.presences.values()})


def load_topics(path: str, target: str) -> Map:
    """Points and presences of a map file; raises `Unsupported` with all that is wrong in it."""
    found = load(path, target, {"point": Point, "presence": Presence}, HINTS, _across)
    return Map(
        {key: one for key, one in found["point"].items() if isinstance(one, Point)},
        {key: one for key, one in found["presence"].items() if isinstance(one, Presence)},
    )


def _across(found: dict[str, dict[str, Point | Presence]]) -> list[str]:
    """What is wrong between entries."""
    return [
        f"point {clean(key, 60)}, presence: there is no [presence.{clean(one.presence, 40)}]"
        for key, one in found["point"].items()
        if isinstance(one, Point) and one.presence and one.presence not in found["presence"]
    ]
