"""From what was aimed at to how it ended: joins menu, form, dialog and run sheet."""

import time
from collections.abc import Callable, Mapping

from textual.notifications import SeverityLevel

from opsconsole.clean import Clean, clean
from opsconsole.errors import BusClosed, OpsError, Refused, UsageError
from opsconsole.model import Level
from opsconsole.plan import Ended, Note, Request
from opsconsole.ports import ActionPort
from opsconsole.spec import Action
from screens.shell.act.aim import Actions, Aim
from screens.shell.act.dialog import PlanDialog, Yes
from screens.shell.act.form import ArgumentForm
from screens.shell.act.menu import ActionMenu
from screens.shell.act.runs import Run, Runs
from screens.shell.act.runsheet import ANEW, UNDO, RunSheet
from screens.shell.act.wording import SIGNS
from screens.shell.base import ConsoleApp

TOAST_S = 15.0

Tell = Callable[[Clean, Level], None]


class Flow:
    """Walks one operator through acting. Only a `Yes` of the dialog reaches `approve`."""

    def __init__(
        self,
        app: ConsoleApp,
        port: ActionPort,
        runs: Runs,
        actions: Actions,
        *,
        tell: Tell,
        touched: Callable[[list[str]], None],
    ) -> None:
        """`tell` says how a run ended; `touched` gets the targets it was on."""
        self._app = app
        self.port = port
        """The way to the executor."""
        self._runs = runs
        self._actions = actions
        self._tell = tell
        self._touched = touched

    # -- towards a plan -------------------------------------------------------------------------

    def choose(self, aim: Aim) -> None:
        """Open the menu."""

        def picked(name: str | None) -> None:
            if name is not None:
                self.ask(aim, next(each for each in aim.actions if each.id == name))

        self._app.push_screen(ActionMenu(aim, self.port), picked)

    def ask(self, aim: Aim, action: Action) -> None:
        """Ask for the arguments, if there are any, then for the plan."""

        def given(arguments: dict[str, str] | None) -> None:
            if arguments is not None:
                self.propose(Request(action.id, aim.of(action.id), arguments))

        if action.arguments:
            self._app.push_screen(ArgumentForm(action, aim.what), given)
        else:
            given({})

    def propose(self, request: Request, proposed: Callable[[], None] = lambda: None) -> None:
        """Show the plan of a request; what is approved is run. `proposed` is called on a yes."""
        dialog = PlanDialog(
            request, self._action(request.action), self.port, lambda: self._runs.standing
        )

        def answered(yes: Yes | None) -> None:
            if yes is not None:
                proposed()
                self._run(yes, request)

        self._app.push_screen(dialog, answered)

    def note(self, note: Note) -> None:
        """Write down what was done of a runbook; says so when that fails."""

        async def noting() -> None:
            try:
                await self.port.note(note)
            except OpsError as error:
                self._tell(clean(f"not written down: {error}", 400), Level.CRIT)

        self._app.run_worker(noting(), group="notes")

    def undo(self, run: Run) -> None:
        """Show the plan of what takes a run back: a plan like any other."""
        if not run.left_undo:
            raise UsageError("nothing takes that back")
        wanted = run.left_undo[0]
        request = Request(wanted.action, wanted.things, wanted.arguments)

        def proposed() -> None:
            if wanted in run.left_undo:
                run.left_undo.remove(wanted)

        self.propose(request, proposed)

    def _action(self, name: str) -> Action | None:
        return next((known[name] for known in self._actions.values() if name in known), None)

    # -- the run --------------------------------------------------------------------------------

    def _run(self, yes: Yes, request: Request) -> None:
        run = Run(yes.plan, request, yes.approval)
        self._runs.begin(run)
        self._app.run_worker(self._see_through(run), group="runs")
        self.watch(run)

    def watch(self, run: Run) -> None:
        """Show a run as it goes."""

        def wanted(what: str | None) -> None:
            if what == ANEW:
                self.propose(run.request)
            elif what == UNDO:
                self.undo(run)

        self._app.push_screen(RunSheet(run, self.port), wanted)

    async def _see_through(self, run: Run) -> None:
        try:
            run.end(await self.port.approve(run.approval))
        except Refused as error:
            run.refuse(error.rule, clean(str(error), 500))
        except BusClosed as error:
            run.lose(clean(str(error), 200))
        except OpsError as error:
            run.refuse("", clean(str(error), 500))
        self._touched(run.targets)
        self._say_how(run)

    def _say_how(self, run: Run) -> None:
        """Once on the status line and once as a toast: the operator may be elsewhere by now."""
        assert run.ended is not None
        sign, _ = SIGNS[run.ended]
        count = len(run.plan.items)
        objects = run.plan.items[0].thing.name if count == 1 else f"{count} objects"
        words = f"{sign} {run.ended}: {run.plan.title}, {objects}"
        if run.word:
            words += f"; {run.word}"
        elif count == 1 and run.outcome is not None:
            words += f"; {run.outcome.results[0].message}"
        if run.left_undo:
            words += "; u takes it back"
        level = _LEVELS.get(run.ended, Level.WARN)
        self._tell(clean(words, 1000), level)
        if isinstance(front := self._app.screen, RunSheet) and front.shown is run:
            front.redraw()
            return
        self._app.notify(
            clean(words, 400), severity=_SEVERITIES[level], timeout=TOAST_S, markup=False
        )

    def undo_last(self) -> None:
        """The plan of what takes the newest run back; raises `UsageError` when nothing does."""
        run = self._runs.undoable(time.monotonic())
        if run is None:
            raise UsageError("nothing was done here in the last 10 min that can be taken back")
        self.undo(run)


_SEVERITIES: Mapping[Level, SeverityLevel] = {
    Level.OK: "information",
    Level.WARN: "warning",
    Level.UNKNOWN: "warning",
    Level.CRIT: "error",
}
_LEVELS = {Ended.VERIFIED: Level.OK, Ended.FAILED: Level.CRIT, Ended.UNKNOWN: Level.CRIT}
