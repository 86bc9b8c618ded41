"""What a record of the audit log tells, in cells: when, who, what, on which object, its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from opsconsole.audit import Record
from opsconsole.clean import clean

HEAD = ["TIME", "WHO", "KIND", "ACTION", "TARGET", "OBJECT", "WHAT"]
"""Titles of `table_row`."""

_SHOWN = 2  # targets or objects in a cell of the table; a bulk action names hundreds
_FORMULA = ("=", "+", "-", "@", "\t")

_FIELDS = ("state", "rule", "reason", "note", "approver", "seconds", "message", "plan")
"""Keys of a body that CSV has a column for."""


@dataclass(frozen=True, slots=True)
class Story:
    """A record, with what it is about: an outcome names only the plan that says so."""

    record: Record
    action: str
    targets: tuple[str, ...]
    objects: tuple[str, ...]
    """Names, or identities of those without one."""


class Teller:
    """Tells records in their order; remembers what each open plan is about."""

    def __init__(self) -> None:
        self._plans: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {}

    def tell(self, record: Record) -> Story:
        """What the next record is about."""
        body = cast("Mapping[str, object]", record.body)
        plan = _text(body.get("plan"))
        action, targets, objects = self._plans.get(plan, ("", (), ()))
        action = _text(body.get("action")) or action
        targets = _targets(body) or targets
        objects = _objects(body) or objects
        if record.kind in {"outcome", "unknown"}:
            self._plans.pop(plan, None)
        elif plan:
            self._plans[plan] = action, targets, objects
        return Story(record, action, targets, objects)


def table_row(story: Story) -> list[str]:
    """Cells of one line, harmless on a terminal; time is UTC, to the second."""
    record = story.record
    return [
        clean(record.at[:19].replace("T", " ")),
        clean(_who(record)),
        clean(record.kind, 20),
        clean(story.action, 40),
        clean(_few(story.targets), 40),
        clean(_few(story.objects), 60),
        clean(_what(record), 160),
    ]


def csv_head() -> list[str]:
    """Titles of `csv_row`."""
    return [
        *("index", "at", "kind", "user", "uid", "host", "ssh_connection"),
        *("action", "targets", "objects"),
        *_FIELDS,
        "hash",
    ]


def csv_row(story: Story) -> list[str]:
    """Cells of one line; text that a spreadsheet would take for a formula gets a `'` before it."""
    record, body = story.record, cast("Mapping[str, object]", story.record.body)
    who = record.who
    texts = [
        *(record.at, record.kind, who.user, str(who.uid), who.host, who.ssh_connection),
        *(story.action, " ".join(story.targets), " ".join(story.objects)),
        *(_text(body.get(key)) for key in _FIELDS),
        record.hash,
    ]
    return [str(record.index), *map(_cell, texts)]


def _cell(text: str) -> str:
    harmless = clean(text, 32_000)
    return f"'{harmless}" if harmless.startswith(_FORMULA) else harmless


def _who(record: Record) -> str:
    who = record.who
    client = who.ssh_connection.partition(" ")[0]
    return f"{who.user} from {client}" if client else f"{who.user}@{who.host}"


def _what(record: Record) -> str:
    """The rule that refused, the state it ended in, and what was said about it."""
    body = cast("Mapping[str, object]", record.body)
    first = _text(body.get("state")) or _text(body.get("rule"))
    said = [_text(body.get(key)) for key in ("reason", "message", "note")]
    if approver := _text(body.get("approver")):
        said.append(f"approved by {approver}")
    if check := _text(body.get("check")) if record.kind == "unknown" else "":
        said.append(f"check: {check}")
    seconds = body.get("seconds")
    if isinstance(seconds, int | float):
        first = f"{first} in {seconds:.1f} s".strip()
    return ": ".join(part for part in (first, "; ".join(filter(None, said))) if part)


def _few(names: Sequence[str]) -> str:
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _targets(body: Mapping[str, object]) -> tuple[str, ...]:
    named = [_text(one.get("target")) for one in [*_tables(body, "objects"), body]]
    named += [_text(one.get("target")) for one in _tables(body, "steps")]
    return tuple(dict.fromkeys(filter(None, named)))


def _objects(body: Mapping[str, object]) -> tuple[str, ...]:
    named = (
        _text(one.get("name")) or _text(one.get("identity")) for one in _tables(body, "objects")
    )
    return tuple(filter(None, named))


def _tables(body: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    """The tables in a list of a body; a log that was tampered with may hold anything."""
    found = body.get(key)
    if not isinstance(found, list):
        return []
    return [
        cast("Mapping[str, object]", one)
        for one in cast("list[object]", found)
        if isinstance(one, dict)
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
