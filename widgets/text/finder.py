"""Looks for what an operator typed: text as it is, or a pattern, never longer than it may take."""

import re

from widgets.filter.pattern import LIMIT, Pattern, PatternError

_PLAIN = re.compile(r"[^\\.\[\]|()*+?{}^$]*")


class Finder:
    """What is looked for. Capitals count only when there are some."""

    def __init__(self, text: str) -> None:
        """A pattern that cannot be read is looked for as the text it is."""
        self.text = text[:LIMIT]
        self._fold = self.text == self.text.lower()
        self._pattern: Pattern | None = None
        if not _PLAIN.fullmatch(self.text):
            try:
                self._pattern = Pattern(self.text)
            except PatternError:
                self._pattern = None

    def refill(self) -> None:
        """Begin another round: each may take a bounded time."""
        if self._pattern is not None:
            self._pattern.refill()

    def __call__(self, text: str) -> bool:
        """Whether it stands anywhere in a line; too costly a pattern is in none."""
        if self._pattern is None:
            return self.text in (text.lower() if self._fold else text)
        try:
            return self._pattern.matches(text)
        except PatternError:
            return False

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where it stands in a piece of a line; of a pattern, the whole piece it stands in."""
        if self._pattern is not None:
            self.refill()
            return [(0, len(text))] if text and self(text) else []
        found: list[tuple[int, int]] = []
        where, size = text.lower() if self._fold else text, len(self.text)
        if len(where) != len(text):  # letters whose small form is longer: nothing to point at
            return found
        at = where.find(self.text)
        while at >= 0 and size:
            found.append((at, at + size))
            at = where.find(self.text, at + size)
        return found


def finder(text: str) -> Finder | None:
    """What is looked for; None for nothing."""
    return Finder(text) if text else None
