"""The console on a scripted collector: real screens, real store, samples made by hand."""

import asyncio
import time
import unicodedata
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from operator import attrgetter
from typing import Any
from weakref import WeakSet

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import Key
from textual.keys import _character_to_key, _get_unicode_name_from_key
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Input

from opsconsole import registry
from opsconsole.battery import Supply
from opsconsole.bus.memory import MemoryCollectorEnd, pair
from opsconsole.clean import Clean
from opsconsole.engine.texts import ConsoleTexts
from opsconsole.errors import UsageError
from opsconsole.model import Fault, Level, Quantity, Row, Sample, Target, Value
from opsconsole.ports import AlertPort, Downward, Samples
from opsconsole.runbook import Runbook
from opsconsole.spec import Domain
from screens.shell import turnstile
from screens.shell.act.aim import Actions
from screens.shell.app import OpsConsole
from screens.shell.console import Scene, Start
from screens.shell.recall.chronicle import Lore
from screens.shell.replay.scrub import Reel
from screens.shell.witness.lookout import Desk
from screens.system import DOMAIN
from tests.screens.shell.act.site import Site

PERIOD = 2.0
PATIENCE_S = 60
"""Seconds until what another process or a thread does counts as not done."""
ROUNDS = 20_000
"""Turns of the event loop after which a console that still talks to itself is a defect."""


_WAITERS = attrgetter("_message_queue.ready_event._waiters")
"""Who waits for a widget's next message: nobody, or the task of the widget."""


def host(name: str, **labels: str) -> Target:
    """A target of the stage."""
    return Target(name, "host", "ssh", name, labels=labels)


def row(probe_id: str, **values: Value) -> Row:
    """A row of a probe: what is named, and for the rest a value of the right kind."""
    return tuple(values.get(key, value) for key, value in _plain(probe_id))


@cache
def _plain(probe_id: str) -> tuple[tuple[str, Value], ...]:
    """The keys of a probe, each with a value of its kind: some tests make thousands of rows."""
    plain: dict[Quantity, Value] = {Quantity.TEXT: Clean("text"), Quantity.STATE: Clean("ok")}
    # Which run of a unit it is decides whether one may act on it: only a test knows.
    known: dict[str, Value] = {"invocation": None}
    columns = registry.probes()[probe_id].columns
    return tuple((c.key, known.get(c.key, plain.get(c.quantity, 1.0))) for c in columns)


