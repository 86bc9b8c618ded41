"""Feeds over HTTP: which document tells what, and what a program may be asked to do there."""

import datetime
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from opsconsole.clean import clean
from opsconsole.errors import Malformed, Unsupported
from opsconsole.fieldmap.document import parsed
from opsconsole.fieldmap.loading import load
from opsconsole.fieldmap.meaning import Meaning
from opsconsole.fieldmap.meaning import reading as meant
from opsconsole.fieldmap.way import first, found, way
from opsconsole.reading import Reading

About = Literal["lot", "lane"]

FIELDS: Mapping[str, tuple[str, ...]] = {
    "lot": ("name", "state", "capacity", "free", "occupied", "percent", "trend", "place",
            "updated"),
    "lane": ("name", "state", "direction", "barrier", "loop", "camera", "recognised_percent",
             "unsynced", "unpaid", "inside", "updated"),
}  # fmt: skip
"""What may be told of each."""

TEXTS = frozenset({"name", "state", "trend", "place", "direction", "barrier", "loop", "camera"})

MOST = 5000
"""Records of one target."""


class Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One page, and where in it what stands."""

    path: str
    """Behind the `url` of the target."""
    format: Literal["json", "xml", "csv"] = "json"
    about: About = "lot"
    rows: str = ""
    """The way to each row; the document itself, or each item of its list, unless it is given."""
    key: str = ""
    """The way from a row to what it is called by; rows of several pages with the same are one."""
    fields: dict[str, str] = {}
    """Ways from a row to what it tells."""
    words: dict[str, dict[str, str]] = {}
    """By field: our words for theirs."""
    encoding: str = "utf-8"
    """Of CSV; JSON is UTF-8, XML says it itself."""
    separator: str = ","
    keep_s: float = 0.0
    """Seconds for which it is good: of a page that hardly changes."""
    time: str = "iso"
    """How `updated` is written: `iso`, `s`, `ms`, or a form with `%`."""
    zone: str = "UTC"
    """Of times that do not say theirs."""

    def __post_init__(self) -> None:
        """Raises `ValueError` for what makes no sense."""
        if not self.path.startswith("/") or not self.path.isprintable() or " " in self.path:
            raise ValueError("path begins with / and has no space")
        allowed = FIELDS[self.about]
        for name in (*self.fields, *self.words):
            if name not in allowed:
                raise ValueError(f"{name} is nothing of a {self.about}; {', '.join(allowed)} are")
        if not 0 <= self.keep_s <= 86400:
            raise ValueError("keep_s is 0 to 86400 seconds")
        if len(self.separator) != 1:
            raise ValueError("separator is one character")
        if self.fields and not self.key:
            raise ValueError("key is needed: the way to what a row is called by")
        for text in (self.rows, self.key, *self.fields.values()):
            way(text)
        if self.time not in {"iso", "s", "ms"} and "%" not in self.time:
            raise ValueError("time is iso, s, ms or a form with %")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"zone {self.zone!r} is not known here") from None


class Sensor(Meaning, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of a page as a reading."""

    document: str
    way: str

    def __post_init__(self) -> None:
        """Raises `ValueError` for what makes no sense."""
        super().__post_init__()
        way(self.way)


