"""Verbs that look back, and from an object to its relatives."""

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.errors import OpsError, UsageError
from opsconsole.model import Level
from opsconsole.power import OUTLET, Power
from opsconsole.spec import Domain
from screens.shell.pane.sliced import SEPARATOR
from screens.shell.pane.table import TableBody
from screens.shell.recall import dark, growth, relatives
from screens.shell.recall.changes import Changes, ChangesSheet
from screens.shell.recall.chronicle import Chronicle
from screens.shell.recall.dark import Dark
from screens.shell.recall.relatives import Relatives
from screens.shell.recall.screen import TimelineScreen
from screens.shell.recall.way import Going, Place
from screens.shell.recall.window import Window, looks_like_time, since
from screens.shell.replay.scrub import spelt
from screens.shell.sheet import Sheet
from screens.shell.verb.base import Base
from widgets.timeline import clock

DAY_S = 86400.0
"""Seconds that are looked back for what changed, unless one says otherwise."""

ALL = "all"
"""Stands for every target."""


class Recalling(Base):
    """What happened, to whom else it matters, and what is different now."""

    def show_timeline(self, argument: str) -> None:
        """Open the timeline of a target, or of all: of the one shown, or under the cursor."""
        chronicle = self.console.chronicle
        target, start = self._asked(argument, chronicle)
        now = chronicle.clock()
        window = Window() if start is None else Window(max(1.0, now - start))
        screen = TimelineScreen(
            chronicle,
            target,
            window,
            ascii_only=self.app.ascii_only,
            pivot=self._pivot,
        )
        self.app.push_screen(screen, self._go_where_it_happened)

    def _asked(self, argument: str, chronicle: Chronicle) -> tuple[str, float | None]:
        """Target (empty for all) and time of `[TARGET|all] [SINCE]`; raises `UsageError`."""
        words = argument.split()
        start = (
            since(words.pop(), chronicle.clock()) if words and looks_like_time(words[-1]) else None
        )
        if len(words) > 1:
            raise UsageError(f"one target or all, then a time; {argument!r} is more")
        if not words:
            return self._target_here(), start
        return ("" if words[0] == ALL else self._one(words[0])), start

    def show_growth(self, argument: str) -> None:
        """How much each row of the list grew since it was recorded first; empty takes its bytes."""
        table, target = self.tab.table, self.tab.target
        if not target or not isinstance(table, TableBody):
            raise UsageError("growth is told of the rows of a list of one target")
        probe = self.screen.scene.catalog[table.probe]
        column = growth.column_of(probe, argument.strip())
        replay, rows = self.console.replay, list(self.console.store.rows(probe.id, target))
        now = replay.at if replay.on else replay.end
        title = f"{self.tab.pane.pane.title} of {target}"

        async def reading() -> None:
            try:
                before = await replay.read(lambda past: growth.then(past, (probe.id, target), now))
            except OpsError as error:
                self.screen.status.notice(clean(str(error), 400), Level.WARN)
                return
            grown = growth.Grown(probe, column, now, rows, before)
            head = growth.headline(title, grown, spelt)
            self.app.push_screen(Sheet(head, grown.heads, grown.table))

        self.app.run_worker(reading(), exclusive=True, group="growth")

    def _target_here(self) -> str:
        """The target shown, or none on a list."""
        return self.tab.target

    def _one(self, name: str) -> str:
        found = self.console.select(name)
        if len(found) != 1:
            raise UsageError(f"{name!r} names {len(found)} targets; name one of them")
        return found[0].id

    def _aimed(self, argument: str) -> str:
        """The target that is named, shown, or under the cursor; raises `UsageError`."""
        if argument:
            return self._one(argument)
        if self.tab.target:
            return self.tab.target
        under = self.tab.listed.table.cursor_id
        if under is None:
            raise UsageError("no target is selected: move the cursor to one")
        return under.partition(SEPARATOR)[0]

    def show_changes(self, argument: str) -> None:
        """List what changed on a target and on what it stands on; it is asked again at once."""
        chronicle = self.console.chronicle
        words = argument.split()
        now = chronicle.clock()
        start = since(words.pop(), now) if words and looks_like_time(words[-1]) else now - DAY_S
        if len(words) > 1:
            raise UsageError(f"one target, then a time; {argument!r} is more")
        target = self._aimed(words[0] if words else "")
        found = Changes(target, start, chronicle, self.console.store, chronicle.inventories)
        said = f"What changed on {target} since {clock(start, dated=True)}"
        if not chronicle.records and chronicle.began is not None and chronicle.began > start:
            said += f" · watched since {clock(chronicle.began, dated=True)}"
        title = clean(said, 160)
        sheet = ChangesSheet(title, found)
        self.feed.also = found.pairs
        self.feed.refresh([one for one in found.targets if chronicle.inventories.get(one)])

        def left(_: str | None) -> None:
            self.feed.also = set()

        self.app.push_screen(sheet, left)

    def show_relatives(self, argument: str) -> None:
        """List the relatives of a target; Enter goes to one."""
        self._relatives_of(self._aimed(argument))

    def _pivot(self, target: str) -> None:
        """The relatives of a target that a recording names, which may be of another estate."""
        if any(each.id == target for each in self.screen.scene.targets):
            self._relatives_of(target)
        else:
            self.app.notify(
                clean(f"{target} is no target of this estate", 200),
                severity="warning",
                markup=False,
            )

    def _relatives_of(self, target: str) -> None:
        scene = self.screen.scene
        kin = Relatives(
            target,
            self.console.chronicle,
            self.console.store,
            scene.domains,
            scene.targets,
            scene.catalog,
        )
        title = clean(f"Relatives of {target}", 100)
        sheet = Sheet(title, relatives.COLUMNS, kin.rows, choose=True, live=True)
        self.app.push_screen(sheet, self._go_to_relative)

    def show_dark(self, argument: str) -> None:
        """List what goes dark, and when, if a target gives no power; empty is all batteries."""
        target = self._one(argument) if argument else self.tab.target
        scene = self.screen.scene
        known = {each.id: each for each in scene.targets}
        found = Dark(
            target,
            self.console.store,
            known,
            scene.supplies,
            scene.catalog,
            Power(scene.targets),
        )
        if not target and not found.batteries():
            raise UsageError("no battery is heard of: name a target that gives power")
        if not target:
            what = "on battery"
            if not any(one.on_battery or one.dark for one in found.batteries()):
                what = "nothing is on battery: as if the mains failed now"
        else:
            what = f"without {target}"
        title = clean(f"What goes dark, and when ({what})", 120)
        sheet = Sheet(title, dark.COLUMNS, found.rows, choose=True, live=True)
        self.app.push_screen(sheet, self._go_to_dark)

    def _go_to_dark(self, row_id: str | None) -> None:
        if row_id:
            self._go(Place(row_id.partition(OUTLET)[0]))

    def _go_to_relative(self, row_id: str | None) -> None:
        if row_id:
            self._go(Place(row_id.partition(relatives.SEPARATOR)[2]))

    def _go_where_it_happened(self, found: Occurrence | None) -> None:
        if found is None:
            return
        alert = self.console.chronicle.alert(found.ref)
        if alert is not None:
            self._go(Place(alert.target, alert.probe, tuple(alert.key)))
            return
        probe = found.ref if found.ref in self.screen.scene.catalog else ""
        self._go(Place(found.target, probe, (found.object,) if found.object else ()))

    def _go(self, place: Place) -> None:
        self.go_place(place)

    def go_place(self, place: Place, domain: Domain | None = None) -> None:
        """Leave what lies over the main screen, and go, in that tab or the first that has it."""
        try:
            going = self._going = Going(self.screen)
            domain = domain or going.domain_of(place.target)
        except OpsError as error:
            self.screen.status.notice(clean(str(error)), Level.WARN)
            return
        while self.app.screen is not self.screen and len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        going.go(place, domain)
        self.console.tick_soon()
