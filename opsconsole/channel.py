"""Whom to tell of alerts, as the estate says it: one channel each, no I/O."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass

from opsconsole.alert import Alert
from opsconsole.model import Level, Target
from opsconsole.secret import Secret

FIELDS = ("target", "rule", "object", "origin", "level", "kind", "group", "label")

FORM = (
    "words like target:web*, rule:host.disk-*, object:/var, origin:alerts, level:crit, kind:host,"
    " group:web, label:env=prod, with blanks between; each of them must fit"
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to tell somebody, and what is told there."""

    name: str
    webhook: str = ""
    """Where JSON is posted; empty when `url` says where."""
    url: Secret | None = None
    """What apprise calls a URL: it holds tokens, and is a secret for that."""
    signature: Secret | None = None
    """Key of the webhook's HMAC."""
    token: Secret | None = None
    """Bearer token of the webhook."""
    ca: str = ""
    """Path of the authorities that a webhook's certificate may be signed by."""
    min_level: Level = Level.WARN
    match: str = ""
    """Which alerts, in the form of `FORM`; empty for all."""
    only_calling: bool = True
    """Not what is acknowledged, silenced, or explained by another alert."""
    resolved: bool = True
    """Also tell that it is over, of what was told."""
    gather_s: float = 10.0
    """Seconds in which alerts are gathered into one message."""
    pause_s: float = 60.0
    """Seconds between two messages at least."""


def wrong(match: str) -> str:
    """What is wrong with a filter; empty when nothing is."""
    for word in match.split():
        field, colon, glob = word.partition(":")
        if field not in FIELDS or not colon or not glob:
            return f"{word!r} is no word of a filter"
    return ""


def fits(match: str, alert: Alert, target: Target | None) -> bool:
    """Whether a filter names that alert; `target` is what the estate knows of its target."""
    words = [word.partition(":") for word in match.split()]
    return all(_fits(field, glob, alert, target) for field, _, glob in words)


def _fits(field: str, glob: str, alert: Alert, target: Target | None) -> bool:
    plain = {
        "target": alert.target,
        "rule": alert.rule,
        "object": alert.object,
        "origin": alert.origin,
        "level": alert.level.name.lower(),
    }
    if field in plain:
        return fnmatch.fnmatchcase(plain[field], glob)
    if target is None:
        return False
    match field:
        case "kind":
            return fnmatch.fnmatchcase(target.kind, glob)
        case "group":
            return bool(fnmatch.filter(target.groups, glob))
        case _:
            return _labelled(target.labels, glob)


def _labelled(labels: Mapping[str, str], glob: str) -> bool:
    key, _, value = glob.partition("=")
    return key in labels and fnmatch.fnmatchcase(labels[key], value or "*")
