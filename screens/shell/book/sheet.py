"""The sheet of a runbook: its steps, what the next one needs, and keys to do or skip it."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError
from opsconsole.model import Column, Quantity, Row
from screens.shell.ask import Ask
from screens.shell.book.progress import StepState
from screens.shell.book.walk import Walk
from screens.shell.sheet import Sheet, text_column
from widgets.commandline import CommandLine
from widgets.pane import PaneFrame

COLUMNS = (
    Column("step", "STEP", Quantity.COUNT, "its place in the runbook"),
    Column("state", "STATE", Quantity.STATE, "what this console noted"),
    text_column("title", "WHAT"),
    text_column("how", "HOW"),
    text_column("words", "WORDS"),
)
WHY = "?"
"""The prompt at which the reason to skip a step is typed."""

SIGNS = {
    StepState.OPEN: "·",
    StepState.UNDER_WAY: "…",
    StepState.DONE: "✓",
    StepState.SKIPPED: "-",
}


class BookSheet(Sheet):
    """Enter does the next step, `S` skips it for a reason, `B` begins anew, Esc leaves it so."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("S", "skip", "Skip", id="book-skip"),
        Binding("B", "again", "Begin anew", id="book-again"),
    ]

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._said = ""
        title = clean(f"{walk.book.title} · {walk.progress.target}")
        super().__init__(title, COLUMNS, self._steps, act=self._do, live=True)

    def reload(self) -> None:
        """Look at what ended, and at the guards."""
        self._walk.look()
        super().reload()
        current = self._walk.progress.current
        count = f"step {current + 1} of {len(self._walk.book.steps)}" if current is not None else ""
        standing = count or "all steps are done; B begins anew"
        self.query_one(PaneFrame).set_count(self._said or standing)

    def _steps(self) -> dict[str, Row]:
        progress = self._walk.progress
        return {str(at): self._step(at) for at in range(len(progress.steps))}

    def _step(self, at: int) -> Row:
        progress, step = self._walk.progress, self._walk.book.steps[at]
        stand = progress.steps[at]
        state = str(stand.state)
        words = Clean(stand.words)
        if at == progress.current and stand.state is StepState.OPEN:
            guard = self._walk.guarded(at)
            state = "locked" if guard else "next"
            words = clean("; ".join(filter(None, (guard, words))))
        how = " ".join(filter(None, (step.action, step.object))) or "by hand"
        target = step.target or progress.target
        sign = SIGNS[stand.state]
        return (at + 1, clean(f"{sign} {state}"), step.title, clean(f"{how} on {target}"), words)

    def _do(self, row_id: str) -> None:
        self._said = ""
        at = int(row_id)
        try:
            if self._walk.book.steps[at].action:
                self._walk.act(at)
            else:
                self._ask(at)
        except OpsError as error:
            self._tell(str(error))

    def _ask(self, at: int) -> None:
        if why := self._walk.locked(at):
            self._tell(f"step {at + 1} is locked: {why}")
            return
        title = self._walk.book.steps[at].title
        question = Ask(clean(f"Done: {title}?"), yes=Clean("it is done"), no=Clean("not yet"))

        def answered(done: bool | None) -> None:
            if done:
                self._walk.done_by_hand(at)
                self.reload()

        self.app.push_screen(question, answered)  # pyright: ignore[reportUnknownMemberType]

    def action_skip(self) -> None:
        """Ask why the next step is skipped."""
        if self._walk.progress.current is not None:
            self._tell(f"why is step {self._walk.progress.current + 1} skipped?")
            self.line.open(WHY)

    def action_again(self) -> None:
        """Ask whether to forget how far it is."""
        question = Ask(Clean("Begin the runbook anew?"), yes=Clean("from step 1"), no=Clean("no"))

        def answered(again: bool | None) -> None:
            if again:
                self._walk.restart()
                self.reload()

        self.app.push_screen(question, answered)  # pyright: ignore[reportUnknownMemberType]

    def on_command_line_edited(self, event: CommandLine.Edited) -> None:
        """A reason is no filter."""
        if event.prompt == WHY:
            event.prevent_default()
            event.stop()

    def on_command_line_submitted(self, event: CommandLine.Submitted) -> None:
        """The reason: skip the step."""
        current = self._walk.progress.current
        if event.prompt != WHY or current is None:
            return
        self._said = ""
        try:
            self._walk.skip(current, event.text)
        except OpsError as error:
            self._tell(str(error))
        self.reload()

    def _tell(self, text: str) -> None:
        self._said = clean(text, 200)
        self.query_one(PaneFrame).set_count(self._said)
