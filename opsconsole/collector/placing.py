"""Which target of the estate a row is about: found by what the row itself calls it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from opsconsole.clean import Clean
from opsconsole.foreign import Places
from opsconsole.model import Row, Target
from opsconsole.spec import Integration, Probe

NOWHERE = Clean("")

_KNOWN = 20_000
"""Names that are remembered: targets choose them, so that they must not choose how many."""


def placed(known: Integration, targets: Iterable[Target]) -> Integration:
    """The same, with rows that name a target of the estate where they are about one."""
    if not any(probe.placed for probe in known.probes):
        return known
    find = _Finder(Places(targets))
    probes = tuple(_placing(probe, find) if probe.placed else probe for probe in known.probes)
    return replace(known, probes=probes)


class _Finder:
    """Finds targets by name; names come again with each answer."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[str, Clean] = {}

    def __call__(self, names: Iterable[object]) -> Clean:
        return next((found for name in names if (found := self._one(name))), NOWHERE)

    def _one(self, name: object) -> Clean:
        if not isinstance(name, str) or not name:
            return NOWHERE
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            found = self._known[name] = Clean(self._places.find({"host": name}))
        return found


def _placing(probe: Probe[Any], find: Callable[[Iterable[object]], Clean]) -> Probe[Any]:
    # Any: each probe has a reading type of its own.
    assert probe.placed is not None
    key, names = probe.placed
    at, named, rows = probe.index(key), [probe.index(name) for name in names], probe.rows

    def found(row: Row) -> Row:
        target = find(row[place] for place in named)
        return (*row[:at], target, *row[at + 1 :]) if target else row

    def filled(reading: Any, before: Any) -> list[Row]:
        made: Sequence[Row] = rows(reading, before)
        return [found(row) for row in made]

    return replace(probe, rows=filled)
