"""The dialog of the second person: shows a plan of another one, whole, and takes an answer."""

from collections.abc import Coroutine, Iterable
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click, Key
from textual.widget import Widget
from textual.widgets import Input

from opsconsole.approval import Asked
from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError
from screens.shell.act.deliberate import Deliberate
from screens.shell.act.dialog import Cancel
from screens.shell.act.form import FieldName
from screens.shell.act.frame import ActFrame, Words, hints
from screens.shell.act.wording import typeable
from screens.shell.witness.lookout import Lookout
from screens.shell.witness.wording import blocks, called, too_long
from widgets.entry import Entry

READABLE = 512 << 10
"""Bytes of a plan that a page shows; a longer one would hold up every key while it is laid out."""


class AskedDialog(ActFrame[Clean | None]):
    """Returns what was answered, in words, or None when nothing was."""

    DRAINS = True
    DEFAULT_CSS = """
    AskedDialog Horizontal { height: 1; }
    AskedDialog .-denial { display: none; }
    AskedDialog.-denying .-denial { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g,ctrl+c", "leave", "Leave it", id="asked.leave"),
    ]

    def __init__(self, asked: Asked, lookout: Lookout) -> None:
        super().__init__()
        self._asked = asked
        self._lookout = lookout
        self._below = Words()
        self._wanted = Words()
        self._typed_name = Entry()
        self._reason = Entry()
        self._cancel = Cancel()
        self._unreadable = len(msgspec.msgpack.encode(asked.plan)) > READABLE
        self._sending = False
        self._over = False
        self._deliberate: Deliberate | None = None

    def fields(self) -> Iterable[Widget]:
        """How much is below, what must be typed, why not, and the way out."""
        yield self._below
        yield self._wanted
        for title, entry, look in (
            ("  name", self._typed_name, ""),
            ("  why not", self._reason, "-denial"),
        ):
            with Horizontal(classes=look or None):
                label = FieldName()
                label.say(title, "title")
                yield label
                yield entry
        yield self._cancel

    @property
    def lines_around(self) -> int:
        """As any frame's; how much is below, what is to be typed, its fields, the button."""
        return super().lines_around + 4 + self.has_class("-denying")

    def on_mount(self) -> None:
        """Show the plan; a yes means nothing before it stands."""
        self._deliberate = Deliberate(self.console, self._confirm, self._refuse)
        self._cancel.focus()
        plan = self._asked.plan
        self.head.say(f"{called(self._asked.person)} asks: {plan.title}", "title")
        if not self._unreadable:
            self._wanted.say(f"to approve it type the name, {typeable(plan.confirm)}", "title")
        self.page.set_blocks(too_long(self._asked) if self._unreadable else blocks(self._asked))
        self.set_interval(0.5, self._tell)
        # What is on screen counts from when it is drawn, not from when it was known.
        self.call_after_refresh(self._stand)

    def _stand(self) -> None:
        self._tell()
        self._judge().stand()

    def _tell(self) -> None:
        """Bring the lines below the page up to date."""
        below = self.page.below
        self._below.say(f"▼ {below} more lines: down, PgDn" if below else "", "warn")
        if not self._over and not self._sending and not self._lookout.waits(self._asked):
            self._over = True
            self._judge().fall()
            self._refuse(f"{called(self._asked.person)} does not wait any more")
        answers = (("Tab", "next field"), ("y", "approves it"), ("D", "denies it"))
        self.keys.show(hints(("Esc n Enter", "leaves it"), *(() if self._over else answers)))

    # -- keys -----------------------------------------------------------------------------------

    def on_key(self, event: Key) -> None:
        """Keys of the button; those of a field are its own."""
        if isinstance(self.focused, Entry):
            return
        if event.key == "y":
            event.stop()
            self._judge().press(event)
        elif event.character == "D":
            event.stop()
            self._ask_why()
        elif event.key in ("enter", "n", "q", "backspace"):
            event.stop()
            self.action_leave()
        elif event.is_printable:
            event.stop()

    def on_click(self, event: Click) -> None:
        """The button can be clicked; nothing else does anything."""
        if event.widget is self._cancel:
            event.stop()
            self.action_leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter approves nothing; after a reason it denies."""
        event.stop()
        if event.input is self._reason:
            self._deny()
        else:
            self._cancel.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being mended."""
        event.stop()
        if not self._over and not self._sending:
            self.note.say("")

    def action_scroll_page(self, lines: int) -> None:
        """Scroll, and say what is left below."""
        super().action_scroll_page(lines)
        self._tell()

    def action_leaf(self, pages: int) -> None:
        """Scroll, and say what is left below."""
        super().action_leaf(pages)
        self._tell()

    def action_leave(self) -> None:
        """Leave it to somebody else; an answer that is under way is seen through."""
        if not self._sending:
            self._judge().fall()
            self.dismiss(None)

    @property
    def _what(self) -> str:
        return f"{self._asked.plan.title} of {self._asked.person}"

    def _judge(self) -> Deliberate:
        assert self._deliberate is not None
        return self._deliberate

    def _refuse(self, why: str) -> None:
        self.note.say(why, "warn")

    # -- answers --------------------------------------------------------------------------------

    def _confirm(self) -> None:
        """A `y` that was meant: if the name is right, it is an approval."""
        if self._over or self._sending:
            return
        wanted = typeable(self._asked.plan.confirm)
        if self._unreadable:
            self._refuse("what cannot be read here cannot be approved here")
        elif not wanted.strip():
            self._refuse("this plan names nothing to type: it cannot be approved")
        elif self._typed_name.value != wanted:
            self._refuse(f"type the name exactly: {wanted}")
            self._typed_name.focus()
        else:
            answering = self._lookout.desk.approve(self._asked, self._asked.plan.confirm)
            self._begin(answering, f"approved: {self._what}, who runs it now")

    def _ask_why(self) -> None:
        if self._over or self._sending:
            return
        self.add_class("-denying")
        self.fit()
        self._reason.focus()
        self.note.say("say why not, then Enter denies it; Esc leaves it", "key")

    def _deny(self) -> None:
        reason = self._reason.value.strip()
        if not reason:
            self._refuse("say why not: who asks will read it")
        elif not self._over and not self._sending:
            answering = self._lookout.desk.deny(self._asked, reason)
            self._begin(answering, f"denied: {self._what}")

    def _begin(self, answering: Coroutine[None, None, None], said: str) -> None:
        self._sending = True
        self.note.say("telling them …", "faint")
        self.run_worker(self._see_through(answering, said), group="answer")

    async def _see_through(self, answering: Coroutine[None, None, None], said: str) -> None:
        try:
            await answering
        except OpsError as error:
            self._sending = False
            self._refuse(clean(str(error), 500))
            self._judge().stand()
            return
        self._lookout.settle(self._asked)
        self.dismiss(clean(said, 500))
