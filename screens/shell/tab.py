"""One role's tab: lists of targets and of their rows, one target's panes, and the way back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from textual.containers import Container
from textual.widget import Widget

from opsconsole.fleet import Judgement
from opsconsole.model import State, Target
from opsconsole.spec import Domain, Probe
from opsconsole.store import Store
from screens.shell.across import AcrossView
from screens.shell.drill import Drills
from screens.shell.fleet import FleetView
from screens.shell.pane.view import PaneView
from screens.shell.place import views
from screens.shell.target import Pair, TargetView
from widgets.table import LiveTable

FLEET = ""
"""Stands for the list in the history of what was looked at."""

ACROSS = "\x1f"
"""Before the name of a list of the rows of all targets, in the same history."""

STEPS = 100
"""What was looked at that long ago is not gone back to: a wall turns pages for months."""


class TabView(Container):
    """A list of targets over the panes of one; with a single target only its panes."""

    DEFAULT_CSS = """
    TabView { height: 1fr; }
    TabView > FleetView, TabView > AcrossView, TabView > TargetView { height: 1fr; width: 1fr; }
    """

    def __init__(
        self,
        domain: Domain,
        catalog: Mapping[str, Probe[Any]],
        targets: Sequence[Target],
        setups: Mapping[str, str],
        judge: Callable[[str], Judgement | None] = lambda _: None,
    ) -> None:
        """`judge` says how bad a target is by its alerts."""
        super().__init__(id=f"tab-{domain.id}")
        self.domain = domain
        self.targets = {target.id: target for target in targets if target.kind in domain.kinds}
        setup = "\n".join(setups[kind] for kind in domain.kinds if kind in setups)
        known = tuple(self.targets.values())
        self.fleet = FleetView(domain, catalog, known, setup, judge)
        lists = [AcrossView(pane, catalog, known, domain.noun.lower()) for pane in domain.across]
        lists += views(domain, catalog, targets)
        self.across = {view.short: view for view in lists if len(view.probes) > 1}
        """Lists of the rows of all targets, by name; of one target its panes are enough."""
        there = {target.kind for target in known} or {domain.faces[0].kind}
        self.details = {
            face.kind: TargetView(face, catalog) for face in domain.faces if face.kind in there
        }
        self.drills = Drills()
        """How one came to the rows that are shown of a target."""
        self._trail: list[str] = [FLEET]
        self._at = 0

    def compose(self) -> Iterable[Widget]:
        """The lists and the panes of each kind; one of them is shown."""
        yield self.fleet
        yield from self.across.values()
        yield from self.details.values()

    def on_mount(self) -> None:
        """A fleet of one needs no list."""
        if len(self.targets) == 1:
            self._trail = [next(iter(self.targets))]
        self._show()

    # -- where one is ---------------------------------------------------------------------------

    @property
    def target(self) -> str:
        """Id of the target whose panes are shown; empty while a list is."""
        shown = self._trail[self._at]
        return "" if shown.startswith(ACROSS) else shown

    @property
    def listed(self) -> FleetView | AcrossView:
        """The list that is shown, or that was last."""
        for shown in reversed(self._trail[: self._at + 1]):
            if shown.startswith(ACROSS):
                return self.across[shown.removeprefix(ACROSS)]
            if shown == FLEET:
                break
        return self.fleet

    @property
    def _all(self) -> tuple[FleetView | AcrossView, ...]:
        """All lists."""
        return self.fleet, *self.across.values()

    @property
    def rows_listed(self) -> AcrossView | None:
        """The list of the rows of all targets, while one is shown."""
        listed = self.listed
        return listed if isinstance(listed, AcrossView) and not self.target else None

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the lists, that of the targets first."""
        return ("targets", *self.across)

    def list_rows(self, name: str) -> None:
        """Show the list of that name; raises `KeyError`."""
        self.open(FLEET if name == "targets" else ACROSS + self.across[name].short)

    def step_list(self, by: int) -> None:
        """Show the next or previous list, round the end."""
        names, shown = self.lists, self.listed
        at = names.index(shown.short) if isinstance(shown, AcrossView) else 0
        self.list_rows(names[(at + by) % len(names)])

    @property
    def detail(self) -> TargetView:
        """The panes of the target shown, or of any while the list is."""
        if self.target:
            return self.details[self.targets[self.target].kind]
        return next(iter(self.details.values()))

    @property
    def at_root(self) -> bool:
        """Whether there is nothing to go back to."""
        return self.rows_listed is None and (not self.target or len(self.targets) == 1)

    def open(self, target: str) -> None:
        """Show a target's panes, or the list for `FLEET`; remembered for the way back."""
        if target != self._trail[self._at]:
            del self._trail[self._at + 1 :]
            self._trail.append(target)
            del self._trail[:-STEPS]
            self._at = len(self._trail) - 1
        self._show()

    def back(self) -> bool:
        """Take back zoom, then filter, then the target; whether there was anything to take back."""
        table = self.table
        if self.target and self.drills.back(self.detail):
            return True
        if self.target and self.detail.zoomed:
            self.detail.zoom(False)
        elif table is not None and table.filter_text:
            table.set_filter("")
        elif not self.target and self.listed is self.fleet and self.fleet.narrowed:
            self.fleet.widen()
        elif not self.at_root:
            self.open(self._list_before())
        else:
            return False
        return True

    def _list_before(self) -> str:
        """The list that a target was opened from; from that of rows to that of targets."""
        listed = self.listed
        return ACROSS + listed.short if self.target and isinstance(listed, AcrossView) else FLEET

    def step(self, by: int) -> bool:
        """Walk through what was looked at; whether there was anything that way."""
        before = self._at
        self._at = max(0, min(len(self._trail) - 1, self._at + by))
        self._show()
        return self._at != before

    def _show(self) -> None:
        if self.target:
            self.detail.show(self.target)
        for listed in self._all:
            listed.display = not self.target and listed is self.listed
        for detail in self.details.values():
            detail.display = bool(self.target) and detail is self.detail
        self.focus_content()

    def focus_content(self) -> None:
        """Give the keys to what is shown."""
        if self.target:
            self.detail.current.focus_body()
        else:
            self.listed.table.focus()

    @property
    def table(self) -> LiveTable | None:
        """The list that keys act on, if what is current is one."""
        return self.detail.current.table if self.target else self.listed.table

    @property
    def pane(self) -> FleetView | AcrossView | PaneView:
        """What keys act on."""
        return self.detail.current if self.target else self.listed

    @property
    def on_screen(self) -> Sequence[FleetView | AcrossView | PaneView]:
        """What is shown."""
        return self.detail.on_screen if self.target else [self.listed]

    # -- data -----------------------------------------------------------------------------------

    def pairs(self) -> set[Pair]:
        """What is looked at here."""
        if self.target:
            return self.detail.pairs()
        return set() if self.rows_listed is None else self.rows_listed.pairs()

    def subjects(self) -> set[tuple[str, str, str]]:
        """Of which of many it is: probe, target and subject."""
        return self.detail.subjects() if self.target else set()

    def shown(self) -> set[Pair]:
        """What is drawn here: `pairs`, and what every target is asked anyway."""
        if self.rows_listed is not None:
            return self.rows_listed.pairs()
        if not self.target:
            return {
                (probe, name)
                for name, target in self.targets.items()
                for probe in self.domain.face(target.kind).overview.probes
            }
        return self.pairs() | {(probe, self.target) for probe, _ in self.detail.face.headline}

    def draw_unseen(self, store: Store, now: float) -> None:
        """While the rest stands still: what the operator turned to and has seen nothing of."""
        if self.target:
            self.detail.draw_unseen(store, now)
        elif self.rows_listed is not None:
            if self.rows_listed.state is State.WAITING:
                self.rows_listed.draw(store, set(), now)
        elif self.fleet.state is State.WAITING:
            self.fleet.draw(store, set(), now)

    def renew(self) -> None:
        """All that it shows is to be drawn anew: it came from another store."""
        for listed in self._all:
            listed.renew()
        for detail in self.details.values():
            detail.renew()

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Draw what changed and can be seen."""
        for listed in self._all:
            if self.target or listed is not self.listed:
                listed.note(fresh)
        if self.target:
            self.detail.draw(store, fresh, now)
        else:
            self.listed.draw(store, fresh, now)
