"""The rows of one probe of a watched list, by key: what each turn changes among them."""

from collections.abc import Mapping, Sequence
from typing import Any

from opsconsole.garbage import Portions
from opsconsole.model import Row
from opsconsole.ports import Patch
from opsconsole.spec import Probe
from opsconsole.turn import BEAT, Turn, keyed

WORD = BEAT / 2
"""Seconds within which nothing more is said of rows that stand as they did."""


class Held:
    """A probe that is read at present, and its rows by key."""

    def __init__(self, probe: Probe[Any]) -> None:
        self.probe = probe
        self.places = tuple(probe.index(key) for key in probe.key)
        self.key_of = keyed(self.places)
        self.rows: dict[Row, Row] = {}
        self.complete = False
        """Whether all of the list has been seen since the session began."""
        self.sure = False
        """Whether the turns so far were read: what comes after one that was not is not told."""
        self.sent = False
        """Whether a console has been sent the rows, and not lost them again."""
        self.until: float | None = None
        """When it is let go; None while it is looked at, or always needed."""
        self.due = 0.0
        """When all rows are told to rules and recorders."""
        self.worded = float("-inf")
        self.used: dict[Row, Row] = {}
        """Rows of the probe that stands beside it, by key."""
        self._seen: set[Row] | None = None
        self._owned: dict[Row, set[Row]] = {}
        self._put: dict[Row, Row] = {}
        self._gone: dict[Row, None] = {}
        self._portions = Portions()

    def begin(self) -> None:
        """A list begins anew: what is not in it will be gone."""
        self._seen = set()
        self.sure = True

    def break_off(self) -> None:
        """What comes next is of another list, perhaps of another session."""
        self._seen = None
        self.complete = self.sure = False
        self.worded = float("-inf")

    def merge(self, turn: Turn[Any]) -> None:
        """Take what a turn puts, and what went."""
        if turn.gone:
            for key in map(self.key_of, self.probe.rows(turn.departed, None)):
                self._drop(key)
        put = self.probe.rows(turn, None) if turn.put else ()
        self._portions.note(len(put))
        if self.probe.parts:
            self._part(put)
        mine, seen, put_, key_of = self.rows, self._seen, self._put, self.key_of
        join, used = self.probe.beside[1] if self.probe.beside else None, self.used
        for row in put:
            key = key_of(row)
            if join is not None and (other := used.get(key)) is not None:
                row = join(row, other)  # noqa: PLW2901 - the same object with what it uses
            if mine.get(key) != row:
                mine[key] = put_[key] = row
            if seen is not None:
                seen.add(key)

    def use(self, others: Mapping[Row, Row | None]) -> None:
        """Take rows of the probe beside it, None for what went; what changes is news of ours."""
        assert self.probe.beside is not None
        join, used = self.probe.beside[1], self.used
        self._portions.note(len(others))
        for key, other in others.items():
            if used.get(key) == other:
                continue
            if other is None:
                del used[key]
            else:
                used[key] = other
            mine = self.rows.get(key)
            if mine is not None and (row := join(mine, other)) != mine:
                self.rows[key] = self._put[key] = row

    def _part(self, put: Sequence[Row]) -> None:
        """Let go of rows that an object has no more."""
        now: dict[Row, set[Row]] = {}
        for key in map(self.key_of, put):
            now.setdefault(key[: -self.probe.parts], set()).add(key)
        for owner, keys in now.items():
            for key in self._owned.get(owner, set()) - keys:
                self._drop(key)
            self._owned[owner] = keys

    def _drop(self, key: Row) -> None:
        if self.rows.pop(key, None) is not None:
            self._put.pop(key, None)
            self._gone[key] = None
        if self._seen is not None:
            self._seen.discard(key)
        if self.probe.parts and (keys := self._owned.get(key[: -self.probe.parts])):
            keys.discard(key)
            if not keys:
                del self._owned[key[: -self.probe.parts]]

    def listed(self) -> None:
        """The list is complete."""
        if self._seen is not None:
            for key in self.rows.keys() - self._seen:
                self._drop(key)
            self._seen = None
            if not self.complete:
                self.complete, self.worded = True, float("-inf")

    def patch(self, target: str, at: float, now: float) -> Patch | None:
        """What a console has to be told, if anything; `now` is of a monotonic clock."""
        news = self._put or self._gone or not self.sent
        if not news and now - self.worded < WORD:
            return None
        self.worded = now
        whole, self.sent = not self.sent, True
        rows = list((self.rows if whole else self._put).values())
        gone = [] if whole else list(self._gone)
        self._put, self._gone = {}, {}
        loading = not self.complete
        return Patch(
            self.probe.id, target, at, BEAT, self.places, rows, gone, whole=whole, loading=loading
        )

    def lose(self) -> None:
        """The console has no rows of it any more."""
        self.sent = False
        self._put, self._gone = {}, {}
