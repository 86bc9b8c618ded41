"""Verbs that read a text of an object: its log, its definition."""

from pathlib import Path

import platformdirs

from opsconsole.clean import Clean, clean
from opsconsole.errors import UsageError
from opsconsole.plan import Thing
from opsconsole.spec import Inquiry, Visit
from screens.shell.text.aim import Offer, chosen, readable
from screens.shell.text.menu import TextMenu
from screens.shell.text.screen import Subject, TextScreen
from screens.shell.text.visit import visited
from screens.shell.verb.base import Base


def texts_folder() -> Path:
    """Where texts are saved: `texts` in the user's state folder."""
    return Path(platformdirs.user_state_dir("opsconsole", appauthor=False)) / "texts"


class Reading(Base):
    """What is read of objects."""

    def read_text(self, argument: str) -> None:
        """Read a text of what is marked or under the cursor, by letter or name; empty asks."""
        self.must_be_live()
        scene = self.screen.scene
        things, offered = readable(scene.inquiries, scene.catalog, self.tab)
        if argument or len(offered) == 1:
            self._open(things, chosen(offered, argument) if argument else offered[0])
            return
        what = things[0].name if len(things) == 1 else Clean(f"{len(things)} objects")

        def picked(name: str | None) -> None:
            if name is not None:
                self._open(things, chosen(offered, name))

        self.app.push_screen(TextMenu(what, offered), picked)

    def _open(self, things: tuple[Thing, ...], offer: Offer) -> None:
        if isinstance(offer, Visit):
            self._visit(things, offer)
        else:
            self._read(things, offer)

    def _visit(self, things: tuple[Thing, ...], visit: Visit) -> None:
        """Stand aside while a program of ours has the terminal."""
        thing, *others = things
        if others:
            raise UsageError(f"{visit.title}: one object at a time; U takes marks back")
        argv = (*visit.argv(thing), *self.console.options)
        with self.app.suspend():
            status = visited(argv)
        self.app.repaint_screen()
        how = f", status {status}" if status else ""
        self.say(f"{visit.title}: {thing.name}: ended{how}")

    def _read(self, things: tuple[Thing, ...], inquiry: Inquiry) -> None:
        port = self.console.text_port
        if port is None:
            raise UsageError("nothing can be read here: there is no collector to read it")
        if inquiry.page is not None and len(things) > 1:
            raise UsageError(f"{inquiry.title}: one object at a time; U takes marks back")
        subject = Subject(inquiry, things, port, texts_folder())
        self.app.push_screen(TextScreen(subject, self.console.copy))

    def texts_here(self) -> list[str]:
        """Names of what can be read here, for completion."""
        scene = self.screen.scene
        try:
            _, offered = readable(scene.inquiries, scene.catalog, self.tab)
        except UsageError:
            return []
        return [clean(one.id.partition(".")[2]) for one in offered]
