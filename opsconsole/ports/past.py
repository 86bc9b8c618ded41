"""A recording that is read, and one that is written."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from opsconsole.alert import Alerts, Occurrence
from opsconsole.model import Row, Sample


class Point(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of a series: its middle, and what the values in it were."""

    at: float
    """Unix time of its beginning, seconds."""
    mean: float
    low: float
    high: float


class Past(Protocol):
    """A recording that is read: of this collector, or one that somebody exported.

    May be slow: called in a thread. Raises `Unrecorded` when it cannot be read.
    """

    @property
    def span(self) -> tuple[float, float] | None:
        """Unix times of the oldest and the newest that is there; None when nothing is."""
        ...

    def pairs(self) -> list[tuple[str, str]]:
        """(probe id, target id) of all that is there."""
        ...

    def at(self, moment: float, /, pairs: Sequence[tuple[str, str]] | None = None) -> list[Sample]:
        """The newest sample of each pair at that moment, as it was when it came."""
        ...

    def between(
        self, since: float, until: float, pairs: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[Sample]:
        """Samples after `since` and up to `until`, in order of time."""
        ...

    def series(
        self,
        probe: str,
        target: str,
        key: Row,
        column: str,
        since: float,
        until: float,
        points: int,
    ) -> list[Point]:
        """The course of one column of one row, in at most `points` stretches; gaps are left out."""
        ...

    def occurrences(self, since: float, until: float) -> list[Occurrence]:
        """What happened, in order of time."""
        ...

    def alerts(self, at: float, /) -> Alerts | None:
        """All alerts and silences at that moment; None where nobody told of any."""
        ...


class Recorder(Protocol):
    """Where all that comes is kept for later; never blocks, never raises."""

    def take(self, samples: Sequence[Sample]) -> None:
        """Keep samples."""
        ...

    def note(self, occurrences: Sequence[Occurrence]) -> None:
        """Keep what happened."""
        ...

    def alert(self, message: Alerts) -> None:
        """Keep what is told of alerts."""
        ...
