"""The incident timeline: what probably came first, how much happened when, and every line of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Resize

from opsconsole.alert import Occurrence
from opsconsole.clean import clean
from opsconsole.errors import OpsError
from opsconsole.model import Level
from opsconsole.relation import Relations
from opsconsole.timeline import Bin, Proposal
from screens.shell.act.frame import Words, hints
from screens.shell.recall import sieve
from screens.shell.recall.chronicle import Chronicle
from screens.shell.recall.stretch import Picture, Stretch
from screens.shell.recall.window import Window, spoken
from screens.shell.turnstile import Modal
from widgets.commandline import CommandLine
from widgets.filter import Filter
from widgets.format import ASCII, UNICODE
from widgets.oneline import OneLine, Part
from widgets.page import Block, Page
from widgets.timeline import DAY_S, TimelineView, clock

LOOK_S = 1.0
"""Seconds between two looks at what is new."""

LOAD_S = 5.0
"""Seconds between two readings of log and recording."""

_LEVELS = {Level.OK: "", Level.UNKNOWN: "", Level.WARN: "strip--warn", Level.CRIT: "strip--crit"}


USUALLY = Window()


class Strip(OneLine):
    """How much happened when: a bar per stretch, coloured by the worst of it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"strip--warn", "strip--crit", "strip--faint"}
    DEFAULT_CSS = """
    Strip {
        background: $background;
        & > .strip--warn { color: $warning; background: $background; }
        & > .strip--crit { color: $error; background: $background; }
        & > .strip--faint { color: $text-muted; background: $background; }
    }
    """


