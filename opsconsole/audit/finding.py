"""What verification of an audit log can find, with its place, and the verdict of it all."""

import enum
from dataclasses import dataclass, field

import msgspec

from opsconsole.audit.folder import Head
from opsconsole.audit.record import GENESIS

LIMIT = 1000
"""Findings kept; the rest is only counted: a file that is all garbage must not fill memory."""


class Kind(enum.StrEnum):
    """What is wrong, or what a crash left."""

    EDITED = "edited"
    """The line is not what was written."""
    UNREADABLE = "unreadable"
    """The line is no record at all."""
    REMOVED = "removed"
    """Records that were written are not there; the place is where they would stand."""
    REORDERED = "reordered"
    """The record stands after a later one."""
    INSERTED = "inserted"
    """A second record of that number: a copy, or one that does not belong here."""
    UNKNOWN_HEAD = "unknown head"
    """The hash that was noted elsewhere is not in the log."""
    TORN = "torn"
    """A record that a crash cut off before it counted; no sign of a hand in the log."""
    LAGGING = "lagging"
    """The anchor is older than the log: a crash between the two, or a full disk."""


HARMLESS = frozenset({Kind.TORN, Kind.LAGGING})
"""Kinds that a crash explains: the chain is intact all the same."""


class Finding(msgspec.Struct, frozen=True):
    """One thing found, with its place."""

    kind: Kind
    file: str
    line: int
    """From 1; 0 for the whole file, or behind its end."""
    index: int
    """Number of the record it is about, the first of several; 0 when it is about none."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.kind.value}: {self.message}"


@dataclass(slots=True)
class Verdict:
    """What verification found."""

    records: int = 0
    """Genuine ones."""
    files: int = 0
    head: Head = field(default_factory=lambda: Head(0, GENESIS))
    """The last record: note its hash elsewhere, and give it to a later verification."""
    findings: list[Finding] = field(default_factory=list[Finding])
    """In the order of the lines, at most `LIMIT`."""
    more: int = 0
    """How many findings there are besides."""

    @property
    def intact(self) -> bool:
        """Whether nothing was found that a crash does not explain."""
        return not self.more and all(one.kind in HARMLESS for one in self.findings)
