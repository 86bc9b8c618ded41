"""What the audit log tells of a stretch of time: what was done, noted, armed and left open."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from opsconsole.alert import Occurrence
from opsconsole.audit import Record, Snapshot, default_folder, read
from opsconsole.clean import Clean, clean
from opsconsole.evidence import Deed
from opsconsole.model import Level

_ENDS = frozenset({"outcome", "unknown"})
_ABOUT_PLANS = frozenset({"plan", "refusal", "approval", "intent", *_ENDS})
_GOOD = frozenset({"verified"})

Wanted = Callable[[str], bool]
"""Whether a target is asked about."""


@dataclass(slots=True)
class Log:
    """What was found in the log."""

    deeds: list[Deed] = field(default_factory=list[Deed])
    """In order of time."""
    occurrences: list[Occurrence] = field(default_factory=list[Occurrence])
    """The same and notes, as lines of a timeline, within the period."""
    armed: list[tuple[str, str, float]] = field(default_factory=list[tuple[str, str, float]])
    """Who, for which targets, until when (Unix time): what was still armed at the end."""
    runbooks: list[tuple[str, str, str, float]] = field(
        default_factory=list[tuple[str, str, str, float]]
    )
    """Runbook, target, who, and when (Unix time) it was last touched: those without an end."""
    bad: int = 0
    """Lines that are no records."""


def read_log(
    since: float, until: float, wanted: Wanted = lambda _: True, folder: Path | None = None
) -> Log | None:
    """The log between two Unix times; None when there is none. Raises `OSError`.

    What began before and has no end belongs to it too.
    """
    try:
        snapshot = Snapshot(folder or default_folder())
    except FileNotFoundError:
        return None
    if not snapshot.files and snapshot.anchor is None:
        return None
    found = Log()
    records = _records(snapshot, until, found)
    tell(records, since, until, wanted, found)
    return found


def _records(snapshot: Snapshot, until: float, found: Log) -> Iterator[Record]:
    with snapshot as log:
        for line in log.lines():
            record = read(line.text) if line.whole else None
            if record is None:
                found.bad += 1
            elif (at := _time(record)) is not None and at <= until:
                yield record


def _time(record: Record) -> float | None:
    try:
        return record.time
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(slots=True)
class _Plan:
    """One plan while its records are read."""

    first: Record
    last: Record
    note: str = ""
    action: str = ""
    targets: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    began: bool = False

    def add(self, record: Record) -> None:
        body = _body(record)
        self.last = record
        self.action = _text(body.get("action")) or self.action
        self.note = _text(body.get("note")) or self.note
        self.targets = named(body, "target") or self.targets
        self.objects = named(body, "name") or self.objects
        if record.kind == "intent":
            self.first, self.began = record, True

    def deed(self) -> Deed:
        body = _body(self.last)
        state = {
            "plan": "planned",
            "approval": "planned",
            "refusal": "refused",
            "intent": "unfinished",
            "unknown": "unknown",
        }.get(self.last.kind) or _text(body.get("state"))
        ended = self.last.kind not in ("plan", "approval", "intent")
        return Deed(
            self.first.time,
            self.last.time if ended else None,
            who(self.first),
            self.action,
            self.targets,
            self.objects,
            clean(state, 40),
            clean(self.note),
            _said(body),
            self.last.hash,
            self.first.hash,
        )


def tell(records: Iterable[Record], since: float, until: float, wanted: Wanted, found: Log) -> None:
    """Sort records, which come in order of time, into deeds, notes and what is left open."""
    plans: dict[str, _Plan] = {}
    books: dict[tuple[str, str], Record] = {}
    arms: dict[str, Record] = {}
    for record in records:
        body = _body(record)
        if record.kind in _ABOUT_PLANS:
            name = _text(body.get("plan")) or record.hash
            plans.setdefault(name, _Plan(record, record)).add(record)
        elif record.kind == "arm":
            arms[who(record)] = record
            _note(record, _armed(body), since, found)
        elif record.kind == "runbook":
            _book(record, books)
            _note(record, _step(body), since, found)
        elif record.kind == "note":
            _note(record, _noted(body), since, found)
    deeds = [plan.deed() for plan in plans.values()]
    found.deeds = sorted(
        (deed for deed in deeds if _counts(deed, since, wanted)), key=lambda deed: deed.at
    )
    found.occurrences += [one for deed in found.deeds for one in _lines(deed, since)]
    found.occurrences = [one for one in found.occurrences if not one.target or wanted(one.target)]
    found.occurrences.sort(key=lambda one: one.at)
    found.armed = list(_still_armed(arms, until))
    found.runbooks = [
        (runbook, target, who(record), record.time)
        for (runbook, target), record in books.items()
        if not target or wanted(target)
    ]


def _counts(deed: Deed, since: float, wanted: Wanted) -> bool:
    if deed.targets and not any(map(wanted, deed.targets)):
        return False
    loose = deed.state == "unfinished"
    return loose or (deed.state != "planned" and (deed.ended or deed.at) >= since)


def _lines(deed: Deed, since: float) -> Iterator[Occurrence]:
    """Its beginning and its end."""
    target = deed.targets[0] if len(deed.targets) == 1 else ""
    things = clean(", ".join(deed.objects[:3]))
    what = f"{deed.who}: {deed.action} on {things or ', '.join(deed.targets[:3])}"
    level = Level.OK if deed.state in _GOOD else Level.WARN
    if deed.state == "refused":
        text = f"{what}: refused: {deed.message}"
        yield Occurrence(deed.at, "refusal", target, things, Level.OK, clean(text, 400), deed.ref)
        return
    if deed.at >= since:
        reason = f" ({deed.note})" if deed.note else ""
        text = f"{what}: begun{reason}"
        yield Occurrence(deed.at, "action", target, things, Level.OK, clean(text, 400), deed.begun)
    if deed.ended is not None:
        text = f"{what}: {deed.state}" + (f": {deed.message}" if deed.message else "")
        yield Occurrence(deed.ended, "action", target, things, level, clean(text, 400), deed.ref)


def _note(record: Record, text: str, since: float, found: Log) -> None:
    if text and record.time >= since:
        target = _text(_body(record).get("target"))
        kind = "action" if record.kind == "arm" else "note"
        said = clean(f"{who(record)}: {text}", 600)
        found.occurrences.append(
            Occurrence(record.time, kind, target, Clean(""), Level.OK, said, record.hash)
        )


def _book(record: Record, books: dict[tuple[str, str], Record]) -> None:
    body = _body(record)
    name = (_text(body.get("runbook")), _text(body.get("target")))
    if _text(body.get("what")) in ("finished", "stopped"):
        books.pop(name, None)
    else:
        books[name] = record


def _noted(body: Mapping[str, object]) -> str:
    """What was typed, or what was said of alerts."""
    if text := _text(body.get("text")):
        return text
    parts = (_text(body.get("action")), ", ".join(named(body, "name")[:5]), _text(body.get("note")))
    return ": ".join(filter(None, parts))


def _step(body: Mapping[str, object]) -> str:
    step = body.get("step")
    place = f" step {step}" if isinstance(step, int) and step else ""
    parts = (_text(body.get("what")), _text(body.get("title")), _text(body.get("note")))
    return f"runbook {_text(body.get('runbook'))}{place}: {', '.join(filter(None, parts))}"


def _armed(body: Mapping[str, object]) -> str:
    seconds = body.get("seconds")
    if not isinstance(seconds, int | float):
        return ""  # for one plan only: told with that
    what = _text(body.get("pattern")) or "all targets"
    return f"armed for {seconds / 60:g} min: {what}" if seconds else "disarmed"


def _still_armed(arms: Mapping[str, Record], until: float) -> Iterator[tuple[str, str, float]]:
    for name, record in arms.items():
        body = _body(record)
        seconds = body.get("seconds")
        if isinstance(seconds, int | float) and record.time + seconds > until:
            yield name, _text(body.get("pattern")) or "all targets", record.time + seconds


def who(record: Record) -> Clean:
    """The person as the log names them."""
    client = record.who.ssh_connection.partition(" ")[0]
    return clean(f"{record.who.user} from {client}" if client else record.who.user, 80)


def named(body: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Values of a key in the objects of a body; a log that was tampered with may hold anything."""
    return tuple(dict.fromkeys(filter(None, (_text(one.get(key)) for one in _objects(body)))))


def _objects(body: Mapping[str, object]) -> list[Mapping[str, object]]:
    listed = body.get("objects")
    found = cast("list[object]", listed) if isinstance(listed, list) else list[object]()
    return [cast("Mapping[str, object]", one) for one in found if isinstance(one, dict)]


def _said(body: Mapping[str, object]) -> Clean:
    """The reason of a refusal; the objects' messages of an end; what to check where none is."""
    messages = [_text(one.get("message")) for one in _objects(body)]
    rule, reason = _text(body.get("rule")), _text(body.get("reason"))
    said = [f"{reason} (rule {rule})" if rule and rule not in reason else reason, *messages]
    said += [_text(body.get("message")), _text(body.get("check"))]
    return clean("; ".join(dict.fromkeys(filter(None, said))), 400)


def _body(record: Record) -> Mapping[str, object]:
    return cast("Mapping[str, object]", record.body)


def _text(value: object) -> str:
    return clean(str(value), 600) if value is not None else ""
