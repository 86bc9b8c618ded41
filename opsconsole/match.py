"""Filters over alerts: `target:web* rule:host.disk-*`; all words must fit."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from opsconsole.alert import Alert
from opsconsole.model import Level, Target

FIELDS = ("target", "rule", "object", "label", "group", "kind", "level", "origin")

FORM = (
    "words like target:web*, rule:host.disk-*, object:/var, label:env=dev, group:web, kind:host,"
    " level:warn, origin:NAME, with blanks between; each of them must fit"
)


class Named(NamedTuple):
    """What a filter asks of an alert: of one that is not made yet."""

    target: str
    rule: str
    object: str
    level: Level
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A filter, read."""

    parts: tuple[tuple[str, str], ...]
    """Field and glob."""

    def fits(self, alert: Alert | Named, target: Target | None) -> bool:
        """Whether it names that alert; `target` is what the estate knows of its target."""
        return all(_fits(field, glob, alert, target) for field, glob in self.parts)


def _fits(field: str, glob: str, alert: Alert | Named, target: Target | None) -> bool:
    match field:
        case "target":
            return fnmatch.fnmatchcase(alert.target, glob)
        case "rule":
            return fnmatch.fnmatchcase(alert.rule, glob)
        case "object":
            return fnmatch.fnmatchcase(alert.object, glob)
        case "origin":
            return fnmatch.fnmatchcase(alert.origin, glob)
        case "level":
            return alert.level.name.lower() == glob.lower()
        case "kind":
            return target is not None and fnmatch.fnmatchcase(target.kind, glob)
        case "group":
            return target is not None and bool(fnmatch.filter(target.groups, glob))
        case _:
            return target is not None and _labelled(target.labels, glob)


def _labelled(labels: Mapping[str, str], glob: str) -> bool:
    key, _, value = glob.partition("=")
    return key in labels and fnmatch.fnmatchcase(labels[key], value or "*")


def read(text: str) -> Match | str:
    """Read a filter; what is wrong with it otherwise."""
    parts: list[tuple[str, str]] = []
    for word in text.split():
        field, colon, glob = word.partition(":")
        if not colon or field not in FIELDS or not glob:
            return f"{word!r} is no word of a filter: {FORM}"
        parts.append((field, glob))
    return Match(tuple(parts)) if parts else f"an empty filter would name everything: {FORM}"
