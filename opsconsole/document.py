"""The nouns of a report: sections, tables, charts, checks and facts, before they have any form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from opsconsole.model import Level, Quantity, Value

Course = tuple[float, ...]
"""Values in even steps of time, oldest first; NaN where there was none."""

Cell = Value | Level | Course
"""One cell of a table: a value in the unit of its field, how bad something is, or a course."""


WORDS: Mapping[Level, str] = {
    Level.OK: "pass",
    Level.UNKNOWN: "unknown",
    Level.WARN: "warn",
    Level.CRIT: "fail",
}
"""What the outcome of a check is called."""

SEVERITIES: Mapping[Level, str] = {
    Level.OK: "ok",
    Level.UNKNOWN: "unknown",
    Level.WARN: "warn",
    Level.CRIT: "crit",
}
"""What the level of an alert is called."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table, and what its cells mean."""

    key: str
    """Machine name, with its unit: what JSON shows."""
    title: str
    quantity: Quantity = Quantity.TEXT
    words: Mapping[Level, str] = field(default_factory=lambda: WORDS)
    """What its levels are called."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; `level` is how bad it is what it says, None when that is no question."""

    text: str
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with a cell per field."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    empty: str = "None."
    """What is said when there are no rows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: (Unix time, value), oldest first; NaN breaks the line."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that is drawn across a chart: a limit, a forecast's goal."""

    name: str
    value: float
    level: Level = Level.WARN


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over time that share a unit."""

    title: str
    quantity: Quantity
    since: float
    until: float
    """Unix times of both ends of the axis, seconds."""
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    top: float | None = None
    """Fixed upper end of the axis, or None to scale."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How one check went on one object."""

    check: str
    """Id of the check."""
    title: str
    target: str
    object: str
    """Which row (`/var`); empty for the target itself."""
    level: Level
    value: Value
    quantity: Quantity
    limit: str
    """What it was held to, in words: `warn >= 90 %, fail >= 98 %`."""
    message: str
    todo: str = ""
    """What to do about it; empty when nothing is to be done."""
    course: Course = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """What was checked, and how it went."""

    findings: tuple[Finding, ...]
    title: str = ""
    one_target: bool = False
    """All are about the target that the heading names."""

    def count(self, level: Level) -> int:
        """How many went like that."""
        return sum(finding.level is level for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and what is known of each."""

    items: tuple[tuple[str, str], ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple["Block", ...]
    level: Level | None = None
    """The worst that it tells of; None when that is no question."""


Block = Section | Paragraph | Table | Chart | Checks | Facts
"""What a document is made of."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is handed over."""

    report: str
    """Id of the report: `system.inspection`."""
    title: str
    made: float
    """Unix time at which it was built, seconds."""
    since: float
    until: float
    """Unix times of the period it is about, seconds."""
    blocks: tuple[Block, ...]
    level: Level | None = None
    """The worst that it tells of."""

    def walk(self) -> Iterator[Block]:
        """Every block, those in sections after their section."""
        waiting = list(reversed(self.blocks))
        while waiting:
            block = waiting.pop()
            yield block
            if isinstance(block, Section):
                waiting.extend(reversed(block.blocks))


def worst(findings: tuple[Finding, ...]) -> Level:
    """The worst level among them; OK without any."""
    return max((finding.level for finding in findings), default=Level.OK)
