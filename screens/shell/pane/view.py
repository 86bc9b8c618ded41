"""One pane on screen: the frame that says how its data is, around a body that draws it."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from opsconsole.clean import Clean
from opsconsole.model import State
from opsconsole.spec import Pane, Probe, View
from opsconsole.store import Standing, Store
from screens.shell.pane.facts import FactsBody
from screens.shell.pane.meters import GaugesBody, MetersBody
from screens.shell.pane.plots import PlotsBody
from screens.shell.pane.table import TableBody
from widgets.pane import PaneFrame
from widgets.table import LiveTable

Body = TableBody | FactsBody | PlotsBody | GaugesBody | MetersBody
"""What a pane can be filled with: each draws one target, and forgets it."""

_ORDER = (State.WAITING, State.FAULT, State.STALE, State.EMPTY, State.LIVE)
"""Of several probes the first of these speaks for the pane."""


class PaneView(PaneFrame):
    """A pane of one target at a time."""

    def __init__(self, pane: Pane, catalog: Mapping[str, Probe[Any]]) -> None:
        self.pane = pane
        self.body = _body(pane, catalog)
        super().__init__(self.body, title=pane.title)

    @property
    def name_on_board(self) -> str:
        """What boards call it: its id without the domain."""
        return self.pane.id.partition(".")[2]

    @property
    def table(self) -> LiveTable | None:
        """Its list, if it is one."""
        return self.body if isinstance(self.body, TableBody) else None

    def focus_body(self) -> None:
        """Give the keys to the body."""
        self.body.focus(scroll_visible=False)

    def clear(self) -> None:
        """Forget the target shown before."""
        self.body.clear()
        self.set_count("")
        self.set_state(State.WAITING)

    def be_of(self, subject: str) -> None:
        """Have a list that is one of many be that one, and say so."""
        if self.pane.titles and isinstance(self.body, TableBody):
            self.body.subject = subject
            self.set_title(f"{self.pane.title}  {subject}".rstrip())

    def draw(self, store: Store, target: str) -> None:
        """Draw what the store has of the target."""
        self.body.draw(store, target)
        if self.table is not None:
            self.set_count(self.table.summary)

    def on_live_table_changed(self, event: LiveTable.Changed) -> None:
        """Counts, marks or what can be seen of the columns changed."""
        self.set_count(event.table.summary)

    def tell(self, store: Store, target: str, now: float) -> None:
        """Say how the data is, and how old."""
        standings = [store.state(probe, target, now) for probe in self.pane.probes]
        if self.table is not None:
            self.table.grow_older()
        worst = min(standings, key=lambda standing: _ORDER.index(standing.state))
        age = worst.age_s
        if worst.state in (State.LIVE, State.EMPTY) and age is not None:
            age = in_periods(age, store.period(self.pane.probes[0], target) or 1.0)
        message = worst.fault.message if worst.fault else loading(standings)
        nothing = _nothing(worst)
        if self.table is not None and self.table.empty != nothing:
            self.table.empty = nothing
            self.table.refresh()
        self.set_state(worst.state, age, message)


def loading(standings: Iterable[Standing]) -> Clean:
    """That more of a watched list is to come, and how much is there; empty when all is."""
    known = [each.loading for each in standings if each.loading is not None]
    return Clean(f"loading, {sum(known):,} so far") if known else Clean("")


def in_periods(age: float, period: float) -> float:
    """An age on time, rounded up to whole periods, in seconds.

    Between two answers it says nothing that its upper end does not say, and each step of a finer
    one would redraw the titles of all panes.
    """
    step = max(period, 1.0)
    return math.ceil((age + 0.001) / step) * step


def _nothing(standing: Standing) -> str:
    """What an empty list says: a fault in full, with its remedy, for the title has little room."""
    if standing.fault is None:
        return "nothing here" if standing.state is State.EMPTY else "nothing here yet"
    return "; ".join(filter(None, (standing.fault.message, standing.fault.remedy)))


def _body(pane: Pane, catalog: Mapping[str, Probe[Any]]) -> Body:
    probe = catalog[pane.probes[0]]
    match pane.view:
        case View.FACTS:
            return FactsBody(pane, probe)
        case View.PLOTS:
            return PlotsBody(pane, catalog)
        case View.GAUGES:
            return GaugesBody(pane, probe)
        case View.METERS:
            return MetersBody(pane, probe)
        case _:
            return TableBody(pane, probe, catalog.get(pane.titles))
