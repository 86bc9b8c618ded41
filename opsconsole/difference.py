"""What differs between two inventories: rows of kind, name and value that change rarely."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from opsconsole.alert import Occurrence
from opsconsole.clean import Clean, clean
from opsconsole.model import Level, Row

MOST = 400
"""Changes that one answer tells singly; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different; empty where it was not, or is not any more."""

    kind: Clean
    name: Clean
    before: Clean
    after: Clean

    @property
    def words(self) -> str:
        """`package nginx: 1.22 -> 1.24`."""
        what = f"{self.kind} {self.name}"
        if not self.before:
            return f"{what} is new: {self.after}"
        if not self.after:
            return f"{what} is gone: {self.before}"
        return f"{what}: {self.before} -> {self.after}"


def difference(before: Sequence[Row], now: Sequence[Row]) -> list[Change]:
    """Changes by kind and name, in the order in which the kinds stand now.

    A kind of which one side has nothing at all was not answered there: that is no change.
    """
    old, new = _by_name(before), _by_name(now)
    found: list[Change] = []
    for kind, things in new.items():
        known = old.get(kind)
        if not known:
            continue
        names = dict.fromkeys((*things, *known))
        found += [
            Change(kind, name, known.get(name, Clean("")), things.get(name, Clean("")))
            for name in names
            if known.get(name) != things.get(name)
        ]
    return found


def _by_name(rows: Iterable[Row]) -> dict[Clean, dict[Clean, Clean]]:
    found: dict[Clean, dict[Clean, Clean]] = {}
    for row in rows:
        kind, name, value = (clean(str(part)) if part is not None else Clean("") for part in row)
        found.setdefault(kind, {})[name] = value
    return found


def changed(target: str, at: float, before: Sequence[Row], now: Sequence[Row]) -> list[Occurrence]:
    """The same as lines of the timeline: what `spec.News.tell` does with an inventory."""
    changes = difference(before, now)
    found = [
        Occurrence(
            at,
            "change",
            target,
            clean(f"{one.kind} {one.name}"),
            Level.OK,
            clean(one.words),
            before=one.before,
            after=one.after,
        )
        for one in changes[:MOST]
    ]
    if (rest := len(changes) - MOST) > 0:
        text = clean(f"and {rest} more changes")
        found.append(Occurrence(at, "change", target, Clean(""), Level.OK, text))
    return found