class TimelineScreen(Modal[Occurrence | None]):
    """Scrubbed with the keys of a list; returns what one wants to be taken to."""

    DEFAULT_CSS = """
    TimelineScreen { layout: vertical; background: $background; layers: base above; }
    TimelineScreen > Page { height: auto; max-height: 4; background: $surface; }
    TimelineScreen > TimelineView { height: 1fr; }
    TimelineScreen > CommandLine { layer: above; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace,ctrl+g,ctrl+c,i", "leave", "Close", id="timeline-close"),
        Binding("slash", "find", "Filter", id="timeline-filter"),
        Binding("plus,equals_sign", "zoom(-1)", "Closer", id="timeline-closer"),
        Binding("minus", "zoom(1)", "Wider", id="timeline-wider"),
        Binding("left_square_bracket,h", "shift(-1)", "Earlier", id="timeline-earlier"),
        Binding("right_square_bracket,l", "shift(1)", "Later", id="timeline-later"),
        Binding("a", "scope", "All or one", id="timeline-scope"),
        Binding("c", "cause", "Cause", id="timeline-cause"),
        Binding("p", "pivot", "Relatives", id="timeline-pivot"),
    ]

    def __init__(
        self,
        chronicle: Chronicle,
        target: str = "",
        window: Window = USUALLY,
        *,
        ascii_only: bool = False,
        pivot: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Look at a target and what has to do with it, or at everything for none."""
        super().__init__()
        self._chronicle = chronicle
        self._home = target
        self._target = target
        self._window = window
        self._filter = Filter()
        self._pivot = pivot
        self._glyphs = ASCII if ascii_only else UNICODE
        self._drawn: tuple[object, ...] = ()
        self._busy = False
        self._proposal: Proposal | None = None
        self.head = Words()
        self.said = Page()
        self.strip = Strip()
        self.axis = Strip()
        self.view = TimelineView(ascii_only=ascii_only)
        self.line = CommandLine(id="timeline-line")
        self.foot = Words()

    def compose(self) -> ComposeResult:
        """Title, cause, density with its axis, the lines, keys."""
        yield from (self.head, self.said, self.strip, self.axis, self.view, self.line, self.foot)

    def on_mount(self) -> None:
        """Draw what is known; read what is not."""
        self.foot.show(_KEYS)
        self.view.focus()
        self.look()
        self.set_interval(LOOK_S, self.look)
        self._load()
        self.set_interval(LOAD_S, self._load)

    def on_resize(self, event: Resize) -> None:
        """Another width has other stretches."""
        del event
        self._drawn = ()
        self.look()

    def _load(self) -> None:
        async def loading() -> None:
            await self._chronicle.load(self._window.span(self._chronicle.clock())[0])
            self.look()

        self.run_worker(loading(), exclusive=True, group="timeline-load")

    # -- drawing --------------------------------------------------------------------------------

    def look(self) -> None:
        """Draw anew when anything is, or when the window moved on by a stretch."""
        if not self.is_mounted or not self.size.width:
            return
        now = self._chronicle.clock()
        since, until = self._window.span(now)
        step = int(until / max(self._window.length / max(self.size.width, 1), 1.0))
        drawn = (self._chronicle.version, self._window, self._target, self._filter, step)
        if drawn == self._drawn:
            return
        if self._busy:  # drawn again when that is done
            return
        self._drawn = drawn
        stretch = self._chronicle.stretch(since, until, self._target)
        if stretch.heavy:
            self._busy = True
            self.run_worker(self._work_out(stretch), group="timeline-look")
        else:
            self._show(stretch, self._picture(stretch))

    def _picture(self, stretch: Stretch) -> Picture:
        return stretch.picture(self._filter, self._chronicle.labels, self.size.width - 2)

    async def _work_out(self, stretch: Stretch) -> None:
        """In a thread: keys go on meanwhile."""
        try:
            picture = await asyncio.to_thread(self._picture, stretch)
        finally:
            self._busy = False
        if self.is_mounted:
            self._show(stretch, picture)
            self.look()

    def _show(self, stretch: Stretch, picture: Picture) -> None:
        self._proposal = picture.proposal
        cause = picture.proposal.cause if picture.proposal else None
        lanes = self._lanes(picture.worst, stretch.relations)
        self.view.show(picture.items, lanes, cause, self._window.length)
        self._say(picture)
        self._draw_strip(picture.bins)
        self._draw_axis()

    def _lanes(self, worst: Mapping[str, Level], relations: Relations) -> list[str]:
        """Those of the incident, then the worst; what carries the rest stands on the left."""
        room = max(1, self.size.width // 6)
        near = relations.reach(self._proposal.cause.target if self._proposal else "")
        chosen = sorted(worst, key=lambda name: (name not in near, -worst[name], name))[:room]
        shown = chosen[: max(1, self.view.lanes_at(chosen))]
        return sorted(shown, key=lambda one: (one not in near, len(relations.below(one)), one))

    def _say(self, picture: Picture) -> None:
        if picture.refused:
            self.head.say(picture.refused, "warn")
            return
        whose = f"{self._target} and what has to do with it" if self._target else "everything"
        end = "" if self._window.end is None else f" up to {clock(self._window.end, dated=True)}"
        known = f"{picture.known}"
        count = f"{picture.shown} of {known}" if self._filter else known
        text = f"Timeline of {whose} · {spoken(self._window.length)}{end} · {count}"
        if self._filter:
            text += f" · /{self._filter.text}"
        self.head.say(text, "title")
        self.said.set_blocks([Block(self._cause_parts(), indent=7)])

    def _cause_parts(self) -> tuple[Part, ...]:
        if self._chronicle.trouble:
            return (Part(clean(self._chronicle.trouble, 300), "page--warn"),)
        if self._proposal is None:
            return (Part("nothing went wrong in this time", "page--faint"),)
        return (
            Part("first: ", "page--name"),
            Part(clock(self._proposal.cause.at, dated=self._window.length >= DAY_S) + " "),
            Part(self._proposal.words, "page--title"),
        )

    def _draw_strip(self, bins: Sequence[Bin]) -> None:
        top = max((one.count for one in bins), default=0)
        marks = self._glyphs.spark
        parts: list[Part] = [Part(" ")]
        for one in bins:
            height = min(len(marks) - 1, int(one.count / top * len(marks))) if one.count else -1
            text = marks[height] if height >= 0 else " "
            look = _LEVELS[one.worst]
            if len(parts) > 1 and parts[-1].look == look:
                parts[-1] = Part(parts[-1].text + text, look)
            else:
                parts.append(Part(text, look))
        self.strip.show(parts)

    def _draw_axis(self) -> None:
        """Times of both ends, and where the cursor is."""
        since, until = self._window.span(self._chronicle.clock())
        width = self.size.width
        dated = self._window.length >= DAY_S
        left, right = clock(since, dated=dated), "now" if self._window.end is None else ""
        right = right or clock(until, dated=dated)
        line = [*f" {left}".ljust(width - len(right) - 1), *right, " "]
        current = self.view.current
        if current is not None and since <= current.at <= until:
            x = 1 + int((current.at - since) / (until - since) * (width - 3))
            if line[x] == " ":
                line[x] = "^"
        self.axis.show([Part("".join(line)[:width], "strip--faint")])

    # -- keys -----------------------------------------------------------------------------------

    def on_timeline_view_moved(self, event: TimelineView.Moved) -> None:
        """The axis shows where one is."""
        event.stop()
        self._draw_axis()

    def on_timeline_view_opened(self, event: TimelineView.Opened) -> None:
        """Enter: go where it happened."""
        event.stop()
        if event.occurrence.target:
            self.dismiss(event.occurrence)
        else:
            self.foot.say("it belongs to no target", "warn")

    def action_leave(self) -> None:
        """Take the filter back, then close."""
        if self._filter:
            self._use(Filter())
        else:
            self.dismiss(None)

    def action_zoom(self, by: int) -> None:
        """A longer window, or a shorter one around the cursor."""
        current = self.view.current
        now = self._chronicle.clock()
        self._look_through(self._window.zoomed(by, now, current.at if current else None))

    def action_shift(self, halves: int) -> None:
        """Earlier or later by half a window."""
        self._look_through(self._window.moved(halves, self._chronicle.clock()))

    def _look_through(self, window: Window) -> None:
        self._window = window
        self.look()
        self._load()

    def action_scope(self) -> None:
        """Everything, or the target under the cursor and what has to do with it."""
        current = self.view.current
        here = current.target if current else ""
        self._target = "" if self._target else self._home or here
        self.look()

    def action_cause(self) -> None:
        """Put the cursor on what is proposed as the cause."""
        if self._proposal is not None:
            self.view.go_to(self._proposal.cause)

    def action_pivot(self) -> None:
        """The relatives of the target under the cursor."""
        current = self.view.current
        if current is not None and current.target:
            self._pivot(current.target)

    def action_find(self) -> None:
        """Filter as one types."""
        self.line.open("/", self._filter.text)

    def _use(self, wanted: Filter) -> None:
        self._filter = wanted
        self.look()

    def _try(self, text: str) -> None:
        try:
            wanted = sieve.read(text)
        except OpsError as error:
            self._refuse(error)
        else:
            self._use(wanted)

    def _refuse(self, error: OpsError) -> None:
        """Say what is wrong with a filter, above the line that is typed over the last one."""
        self.head.say(str(error), "warn")
        self._drawn = ()

    def on_command_line_edited(self, event: CommandLine.Edited) -> None:
        """Follow what is typed, as far as it makes sense."""
        event.stop()
        self._try(event.text)

    def on_command_line_submitted(self, event: CommandLine.Submitted) -> None:
        """Keep the filter."""
        event.stop()
        self._try(event.text)
        self.view.focus()

    def on_command_line_cancelled(self, event: CommandLine.Cancelled) -> None:
        """Drop the filter."""
        event.stop()
        self._use(Filter())
        self.view.focus()

    def on_command_line_refused(self, event: CommandLine.Refused) -> None:
        """A paste that would have pressed keys."""
        event.stop()
        self.foot.say("paste refused: it holds line breaks or control characters", "warn")


_KEYS = hints(
    ("Esc", "back"),
    ("Enter", "go there"),
    ("+ -", "zoom"),
    ("[ ]", "earlier, later"),
    ("/", "filter"),
    ("a", "all or one"),
    ("c", "cause"),
    ("p", "relatives"),
)
