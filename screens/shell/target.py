"""The panes of one target, placed by the board that fits the room."""

from collections.abc import Iterable, Mapping
from typing import Any

from textual.containers import Container
from textual.events import DescendantFocus, Resize

from opsconsole.model import State
from opsconsole.spec import Face, Probe
from opsconsole.store import Store
from screens.shell.board import SLOT, Place, areas, fitting
from screens.shell.board import place as place_areas
from screens.shell.pane.view import PaneView
from widgets.format import spell

Pair = tuple[str, str]
"""(probe id, target id)."""

GAP = 1
"""Cells between panes side by side."""


class TargetView(Container):
    """All panes of a kind for one target at a time; only those with a place are shown."""

    DEFAULT_CSS = """
    TargetView { layers: base; }
    TargetView > PaneView { position: absolute; display: none; }
    """

    def __init__(self, face: Face, catalog: Mapping[str, Probe[Any]]) -> None:
        super().__init__()
        self.face = face
        self._catalog = catalog
        self.panes = {pane.id.partition(".")[2]: PaneView(pane, catalog) for pane in face.detail}
        self.target = ""
        """Id of the target shown; empty before the first."""
        self.zoomed = False
        self._current = next((name for name, pane in self.panes.items() if pane.table), "")
        self._current = self._current or next(iter(self.panes))
        self._slot = self._current
        self._undrawn: set[str] = set(self.panes)
        self._subjects: dict[Pair, str] = {}
        """Of which of many a pane is, by its name and the target."""
        self._placed: list[PaneView] | None = None

    def compose(self) -> Iterable[PaneView]:
        """All panes, in reading order."""
        return self.panes.values()

    # -- which target, which pane -----------------------------------------------------------

    def show(self, target: str) -> None:
        """Turn to another target: what the last one said is gone at once."""
        if target == self.target:
            return
        self.target = target
        for pane in self.panes.values():
            pane.clear()
            pane.be_of(self._subjects.get((pane.name_on_board, target), ""))
        self._undrawn = set(self.panes)

    def choose(self, name: str, subject: str) -> None:
        """Have a pane be about that one; what it showed of another one is gone at once."""
        pane, place = self.panes[name], (name, self.target)
        if self._subjects.get(place) != subject:
            self._subjects[place] = subject
            pane.clear()
            pane.be_of(subject)

    @property
    def current(self) -> PaneView:
        """The pane that keys act on."""
        return self.panes[self._current]

    def focus_pane(self, name: str) -> None:
        """Make a pane current; one without a place takes the slot. Raises `KeyError`."""
        self.panes[name]
        self._current = name
        self.place()
        self.current.focus_body()

    def step(self, by: int) -> None:
        """Make the next or previous pane current, round the end."""
        names = list(self.panes)
        self.focus_pane(names[(names.index(self._current) + by) % len(names)])

    def zoom(self, zoomed: bool) -> None:
        """Give the current pane the whole room, or take it back."""
        self.zoomed = zoomed
        self.place()

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """A click makes the pane under it current."""
        if event.widget is not self.screen.focused:
            return  # focus has moved on since this was sent
        for node in event.widget.ancestors_with_self:
            if isinstance(node, PaneView):
                self._current = node.name_on_board
                self._mark_current()
                return

    # -- room ---------------------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        """Another room may fit another board."""
        del event
        self.place()

    def place(self) -> None:
        """Place the panes."""
        spots = self._spots()
        for name, pane in self.panes.items():
            spot = spots.get(name)
            pane.display = spot is not None
            if spot is not None:
                gap = GAP if spot.x + spot.width < self.size.width else 0
                pane.styles.offset = (spot.x, spot.y)
                pane.styles.width, pane.styles.height = spot.width - gap, spot.height
        self._placed = [self.panes[name] for name in self.panes if name in spots]
        self._mark_current()

    def _spots(self) -> dict[str, Place]:
        width, height = self.size
        if self.zoomed:
            return {self._current: Place(0, 0, width, height)}
        board = fitting(self.face.boards, width, height)
        spots = place_areas(board, width, height)
        named = set(areas(board))
        spot = spots.pop(SLOT, None)
        if spot is None:
            return spots
        homeless = [name for name in self.panes if name not in named]
        if self._current in homeless:
            self._slot = self._current
        if self._slot not in homeless:
            self._slot = homeless[0] if homeless else ""
        return spots | ({self._slot: spot} if self._slot else {})

    def _mark_current(self) -> None:
        for name, pane in self.panes.items():
            pane.set_class(name == self._current, "-current")

    @property
    def on_screen(self) -> list[PaneView]:
        """Panes with a place, in reading order."""
        if self._placed is None:
            return [pane for pane in self.panes.values() if pane.display]
        return self._placed

    # -- data -----------------------------------------------------------------------------------

    def pairs(self) -> set[Pair]:
        """What the panes on screen want to know."""
        return {(probe, self.target) for pane in self.on_screen for probe in pane.pane.asked}

    def subjects(self) -> set[tuple[str, str, str]]:
        """Of which of many they are: probe, target and subject."""
        return {
            (pane.pane.probes[0], self.target, subject)
            for pane in self.on_screen
            if (subject := self._subjects.get((pane.name_on_board, self.target)))
        }

    def renew(self) -> None:
        """Draw every pane anew; rows keep their place and the cursor."""
        self._undrawn = set(self.panes)

    def draw(self, store: Store, fresh: set[Pair], now: float) -> None:
        """Draw the visible panes whose data changed; tell all of them how old theirs is."""
        for pane in self.on_screen:
            name = pane.name_on_board
            if name in self._undrawn or any((p, self.target) in fresh for p in pane.pane.asked):
                self._undrawn.discard(name)
                pane.draw(store, self.target)
            pane.tell(store, self.target, now)
        self._head(store)
        if changed := {probe for probe, target in fresh if target == self.target}:
            shown = self.on_screen
            self._undrawn.update(
                name
                for name, pane in self.panes.items()
                if pane not in shown and not changed.isdisjoint(pane.pane.asked)
            )

    def draw_unseen(self, store: Store, now: float) -> None:
        """Draw the visible panes that show nothing yet; the others stay as they are."""
        for pane in self.on_screen:
            if pane.state is State.WAITING:
                pane.draw(store, self.target)
                pane.tell(store, self.target, now)
                self._head(store)

    def _head(self, store: Store) -> None:
        """Name the target, and what it is, in the title of the first pane."""
        words: list[str] = [self.target]
        for probe_id, key in self.face.headline:
            probe = self._catalog[probe_id]
            at = probe.index(key)
            if rows := store.rows(probe_id, self.target):
                words.append(spell(probe.columns[at], rows[0][at]))
        next(iter(self.panes.values())).set_title("  ".join(words))
