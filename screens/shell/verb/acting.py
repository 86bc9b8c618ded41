"""Verbs that lead to a deed: aim, arm, watch what runs, take it back. None of them does it."""

import re
from collections.abc import Mapping

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError, UsageError
from opsconsole.model import Column, Level, Quantity, Row
from opsconsole.runbook import Runbook
from screens.shell.act.aim import aim_at, take_aim
from screens.shell.act.flow import Flow
from screens.shell.act.wording import SIGNS, about
from screens.shell.book.progress import Progress
from screens.shell.book.sheet import BookSheet
from screens.shell.book.walk import Walk
from screens.shell.sheet import Sheet, text_column
from screens.shell.verb.base import Base

READ_ONLY = "read-only: this console only looks"

_DURATION = re.compile(r"(\d{1,6})([smh]?)")
_SECONDS = {"s": 1.0, "": 60.0, "m": 60.0, "h": 3600.0}
_BOOKS = (
    text_column("name", "NAME"),
    text_column("title", "WHAT"),
    Column("steps", "STEPS", Quantity.COUNT, "the estate"),
    text_column("about", "ABOUT"),
)
_RUNS = (
    text_column("state", "STATE"),
    text_column("title", "WHAT"),
    text_column("objects", "ON"),
    Column("took_s", "TOOK", Quantity.SECONDS, "this console's clock"),
    text_column("words", "WORDS"),
)


def seconds(text: str) -> float:
    """`90s`, `10m`, `1h`; a bare number is minutes. Raises `UsageError`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise UsageError(f"{text!r} is no duration; write 90s, 10m or 1h")
    return float(found[1]) * _SECONDS[found[2]]


class Acting(Base):
    """What leads to a plan, and what follows it."""

    def act(self, argument: str) -> None:
        """Aim at what is marked, under the cursor, or chosen by a filter behind the action's name;
        open the menu, or one action's plan.
        """
        flow = self._flow()
        scene = self.screen.scene
        name, _, criteria = argument.partition(" ")
        if criteria.strip():
            aim = aim_at(scene.actions, scene.catalog, self.tab, name, criteria.strip())
            self.say(aim.notes[0])
            flow.ask(aim, aim.actions[0])
            return
        aim = take_aim(scene.actions, scene.catalog, self.tab, argument)
        if argument:
            flow.ask(aim, aim.actions[0])
        else:
            flow.choose(aim)

    def undo(self, argument: str) -> None:
        """Have a plan made of what takes the last run back."""
        del argument
        self._flow().undo_last()

    def arm(self, argument: str) -> None:
        """Lift read-only for a while, for all targets or those a glob names."""
        duration, _, pattern = argument.partition(" ")
        if not duration:
            raise UsageError(":arm 10m lifts read-only for ten minutes; :arm 10m web* for some")
        wanted = seconds(duration)
        if wanted <= 0:
            raise UsageError("armed for no time at all; :disarm falls back at once")
        self._arm(wanted, pattern.strip())

    def disarm(self, argument: str) -> None:
        """Fall back to read-only at once."""
        del argument
        self._arm(0.0, "")

    def _arm(self, wanted: float, pattern: str) -> None:
        flow = self._flow()

        async def arming() -> None:
            try:
                standing = await flow.port.arm(wanted, pattern)
            except OpsError as error:
                self.screen.status.notice(clean(str(error), 500), Level.WARN)
                return
            self.feed.runs.standing = standing
            named = f" for {clean(pattern, 60)}" if pattern else ""
            said = f"armed{named} for {about(wanted)}; it falls back by itself"
            self.say(said if wanted else "disarmed")

        self.app.run_worker(arming(), exclusive=True, group="arm")

    def runbook(self, argument: str) -> None:
        """Open a runbook where it was left, on the target shown or the one named after it."""
        books = {book.id: book for book in self.screen.scene.runbooks}
        if not books:
            raise UsageError("the estate has no runbook; docs/safety.md shows how to write one")
        name, _, named = argument.partition(" ")
        if not name:
            self._choose_book(books)
            return
        if name not in books:
            raise UsageError(f"no runbook {name!r}; there are {', '.join(books)}")
        book = books[name]
        target = named.strip() or self.tab.target or book.steps[0].target
        if not target:
            raise UsageError(f"on which target? :runbook {name} TARGET")
        self._walk(book, self.console.select(target)[0].id)

    def _choose_book(self, books: Mapping[str, Runbook]) -> None:
        rows: dict[str, Row] = {
            name: (clean(name), book.title, len(book.steps), book.about)
            for name, book in books.items()
        }

        def chosen(name: str | None) -> None:
            if name:
                self.console.carry_out(f"runbook {name}")

        sheet = Sheet(Clean("Runbooks"), _BOOKS, lambda: rows, choose=True)
        self.app.push_screen(sheet, chosen)

    def _walk(self, book: Runbook, target: str) -> None:
        scene = self.screen.scene
        actions = {name: one for known in scene.actions.values() for name, one in known.items()}
        progress = Progress(book, target)
        walk = Walk(progress, self._flow(), self.feed.store, self.feed.runs, actions, scene.catalog)
        self.feed.also = book.pairs(target)

        def left(_: str | None) -> None:
            self.feed.also = set()

        self.app.push_screen(BookSheet(walk), left)

    def show_runs(self, argument: str) -> None:
        """List what was approved here; Enter shows one."""
        del argument
        flow = self._flow()
        runs = self.feed.runs
        unsettled = runs.standing.unsettled if runs.standing else ()
        if not unsettled and not any(True for _ in runs.newest_first()):
            raise UsageError("nothing was run from this console")

        def chosen(name: str | None) -> None:
            run = runs.get(name or "")
            if run is not None:
                flow.watch(run)

        sheet = Sheet(
            Clean("What was run, newest first"), _RUNS, self._runs, choose=True, live=True
        )
        self.app.push_screen(sheet, chosen)

    def _runs(self) -> dict[str, Row]:
        runs = self.feed.runs
        unsettled = runs.standing.unsettled if runs.standing else ()
        rows: dict[str, Row] = {
            f"?{at}": (
                Clean("? unknown"),
                Clean("begun by an earlier collector"),
                Clean(""),
                None,
                t,
            )
            for at, t in enumerate(unsettled)
        }
        for run in runs.newest_first():
            sign = SIGNS[run.ended][0] if run.ended else "…"
            names = ", ".join(item.thing.name for item in run.plan.items)
            took = run.over_at - run.began if run.over_at else None
            words = run.word or (run.outcome.results[0].message if run.outcome else "")
            rows[run.name] = (
                clean(f"{sign} {run.state}"),
                clean(run.plan.title),
                clean(names),
                took,
                clean(words),
            )
        return rows

    def _flow(self) -> Flow:
        """The way to the executor; raises `UsageError` when this console only looks."""
        self.must_be_live()
        flow = self.console.flow
        standing = self.feed.runs.standing
        if flow is None or (standing is not None and standing.read_only):
            raise UsageError(READ_ONLY)
        if standing is None:
            raise UsageError("the collector has not said yet what may be done; try again")
        return flow
