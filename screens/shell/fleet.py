"""The list of a tab's targets: one line each, joined from several probes, worst first."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from opsconsole import fleet
from opsconsole.clean import Clean
from opsconsole.model import Column, Level, Row, State, Target
from opsconsole.spec import Domain, Pane, Probe, View
from opsconsole.store import Store
from screens.shell.pane.view import in_periods
from screens.shell.target import Pair
from widgets.pane import PaneFrame
from widgets.table import WORST, LiveTable, SparkColumn

TREND = "trend:"
"""Before a column's key: its recent course."""

POINTS = 40
"""Points of a course: as many as the widest one draws."""


class FleetView(PaneFrame):
    """Targets as rows; a row is as bad as its worst value, and a silent target worse than any."""

    def __init__(
        self,
        domain: Domain,
        catalog: Mapping[str, Probe[Any]],
        targets: Sequence[Target],
        setup: str,
        judge: Callable[[str], fleet.Judgement | None] = lambda _: None,
    ) -> None:
        """`judge` says how bad a target is by its alerts; None leaves it to the limits."""
        there = {target.kind for target in targets} or set(domain.kinds)
        faces = [face for face in domain.faces if face.kind in there]
        self.pane = _joined(domain.noun, [face.overview for face in faces])
        self._judge = judge
        self._roster = fleet.Roster(
            {face.kind: [catalog[probe] for probe in face.overview.probes] for face in faces}
        )
        self._store: Store | None = None
        self._verdicts: dict[str, fleet.Judgement] = {}
        self._kinds = {target.id: target.kind for target in targets}
        self._silent: dict[str, Clean] = {}
        self._dirty = set(self._kinds)
        self._only: frozenset[str] | None = None
        columns = self._roster.columns
        trends = [column for column in columns if column.key in self.pane.trends]
        self.table = LiveTable(
            [*columns, *(SparkColumn(TREND + c.key, f"{c.title} course", c.key) for c in trends)],
            shown=self._shown(),
            sort=WORST,
            trend=self._trend,
        )
        self.table.adorn(labels={target.id: target.labels for target in targets})
        self.table.empty = f"no target yet; add one to the estate: {setup}"
        super().__init__(self.table, title=self.pane.title)

    def _shown(self) -> list[str]:
        shown = [fleet.TARGET.key, *([fleet.KIND.key] if self._roster.mixed else [])]
        for key in self.pane.columns:
            shown.append(key)
            if key == fleet.WHY.key:
                # So that a narrow screen loses the courses and not the why.
                shown += [TREND + each for each in self.pane.trends]
        return shown

    def _trend(self, target: str, key: str) -> Sequence[float]:
        if self._store is None:
            return ()
        for probe in self._roster.probes(self._kinds[target]):
            if any(column.key == key for column in probe.columns):
                return self._store.trend(probe.id, target, (), key, POINTS)
        return ()

    @property
    def narrowed(self) -> bool:
        """Whether only some of the targets are listed."""
        return self._only is not None

    def narrow(self, targets: Collection[str], label: Clean) -> None:
        """List only these, and say so."""
        self._only = frozenset(targets)
        self._dirty.update(self._only)
        self.table.put({}, gone=[each for each in self._kinds if each not in self._only])
        self.set_filter(label)

    def widen(self) -> None:
        """List all targets again."""
        self._only = None
        self._dirty.update(self._kinds)
        self.set_filter("")

    def renew(self) -> None:
        """Judge and draw all targets anew."""
        self._dirty.update(self._kinds)
        self._silent = {}

    def note(self, fresh: set[Pair]) -> None:
        """Remember what changed while the list is not shown."""
        mine = set(self.pane.probes)
        self._dirty.update(target for probe, target in fresh if probe in mine)

    def on_live_table_changed(self, event: LiveTable.Changed) -> None:
        """Counts, marks or what can be seen of the columns changed."""
        self.set_count(event.table.summary)

    def recheck(self, targets: Collection[str]) -> None:
        """Judge these again at the next draw: their alerts changed; an empty id is all."""
        self._dirty.update(self._kinds if "" in targets else self._kinds.keys() & targets)

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Judge and draw the targets whose data changed or grew stale."""
        self._store = store
        self.note(fresh)
        silent, age = self._survey(store, now)
        # Those that fell silent, speak again, or are silent for noticeably longer.
        changed = {target for target, _ in silent.items() ^ self._silent.items()}
        rows = self._rows(store, self._dirty | changed, now)
        self._dirty.clear()
        self._silent = silent
        if self._only is not None:
            rows = {target: row for target, row in rows.items() if target in self._only}
        if rows:
            # Before the rows, which are put in order as soon as they come: by how bad they are now.
            self.table.adorn(
                levels={target: v.level for target, v in self._verdicts.items()},
                scores={target: v.score for target, v in self._verdicts.items()},
                dim=silent.keys(),
            )
            self.table.put(rows)
        self.table.grow_older()
        self.set_count(self.table.summary)
        self._tell(len(silent), age)

    def _rows(self, store: Store, targets: Collection[str], now: float) -> dict[str, Row]:
        """The line of each of these, judged."""
        rows: dict[str, Row] = {}
        of_kind: dict[str, list[str]] = {}
        for target in targets:
            of_kind.setdefault(self._kinds[target], []).append(target)
        for kind, mine in of_kind.items():
            probes = self._roster.probes(kind)
            names = [probe.id for probe in probes]
            for target, found in store.joined(names, mine).items():
                standing = store.state(names[0], target, now)
                line, self._verdicts[target] = fleet.line(
                    target,
                    probes,
                    found,
                    standing.fault,
                    stale=standing.state is State.STALE,
                    age_s=standing.age_s,
                    alerts=self._judge(target),
                )
                rows[target] = self._roster.row(kind, line)
        return rows

    def _survey(self, store: Store, now: float) -> tuple[dict[str, Clean], float | None]:
        """Targets that say nothing new and since when; the greatest age of the others' data."""
        silent: dict[str, Clean] = {}
        oldest: float | None = None
        for target, kind in self._kinds.items():
            lead = self._roster.probes(kind)[0].id
            standing = store.state(lead, target, now)
            if standing.state in (State.STALE, State.FAULT):
                silent[target] = fleet.silence(standing.age_s)
            elif standing.age_s is not None:
                period = store.period(lead, target) or 1.0
                oldest = max(oldest or 0.0, in_periods(standing.age_s, period))
        return silent, oldest

    def _tell(self, silent: int, age: float | None) -> None:
        """State of the list as a whole: it lives as long as one target answers."""
        waiting = sum(v.level is Level.UNKNOWN for v in self._verdicts.values())
        if not self._kinds:
            self.set_state(State.EMPTY, None, Clean(""))
        elif waiting == len(self._kinds):
            self.set_state(State.WAITING, None, Clean(""))
        elif silent == len(self._kinds):
            self.set_state(State.FAULT, None, Clean("no target answers"))
        else:
            note = f"{silent} silent" if silent else ""
            self.set_state(State.LIVE, age, Clean(note))

    @property
    def levels(self) -> dict[Level, int]:
        """Targets per level, for the tab bar."""
        return dict(Counter(verdict.level for verdict in self._verdicts.values()))

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns the list can show."""
        return self._roster.columns


def _joined(title: str, lines: Sequence[Pane]) -> Pane:
    """The lines of several kinds as one list."""
    return Pane(
        id=lines[0].id,
        title=title,
        probes=tuple(dict.fromkeys(probe for line in lines for probe in line.probes)),
        view=View.FLEET,
        columns=tuple(dict.fromkeys(key for line in lines for key in line.columns)),
        trends=tuple(dict.fromkeys(key for line in lines for key in line.trends)),
    )
