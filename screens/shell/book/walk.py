"""Walks through a runbook: what is locked and why, what a step asks for, how it ended."""

from collections.abc import Mapping
from typing import Any

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.plan import Ended, Note, Request, Thing
from opsconsole.runbook import Runbook, RunbookStep
from opsconsole.spec import Action, Probe
from opsconsole.store import Store
from screens.shell.act.flow import Flow
from screens.shell.act.runs import Runs
from screens.shell.book.progress import Progress, StepState


class Walk:
    """One runbook on one target; a screen shows it."""

    def __init__(
        self,
        progress: Progress,
        flow: Flow,
        store: Store,
        runs: Runs,
        actions: Mapping[str, Action],
        catalog: Mapping[str, Probe[Any]],
    ) -> None:
        """`actions` are those of every kind, by id. Raises `UsageError` for a step that names none.

        What guards need must be watched by whoever shows it.
        """
        self.progress = progress
        self.flow = flow
        self._store = store
        self._runs = runs
        self._actions = actions
        self._catalog = catalog
        self._asked: dict[int, Request] = {}
        for number, step in enumerate(self.book.steps, 1):
            if wrong := self._wrong(step):
                raise UsageError(f"runbook {self.book.id}, step {number}: {wrong}")

    @property
    def book(self) -> Runbook:
        """What is walked through."""
        return self.progress.book

    def _wrong(self, step: RunbookStep) -> str:
        if step.action and step.action not in self._actions:
            return f"there is no action {step.action!r}; opsconsole actions lists them"
        if step.object and not self._actions[step.action].pins:
            return f"{step.action} acts on the target and takes no object"
        return step.guard.wrong(self._catalog) if step.guard else ""

    # -- how it stands --------------------------------------------------------------------------

    def locked(self, at: int) -> Clean:
        """Why a step cannot be done now; empty when it can."""
        current = self.progress.current
        if current is None or at < current:
            return Clean("it is over")
        if at > current:
            return Clean(f"step {current + 1} comes first")
        if self.progress.steps[at].state is StepState.UNDER_WAY:
            return Clean("it is under way")
        return self.guarded(at)

    def guarded(self, at: int) -> Clean:
        """What the guard of a step needs and does not find; empty when it holds."""
        step = self.book.steps[at]
        if step.guard is None:
            return Clean("")
        probe = self._catalog[step.guard.probe]
        target = step.guard_target or step.target or self.progress.target
        state = self._store.state(probe.id, target).state
        why = step.guard.judge(probe, state, self._store.rows(probe.id, target))
        return clean(f"{why} on {target}") if why else Clean("")

    def look(self) -> bool:
        """Note what ended meanwhile; whether anything did."""
        changed = False
        for at, request in list(self._asked.items()):
            run = next((run for run in self._runs.newest_first() if run.request is request), None)
            if run is None or run.ended is None:
                continue
            del self._asked[at]
            changed = True
            words = run.word or (run.outcome.results[0].message if run.outcome else "")
            if run.ended is Ended.VERIFIED:
                self.progress.mark(at, StepState.DONE, words)
                self._note(at, "done", words)
            else:
                said = f"{run.ended}: {words}; Enter tries again"
                self.progress.mark(at, StepState.OPEN, clean(said))
        return changed

    # -- what is done ---------------------------------------------------------------------------

    def act(self, at: int) -> None:
        """Ask for the plan of a step's action; raises `UsageError` while it is locked."""
        self._unlocked(at)
        step = self.book.steps[at]
        action = self._actions[step.action]
        pins = ((action.pins[0], step.object),) if step.object else ()
        target = step.target or self.progress.target
        thing = Thing(target, pins, clean(step.object or target))
        request = Request(action.id, (thing,), dict(step.arguments))

        def proposed() -> None:
            self._begin(at)
            self._asked[at] = request
            self.progress.mark(at, StepState.UNDER_WAY)

        self.flow.propose(request, proposed)

    def done_by_hand(self, at: int) -> None:
        """Note that a person did it; raises `UsageError` while it is locked."""
        self._unlocked(at)
        self._begin(at)
        self.progress.mark(at, StepState.DONE, "by hand")
        self._note(at, "done", "by hand")

    def skip(self, at: int, why: str) -> None:
        """Go on without a step; a guard does not hold one back from that, a reason does."""
        if at != self.progress.current or self.progress.steps[at].state is StepState.UNDER_WAY:
            raise UsageError("only the step that is next can be skipped")
        if not why.strip():
            raise UsageError("a step is skipped for a reason: type it")
        self._begin(at)
        self.progress.mark(at, StepState.SKIPPED, clean(why.strip()))
        self._note(at, "skipped", why.strip())

    def restart(self) -> None:
        """Begin anew."""
        self._asked.clear()
        self.progress.restart()

    def _unlocked(self, at: int) -> None:
        if why := self.locked(at):
            raise UsageError(f"step {at + 1} is locked: {why}")

    def _begin(self, at: int) -> None:
        if not self.progress.begun:
            self._note(at, "started")

    def _note(self, at: int, what: str, words: str = "") -> None:
        title = self.book.steps[at].title
        note = Note(self.book.id, self.progress.target, at + 1, title, what, words)
        self.flow.note(note)
        if what in {"done", "skipped"} and self.progress.current is None:
            self.flow.note(Note(self.book.id, self.progress.target, 0, self.book.title, "finished"))
