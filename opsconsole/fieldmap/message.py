"""Messages of an MQTT broker as values: what each point of a map is now, and whether to believe it.

Judged where they are heard, so that only values are carried on and no message is.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.fieldmap.meaning import reading
from opsconsole.fieldmap.path import at, steps
from opsconsole.fieldmap.topic import Map, Point, Presence
from opsconsole.model import Level
from opsconsole.question import Part
from opsconsole.reading import Physical, Reading
from opsconsole.table import read, rows

State = Literal["live", "waiting", "stale", "offline", "malformed", "refused"]

Raw = float | str | None

TEXT = 200
"""Characters of a value that is text."""

_NO_JSON = object()

_FLAGS = {"true": 1.0, "false": 0.0}


class Message(msgspec.Struct, frozen=True):
    """The newest one on a topic."""

    body: bytes
    heard: float
    """When it came, in seconds since 1970."""
    retained: bool = False
    """The broker had it before we asked: how old it was then, it does not say."""
    error: str = ""
    """Why there is no body."""


class Heard(msgspec.Struct, frozen=True, array_like=True):
    """What is known of one point."""

    key: str
    point: Point
    state: State
    raw: Raw = None
    age: float = -1.0
    """Seconds since its message; -1 before the first."""
    retained: bool = False
    error: str = ""


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """Whether a device is there."""

    key: str
    presence: Presence
    there: bool | None
    said: str
    """Its message; or why there is none."""


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What is known of all points of a map."""

    map: str
    """Name of the map file."""
    heard: list[Heard]
    seen: list[Seen]


def packed(answer: Answer) -> Part:
    """An answer as a part of a payload."""
    return rows([answer])


def unpacked(part: Part) -> Answer:
    """Take it out again; raises `Malformed`."""
    found = read(part, Answer)
    if len(found) != 1:
        raise Malformed("an answer of another shape")
    return found[0]


class Judge:
    """What messages say at one moment; each is parsed once, however many points stand in it."""

    def __init__(
        self,
        known: Map,
        messages: Mapping[str, Message],
        refused: Mapping[str, str],
        since: float,
        now: float,
    ) -> None:
        """`refused` says why there is no hearing a topic; `since` is when we began to listen."""
        self._known = known
        self._messages = messages
        self._refused = refused
        self._since = since
        self._now = now
        self._parsed: dict[str, object] = {}

    def all(self, name: str) -> Answer:
        """Everything; `name` is that of the map file."""
        heard = [self.point(key) for key in self._known.points]
        return Answer(name, heard, [self.seen(key) for key in self._known.presences])

    def seen(self, key: str) -> Seen:
        """Whether a device is there, by its own birth message and last will."""
        presence = self._known.presences[key]
        try:
            raw = self._raw(presence.topic, presence.path)
        except ValueError as error:
            return Seen(key, presence, None, str(error))
        word = written(raw)
        there = True if word in presence.online else False if word in presence.offline else None
        return Seen(key, presence, there, word)

    def point(self, key: str) -> Heard:
        """What a point is now, and whether to believe it."""
        point = self._known.points[key]
        if why := self._refused.get(point.topic):
            return Heard(key, point, "refused", error=why)
        message = self._messages.get(point.topic)
        if message is None:
            late = 0 < point.stale_s < self._now - self._since
            why = f"no message for {point.stale_s:g} s" if late else "no message yet"
            return Heard(key, point, "stale" if late else "waiting", error=why)
        try:
            raw = self._number(point, self._raw(point.topic, point.path))
            age = max(0.0, self._now - self._moment(point, message))
        except ValueError as error:
            age = max(0.0, self._now - message.heard)
            return Heard(key, point, "malformed", None, age, message.retained, str(error))
        if point.presence and self.seen(point.presence).there is False:
            why = f"its device is offline, says {self._known.presences[point.presence].topic}"
            return Heard(key, point, "offline", raw, age, message.retained, why)
        if 0 < point.stale_s < age:
            why = f"no message for {age:.0f} s"
            return Heard(key, point, "stale", raw, age, message.retained, why)
        return Heard(key, point, "live", raw, age, message.retained)

    def _raw(self, topic: str, path: str) -> Raw:
        """What stands there; raises `ValueError` in words."""
        if why := self._refused.get(topic):
            raise ValueError(why)
        message = self._messages.get(topic)
        if message is None:
            raise ValueError("no message yet")
        if message.error:
            raise ValueError(message.error)
        if not message.body:
            raise ValueError("its message is empty")
        if not path:
            return clean(message.body.decode(errors="replace").strip(), TEXT)
        if topic not in self._parsed:
            self._parsed[topic] = _json(message.body)
        found = self._parsed[topic]
        if found is _NO_JSON:
            raise ValueError("the message is no JSON, and the map names a path in it")
        try:
            return _scalar(at(found, steps(path)))
        except LookupError as error:
            raise ValueError(clean(str(error.args[0]), TEXT)) from None

    def _number(self, point: Point, raw: Raw) -> Raw:
        """Text that stands for a number is one, where the point is no state."""
        if not isinstance(raw, str) or point.of_state or point.lacks(raw):
            return raw
        try:
            value = _FLAGS[raw] if raw in _FLAGS else float(raw)
        except ValueError:
            if point.physical is Physical.OTHER and not point.unit:
                return raw
            raise ValueError(f"no number: {clean(raw, 40)!r}") from None
        return value if math.isfinite(value) else None

    def _moment(self, point: Point, message: Message) -> float:
        """When the device says that it measured; when we heard it, where it does not say."""
        if not point.at:
            return message.heard
        found = self._raw(point.topic, point.at)
        try:
            moment = float(found if found is not None else "")
        except ValueError:
            moment = _iso(str(found))
        if not math.isfinite(moment):
            raise ValueError(f"no time: {clean(str(found), 40)!r}")
        while moment > 1e11:  # milliseconds, or smaller
            moment /= 1000
        return min(moment, message.heard)


