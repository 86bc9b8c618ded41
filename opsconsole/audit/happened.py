"""The audit log as lines of the timeline: what people began, how it ended, what was refused."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import cast

from opsconsole.alert import Occurrence
from opsconsole.audit.folder import Snapshot
from opsconsole.audit.record import Record, is_kind, read, stamp
from opsconsole.clean import Clean, clean
from opsconsole.model import Level

_KINDS = (b"intent", b"outcome", b"unknown", b"refusal", b"runbook", b"arm", b"note")
_GOOD = {"verified", "not started", "cancelled"}
_DEPLOYS = ("deploy", "roll", "release")
"""How verbs of actions begin that bring another version."""

_CARE = {
    "alert.acknowledge": "takes on",
    "alert.release": "no longer takes care of",
    "alert.silence": "silences",
    "alert.unsilence": "ends the silence of",
}
"""What people say of alerts, as a record's `action` names it."""

SINGLY = 20
"""Targets of one note that have a line each; of more it is one line for all."""

NAMED = 3
"""Alerts that a line names."""

_Body = Mapping[str, object]


def happened(folder: Path, since: float) -> list[Occurrence]:
    """What the log in a folder says from `since` (Unix time) on; empty when there is no log.

    Reads files: not on an event loop. Whether the log holds together is not asked here.
    """
    start = stamp(since).encode()
    found: list[Occurrence] = []
    try:
        with Snapshot(folder) as log:
            for line in log.lines():
                if not line.whole or not is_kind(line.text, _KINDS) or _when(line.text) < start:
                    continue
                record = read(line.text)
                if record is not None:
                    found += told([record])
    except OSError:  # `opsconsole audit verify` says what is wrong with it
        return found
    return found


def _when(line: bytes) -> bytes:
    """When a line was written, as it says; compares as text."""
    start = line.find(b'"at":"', 0, 60) + 6
    return line[start : line.find(b'"', start)]


def told(records: Iterable[Record]) -> list[Occurrence]:
    """The lines that records make, in their order."""
    return [one for record in records for one in _told(record)]


def _told(record: Record) -> Iterator[Occurrence]:
    try:
        at = record.time
    except ValueError:  # not ours
        return
    body = cast("_Body", record.body)
    who = record.who.user
    match record.kind:
        case "intent":
            kind = "deploy" if _verb(body).startswith(_DEPLOYS) else "action"
            for target, name in _objects(body):
                text = f"{who}: {_action(body, name)}"
                yield _line(record, at, kind, target, name, Level.OK, text)
        case "outcome" | "unknown":
            yield from _ended(record, at, body)
        case "refusal":
            for target, name in _objects(body) or [("", "")]:
                what = f"{_action(body, name)} refused" if body.get("action") else "refused"
                text = f"{who}: {what}: {body.get('reason', '')}"
                yield _line(record, at, "refusal", target, name, Level.OK, text)
        case "runbook" | "arm" | "note":
            for target, said in _said(record.kind, body):
                yield _line(record, at, "note", target, "", Level.OK, f"{who}: {said}")
        case _:
            pass


def _said(kind: str, body: _Body) -> Iterator[tuple[str, str]]:
    """(target, words) of what somebody did without touching a target."""
    if kind == "runbook":
        parts = [str(body.get(key) or "") for key in ("runbook", "title", "what", "note")]
        yield str(body.get("target") or ""), f"runbook {': '.join(filter(None, parts))}"
    elif kind == "arm":
        yield "", "disarmed" if body.get("seconds") == 0 else "armed"
    else:
        yield from _noted(body)


def _noted(body: _Body) -> Iterator[tuple[str, str]]:
    """(target, words) of what somebody typed, or said of alerts."""
    if text := str(body.get("text") or ""):
        yield str(body.get("target") or ""), text
        return
    action, seconds = str(body.get("action") or ""), body.get("for_s")
    lasts = f" for {_long(seconds)}" if isinstance(seconds, int | float) and seconds > 0 else ""
    note = f": {body['note']}" if body.get("note") else ""
    verb = _CARE.get(action, action)
    if match := str(body.get("match") or ""):
        yield "", f"{verb} {match}{lasts}{note}"
        return
    names: dict[str, list[str]] = {}
    for target, name in _objects(body):
        names.setdefault(target, []).append(name)
    if len(names) > SINGLY:
        names = {"": [name for each in names.values() for name in each]}
    for target, each in names.items():
        more = f" and {len(each) - NAMED} more" if len(each) > NAMED else ""
        yield target, f"{verb} {', '.join(each[:NAMED])}{more}{lasts}{note}"


def _long(seconds: float) -> str:
    """How long something holds."""
    return f"{seconds / 60:g} min" if seconds < 5400 else f"{seconds / 3600:g} h"


def _ended(record: Record, at: float, body: _Body) -> Iterator[Occurrence]:
    """How it ended, object by object; what was not even begun there is left out."""
    states = dict(_states(body))
    for target, name in _objects(body):
        state = states.get((target, name)) or str(body.get("state") or "unknown")
        if state == "not started":
            continue
        level = Level.OK if state in _GOOD else Level.WARN
        text = f"{_action(body, name)}: {state}"
        yield _line(record, at, "action", target, name, level, text)


def _states(body: _Body) -> Iterator[tuple[tuple[str, str], str]]:
    for one in _tables(body):
        yield (
            (str(one.get("target") or ""), str(one.get("name") or "")),
            str(one.get("state") or ""),
        )


def _line(
    record: Record, at: float, kind: str, target: str, name: str, level: Level, text: str
) -> Occurrence:
    held = "" if name == target else name
    return Occurrence(at, kind, target, clean(held, 100), level, clean(text), record.hash)


def _verb(body: _Body) -> str:
    return str(body.get("action") or "").partition(".")[2]


def _action(body: _Body, name: str) -> Clean:
    return clean(f"{_verb(body).replace('-', ' ') or 'action'} {name}".strip(), 120)


def _objects(body: _Body) -> list[tuple[str, str]]:
    """(target, name) of each object of a plan."""
    return [(str(one.get("target") or ""), str(one.get("name") or "")) for one in _tables(body)]


def _tables(body: _Body) -> list[_Body]:
    objects = body.get("objects")
    if not isinstance(objects, list):
        return []
    return [cast("_Body", one) for one in cast("list[object]", objects) if isinstance(one, Mapping)]
