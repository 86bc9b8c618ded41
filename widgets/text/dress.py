"""How a line looks: its time and source, keys of YAML, words of a log that are bad, JSON."""

import json
import re
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from opsconsole.clean import clean
from widgets.oneline import Part
from widgets.text.lines import TextLine

BAD = re.compile(
    r"\b(?:panic|fatal|crit(?:ical)?|emerg|alert|error|exception|fail(?:ed|ure)?)\b", re.IGNORECASE
)
DUBIOUS = re.compile(r"\bwarn(?:ing)?\b", re.IGNORECASE)
"""Words that a log line is judged by, where it says its level in words."""

_YAML = re.compile(r"^(\s*(?:- )*)((?:\"[^\"]*\"|'[^']*'|[^\s#:\"'][^:]*?))(:)(\s.*)?$")
_SCALAR = re.compile(r"^\s*(?:-?\d+(?:\.\d+)?|true|false|null|~)\s*$", re.IGNORECASE)
_LEVELS = ("level", "lvl", "severity", "log.level", "levelname")
_MESSAGES = ("msg", "message", "event", "text")
_TIMES = ("time", "ts", "timestamp", "@timestamp", "t")
_COLOURS = 6
"""Looks that tell sources apart."""

JSON_COLUMNS = 4
"""Fields of JSON lines that stand in columns, besides level and message."""
_WIDEST = 24


@dataclass(slots=True)
class Dress:
    """What of a line is drawn, and how."""

    yaml: bool = False
    log: bool = False
    times: bool = False
    """Whether the time stands before each line."""
    sources: bool = True
    json: bool = False
    """Whether JSON lines stand in columns."""
    width: int = 0
    """Cells of the source; 0 draws none."""
    columns: Mapping[str, int] = field(default_factory=dict[str, int])
    """Fields of JSON lines that stand in columns of their own, and how wide."""

    def parts(self, line: TextLine) -> list[Part]:
        """The pieces of one line, from left to right."""
        if line.gap:
            return [Part(line.text, "text--gap")]
        parts: list[Part] = []
        if self.times and line.at is not None:
            parts.append(Part(f"{_stamp(line.at)} ", "text--time"))
        if self.sources and self.width and line.source:
            look = f"text--source{zlib.crc32(line.source.encode()) % _COLOURS}"
            parts.append(Part(f"{_last(line.source, self.width)} ", look))
        return [*parts, *self._text(line)]

    def _text(self, line: TextLine) -> Iterator[Part]:
        if self.yaml:
            yield from _yaml(line.text)
            return
        found = fields(line.text) if self.json else None
        if found is not None:
            yield from self._json(found)
        elif self.log:
            yield from _judged(line.text)
        else:
            yield Part(line.text)

    def _json(self, found: Mapping[str, object]) -> Iterator[Part]:
        rest = dict(found)
        for name in _TIMES:
            rest.pop(name, None)
        level = _taken(rest, _LEVELS)
        yield Part(f"{level.upper()[:5]:<5} ", _look(level))
        for name, width in self.columns.items():
            text = clean(_said(rest.pop(name, "")), width)
            yield Part(f"{text:<{width}} ", "text--field")
        yield Part(clean(_taken(rest, _MESSAGES), 8192), "")
        for name, value in rest.items():
            yield Part(f"  {clean(name, 100)}=", "text--key")
            yield Part(clean(_said(value), 2000), "text--field")

    def survey(self, lines: Sequence[TextLine]) -> None:
        """Find out from some lines how wide sources are, and which fields stand in columns."""
        names = {line.source for line in lines if not line.gap}
        self.width = min(32, max(map(len, names))) if len(names) > 1 else 0
        if not self.json:
            return
        widths: dict[str, int] = {}
        counts: dict[str, int] = {}
        for line in lines:
            for name, value in (fields(line.text) or {}).items():
                counts[name] = counts.get(name, 0) + 1
                widths[name] = max(widths.get(name, 0), len(_said(value)))
        known = {*_LEVELS, *_MESSAGES, *_TIMES}
        often = sorted(counts, key=lambda name: -counts[name])
        fitting = [n for n in often if n not in known and widths[n] <= _WIDEST and counts[n] > 1]
        self.columns = {name: max(widths[name], len(name)) for name in fitting[:JSON_COLUMNS]}

    @property
    def head(self) -> str:
        """Titles of the columns of JSON lines."""
        return "LEVEL " + "".join(
            f"{clean(name.upper(), width):<{width}} " for name, width in self.columns.items()
        )


def fields(text: str) -> Mapping[str, object] | None:
    """The fields of a JSON line; None for what is none."""
    start = text.find("{")
    if not 0 <= start <= 40 or not text.rstrip().endswith("}"):
        return None
    try:
        found: object = json.loads(text[start:])
    except (ValueError, RecursionError):
        return None
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else None


def bad(text: str) -> bool:
    """Whether a line of a log tells of an error."""
    found = fields(text)
    if found is not None and (level := _taken(dict(found), _LEVELS)):
        return bool(BAD.search(level))
    return bool(BAD.search(text))


def _taken(found: dict[str, object], names: Sequence[str]) -> str:
    for name in names:
        if name in found:
            return _said(found.pop(name))
    return ""


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _look(level: str) -> str:
    if BAD.search(level):
        return "text--bad"
    return "text--dubious" if DUBIOUS.search(level) else "text--field"


def _judged(text: str) -> Iterator[Part]:
    """The words that say how bad it is stand out; the rest is as it was."""
    found = BAD.search(text) or DUBIOUS.search(text)
    if found is None:
        yield Part(text)
        return
    yield Part(text[: found.start()])
    yield Part(found[0], "text--bad" if BAD.fullmatch(found[0]) else "text--dubious")
    yield Part(text[found.end() :])


def _yaml(text: str) -> Iterator[Part]:
    if text.lstrip().startswith("#"):
        yield Part(text, "text--time")
        return
    found = _YAML.match(text)
    if found is None:
        yield Part(text, "text--number" if _SCALAR.match(text.lstrip("- ")) else "")
        return
    indent, key, colon, value = found.groups()
    yield Part(indent)
    yield Part(key, "text--key")
    yield Part(colon, "text--time")
    if value:
        yield Part(value, "text--number" if _SCALAR.match(value) else "text--value")


def _stamp(at: float) -> str:
    try:
        return time.strftime("%m-%d %H:%M:%S", time.localtime(at)) + f".{int(at % 1 * 1000):03}"
    except (OverflowError, OSError, ValueError):
        return "-" * 18


def _last(source: str, width: int) -> str:
    """The end of a name tells pods of one deployment apart, and not its beginning."""
    return source.ljust(width) if len(source) <= width else "~" + source[len(source) - width + 1 :]