def _iso(said: str) -> float:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise ValueError(f"no time: {clean(said, 40)!r}") from None
    return found.astimezone().timestamp()


def _json(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _NO_JSON


def _scalar(found: object) -> Raw:
    """A value that stands alone; raises `ValueError` for what does not."""
    match found:
        case None:
            return None
        case bool():
            return "true" if found else "false"
        case int() | float():
            return float(found) if abs(found) <= 1e300 else None
        case str():
            return clean(found.strip(), TEXT)
        case _:
            raise ValueError("the path leads to no single value")


def value(heard: Heard) -> float | None:
    """A point's number in the unit that is shown; None when it has none, or is not believed."""
    if heard.state != "live" or heard.raw is None or isinstance(heard.raw, str):
        return None
    return None if heard.point.lacks(heard.raw) else heard.point.value(heard.raw)


def read_point(heard: Heard, whose: str) -> Reading:
    """A point as a reading; one that is not believed says why, and has no value."""
    point = heard.point
    if heard.state != "live":
        said = (f"{heard.state}: {heard.error}", Level.UNKNOWN)
        return reading(heard.key, point, None, point.source, whose, said)
    return reading(heard.key, point, heard.raw, point.source, whose)


def read_presence(seen: Seen) -> Reading:
    """Whether a device is there, as a reading."""
    judged = {True: Level.OK, False: Level.CRIT, None: Level.UNKNOWN}[seen.there]
    word = "online" if seen.there else "offline" if seen.there is False else seen.said
    return Reading(
        key=f"presence.{seen.key}",
        name=clean(seen.presence.name or seen.key),
        physical=Physical.STATE,
        value=None,
        word=clean(word) or Clean("unknown"),
        judged=judged,
        source=clean(f"{seen.presence.topic} {seen.presence.path}".strip()),
    )


def word_of(heard: Heard) -> str:
    """The word of a state, as its map has it; empty where none is known."""
    if heard.state != "live" or heard.raw is None:
        return ""
    return heard.point.enum.get(written(heard.raw), "")


def written(raw: Raw) -> str:
    """As `enum`, `online` and `offline` of a map name it; empty where there is none."""
    if raw is None:
        return ""
    return f"{raw:g}" if isinstance(raw, int | float) else raw
