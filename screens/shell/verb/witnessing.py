"""The verb of the second person: who asks, and what they want."""

from opsconsole.clean import Clean
from opsconsole.errors import UsageError
from opsconsole.model import Level, Row
from screens.shell.sheet import Sheet
from screens.shell.verb.acting import READ_ONLY
from screens.shell.verb.base import Base
from screens.shell.witness.dialog import AskedDialog
from screens.shell.witness.lookout import Lookout
from screens.shell.witness.wording import COLUMNS, rows

NOBODY = "nothing waits for a second person"


class Witnessing(Base):
    """What a second person does."""

    def show_asked(self, argument: str) -> None:
        """Look who asks; list them, and Enter shows a plan. Raises `UsageError` when read-only."""
        del argument
        self.must_be_live()
        lookout = self.console.lookout
        standing = self.feed.runs.standing
        if lookout is None or (standing is not None and standing.read_only):
            raise UsageError(READ_ONLY)
        self.app.run_worker(self._look(lookout), exclusive=True, group="asked")

    async def _look(self, lookout: Lookout) -> None:
        if not lookout.waiting:
            self.say("looking …")
            await lookout.look(thoroughly=True)
        if lookout.trouble:
            self.screen.status.notice(lookout.trouble, Level.WARN)
        elif not lookout.waiting and not lookout.shut:
            self.say(NOBODY)
        elif self.app.screen is self.screen:
            self.say("")
            self._list(lookout)

    def _list(self, lookout: Lookout) -> None:
        def listed() -> dict[str, Row]:
            return rows(lookout.waiting, lookout.shut)

        def chosen(name: str | None) -> None:
            asked = lookout.find(name or "")
            if asked is not None:
                self.app.push_screen(AskedDialog(asked, lookout), self._answered)
            elif name:
                self.screen.status.notice("that one cannot be approved by you", Level.WARN)

        title = Clean("Who waits for a second person")
        self.app.push_screen(Sheet(title, COLUMNS, listed, choose=True, live=True), chosen)

    def _answered(self, said: Clean | None) -> None:
        if said is not None:
            self.say(said)
            self.app.notify(said, markup=False)
