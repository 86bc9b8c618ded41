"""One look at the past, taken on the event loop and worked out wherever there is time for it."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError
from opsconsole.model import Level
from opsconsole.relation import Relations
from opsconsole.timeline import Bin, Proposal, density, gathered, propose_worst
from screens.shell.recall import sieve
from widgets.filter import Filter

AT_ONCE = 3000
"""Occurrences up to which it takes no longer than a frame."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a look shows."""

    items: Sequence[Occurrence]
    """The lines, in order of time."""
    shown: int
    """Occurrences that pass the filter."""
    known: int
    proposal: Proposal | None
    bins: tuple[Bin, ...]
    worst: Mapping[str, Level]
    """By target."""
    refused: Clean
    """What is wrong with the filter."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened within a stretch of time, and what it is judged by. Nothing of it changes."""

    since: float
    until: float
    all: Sequence[Occurrence]
    """Also those of the time before that may have led to it."""
    reach: frozenset[str] | None
    """Targets that are looked at; None for all."""
    relations: Relations
    onset: Callable[[Occurrence], float]

    @property
    def heavy(self) -> bool:
        """Whether working it out takes so long that keys would be felt to wait."""
        return len(self.all) > AT_ONCE

    def window(self) -> Sequence[Occurrence]:
        """What happened within it, to those that are looked at."""
        first = bisect_left(self.all, self.since, key=lambda one: one.at)
        reach, found = self.reach, self.all[first:]
        if reach is None:
            return found
        return [one for one in found if not one.target or one.target in reach]

    def propose(self) -> Proposal | None:
        """What began the worst incident that concerns those looked at; of equals the one that hits
        most, then the newest.
        """
        return propose_worst(
            self.all, self.since, self.relations, reach=self.reach, onset=self.onset
        )

    def picture(
        self, wanted: Filter, labels: Mapping[str, Mapping[str, str]], bins: int
    ) -> Picture:
        """Work it out."""
        known = sifted = self.window()
        refused = Clean("")
        try:
            sifted = sieve.sift(wanted, known, labels)
        except OpsError as error:
            refused = clean(str(error))
        worst: dict[str, Level] = {}
        for one in sifted:
            if one.target:
                worst[one.target] = max(worst.get(one.target, Level.OK), one.level)
        return Picture(
            gathered(sifted),
            len(sifted),
            len(known),
            self.propose(),
            density(sifted, self.since, self.until, bins),
            worst,
            refused,
        )
