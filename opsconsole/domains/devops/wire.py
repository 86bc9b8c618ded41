"""What the JSON of Prometheus and Alertmanager has in common: items, labels, times, severities."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from opsconsole.alert import Alert, Phase
from opsconsole.clean import Clean, clean
from opsconsole.errors import Malformed
from opsconsole.model import Level, Row
from opsconsole.spec import Probe

Item = TypeVar("Item")

LABELS = 4000
"""Characters of an alert's labels, as one text."""

SILENT = frozenset({"none", "info", "information", "informational", "debug", "notice", "ok"})
"""Severities that call nobody: they stand in the pane and not in the list of alerts."""

CRITICAL = frozenset(
    {"critical", "crit", "page", "error", "emergency", "fatal", "high", "disaster", "severe", "p1"}
)

_FNV_OFFSET, _FNV_PRIME, _WORD = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


def document(body: bytes, shape: type[Item]) -> Item:
    """Decode a JSON document; raises `Malformed` when it has another shape."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(
            f"an answer that is none: {clean(str(error))}", "is `url` that of another server?"
        ) from None


def items(raw: Sequence[msgspec.Raw], shape: type[Item]) -> list[Item]:
    """Decode each by itself: one that is odd costs no other. Raises `Malformed` when all are."""
    good: list[Item] = []
    odd = ""
    for one in raw:
        try:
            good.append(msgspec.json.decode(one, type=shape))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            odd = str(error)
    if odd and not good:
        raise Malformed(f"nothing of the answer can be read: {clean(odd)}")
    return good


def seconds(text: str | None) -> float | None:
    """Unix time of an RFC 3339 time; None for none, and for the year 1 that stands for none."""
    try:
        moment = datetime.datetime.fromisoformat(text or "")
        return moment.timestamp() if moment.year > 1 and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def packed(labels: Mapping[str, str]) -> Clean:
    """Labels as one cell: JSON, sorted by name."""
    return clean(msgspec.json.encode(dict(sorted(labels.items()))).decode(), LABELS)


def unpacked(cell: object) -> dict[str, str]:
    """Labels of such a cell; none when it was too long to be whole."""
    try:
        return msgspec.json.decode(str(cell), type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def severity(labels: Mapping[str, str]) -> Level:
    """How bad an alert says it is; OK for one that calls nobody."""
    word = labels.get("severity", labels.get("priority", "")).lower()
    if word in SILENT:
        return Level.OK
    return Level.CRIT if word in CRITICAL else Level.WARN


def fingerprint(labels: Mapping[str, str]) -> str:
    """Name a set of labels as Alertmanager does (FNV-1a, 64 bits): equal alerts are equal there."""
    sum_ = _FNV_OFFSET
    for name, value in sorted(labels.items()):
        for byte in b"%b\xff%b\xff" % (name.encode(), value.encode()):
            sum_ = ((sum_ ^ byte) * _FNV_PRIME) & _WORD
    return f"{sum_:016x}"


PLACES = ("instance", "host", "hostname", "node", "nodename", "server")
"""Labels that name where something is, the likeliest first."""

OWN = frozenset(
    {"alertname", "severity", "priority", "job", "prometheus", "replica", "monitor", *PLACES}
)
"""Labels that do not tell one object of a target from another."""


def thing(labels: Mapping[str, str]) -> Clean:
    """The object an alert is about, beside its target: what tells it from its siblings."""
    return clean(" ".join(f"{k}={v}" for k, v in sorted(labels.items()) if k not in OWN))


def remedies(annotations: Mapping[str, str], source: str) -> tuple[str, ...]:
    """What can be done: the runbook that the alert names, else where it comes from."""
    runbook = annotations.get("runbook_url") or annotations.get("runbook")
    if runbook:
        return (f"Runbook: {clean(runbook)}",)
    return (f"Look at {clean(source)}" if source else "Look at the rule that raised it",)


def reason(annotations: Mapping[str, str]) -> Clean:
    """What an alert says of itself, the shorter text first."""
    for name in ("summary", "message", "description"):
        if annotations.get(name):
            return clean(" ".join(annotations[name].split()))
    return Clean("")


def found(
    origin: str,
    kind: str,
    probe: Probe[Any],  # Any: a probe's own reading
    row: Row,
    level: Level,
    began: float,
) -> Alert:
    """An alert that somebody else found, as ours; who knows more of it replaces fields."""
    mark, name, labels, summary, remedy = (
        row[probe.index(key)] for key in ("fingerprint", "name", "labels", "summary", "remedy")
    )
    return Alert(
        id=f"{origin}:{mark}",
        rule=f"{kind}.{name}",
        target=origin,
        object=thing(unpacked(labels)),
        key=(mark,),
        probe=probe.id,
        column="state",
        level=level,
        phase=Phase.OPEN,
        since=began,
        changed=began,
        title=clean(str(name)),
        why=clean(str(summary)),
        value=None,
        limit=None,
        remedies=(str(remedy),),
        source=Clean(""),
        origin=clean(origin),
    )
