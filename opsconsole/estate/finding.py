"""What an importer found in another program's files, before the estate's own rules judge it."""

from dataclasses import dataclass

from opsconsole.estate.table import Items


@dataclass(frozen=True, slots=True)
class Finding:
    """One host another program knows."""

    id: str
    where: str
    """File and line, or file and host, for messages."""
    items: Items
    """What is said of it, in the keys of a target."""


@dataclass(frozen=True, slots=True)
class Findings:
    """All an importer found in one place."""

    hosts: tuple[Finding, ...]
    groups: tuple[str, ...] = ()
    """Groups the place declares."""
    skipped: tuple[str, ...] = ()
    """What was left out and why, a sentence each."""
    closed: bool = False
    """The other program's configuration goes on saying how to connect; defaults keep out."""
