"""Verbs for those who come after: a note, and the handover as a file."""

import asyncio
import contextlib
from pathlib import Path

from opsconsole.clean import clean
from opsconsole.engine.handing import handover_of, keep, shift
from opsconsole.errors import OpsError, UsageError
from opsconsole.estate import Estate
from opsconsole.model import Level
from opsconsole.plan import Note
from opsconsole.ports import ActionPort
from screens.shell.verb.acting import Acting

TOLD_S = 30.0
"""Seconds for which the names of the files stand there."""

NOTE_LIMIT = 2000
"""Characters of a note."""


class Handing(Acting):
    """What one shift leaves for the next."""

    def note(self, argument: str) -> None:
        """Have the collector write a line down, about the target that is shown."""
        self.must_be_live()
        text = clean(argument.strip(), NOTE_LIMIT)
        if not text:
            raise UsageError(":note TEXT is kept in the audit log, and in the handover")
        port, target = self._flow().port, self.tab.target or ""
        self.app.run_worker(self._note(port, text, target), group="note")

    async def _note(self, port: ActionPort, text: str, target: str) -> None:
        try:
            await port.note(Note("", target, 0, "", "note", text))
        except OpsError as error:
            self.screen.status.notice(clean(str(error), 500), Level.WARN)
            return
        self.say(f"noted{f' about {target}' if target else ''}")

    def handover(self, argument: str) -> None:
        """Write the handover of the last shift; its file is told, and its name copied.

        It tells how things are now: in a replay it would not say what one looks at.
        """
        self.must_be_live()
        estate = self.screen.scene.estate
        if estate is None:
            raise UsageError("there is no estate to hand over")
        text = clean(argument.strip(), NOTE_LIMIT)
        port = None
        with contextlib.suppress(UsageError):  # who only looks leaves the text in the file alone
            port = self._flow().port
        self.say("writing the handover …")
        self.app.run_worker(self._hand_over(estate, port, text), exclusive=True, group="handover")

    async def _hand_over(self, estate: Estate, port: ActionPort | None, text: str) -> None:
        if text and port is not None:
            await self._note(port, text, "")
        try:
            path, page = await asyncio.to_thread(_written, estate, text)
        except OpsError as error:
            self.screen.status.notice(clean(str(error), 500), Level.WARN)
            return
        self.console.copy(str(path))
        told = f"{path}\n{page}"
        self.app.notify(told, title="handover written", timeout=TOLD_S, markup=False)


def _written(estate: Estate, text: str) -> tuple[Path, Path]:
    return keep(handover_of(estate, shift(estate), text))
