"""When Python looks for garbage: in small portions, and never again at what is there to stay.

It stops everything else while it looks, and what that takes depends on what it looks at. A row of
a watched list has some thirty values, which lie anywhere in memory when it is old: two microseconds
for each row, and a tenth of that when it was just made. Once seen, a tuple of plain values is never
looked at again, and hardly anything else here is in a circle.

Python counts new objects less those that ended. Where rows only take the place of others it counts
none, so that one day it looks at 20,000 of them at once and stops a process for 80 ms. So whoever
takes rows has the new ones looked at in between (`Portions`).

What was imported is 90,000 objects, which take 45 ms. They are put aside unseen: the garbage
among them is next to nothing. So is a long list once it is complete (`Aside`), whose 20,000 keys
and rows would be gone through once more. But what is put aside and ends later stays, if it is in a
circle, as sessions are: so it is done once after the start, and then only when a list has doubled.
"""

import gc

YOUNG = 3_000
"""New objects after which the new ones are looked at."""

OLDER, OLDEST = 4, 100
"""After so many looks those that outlived one are looked at again; after so many of these all."""

PORTION = 500
"""New rows after which they are looked at: while they are in the processor's cache."""

LONG = 2_000
"""Rows of a list that is worth it."""


def begin() -> None:
    """What is there by now stays; look at what comes from now on, in small portions."""
    settle()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
    gc.enable()


def settle() -> None:
    """Never look at what is there by now. It takes no time, however much that is."""
    gc.freeze()


class Portions:
    """Has rows looked at that take the place of others."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows = 0

    def note(self, rows: int) -> None:
        """So many new ones came."""
        self._rows += rows
        if self._rows >= PORTION and gc.isenabled():
            self._rows = 0
            # Python itself would only do so when it finds the time to look by itself.
            gc.collect(1 if gc.get_count()[1] > OLDER else 0)


class Aside:
    """Puts a long list aside when it is complete, and again each time that it has doubled."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows = LONG // 2

    def note(self, rows: int) -> None:
        """A list is complete, with so many rows."""
        if rows >= 2 * self._rows:
            self._rows = rows
            settle()
