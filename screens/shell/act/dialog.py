"""The dialog: shows one plan, whole, and takes a yes to exactly that plan."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click, Key
from textual.widget import Widget
from textual.widgets import Input

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError
from opsconsole.plan import Approval, Plan, Request, Standing, Tier, digest
from opsconsole.ports import ActionPort
from opsconsole.spec import Action
from screens.shell.act.deliberate import Deliberate
from screens.shell.act.form import FieldName
from screens.shell.act.frame import ActFrame, Words, hints
from screens.shell.act.wording import TIERS, WARN, plan_blocks, policy_words, typeable
from widgets.entry import Entry
from widgets.oneline import OneLine, Part
from widgets.page import Block


@dataclass(frozen=True, slots=True)
class Yes:
    """A plan, and the approval of it."""

    plan: Plan
    approval: Approval


class Cancel(OneLine, can_focus=True):
    """Where the keys go first; Enter on it leaves."""

    DEFAULT_CSS = """
    Cancel { width: 12; background: $panel; text-align: center; }
    Cancel:focus { background: $primary; color: $background; text-style: bold; }
    """

    def on_mount(self) -> None:
        """Say what it is."""
        self.show([Part("  [Cancel]")])


class PlanDialog(ActFrame[Yes | None]):
    """Has a plan made, shows it, and returns a `Yes` only for a `y` that was meant."""

    DRAINS = True
    DEFAULT_CSS = """
    PlanDialog Horizontal { height: 1; }
    PlanDialog .-asked { display: none; }
    PlanDialog.-typed .-asked { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+g,ctrl+c", "leave", "No", id="dialog.no"),
    ]

    def __init__(
        self,
        request: Request,
        action: Action | None,
        port: ActionPort,
        standing: Callable[[], Standing | None],
    ) -> None:
        """`action` is what the screen knows of it; `standing` what may be done at present."""
        super().__init__()
        self._request = request
        self._action = action
        self._port = port
        self._standing = standing
        self._plan: Plan | None = None
        self._hash = ""
        self._making = False
        self._below = Words()
        self._policy = Words()
        self._cancel = Cancel()
        self._wanted = Words()
        self._typed_name = Entry()
        self._reason = Entry()
        self._deliberate: Deliberate | None = None

    def fields(self) -> Iterable[Widget]:
        """How much is below, what may be done, what must be typed, and the way out."""
        yield self._below
        yield self._policy
        self._wanted.add_class("-asked")
        yield self._wanted
        for title, entry in (("  name", self._typed_name), ("  why", self._reason)):
            with Horizontal(classes="-asked"):
                label = FieldName()
                label.say(title, "title")
                yield label
                yield entry
        yield self._cancel

    @property
    def lines_around(self) -> int:
        """As any frame's; how much is below, what may be done, the button, what is typed."""
        return super().lines_around + 3 + 3 * self.has_class("-typed")

    @property
    def title_text(self) -> Clean:
        """What it is about."""
        return clean(self._action.title if self._action else self._request.action)

    @property
    def plan(self) -> Plan | None:
        """The plan on screen."""
        return self._plan

    @property
    def typed(self) -> tuple[str, str]:
        """Name and reason as they were typed."""
        return self._typed_name.value, self._reason.value

    def on_mount(self) -> None:
        """Ask for the plan; a yes means nothing before it stands."""
        self._deliberate = Deliberate(self.console, self._confirm, self._refuse)
        self._cancel.focus()
        self.set_interval(0.5, self._tell)
        self._propose()

    # -- the plan -------------------------------------------------------------------------------

    def _propose(self) -> None:
        self._plan, self._hash, self._making = None, "", True
        self._judge().fall()
        self.head.say(f"{self.title_text}: making the plan …", "title")
        count = len(self._request.things)
        looked = f"looking at {count} object{'s' * (count != 1)}; nothing is changed by that"
        self.page.set_blocks([Block((Part(looked),))])
        self.note.say("")
        self._tell()
        self.run_worker(self._fetch(), exclusive=True, group="plan")

    async def _fetch(self) -> None:
        try:
            body = await self._port.propose(self._request)
        except OpsError as error:
            self._making = False
            self._turned_down(clean(str(error), 1000))
            return
        self._plan, self._hash = msgspec.msgpack.decode(body, type=Plan), digest(body)
        self._making = False
        plan = self._plan
        self.set_class(plan.tier > Tier.YES, "-typed")
        self.fit()
        self._wanted.say(f"type the name, {typeable(plan.confirm)}, and say why", "title")
        self.head.say(f"{plan.title}: the plan   {TIERS[plan.tier]}", "title")
        self.page.set_blocks(plan_blocks(plan, self._action.verify if self._action else None))
        self.page.move(-self.page.length)
        # What is on screen counts from when it is drawn, not from when it was known.
        self.call_after_refresh(self._stand)

    def _stand(self) -> None:
        # A name that is typed at once goes where it belongs: none of its letters is a key.
        if self._plan and self._plan.tier > Tier.YES and self.focused is self._cancel:
            self.set_focus(self._typed_name)
        self._tell()
        self._judge().stand()

    def _turned_down(self, why: Clean) -> None:
        self.remove_class("-typed")
        self.fit()
        self.head.say(f"{self.title_text}: no plan", "title")
        self.page.set_blocks(
            [
                Block((Part("! ", WARN), Part(why, WARN)), 2),
                Block(()),
                Block((Part("Nothing was done."),)),
            ]
        )
        self._tell()

    def _tell(self) -> None:
        """Bring the lines below the page up to date."""
        below = self.page.below
        self._below.say(f"▼ {below} more lines: down, PgDn" if below else "", "warn")
        plan = self._plan
        if plan is None:
            self._policy.say("")
            self.keys.show(hints(("Esc n", "leaves"), ("p", "makes the plan anew")))
            return
        targets = [item.thing.target for item in plan.items]
        words, look = policy_words(self._standing(), plan.tier, targets)
        self._policy.say(words, look.removeprefix("page--"))
        does = "asks a second person" if plan.tier is Tier.WITNESS else "runs it"
        if plan.tier is Tier.YES:
            self.keys.show(hints(("Esc n Enter", "cancel"), ("y", does), ("p", "plan anew")))
        elif isinstance(self.focused, Entry):
            at_button = f"{does}, at the button"
            self.keys.show(hints(("Esc", "cancel"), ("Enter", "next field"), ("y", at_button)))
        else:
            keys = (("Tab", "next field"), ("y", does), ("p", "plan anew"))
            self.keys.show(hints(("Esc n Enter", "cancel"), *keys))

    # -- keys -----------------------------------------------------------------------------------

    def on_key(self, event: Key) -> None:
        """Keys of the button; those of a field are its own."""
        if isinstance(self.focused, Entry):
            return
        if event.key == "y":
            event.stop()
            self._judge().press(event)
        elif event.key in ("enter", "n", "q", "backspace"):
            event.stop()
            self.action_leave()
        elif event.key == "p":
            event.stop()
            # One at a time: a key held down would have a hundred plans made.
            if not self._making:
                self._propose()
        elif event.is_printable:
            event.stop()

    def on_click(self, event: Click) -> None:
        """The button can be clicked; nothing else does anything."""
        if event.widget is self._cancel:
            event.stop()
            self.action_leave()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter confirms nothing: it goes on to the next field, and from the last to the button."""
        event.stop()
        (self._reason if event.input is self._typed_name else self._cancel).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong is being mended."""
        event.stop()
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
        """No."""
        self._judge().fall()
        self.dismiss(None)

    def _judge(self) -> Deliberate:
        assert self._deliberate is not None
        return self._deliberate

    def _refuse(self, why: str) -> None:
        self.note.say(why, "warn")

    def _confirm(self) -> None:
        """A `y` that was meant: if all that must be typed is right, it is a yes."""
        plan = self._plan
        if plan is None:
            return
        if plan.tier > Tier.YES and self._typed_name.value != typeable(plan.confirm):
            self._refuse(f"type the name exactly: {typeable(plan.confirm)}")
            self._typed_name.focus()
        elif plan.note and not self._reason.value.strip():
            self._refuse("say why: it is written down beside what was done")
            self._reason.focus()
        else:
            reason = clean(self._reason.value.strip(), 500)
            self.dismiss(Yes(plan, Approval(self._hash, plan.confirm, reason)))
