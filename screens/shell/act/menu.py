"""The action menu: what can be done to what was aimed at, and what is not permitted and why."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError
from opsconsole.plan import Option, Thing
from opsconsole.ports import ActionPort
from opsconsole.spec import Action
from screens.shell.act.aim import Aim
from screens.shell.act.frame import ActFrame, hints
from screens.shell.act.wording import FAINT, KEY, NAME, TITLE, WARN
from widgets.oneline import Part
from widgets.page import Block, Page

NAMED = 5
"""Objects that a menu names."""

_TITLE = 24
_OFF = "page--off"


class ActionMenu(ActFrame[str | None]):
    """Returns the id of the action that was picked. Picking does nothing but lead to its plan."""

    DEFAULT_CSS = "ActionMenu > Vertical { border: round $primary; max-width: 110; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,ctrl+g,ctrl+c", "leave", "Close", id="menu.close"),
    ]

    def __init__(self, aim: Aim, port: ActionPort) -> None:
        super().__init__()
        self._aim = aim
        self._port = port
        self._actions: dict[str, Action] = {action.id: action for action in aim.actions}
        self._options: dict[str, Option] = {}
        self._trouble = ""
        self._at = 0

    def on_mount(self) -> None:
        """Ask for rights; the menu can be used meanwhile."""
        self.head.say(f"Act on {self._aim.what}", "title")
        self.keys.show(
            hints(("letter or Enter", "shows its plan; nothing runs by it"), ("Esc", "closes"))
        )
        self._draw()
        self.run_worker(self._forecast())

    async def _forecast(self) -> None:
        try:
            for things, names in self._asked().items():
                for option in await self._port.options(things, names):
                    self._options[option.action] = option
        except OpsError as error:
            self._trouble = f"not known: {error}"
        self._draw()

    def _asked(self) -> dict[tuple[Thing, ...], list[str]]:
        """Actions by what they would act on."""
        found: dict[tuple[Thing, ...], list[str]] = {}
        for name in self._actions:
            found.setdefault(self._aim.of(name), []).append(name)
        return found

    # -- looks ----------------------------------------------------------------------------------

    def _draw(self) -> None:
        blocks = [*_objects(self._aim.things), *_notes(self._aim.notes)]
        for action in self._aim.actions:
            blocks += [Block(()), *self._option(action)]
        self.page.set_blocks(blocks)
        self.page.choose(self._aim.actions[self._at].id)

    def _option(self, action: Action) -> list[Block]:
        option = self._options.get(action.id)
        off = option is not None and bool(option.refusal)
        look = _OFF if off else ""
        if option is None:
            state = self._trouble or "checking rights …"
        else:
            state = f"tier {option.tier:d}" if option.tier else ""
        apart = self._aim.apart.get(action.id, ())
        on = f"on {apart[0].name}  " if apart else ""
        head = (
            Part(f" {action.letter}  ", _OFF if off else KEY),
            Part(f"{action.title:<{_TITLE}}", _OFF if off else TITLE),
            Part(f"  {clean(on + state)}", FAINT),
            Part("  not possible" if off else "", WARN),
        )
        blocks = [
            Block(head, 4, action.id),
            Block((Part(f"    {action.about}", look),), 4, action.id),
        ]
        if option is not None and option.refusal:
            why = (Part("    ! ", WARN), Part(option.refusal, WARN))
            blocks.append(Block(why, 6, action.id))
        return blocks

    # -- keys -----------------------------------------------------------------------------------

    def on_key(self, event: Key) -> None:
        """The letter of an action, else a key of the menu."""
        for action in self._aim.actions:
            if event.character == action.letter:
                event.stop()
                event.prevent_default()
                self._pick(action)
                return
        if event.key in ("down", "j", "up", "k"):
            event.stop()
            event.prevent_default()
            self._at = (self._at + (1 if event.key in ("down", "j") else -1)) % len(self._actions)
            self._draw()
        elif event.key == "enter":
            event.stop()
            self._pick(self._aim.actions[self._at])
        elif event.key == "q":
            event.stop()
            self.action_leave()
        elif event.is_printable:
            event.stop()
            self.note.say(f"no action on {clean(event.character or '')}", "warn")

    def on_page_clicked(self, event: Page.Clicked) -> None:
        """A click picks as its letter does."""
        if event.target in self._actions:
            self._pick(self._actions[event.target])

    def _pick(self, action: Action) -> None:
        option = self._options.get(action.id)
        if option is not None and option.refusal:
            self._at = self._aim.actions.index(action)
            self._draw()
            self.note.say(f"{action.title}: {option.refusal}", "warn")
            return
        self.dismiss(action.id)

    def action_leave(self) -> None:
        """Close; nothing was picked."""
        self.dismiss(None)


def _objects(things: Sequence[Thing]) -> list[Block]:
    """Who is meant, the hidden ones marked."""
    blocks: list[Block] = []
    if len(things) == 1:
        return blocks
    for thing in things[:NAMED]:
        where = f" on {thing.target}" if thing.name != thing.target else ""
        hidden = "   HIDDEN by the filter" if thing.hidden else ""
        parts = (Part(f"  {thing.name}", NAME), Part(clean(where)), Part(hidden, WARN))
        blocks.append(Block(parts, 4))
    if (more := len(things) - NAMED) > 0:
        blocks.append(Block((Part(f"  and {more} more", FAINT),)))
    return blocks


def _notes(notes: Sequence[Clean]) -> list[Block]:
    """What helps besides the actions below."""
    blocks: list[Block] = []
    for note in notes[:NAMED]:
        head = "  also helps  " if not blocks else "              "
        blocks.append(Block((Part(head, FAINT), Part(note)), 14))
    return blocks
