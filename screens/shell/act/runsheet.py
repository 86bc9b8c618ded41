"""The run sheet: a run as it goes; it can be left, and the run goes on."""

import time
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key

from opsconsole.clean import clean
from opsconsole.errors import OpsError
from opsconsole.ports import ActionPort
from screens.shell.act.frame import ActFrame, hints
from screens.shell.act.runs import Run
from screens.shell.act.wording import run_blocks
from widgets.page import Page

REDRAWN_S = 0.25
"""Seconds between two looks at the run."""

ANEW, UNDO = "anew", "undo"
"""What the operator wants next."""


class RunSheet(ActFrame[str | None]):
    """Returns `ANEW` or `UNDO`, or None when it is left; that stops nothing."""

    DRAINS = True
    DEFAULT_CSS = "RunSheet > Vertical { border: round $primary; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,ctrl+g", "leave", "Close", id="run.close"),
        Binding("c,ctrl+c", "cancel_run", "Cancel the run", id="run.cancel"),
        Binding("p", "anew", "Plan anew", id="run.anew"),
        Binding("u", "undo", "Undo", id="run.undo"),
    ]

    def __init__(self, run: Run, port: ActionPort) -> None:
        super().__init__(follow=True)
        self._run = run
        self._port = port

    @property
    def shown(self) -> Run:
        """The run it shows."""
        return self._run

    def on_mount(self) -> None:
        """Follow the run."""
        self.redraw()
        self.set_interval(REDRAWN_S, self.redraw)

    def redraw(self) -> None:
        """Show how it stands."""
        run = self._run
        self.head.say(f"{run.plan.title}: {run.state}", "title")
        self.page.set_blocks(run_blocks(run, time.monotonic()))
        if run.ended is None:
            pairs = [("Esc", "leaves it running; :runs comes back"), ("c", "cancels it")]
        else:
            pairs = [("Esc", "closes")]
            if run.outcome is None:
                pairs.append(("p", "plan anew"))
            if run.left_undo:
                pairs.append(("u", "plans what takes it back"))
        self.keys.show(hints(*pairs))

    def on_key(self, event: Key) -> None:
        """Other letters mean nothing here, and nothing below."""
        if event.is_printable and event.key not in ("c", "p", "q", "u"):
            event.stop()

    def on_page_clicked(self, event: Page.Clicked) -> None:
        """Nothing here can be clicked."""
        event.stop()

    def action_leave(self) -> None:
        """Go back; the run goes on."""
        self.dismiss(None)

    def action_cancel_run(self) -> None:
        """End the run, if its action may be ended half way; the executor says when not."""
        if self._run.ended is not None:
            self.dismiss(None)
            return
        self.note.say("asked to cancel …", "faint")
        self.run_worker(self._cancel(), exclusive=True, group="cancel")

    async def _cancel(self) -> None:
        try:
            await self._port.cancel(self._run.name)
        except OpsError as error:
            self.note.say(clean(str(error), 500), "warn")
        else:
            self.note.say("told to end; what was begun is seen through", "faint")

    def action_anew(self) -> None:
        """Propose the same again: another plan, to be read and approved like the first."""
        if self._run.ended is None or self._run.outcome is not None:
            self.note.say("there is nothing to plan anew", "warn")
        else:
            self.dismiss(ANEW)

    def action_undo(self) -> None:
        """Have a plan made of what takes it back."""
        if self._run.left_undo:
            self.dismiss(UNDO)
        else:
            self.note.say("nothing takes it back", "warn")
