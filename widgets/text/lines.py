"""Lines of a text by number: bounded by bytes, filtered, searched; no screen."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from opsconsole.clean import Clean
from widgets.text.finder import Finder, finder

LIMIT = 32 << 20
"""Bytes of lines that are kept; the oldest give way."""

_OVERHEAD = 120
"""Bytes a line costs besides its text."""

_TRIM = 16
"""One in so many of the lines goes at once: to let go of them singly would move all the others."""


class TextLine(NamedTuple):
    """One line, clean."""

    text: Clean
    at: float | None = None
    """Unix time, seconds."""
    source: Clean = Clean("")
    gap: bool = False
    """It is no line of the text, but says that some are missing."""


class Lines:
    """What was read so far. A line keeps its number for as long as it is there."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._lines: list[TextLine] = []
        self._first = 0
        self._bytes = 0
        self._filter: Finder | None = None
        self._passing: list[int] = []
        self.dropped = 0
        """Lines that gave way to newer ones."""

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def filtered(self) -> bool:
        """Whether only some lines are shown."""
        return self._filter is not None

    @property
    def shown(self) -> Sequence[int]:
        """Numbers of the lines that pass the filter, ascending."""
        if self._filter is None:
            return range(self._first, self._first + len(self._lines))
        return self._passing

    def __getitem__(self, number: int) -> TextLine:
        """The line with that number; raises `IndexError` when it is not there any more."""
        at = number - self._first
        if at < 0:
            raise IndexError(number)
        return self._lines[at]

    def add(self, lines: Sequence[TextLine]) -> None:
        """Take more lines; the oldest go when there are too many."""
        start = self._first + len(self._lines)
        self._lines += lines
        self._bytes += sum(len(line.text) + _OVERHEAD for line in lines)
        if self._filter is not None:
            self._filter.refill()
            self._passing += [
                number for number, line in enumerate(lines, start) if self._filter(line.text)
            ]
        if self._bytes > self._limit:
            self._trim()

    def _trim(self) -> None:
        count, freed = 0, 0
        while self._bytes - freed > self._limit * (1 - 1 / _TRIM) and count < len(self._lines):
            freed += len(self._lines[count].text) + _OVERHEAD
            count += 1
        del self._lines[:count]
        self._first += count
        self._bytes -= freed
        self.dropped += count
        del self._passing[: bisect_left(self._passing, self._first)]

    def clear(self) -> None:
        """Forget all; numbers go on."""
        self._first += len(self._lines)
        self._lines.clear()
        self._passing.clear()
        self._bytes = 0

    def set_filter(self, text: str) -> None:
        """Show only lines in which that is found; all for nothing."""
        self._filter = found = finder(text)
        self._passing = []
        if found is not None:
            self._passing = [
                number for number, line in enumerate(self._lines, self._first) if found(line.text)
            ]

    def place(self, number: int) -> int:
        """Where among those shown the line stands, or the first one after it."""
        return bisect_left(self.shown, number)

    def find(self, wanted: Finder, start: int, by: int) -> int | None:
        """Number of the next shown line from `start` (not counted) in which that is found, down
        for `by` 1, up for -1; round the end once; None when there is none.
        """
        shown = self.shown
        size = len(shown)
        if not size:
            return None
        wanted.refill()
        at = bisect_left(shown, start)
        if by > 0 and at < size and shown[at] == start:
            at += 1
        places = range(at, at + size) if by > 0 else range(at - 1, at - 1 - size, -1)
        for place in places:
            number = shown[place % size]
            if wanted(self[number].text):
                return number
        return None
