"""The main screen: tabs, one of them shown, a line for commands, one for status, one for keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, cast

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.events import Resize
from textual.screen import Screen

from opsconsole.battery import Supply
from opsconsole.clean import Clean
from opsconsole.estate import Estate
from opsconsole.fleet import Judgement
from opsconsole.model import Level, Target
from opsconsole.ports import ActionPort, AlertPort, ConsoleEnd, TextPort
from opsconsole.rulebook import Ruled
from opsconsole.runbook import Runbook
from opsconsole.spec import Action, Domain, Inquiry, Probe
from screens.shell.across import AcrossView
from screens.shell.act.aim import Actions
from screens.shell.alarm.known import Alarms
from screens.shell.alarm.strip import AlertStrip
from screens.shell.commands import COMMANDS
from screens.shell.compose import FrugalCompositor
from screens.shell.fleet import FleetView
from screens.shell.pane.view import PaneView
from screens.shell.recall.chronicle import Lore
from screens.shell.replay.scrub import Reel
from screens.shell.tab import TabView
from screens.shell.text.aim import Inquiries
from screens.shell.witness.lookout import Desk
from widgets.banner import Banner
from widgets.commandline import CommandLine
from widgets.keybar import KeyBar
from widgets.statusline import StatusLine
from widgets.tabbar import Tab, TabBar

WAITING = "waiting"
"""What a skeleton says of every pane."""

DIGITS = "1234567890"
"""Keys of the first ten tabs."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the console is to show, all of it known before the first answer."""

    domains: tuple[Domain, ...]
    """Roles with something to show, in tab order."""
    catalog: Mapping[str, Probe[Any]]
    targets: tuple[Target, ...]
    setups: Mapping[str, str]
    """How to add a target, by kind."""
    actions: Actions = field(default_factory=dict[str, Mapping[str, Action]])
    """What can be done, by kind of target."""
    runbooks: tuple[Runbook, ...] = ()
    """The team's own procedures."""
    ruled: Callable[[str, str], Ruled | None] = lambda _target, _rule: None
    """A rule, by target and id, as it holds there."""
    estate: Estate | None = None
    """Where all of it comes from; None on a stage."""
    lore: Lore = field(default_factory=Lore)
    """What the past is judged by."""
    inquiries: Inquiries = field(default_factory=dict[str, Mapping[str, Inquiry]])
    """What can be read, by kind of target."""
    supplies: Mapping[str, Supply] = field(default_factory=dict[str, Supply])
    """Where batteries are told of, by kind of target."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the front door hands over."""

    scene: Scene
    select: Callable[[str], Sequence[Target]]
    bus: ConsoleEnd
    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    """The operator's keys by action id."""
    notices: tuple[Clean, ...] = ()
    """What to tell first: problems in files of the operator's."""
    actions: ActionPort | None = None
    """The way to the executor; None for a console that only looks."""
    desk: Desk | None = None
    """The way to others who ask for a second person; None for a console that only looks."""
    reel: Reel | None = None
    """The recording to look at; None when there is none."""
    alerts: AlertPort | None = None
    """The way to take care of alerts; a console that only looks has it too."""
    texts: TextPort | None = None
    """The way to read texts of objects; a console that only looks has it too."""
    options: tuple[str, ...] = ()
    """What makes other commands load the same estate: `--estate PATH`."""
    bell: Level | None = Level.CRIT
    """From which level on the bell rings for an alert that begins to call; None is never."""
    audit: Path | None = None
    """The folder of the audit log; None leaves the timeline without it."""


def _bindings() -> list[BindingType]:
    bindings: list[BindingType] = [
        Binding(
            ",".join(command.keys),
            f"app.command('{command.name}')",
            command.title,
            id=command.name,
            show=bool(command.rank),
        )
        for command in COMMANDS
        if command.keys
    ]
    bindings.extend(
        Binding(digit, f"app.command('tab {at}')", "Tab", id=f"tab-{digit}", show=False)
        for at, digit in enumerate(DIGITS, 1)
    )
    return bindings