@dataclass
class Stage:
    """A running console and the other end of its bus."""

    app: OpsConsole
    pilot: Pilot[int]
    bus: MemoryCollectorEnd
    targets: tuple[Target, ...]
    heard: list[Downward] = field(default_factory=list[Downward])

    async def tell(self, probe: str, target: str, *rows: Row, age: float = 0.0) -> None:
        """One answer of a probe, drawn."""
        sample = Sample(probe, target, time.time() - age, list(rows), None, PERIOD)
        self.bus.publish(Samples([sample]))
        await self.settle()

    async def fail(
        self, probe: str, target: str, kind: str, message: str, remedy: str = ""
    ) -> None:
        """One fault of a probe, drawn."""
        fault = Fault(kind, Clean(message), Clean(remedy))
        self.bus.publish(Samples([Sample(probe, target, time.time(), None, fault, PERIOD)]))
        await self.settle()

    async def settle(self) -> None:
        """Until what was told is on screen."""
        await self.quiet()
        _DUE.discard(self.app)
        self.app._drawn_at = 0.0
        self.app.tick()
        await self.quiet()
        self._paint()

    async def quiet(self) -> None:
        """Until no widget has a message left and the screen is ready to be drawn.

        The pilot's own pause takes a rest of the processor for that, which takes long to see and
        never comes on a busy machine; and it sends a message to every widget.
        """
        for _ in range(ROUNDS):
            await asyncio.sleep(0)
            if self.app._exit or self.app._exception is not None:
                return
            if self._talking():
                continue
            self.app.screen._on_timer_update()
            if not self._busy():
                if not self.app.is_headless:
                    self._paint()  # what is sent is looked at
                return
        raise AssertionError("the console does not come to rest")

    def _paint(self) -> None:
        """Draw what changed since the last time: see `_unseen`."""
        app: Any = self.app  # Any: as in `_unseen`
        compositor = app.screen._compositor
        if not compositor._dirty_regions:
            return
        if app.is_headless:
            compositor.render_update(screen_stack=app._background_screens)
        else:
            _refresh(app.screen)

    def _talking(self) -> bool:
        """Whether a message is under way, or a widget at work on one."""
        screen = self.app.screen
        return self.app._turnstile.busy or any(
            node.message_queue_size or not node._is_mounted or not _listens(node)
            for node in (self.app, *screen.walk_children(with_self=True))
        )

    def _busy(self) -> bool:
        screen = self.app.screen
        undrawn = screen._layout_required or screen._dirty_widgets or screen._callbacks
        return bool(undrawn) or self._talking()

    async def until(self, true: Callable[[], object]) -> None:
        """Until something is so that takes its time; then until that is on screen."""
        end = time.monotonic() + PATIENCE_S
        rest = 0.01
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"not within {PATIENCE_S} s:\n" + "\n".join(self.screen))
            # To look costs more than to wait: what is awaited may want the same processor.
            await asyncio.sleep(rest)
            rest = min(0.1, rest * 1.5)
            await self.quiet()
        await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys, and let the screen follow each."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            self.app.post_message(Key(name, _character(name)))
            await self.quiet()
            if self.app in _DUE:  # the next key is meant for what this one turned to
                await self.settle()
        await self.settle()

    async def rush(self, *keys: str) -> None:
        """Press keys faster than the screen can follow: all come in one go."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            self.app.post_message(Key(name, _character(name)))
        await self.quiet()

    async def type(self, text: str) -> None:
        """Put a line after `:` and send it."""
        await self.press("colon")
        self.app.main.command_line.query_one(Input).value = text
        await self.press("enter")

    @property
    def strips(self) -> list[Strip]:
        """Lines of the screen as they would be drawn."""
        return self.app.screen._compositor.render_strips()

    @property
    def screen(self) -> list[str]:
        """Lines of the screen as text."""
        return ["".join(segment.text for segment in line) for line in self.strips]

    def line(self, word: str) -> str:
        """The first line with that word, or an empty one."""
        return next((line for line in self.screen if word in line), "")

    def says(self, words: str) -> bool:
        """Whether the words stand anywhere on screen."""
        return any(words in line for line in self.screen)


_DUE: WeakSet[OpsConsole] = WeakSet()
"""Consoles that want to draw what was turned to: in life that takes some hundredths of a second."""


def _due(console: OpsConsole) -> None:
    _DUE.add(console)


_refresh = Screen[Any]._compositor_refresh


def _unseen(screen: Any) -> None:  # Any: Textual leaves open what an app results in
    """Note what is to be drawn, and leave the drawing to `Stage.settle`.

    Without a terminal Textual draws frames that nobody sees, up to 60 in a second, which took
    more than half of the time of these tests.
    """
    app = screen.app
    if screen is not app.screen:
        _refresh(screen)
        return
    if app.is_headless:
        app._display(screen, None)
    screen._dirty_widgets.clear()
    app._update_mouse_over(screen)


_parse = Stylesheet._parse_rules
_PARSED: dict[tuple[object, ...], list[RuleSet]] = {}


def _parsed(sheet: Stylesheet, *source: Any, **more: Any) -> list[RuleSet]:
    """The rules of a style sheet, parsed once for all consoles of a process, and not once for each.

    Rules are never changed, and these are all that they are made of.
    """
    key = (*source, *more.items(), frozenset(sheet._variables.items()))
    if key not in _PARSED:
        _PARSED[key] = _parse(sheet, *source, **more)
    return _PARSED[key]


def _listens(node: MessagePump) -> bool:
    """Whether it waits for its next message, so that it has dealt with the last one."""
    return any(not waiter.done() for waiter in _WAITERS(node))


def _character(key: str) -> str | None:
    """What a terminal would have sent for that key, if it stands for a character."""
    if key == "backslash":
        return "\\"
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(key))
    except KeyError:
        return key if len(key) == 1 else None


@contextmanager
def _unhurried() -> Generator[None]:
    """Frames are drawn once the console rests, and what is typed ahead waits for a busy machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Screen, "_compositor_refresh", _unseen)
        patch.setattr(Stylesheet, "_parse_rules", _parsed)
        patch.setattr(turnstile, "PATIENCE_S", float(PATIENCE_S))
        patch.setattr(OpsConsole, "tick_soon", _due)
        yield


@asynccontextmanager
async def stage(
    *targets: Target,
    size: tuple[int, int] = (160, 50),
    theme: str = "dark",
    console: type[OpsConsole] = OpsConsole,
    notices: tuple[Clean, ...] = (),
    site: Site | None = None,
    runbooks: tuple[Runbook, ...] = (),
    desk: Desk | None = None,
    reel: Reel | None = None,
    alerts: AlertPort | None = None,
    bell: Level | None = Level.CRIT,
    domains: tuple[Domain, ...] = (DOMAIN,),
) -> AsyncGenerator[Stage]:
    """Open the console on these hosts; a `site` can be acted on, and at a `desk` others ask."""

    def select(pattern: str) -> Sequence[Target]:
        found = [each for each in targets if each.id.startswith(pattern.rstrip("*"))]
        if not found:
            raise UsageError(f"no target {pattern!r}")
        return found

    collector, end = pair()
    actions: Actions = site.actions if site else {}
    setup = {"host": "[target.web-1]"}
    past = _past(targets)
    scene = Scene(domains, registry.probes(), tuple(targets), setup, actions, runbooks, lore=past)
    scene = replace(scene, inquiries=site.inquiries if site else {}, supplies=_supplies())
    joined, port = site.join(tuple(targets), collector, end) if site else (end, None)
    start = Start(scene, select, joined, theme, notices=notices, actions=port, desk=desk)
    start = replace(start, texts=ConsoleTexts(port.call) if port else None)
    app = console(replace(start, alerts=alerts, bell=bell, reel=reel))
    with _unhurried():
        async with app.run_test(size=size, notifications=True) as pilot:
            setting = Stage(app, pilot, collector, tuple(targets))
            await setting.settle()
            yield setting
    if site:
        await site.leave()


def _supplies() -> dict[str, Supply]:
    """Where batteries are told of."""
    known = registry.integrations().items()
    return {kind: found.supply for kind, found in known if found.supply}


def _past(targets: Sequence[Target]) -> Lore:
    """What the past is judged by."""
    known = registry.integrations()
    inventories = {each.id: known[each.kind].inventories for each in targets}
    return Lore(tuple(targets), known["host"].grounds, {}, inventories)
