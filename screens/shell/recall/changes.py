"""What changed since a time: told live, and found by comparing a recording with now."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.difference import difference
from opsconsole.errors import Unrecorded
from opsconsole.model import Row, Sample
from opsconsole.store import Store
from opsconsole.timeline import kind
from screens.shell.recall.chronicle import Chronicle
from screens.shell.sheet import Sheet, text_column
from widgets.pane import PaneFrame
from widgets.timeline import DAY_S, clock

COLUMNS = (
    text_column("seen", "FIRST SEEN"),
    text_column("what", "WHAT"),
    text_column("name", "NAME"),
    text_column("before", "BEFORE"),
    text_column("after", "AFTER"),
    text_column("target", "TARGET"),
)

DONE = frozenset({"deploy", "action", "reboot"})
"""Kinds of occurrences that change something without being a change of the inventory."""

_EMPTY = (
    "no change is known; what changed before this console or a recording began is not known to it"
)

NEW, GONE = Clean("(new)"), Clean("(gone)")


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that is different since then, whatever it was in between."""

    target: str
    what: Clean
    name: Clean
    before: Clean
    after: Clean
    seen: float | None
    """Unix time; None when it is known only that it was before the console looked."""
    deed: bool = False
    """What somebody did: it has no value before."""

    def row(self, now: float) -> Row:
        """As the sheet shows it; a time of today needs no date."""
        before, after = self.before, self.after
        if not self.deed:
            before, after = before or NEW, after or GONE
        dated = self.seen is not None and now - self.seen > DAY_S
        seen = "before" if self.seen is None else clock(self.seen, dated=dated)
        return (Clean(seen), self.what, self.name, before, after, clean(self.target))


class Changes:
    """Rows of the sheet, as things stand when asked."""

    def __init__(
        self,
        target: str,
        since: float,
        chronicle: Chronicle,
        store: Store,
        inventories: Mapping[str, tuple[str, ...]],
    ) -> None:
        """`inventories` are probes of what changes rarely, by target; that of what it stands on
        counts, too.
        """
        self.since = since
        self._target = target
        self._chronicle = chronicle
        self._store = store
        self._inventories = inventories
        self._then: dict[tuple[str, str], list[Row]] = {}
        self.trouble = Clean("")
        """Why the recording could not be read."""

    @property
    def targets(self) -> list[str]:
        """The target and what it stands on, nearest first."""
        return [self._target, *self._chronicle.relations.below(self._target)]

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """(probe, target) of what has to be known now, to be compared with a recording."""
        if not self._chronicle.records:
            return set()
        return {(p, target) for target in self.targets for p in self._inventories.get(target, ())}

    async def load(self) -> None:
        """Read how things were then, and what happened since."""
        await self._chronicle.load(self.since)
        try:
            found = await asyncio.to_thread(self._read, sorted(self.pairs))
        except Unrecorded as error:
            self.trouble = clean(str(error), 300)
            return
        for sample in found:
            if sample.rows:
                self._then[sample.probe, sample.target] = sample.rows

    def _read(self, pairs: list[tuple[str, str]]) -> list[Sample]:
        """How these were, at that time; in a thread."""
        past = self._chronicle.past() if pairs else None
        return past.at(self.since, pairs) if past is not None else []

    def rows(self) -> dict[str, Row]:
        """The newest change first."""
        found = self._found()
        ordered = sorted(found.items(), key=lambda one: -(one[1].seen or 0.0))
        now = self._chronicle.clock()
        return {"\x1f".join(name): one.row(now) for name, one in ordered}

    def _found(self) -> dict[tuple[str, ...], Changed]:
        targets = self.targets
        course = self._chronicle.course.between(
            self.since, self._chronicle.clock(), frozenset(targets)
        )
        found: dict[tuple[str, ...], Changed] = {}
        for one in course:
            if one.kind == "change":
                _fold(found, one)
            elif one.kind in DONE:
                name = one.object or Clean("")
                what = Clean(kind(one).word)
                done = Changed(one.target, what, name, Clean(""), one.text, one.at, deed=True)
                found[one.target, what, name, str(one.at), one.text] = done
        for (probe, target), then in self._then.items():
            self._compare(found, target, then, self._store.rows(probe, target))
        return found

    @staticmethod
    def _compare(
        found: dict[tuple[str, ...], Changed], target: str, then: list[Row], now: Iterable[Row]
    ) -> None:
        """Add what a recording shows and nobody told."""
        for change in difference(then, list(now)):
            key = (target, change.kind, change.name)
            known = found.get(key)
            seen = known.seen if known else None
            found[key] = Changed(
                target, change.kind, change.name, change.before, change.after, seen
            )


class ChangesSheet(Sheet):
    """The list of changes; it goes on while what was asked is being answered."""

    def __init__(self, title: Clean, changes: Changes) -> None:
        super().__init__(title, COLUMNS, changes.rows, live=True)
        self._changes = changes
        self._head = title
        self.table.empty = _EMPTY

    def on_mount(self) -> None:
        """Fill it, and read how things were."""
        super().on_mount()

        async def loading() -> None:
            await self._changes.load()
            self.reload()
            if self._changes.trouble:
                self.query_one(PaneFrame).set_title(f"{self._head}: {self._changes.trouble}")

        self.run_worker(loading())


def _fold(found: dict[tuple[str, ...], Changed], one: Occurrence) -> None:
    """One change after another of the same thing is one change: from the first to the last."""
    what, _, name = one.object.partition(" ")
    if not what:  # so many that the rest was only counted
        what, name = "change", one.text
    key = (one.target, what, name)
    known = found.get(key)
    if known is None:
        found[key] = Changed(one.target, Clean(what), Clean(name), one.before, one.after, one.at)
    else:
        found[key] = replace(known, after=one.after)
