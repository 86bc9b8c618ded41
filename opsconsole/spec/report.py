"""What a role hands over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from opsconsole.check import Check
from opsconsole.document import Document
from opsconsole.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded course that a report needs: one column, of every row and target."""

    probe: str
    column: str
    days: float = 7.0
    """How far it looks back from the report's end; 0 is the report's period."""
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
    """Kinds of targets it is about; those of what `probes` stands for are added."""
    probes: tuple[str, ...]
    """Read live before it is built; `*.reading` is that of every kind that has one, here and in
    `past`."""
    build: Callable[[Evidence], Document]
    """Pure: what was read in, the document out."""
    past: tuple[Recorded, ...] = ()
    checks: tuple[Check, ...] = ()
    """Its daily inspection; the estate's own are added."""
    hours: float = 24.0
    """The period it is about, unless somebody says otherwise."""
    default: bool = False
    """The one that the name of the role alone stands for."""
    without: tuple[str, ...] = ()
    """Kinds that patterns of probes do not stand for."""

    def widened(self, known: Iterable[str]) -> "Report":
        """The same with the probes that its patterns stand for among those known."""
        if not any(name.startswith("*") for name in self.probes):
            return self
        ids = sorted(one for one in known if one.partition(".")[0] not in self.without)

        def fitting(name: str) -> tuple[str, ...]:
            if not name.startswith("*"):
                return (name,)
            return tuple(one for one in ids if one.endswith(name[1:]))

        wide = [one for name in self.probes if name.startswith("*") for one in fitting(name)]
        return replace(
            self,
            probes=tuple(dict.fromkeys(one for name in self.probes for one in fitting(name))),
            kinds=tuple(dict.fromkeys((*self.kinds, *(one.partition(".")[0] for one in wide)))),
            past=tuple(
                replace(past, probe=one) for past in self.past for one in fitting(past.probe)
            ),
        )
