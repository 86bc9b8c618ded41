"""What happened, in order of time: gathered from many sources, each thing once, and bounded."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.model import Level

MOST = 100_000
"""Occurrences kept; the oldest go first."""

SINGLY = 3
"""Changes of one answer that stand on lines of their own."""

TWIN_S = 5.0
"""Seconds between two tellings of the same thing: by the recording, and by who sees it live."""

SILENCE_S = 20.0
"""The same of a target that does not answer: a rule waits before it says so."""

_AT = attrgetter("at")


class Course:
    """Occurrences in order of time. What two sources tell is one thing, at the earlier time."""

    def __init__(self, occurrences: Iterable[Occurrence] = (), most: int = MOST) -> None:
        self._most = most
        self._all: list[Occurrence] = []
        self._told: dict[tuple[str, ...], list[float]] = {}
        self.add(occurrences)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Occurrence]:
        return iter(self._all)

    def add(self, occurrences: Iterable[Occurrence]) -> list[Occurrence]:
        """Take these in; returns those that were not there yet, in order of time."""
        fresh = [one for one in sorted(occurrences, key=_AT) if self._is_new(one)]
        if fresh:
            in_order = not self._all or fresh[0].at >= self._all[-1].at
            self._all += fresh
            if not in_order:
                self._all.sort(key=_AT)  # timsort: two runs are merged
            if len(self._all) > self._most:
                self._forget(len(self._all) - self._most)
        return fresh

    def _is_new(self, one: Occurrence) -> bool:
        times = self._told.setdefault(_name(one), [])
        at = bisect_left(times, one.at)
        near = times[max(0, at - 1) : at + 1]
        apart = SILENCE_S if one.kind == "watch" else TWIN_S
        if any(abs(one.at - other) <= apart for other in near):
            return False
        times.insert(at, one.at)
        return True

    def _forget(self, count: int) -> None:
        for one in self._all[:count]:
            times = self._told.get(_name(one), [])
            if times:
                del times[0]
            if not times:
                self._told.pop(_name(one), None)
        del self._all[:count]

    @property
    def span(self) -> tuple[float, float] | None:
        """Times of the first and the last; None when there is nothing."""
        return (self._all[0].at, self._all[-1].at) if self._all else None

    def between(
        self, since: float, until: float, targets: Collection[str] | None = None
    ) -> Sequence[Occurrence]:
        """Those from `since` up to `until`, of these targets or of none; None takes all."""
        first = bisect_left(self._all, since, key=_AT)
        last = bisect_right(self._all, until, key=_AT)
        window = self._all[first:last]
        if targets is None:
            return window
        return [one for one in window if not one.target or one.target in targets]


def _name(one: Occurrence) -> tuple[str, ...]:
    """What makes two tellings the same thing, the time apart."""
    if one.kind == "watch":
        # The silence of a target is seen, and later judged by a rule, in words of its own.
        return (one.kind, one.target, one.object, "", "lost" if one.level else "back")
    if one.ref:
        # Two runs of an action read the same; two tellings of an alert need not.
        words = {"alert": str(int(one.level)), "clear": ""}.get(one.kind, one.text)
        return (one.kind, one.target, one.object, one.ref, words)
    return (one.kind, one.target, one.object, "", one.text)


def gathered(occurrences: Sequence[Occurrence], most: int = SINGLY) -> Sequence[Occurrence]:
    """The same with more than so many changes of one answer as one line: an upgrade is one thing.

    What is not a change, and what stands alone, is the same object as before.
    """
    if not any(one.kind == "change" for one in occurrences):
        return occurrences
    found: list[Occurrence] = []
    for (changes, target, at), run in groupby(occurrences, key=_answer):
        together = list(run)
        if not changes or len(together) <= most:
            found += together
            continue
        first = ", ".join(one.text for one in together[:most])
        text = clean(f"{len(together)} changes: {first}, …")
        level = max(one.level for one in together)
        found.append(Occurrence(at, "change", target, Clean(""), level, text, together[0].ref))
    return found


def _answer(one: Occurrence) -> tuple[bool, str, float]:
    """Changes that one answer told stand together."""
    return (one.kind == "change", one.target, one.at)


@dataclass(frozen=True, slots=True)
class Bin:
    """One stretch of a window: how much happened, and how bad the worst of it was."""

    count: int = 0
    worst: Level = Level.OK


def density(
    occurrences: Sequence[Occurrence], since: float, until: float, bins: int
) -> tuple[Bin, ...]:
    """A window in so many stretches of equal length."""
    if bins <= 0 or until <= since:
        return ()
    counts, worst = [0] * bins, [Level.OK] * bins
    scale = bins / (until - since)
    for one in occurrences:
        if since <= one.at <= until:
            at = min(bins - 1, int((one.at - since) * scale))
            counts[at] += 1
            worst[at] = max(worst[at], one.level)
    return tuple(map(Bin, counts, worst))
