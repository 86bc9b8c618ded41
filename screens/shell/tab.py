"""One role's tab: the list of its targets, one target's panes, and the way back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from textual.containers import Container
from textual.widget import Widget

from opsconsole.fleet import Judgement
from opsconsole.model import State, Target
from opsconsole.spec import Domain, Probe
from opsconsole.store import Store
from screens.shell.fleet import FleetView
from screens.shell.pane.view import PaneView
from screens.shell.target import Pair, TargetView
from widgets.table import LiveTable

FLEET = ""
"""Stands for the list in the history of what was looked at."""

STEPS = 100
"""What was looked at that long ago is not gone back to: a wall turns pages for months."""


class TabView(Container):
    """A list of targets over the panes of one; with a single target only its panes."""

    DEFAULT_CSS = """
    TabView { height: 1fr; }
    TabView > FleetView, TabView > TargetView { height: 1fr; width: 1fr; }
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
        there = {target.kind for target in known} or {domain.faces[0].kind}
        self.details = {
            face.kind: TargetView(face, catalog) for face in domain.faces if face.kind in there
        }
        self._trail: list[str] = [FLEET]
        self._at = 0

    def compose(self) -> Iterable[Widget]:
        """The list and the panes of each kind; one of them is shown."""
        yield self.fleet
        yield from self.details.values()

    def on_mount(self) -> None:
        """A fleet of one needs no list."""
        if len(self.targets) == 1:
            self._trail = [next(iter(self.targets))]
        self._show()

    # -- where one is ---------------------------------------------------------------------------

    @property
    def target(self) -> str:
        """Id of the target whose panes are shown; empty while the list is."""
        return self._trail[self._at]

    @property
    def detail(self) -> TargetView:
        """The panes of the target shown, or of any while the list is."""
        if self.target:
            return self.details[self.targets[self.target].kind]
        return next(iter(self.details.values()))

    @property
    def at_root(self) -> bool:
        """Whether there is nothing to go back to."""
        return not self.target or len(self.targets) == 1

    def open(self, target: str) -> None:
        """Show a target's panes, or the list for `FLEET`; remembered for the way back."""
        if target != self.target:
            del self._trail[self._at + 1 :]
            self._trail.append(target)
            del self._trail[:-STEPS]
            self._at = len(self._trail) - 1
        self._show()

    def back(self) -> bool:
        """Take back zoom, then filter, then the target; whether there was anything to take back."""
        table = self.table
        if self.target and self.detail.zoomed:
            self.detail.zoom(False)
        elif table is not None and table.filter_text:
            table.set_filter("")
        elif not self.target and self.fleet.narrowed:
            self.fleet.widen()
        elif not self.at_root:
            self.open(FLEET)
        else:
            return False
        return True

    def step(self, by: int) -> bool:
        """Walk through what was looked at; whether there was anything that way."""
        before = self._at
        self._at = max(0, min(len(self._trail) - 1, self._at + by))
        self._show()
        return self._at != before

    def _show(self) -> None:
        if self.target:
            self.detail.show(self.target)
        self.fleet.display = not self.target
        for detail in self.details.values():
            detail.display = bool(self.target) and detail is self.detail
        self.focus_content()

    def focus_content(self) -> None:
        """Give the keys to what is shown."""
        if self.target:
            self.detail.current.focus_body()
        else:
            self.fleet.table.focus()

    @property
    def table(self) -> LiveTable | None:
        """The list that keys act on, if what is current is one."""
        return self.detail.current.table if self.target else self.fleet.table

    @property
    def pane(self) -> FleetView | PaneView:
        """What keys act on."""
        return self.detail.current if self.target else self.fleet

    @property
    def on_screen(self) -> Sequence[FleetView | PaneView]:
        """What is shown."""
        return self.detail.on_screen if self.target else [self.fleet]

    # -- data -----------------------------------------------------------------------------------

    def pairs(self) -> set[Pair]:
        """What is looked at here."""
        return self.detail.pairs() if self.target else set()

    def shown(self) -> set[Pair]:
        """What is drawn here: `pairs`, and what every target is asked anyway."""
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
        elif self.fleet.state is State.WAITING:
            self.fleet.draw(store, set(), now)

    def renew(self) -> None:
        """All that it shows is to be drawn anew: it came from another store."""
        self.fleet.renew()
        for detail in self.details.values():
            detail.renew()

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Draw what changed and can be seen."""
        if self.target:
            self.fleet.note(fresh)
            self.detail.draw(store, fresh, now)
        else:
            self.fleet.draw(store, fresh, now)
