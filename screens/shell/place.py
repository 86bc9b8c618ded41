"""Sensors of every kind of target: by site, room and rack, the worst of each, and one by one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from opsconsole import fleet, places
from opsconsole.clean import Clean
from opsconsole.model import Column, Level, Quantity, Row, State, Target
from opsconsole.places import LEVELS, WHOLE, Digest, Sensor, Spot
from opsconsole.reading import SHOWN
from opsconsole.spec import Domain, Pane, Probe
from opsconsole.store import Store
from screens.shell.across import AcrossTable, AcrossView
from screens.shell.pane.sliced import SEPARATOR, Source
from screens.shell.target import Pair
from widgets.table import WORST

PLACES, SENSORS = "places", "sensors"
"""Names of the two lists, of places and of sensors one by one."""

_SAID = "label of the target in the estate"
_WHERE = tuple(Column(one, one.upper(), Quantity.TEXT, _SAID) for one in places.LABELS)


_FIRST = [
    *("state", "site", "room", "rack", "inlet_c", "air_c", "worst", "humidity_percent"),
    *("dew_c", "airflow", "leak", "smoke", "door", "critical", "warning", "sensors", "silent"),
]
"""Columns of places: a narrow screen has room for the first."""


def views(
    domain: Domain, catalog: Mapping[str, Probe[Any]], targets: Sequence[Target]
) -> Iterator[AcrossView]:
    """The lists of a tab that shows sensors of all kinds; none for another tab."""
    if not domain.places:
        return
    kinds = {target.kind for target in targets}
    known = [
        probe
        for probe in catalog.values()
        if probe.id.endswith(domain.places) and probe.id.partition(".")[0] in kinds
    ]
    if not known:
        return
    same = [probe.id for probe in known if _keys(probe) == _keys(known[0])]
    for name, title, made in ((PLACES, "Places", PlacesView), (SENSORS, "Sensors", SensorsView)):
        pane = Pane(f"{domain.id}.{name}", title, tuple(same))
        yield made(pane, catalog, targets, "devices")


def _keys(probe: Probe[Any]) -> list[str]:
    return [column.key for column in probe.columns]


def narrowing(place: Spot) -> str:
    """The filter for the sensors of a place."""
    pairs = zip(places.LABELS, place, strict=True)
    return " ".join(f"{label}:{_quoted(name)}" for label, name in pairs if name != WHOLE)


def _quoted(name: str) -> str:
    """The pattern of just this name; a quote in it is any letter."""
    pattern = re.escape(name).replace('"', ".")
    return f'"^{pattern}$"' if " " in name or ":" in name else f"^{pattern}$"


class SensorTable(AcrossTable):
    """Readings with their target, and where that is, before each."""

    where: Mapping[str, Row]
    """Site, room and rack by target."""

    def filled(self, source: Source, row: Row) -> Row:
        """The row with its target and place before it."""
        return (Clean(source.target), *self.where.get(source.target, ()), *row)


class SensorsView(AcrossView):
    """Every sensor of every target, the worst first."""

    def __init__(
        self,
        pane: Pane,
        catalog: Mapping[str, Probe[Any]],
        targets: Sequence[Target],
        noun: str,
    ) -> None:
        self._where: dict[str, Row] = {one.id: places.spot(one.labels) for one in targets}
        self._levels: dict[str, dict[str, Level]] = {}
        super().__init__(pane, catalog, targets, noun)

    def tabled(self, first: Probe[Any]) -> AcrossTable:
        """The empty table."""
        table = SensorTable(
            [fleet.TARGET, *_WHERE, *first.columns],
            [first.index(key) for key in first.key],
            shown=[SHOWN[0], fleet.TARGET.key, *places.LABELS, *SHOWN[1:]],
            sort=WORST,
        )
        table.where = self._where
        return table

    def place_of(self, row_id: str) -> tuple[str, Probe[Any], Row]:
        """Target, probe and row of a listed row; raises `KeyError` when it is gone."""
        target, probe, row = super().place_of(row_id)
        return target, probe, row[len(_WHERE) :]

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Draw the targets whose rows changed, each row with its sign."""
        self.note(fresh)
        for target in self._undrawn:
            probe = self.probes[target]
            state, keys = probe.index("judged"), [probe.index(key) for key in probe.key]
            self._levels[target] = {
                SEPARATOR.join([target, *(str(row[key]) for key in keys)]): _level(row[state])
                for row in store.rows(probe.id, target)
            }
        if self._undrawn:
            # Before the rows: they are put in order when they come.
            levels = {name: one for each in self._levels.values() for name, one in each.items()}
            self.table.adorn(levels=levels)
        super().draw(store, fresh, now)


def _level(word: object) -> Level:
    return LEVELS.get(str(word), Level.UNKNOWN)


class PlacesView(AcrossView):
    """A line per site, room and rack, as bad as the worst sensor there; Enter lists its sensors."""

    def __init__(
        self,
        pane: Pane,
        catalog: Mapping[str, Probe[Any]],
        targets: Sequence[Target],
        noun: str,
    ) -> None:
        self._spots = {one.id: places.spot(one.labels) for one in targets}
        self._digests: dict[str, Digest] = {}
        self._worst: dict[str, Sensor | None] = {}
        self._by_id: dict[str, Spot] = {}
        self._drawn = False
        super().__init__(pane, catalog, targets, noun)

    def tabled(self, first: Probe[Any]) -> AcrossTable:
        """The empty table."""
        del first
        return AcrossTable(places.COLUMNS, (), shown=_FIRST, sort=WORST)

    def place_of(self, row_id: str) -> tuple[str, Probe[Any], Row]:
        """Where the worst sensor of a place is; raises `KeyError` when there is none."""
        worst = self._worst[row_id]
        if worst is None:
            raise KeyError(row_id)
        return worst.target, self.probes[worst.target], worst.row

    def narrowing(self, row_id: str) -> str:
        """The filter for the sensors of a listed place."""
        return narrowing(self._by_id[row_id])

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Reckon the targets anew whose rows changed, or that fell silent; then all places."""
        self.note(fresh)
        silent = {
            target
            for target, probe in self.probes.items()
            if store.state(probe.id, target, now).state in (State.FAULT, State.STALE)
        }
        changed = self._undrawn | (silent ^ self._silent)
        for target in changed:
            probe = self.probes[target]
            rows = () if target in silent else store.rows(probe.id, target)
            found = places.digest(places.sensors(target, probe.id, probe.columns, rows))
            found.silent = int(target in silent)
            self._digests[target] = found
        if changed:
            self._list()
        # Its rows are of no target, so that none of them is dim.
        self._undrawn, self._silent = set(), frozenset(silent)
        self._tell(store, now, set())
        self.set_count(self.table.summary)

    def _list(self) -> None:
        by_place: dict[Spot, Digest] = {}
        for target, found in self._digests.items():
            if found.counts or found.silent:
                by_place.setdefault(self._spots[target], Digest()).add(found)
        listed = places.tree(by_place)
        # No id of a target begins so: what is done to rows of targets finds none here.
        self._by_id = {SEPARATOR + SEPARATOR.join(spot): spot for spot, _ in listed}
        named = dict(zip(self._by_id, (found for _, found in listed), strict=True))
        self._worst = {name: found.worst for name, found in named.items()}
        self.table.adorn(levels={name: found.level for name, found in named.items()})
        self.table.replace(
            {name: places.row(self._by_id[name], found) for name, found in named.items()}
        )
