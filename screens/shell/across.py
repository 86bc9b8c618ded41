"""A list of the rows of all targets of a tab: pods of every cluster, processes of every host."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from opsconsole import fleet
from opsconsole.clean import Clean
from opsconsole.model import Row, State, Target
from opsconsole.spec import Pane, Probe
from opsconsole.store import Store
from screens.shell.pane.sliced import SEPARATOR, SlicedTable, Source
from screens.shell.pane.view import in_periods, loading
from screens.shell.target import Pair
from widgets.pane import PaneFrame


class _Labels(Mapping[str, Mapping[str, str]]):
    """Labels of rows: those of their targets."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = {target.id: target.labels for target in targets}

    def __getitem__(self, row_id: str) -> Mapping[str, str]:
        return self._targets[row_id.partition(SEPARATOR)[0]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._targets)

    def __len__(self) -> int:
        return len(self._targets)


class AcrossTable(SlicedTable):
    """Rows of several targets; the target stands before each."""

    def identity(self, source: Source, key: Sequence[object]) -> str:
        """The target, then what identifies the row there."""
        return SEPARATOR.join([source.target, *map(str, key)])

    def filled(self, source: Source, row: Row) -> Row:
        """The row with its target before it."""
        return (Clean(source.target), *row)


class AcrossView(PaneFrame):
    """One list for all targets of a tab that have such rows; their faults are told in its title."""

    def __init__(
        self, pane: Pane, catalog: Mapping[str, Probe[Any]], targets: Sequence[Target], noun: str
    ) -> None:
        """`noun` is what the targets are, for the title: `clusters`."""
        self.pane = pane
        self._noun = noun
        of_kind = {probe.partition(".")[0]: catalog[probe] for probe in pane.probes}
        self.probes = {t.id: of_kind[t.kind] for t in targets if t.kind in of_kind}
        """The probe that is read of each target."""
        self.table = self.tabled(catalog[pane.probes[0]])
        self.table.adorn(labels=_Labels(targets))
        self._undrawn: set[str] = set(self.probes)
        self._silent: frozenset[str] = frozenset()
        super().__init__(self.table, title=pane.title)

    def tabled(self, first: Probe[Any]) -> AcrossTable:
        """The empty table, for rows with the columns of that probe."""
        pane = self.pane
        return AcrossTable(
            [fleet.TARGET, *first.columns],
            [first.index(key) for key in first.key],
            shown=[fleet.TARGET.key, *(pane.columns or [column.key for column in first.columns])],
            sort=pane.sort or fleet.TARGET.key,
        )

    @property
    def short(self) -> str:
        """What commands call it: its id without the domain."""
        return self.pane.id.partition(".")[2]

    def place_of(self, row_id: str) -> tuple[str, Probe[Any], Row]:
        """Target, probe and row of a listed row; raises `KeyError` when it is gone."""
        target, row = row_id.partition(SEPARATOR)[0], self.table.row(row_id)
        if row is None:
            raise KeyError(row_id)
        return target, self.probes[target], row[1:]

    def pairs(self) -> set[Pair]:
        """What it wants to know."""
        return {(probe.id, target) for target, probe in self.probes.items()}

    def renew(self) -> None:
        """Draw the rows of all targets anew."""
        self._undrawn = set(self.probes)

    def note(self, fresh: set[Pair]) -> None:
        """Remember what changed while it is not shown."""
        self._undrawn.update(
            target
            for probe, target in fresh
            if target in self.probes and self.probes[target].id == probe
        )

    def on_live_table_changed(self, event: SlicedTable.Changed) -> None:
        """Counts, marks or what can be seen of the columns changed."""
        self.set_count(event.table.summary)

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Draw the targets whose rows changed; say how all of them are."""
        self.note(fresh)
        for target in self._undrawn:
            self.table.take(store, self.probes[target].id, target)
        changed, self._undrawn = self._undrawn, set[str]()
        self._tell(store, now, changed)
        self.set_count(self.table.summary)

    def _tell(self, store: Store, now: float, changed: set[str]) -> None:
        stands = {t: store.state(probe.id, t, now) for t, probe in self.probes.items()}
        silent = frozenset(
            target for target, stand in stands.items() if stand.state in (State.FAULT, State.STALE)
        )
        if silent != self._silent or silent & changed:
            known = self.table.sources
            self.table.adorn(dim=[i for t in silent if t in known for i in known[t].ids])
            self._silent = silent
        counted = Counter(stand.state for stand in stands.values())
        ages = [
            in_periods(stand.age_s, store.period(self.probes[target].id, target) or 1.0)
            for target, stand in stands.items()
            if stand.age_s is not None and target not in silent
        ]
        notes = [loading(stands.values())]
        if silent:
            notes.append(Clean(f"{len(silent)} of {len(stands)} {self._noun} do not answer"))
        note = Clean(", ".join(filter(None, notes)))
        if counted[State.WAITING] == len(stands):
            self.set_state(State.WAITING, None, note)
        elif len(silent) == len(stands):
            self.set_state(State.FAULT, None, note)
        else:
            there = State.LIVE if self.table.known else State.EMPTY
            self.set_state(there, max(ages, default=None), note)
