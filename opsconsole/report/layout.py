"""What the forms have in common: cells as words, checks as a table, how a course is scaled."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from opsconsole import __version__
from opsconsole.clean import Clean, clean
from opsconsole.document import WORDS, Cell, Checks, Document, Field, Finding, Table
from opsconsole.model import Level, Quantity
from opsconsole.spelling import UNKNOWN, exactly, lasting, spelled

TEXT_LIMIT = 2000
"""Characters of one text; what is longer was not meant for a report."""

NUMBERS = frozenset(Quantity) - {
    Quantity.TEXT,
    Quantity.STATE,
    Quantity.FLAG,
    Quantity.TIME,
    Quantity.SINCE,
}
"""What stands flush right."""

_FIELDS = (
    Field("state", "State"),
    Field("target", "Target"),
    Field("check", "Check"),
    Field("object", "Object"),
    Field("value", "Value", Quantity.NUMBER),
    Field("limit", "Limit"),
    Field("course", "Trend"),
    Field("told", "What it says, what to do"),
)
_STEP = 1 / 8


def harmless(text: str) -> Clean:
    """Text without anything that a terminal obeys, on one line."""
    return clean(text, TEXT_LIMIT)


def told(field: Field, cell: Cell) -> str:
    """A cell in words; a course as its last value."""
    if isinstance(cell, Level):
        return field.words[cell]
    if isinstance(cell, tuple):
        return spark(cell)
    return harmless(spelled(field.quantity, cell))


def tabled(checks: Checks) -> Table:
    """Checks as a table; columns that would say nothing are left out."""
    findings = checks.findings
    bare = {
        "target": checks.one_target,
        "object": not any(finding.object for finding in findings),
        "course": not any(any(map(math.isfinite, one.course)) for one in findings),
    }
    kept = [place for place, field in enumerate(_FIELDS) if not bare.get(field.key)]
    rows = (_finding(finding) for finding in findings)
    return Table(
        tuple(_FIELDS[place] for place in kept),
        tuple(tuple(row[place] for place in kept) for row in rows),
        checks.title,
        "Nothing was checked.",
    )


def _finding(finding: Finding) -> tuple[Cell, ...]:
    value = harmless(spelled(finding.quantity, finding.value))
    said = "" if finding.message == value else finding.message
    advice = ". ".join(part.rstrip(".") for part in (said, finding.todo) if part)
    return (
        finding.level,
        harmless(finding.target),
        harmless(finding.title),
        harmless(finding.object),
        value,
        harmless(finding.limit),
        finding.course,
        harmless(advice + "." if finding.todo else advice),
    )


def spark(values: Sequence[float], width: int = 28) -> str:
    """A course as a line of blocks, from its lowest to its highest; a blank where nothing is."""
    shown = _thinned(values, width)
    known = [value for value in shown if math.isfinite(value)]
    if not known:
        return UNKNOWN
    low, high = min(known), max(known)
    span = high - low
    blocks = "▁▂▃▄▅▆▇█"
    drawn = (
        " "
        if not math.isfinite(value)
        else blocks[0 if span <= 0 else min(int((value - low) / span / _STEP), 7)]
        for value in shown
    )
    return "".join(drawn)


def _thinned(values: Sequence[float], width: int) -> list[float]:
    """At most `width` means of neighbours."""
    if len(values) <= width:
        return list(values)
    thin: list[float] = []
    for place in range(width):
        part = values[place * len(values) // width : (place + 1) * len(values) // width]
        known = [value for value in part if math.isfinite(value)]
        thin.append(math.fsum(known) / len(known) if known else math.nan)
    return thin


def headlines(document: Document) -> tuple[tuple[str, str], ...]:
    """What stands below the title: the period, when it was made, by what."""
    period = f"{exactly(document.since)} to {exactly(document.until)} UTC"
    return (
        ("Period", f"{period} ({lasting(document.until - document.since)})"),
        ("Made", f"{exactly(document.made)} UTC, by opsconsole {__version__}"),
        ("Report", harmless(document.report)),
        *((("Worst", WORDS[document.level]),) if document.level is not None else ()),
    )


def instant(at: float) -> str | None:
    """ISO 8601 in UTC, to the second; None for what is no time."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None
