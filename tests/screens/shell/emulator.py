"""A terminal in memory: replays bytes and says what each cell shows."""

from typing import Any

import pyte

Cell = tuple[str, str, str, bool, bool, bool, bool]


class Emulator:
    """What one would see after these bytes, cell by cell."""

    def __init__(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        # pyte takes `?7l` for wrap off, as terminals do, and has no use for synchronised updates.
        self._stream.feed(text)

    def resize(self, width: int, height: int) -> None:
        self.screen.resize(height, width)
        self.screen.erase_in_display(2)

    def cells(self) -> list[list[Cell]]:
        return [
            [_seen(line[x]) for x in range(self.screen.columns)]
            for line in (self.screen.buffer[y] for y in range(self.screen.lines))
        ]

    def lines(self) -> list[str]:
        return list(self.screen.display)


def _seen(char: Any) -> Cell:  # Any: pyte has no types
    """What the eye can tell: the ink of a blank shows only when something is drawn on it."""
    blank = not char.data.strip() and not (char.reverse or char.underscore or char.strikethrough)
    if blank:
        return (" ", "", char.bg, False, False, False, False)
    return (
        char.data,
        char.fg,
        char.bg,
        char.bold,
        char.reverse,
        char.underscore,
        char.strikethrough,
    )
