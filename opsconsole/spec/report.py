"""What a role hands over."""

from collections.abc import Callable
from dataclasses import dataclass

from opsconsole.check import Check
from opsconsole.document import Document
from opsconsole.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded course that a report needs: one column, of every row and target."""

    probe: str
    column: str
    days: float = 7.0
    """How far it looks back from the report's end."""
    points: int = 56
    """At most so many stretches."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a role hands over. A module in `domains/<role>/report/` binds one to `REPORT`."""

    id: str
    """`system.inspection`: role and document."""
    title: str
    about: str
    """What it tells and to whom, one sentence."""
    kinds: tuple[str, ...]
    """Kinds of targets it is about."""
    probes: tuple[str, ...]
    """Read live before it is built."""
    build: Callable[[Evidence], Document]
    """Pure: what was read in, the document out."""
    past: tuple[Recorded, ...] = ()
    checks: tuple[Check, ...] = ()
    """Its daily inspection; the estate's own are added."""
    hours: float = 24.0
    """The period it is about, unless somebody says otherwise."""
    default: bool = False
    """The one that the name of the role alone stands for."""