class ConsoleScreen(Screen[None], inherit_bindings=False):
    """Holds what is always there; the verbs of `screens.shell.verb` act on it."""

    BINDINGS: ClassVar[list[BindingType]] = _bindings()
    DEFAULT_CSS = """
    ConsoleScreen { layout: vertical; layers: base above; }
    ConsoleScreen > #room { height: 1fr; }
    /* Over the bottom line: the panes keep their size while one types. */
    ConsoleScreen > CommandLine { layer: above; }
    """

    def __init__(self, scene: Scene, alarms: Callable[[], Alarms]) -> None:
        """`alarms` are those of the moment that is shown."""
        super().__init__()
        self._compositor = FrugalCompositor()
        self.scene = scene
        self._alarms = alarms
        self.tabs: dict[str, TabView] = {}
        self._current = scene.domains[0].id if scene.domains else ""
        ranked = sorted((c for c in COMMANDS if c.rank), key=lambda command: command.rank)
        self.tab_bar = TabBar(id="tab-bar")
        self.banner = Banner(id="banner")
        self.strip = AlertStrip()
        """Which alert one was taken to."""
        self.command_line = CommandLine(id="command-line")
        self.status = StatusLine(id="status")
        self.key_bar = KeyBar([c.name for c in ranked], keep="help", id="key-bar")

    def compose(self) -> ComposeResult:
        """Bars around the room of the tabs."""
        yield self.tab_bar
        yield self.banner
        yield self.strip
        yield Container(id="room")
        yield self.command_line
        yield self.status
        yield self.key_bar

    def on_mount(self) -> None:
        """Show the first tab."""
        if self._current:
            self.show_tab(self._current)
        self.tell_tabs()

    def on_resize(self, event: Resize) -> None:
        """A tall screen has room for a band that is seen from far away."""
        self.banner.set_tall(event.size.height >= Banner.TALL_FROM)

    # -- tabs -----------------------------------------------------------------------------------

    @property
    def tab(self) -> TabView:
        """The tab shown."""
        return self.tabs[self._current]

    def show_tab(self, domain_id: str) -> None:
        """Show a tab; it is made at its first visit and kept. Raises `KeyError`."""
        domain = {domain.id: domain for domain in self.scene.domains}[domain_id]
        before = self.tabs.get(self._current)
        self._current = domain_id
        with cast("App[int]", self.app).batch_update():  # pyright: ignore[reportUnknownMemberType]
            if before is not None and before.domain.id != domain_id:
                before.display = False
            if domain_id not in self.tabs:
                scene, judge = self.scene, self._judge
                view = TabView(domain, scene.catalog, scene.targets, scene.setups, judge)
                self.tabs[domain_id] = view
                self.query_one("#room").mount(view)
            else:
                self.tab.display = True
                self.tab.focus_content()
        self.tell_tabs()

    @property
    def alarms(self) -> Alarms:
        """What is known of alerts: as things are, or in a replay as they were."""
        return self._alarms()

    def _judge(self, target: str) -> Judgement | None:
        """How bad a target is by its alerts; None while nobody judges."""
        return self.alarms.judge(target)

    def tell_tabs(self) -> None:
        """Bring the tab bar up to date."""
        tabs = [
            Tab(domain.id, domain.title, DIGITS[at : at + 1], self._alerts(domain))
            for at, domain in enumerate(self.scene.domains)
        ]
        self.tab_bar.set_tabs(tabs, self._current)

    def _alerts(self, domain: Domain) -> dict[Level, int]:
        """Alerts that call on its targets; while nobody judges, targets over a limit."""
        if self.alarms.speaks:
            kinds = domain.kinds
            return self.alarms.calling(t.id for t in self.scene.targets if t.kind in kinds)
        view = self.tabs.get(domain.id)
        levels = view.fleet.levels if view else {}
        return {level: count for level, count in levels.items() if level in _SHOWN}

    def on_tab_bar_chosen(self, event: TabBar.Chosen) -> None:
        """A click on a tab."""
        self.show_tab(event.tab_id)

    def layout_lines(self) -> list[str]:
        """The screen with titles only: what the next start paints before there is any data."""
        width, height = self.size
        lines = [[" "] * width for _ in range(height)]
        _write(lines, 0, 1, "   ".join(domain.title for domain in self.scene.domains))
        tab = self.tabs.get(self._current)
        shown: Sequence[FleetView | AcrossView | PaneView] = tab.on_screen if tab else ()
        for pane in shown:
            x, y = pane.region.offset
            _write(lines, y, x + 1, pane.pane.title)
            _write(lines, y, pane.region.right - len(WAITING) - 1, WAITING)
        return ["".join(line).rstrip() for line in lines]


def _write(lines: list[list[str]], y: int, x: int, text: str) -> None:
    if 0 <= y < len(lines) and x >= 0 and x + len(text) <= len(lines[y]):
        lines[y][x : x + len(text)] = text


_SHOWN: Sequence[Level] = (Level.CRIT, Level.WARN)
"""Levels that the tab bar counts."""
