"""When Python looks for garbage: in small portions, and never again at what is there to stay.

It stops everything else while it looks, and what that takes depends on what it looks at. A row of
a watched list has some thirty values that lie anywhere in memory: a microsecond for each row that
is new. So few new objects are looked at a time: a collection of 50,000 stops a process for 40 ms
while a list of pods comes in, one of 3,000 for 2 to 4. It costs no more: once seen, a tuple of
plain values is never looked at again, and hardly anything else here is in a circle.

What was imported is 90,000 objects, which take 45 ms. They are put aside unseen: the garbage
among them is next to nothing. So is a long list once it is complete, whose 20,000 keys and rows
would be gone through once more. But what is put aside and ends later stays, if it is in a circle,
as sessions are: so it is done once after the start, and then only when a list has doubled.
"""

import gc

YOUNG = 3_000
"""New objects after which the new ones are looked at."""

OLDER, OLDEST = 10, 50
"""After so many looks those that outlived one are looked at again; after so many of these all."""

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