class Call(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a program is told to do something; `{key}` stands for what it is done to."""

    path: str
    method: Literal["POST", "PUT", "PATCH"] = "POST"
    body: str = ""
    type: str = "application/json"

    def __post_init__(self) -> None:
        """Raises `ValueError` for what makes no sense."""
        if not self.path.startswith("/") or not self.path.isprintable() or " " in self.path:
            raise ValueError("path begins with / and has no space")
        if not self.type.isprintable():
            raise ValueError("type is a media type: application/json")

    def to(self, key: str) -> tuple[str, bytes]:
        """Path and body for one object, its key written so that it stays within its place."""
        if "json" in self.type:
            inside = json.dumps(key)[1:-1]
        else:
            inside = escape(key, {'"': "&quot;"}) if "xml" in self.type else quote(key, safe="")
        path = self.path.replace("{key}", quote(key, safe=""))
        return path, self.body.replace("{key}", inside).encode()


class Map(msgspec.Struct, frozen=True):
    """All that a file says."""

    documents: dict[str, Document]
    sensors: dict[str, Sensor]
    calls: dict[str, Call]


_HINTS = {
    "path": "the path of a page, beginning with /",
    "format": "json, xml or csv",
    "about": "lot or lane",
    "method": "POST, PUT or PATCH",
}

CALLS = frozenset({"open"})
"""What may be asked for: to open the barrier of a lane once."""


def load_feed(path: str, target: str) -> Map:
    """A map of pages; raises `Unsupported` with all that is wrong."""
    tables: dict[str, type[msgspec.Struct]] = {
        "document": Document, "sensor": Sensor, "call": Call,
    }  # fmt: skip
    items = load(path, target, tables, _HINTS)
    documents = {k: one for k, one in items["document"].items() if isinstance(one, Document)}
    sensors = {k: one for k, one in items["sensor"].items() if isinstance(one, Sensor)}
    calls = {k: one for k, one in items["call"].items() if isinstance(one, Call)}
    wrong = [f"call {key}: only {', '.join(CALLS)} is known" for key in calls if key not in CALLS]
    wrong += [
        f"sensor {key}: there is no [document.{one.document}]"
        for key, one in sensors.items()
        if one.document not in documents
    ]
    if wrong:
        name = clean(Path(path).name)
        what = f"{target}: map {name}: {clean('; '.join(wrong), 400)}"
        raise Unsupported(what, f"mend {name}: it is read again by itself")
    return Map(documents, sensors, calls)


class Record(msgspec.Struct):
    """One row of a feed: texts and numbers by field, as they were told."""

    about: About
    key: str
    fields: dict[str, str | float]


class Page(msgspec.Struct):
    """One document, and why it was not read."""

    name: str
    error: str = ""
    rows: int = 0


class Feed(msgspec.Struct):
    """What all pages told at one moment."""

    map: str
    at: float
    """Unix time at which they were asked."""
    pages: list[Page]
    records: list[Record]
    values: dict[str, str | None]
    """Of sensors, as text; None when it is not there."""
    sensors: dict[str, Sensor]
    opens: bool = False
    """Whether its map says how a barrier is opened."""


def read(name: str, kept: Map, bodies: Mapping[str, bytes | str], at: float) -> Feed:
    """What pages tell; a text in the place of a body is why there is none."""
    feed = Feed(name, at, [], [], dict.fromkeys(kept.sensors), kept.sensors, "open" in kept.calls)
    records: dict[tuple[str, str], Record] = {}
    for page, document in kept.documents.items():
        body = bodies.get(page, "was not asked")
        told = Page(page, body if isinstance(body, str) else "")
        feed.pages.append(told)
        if isinstance(body, str):
            continue
        try:
            node = parsed(body, document.format, document.encoding, document.separator)
        except Malformed as error:
            told.error = str(error)
            continue
        told.rows = _rows(node, document, records)
        for key, one in kept.sensors.items():
            if one.document == page:
                feed.values[key] = first(node, way(one.way))
    feed.records = list(records.values())
    return feed


def _rows(node: object, document: Document, records: dict[tuple[str, str], Record]) -> int:
    """Add the rows of a document; how many there were."""
    count = 0
    ways = {name: way(text) for name, text in document.fields.items()}
    to_key = way(document.key)
    for row in found(node, way(document.rows)) if document.fields else ():
        key = first(row, to_key)
        if not key:
            continue
        count += 1
        known = records.get((document.about, key))
        if known is None:
            if len(records) >= MOST:
                continue
            known = records[document.about, key] = Record(document.about, key, {})
        for name, path in ways.items():
            value = _field(document, name, first(row, path))
            if value is not None:
                known.fields[name] = value
    return count


def _field(document: Document, name: str, text: str | None) -> str | float | None:
    if text is None:
        return None
    said = document.words.get(name, {}).get(text, text)
    if name in TEXTS:
        return said
    if name == "updated":
        return moment(document, text)
    try:
        number = float(said)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e12 else None


def moment(document: Document, text: str) -> float | None:
    """Unix time of a moment as the document writes it; None for one that is none."""
    try:
        if document.time in {"s", "ms"}:
            seconds = float(text) / (1000 if document.time == "ms" else 1)
        else:
            when = (
                datetime.datetime.fromisoformat(text)
                if document.time == "iso"
                else datetime.datetime.strptime(text, document.time)
            )
            when = when if when.tzinfo else when.replace(tzinfo=ZoneInfo(document.zone))
            seconds = when.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if 0 < seconds < 1e11 else None


def packed(feed: Feed) -> bytes:
    """For a payload."""
    return msgspec.json.encode(feed)


def unpacked(body: bytes) -> Feed:
    """The other way round; raises `Malformed`."""
    try:
        return msgspec.json.decode(body, type=Feed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"an answer that is none: {error}") from None


def readings(feed: Feed) -> list[Reading]:
    """Each sensor of the map as a reading."""
    found_: list[Reading] = []
    for key, one in feed.sensors.items():
        raw = feed.values.get(key)
        source = f"{one.document}: {one.way}"
        found_.append(meant(key, one, _number(one, raw), source, f"map {feed.map}"))
    return found_


def _number(one: Sensor, raw: str | None) -> float | str | None:
    if raw is None or one.of_state:
        return raw
    try:
        return float(raw)
    except ValueError:
        return None
