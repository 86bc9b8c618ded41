"""The console itself: joins the screens, the line to the collector and the terminal."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace

from rich.console import RenderableType
from textual import events

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError, UsageError
from opsconsole.model import Level, Target
from opsconsole.ports import ActionPort
from opsconsole.store import Store
from screens.shell import clipboard, skeleton
from screens.shell.act.flow import Flow
from screens.shell.alarm.known import Alarms
from screens.shell.base import ConsoleApp
from screens.shell.command import parse
from screens.shell.commands import COMMANDS
from screens.shell.console import ConsoleScreen, Start
from screens.shell.feed import Feed
from screens.shell.herald import Herald, recording_note
from screens.shell.link import Link
from screens.shell.own import OwnCost
from screens.shell.pulse import Pulse
from screens.shell.recall.chronicle import Chronicle
from screens.shell.replay.guard import LiveAlerts, LiveOnly
from screens.shell.replay.places import Places
from screens.shell.replay.scrub import Replay, Stage, banner_words
from screens.shell.state import load_history, save_history
from screens.shell.tab import TabView
from screens.shell.verb import Verbs
from widgets.commandline import CommandLine
from widgets.table import LiveTable

TICK_S = 0.5
"""Seconds until what is new is looked at; a frame is drawn at the link's pace at most."""

AGES_S = 1.0
"""Seconds between looks while nothing new comes: at ages, and what is counted down."""

SOON_S = 0.05
"""Seconds after which what the operator turned to is drawn, whatever the pace."""

STATUS_S = 5.0
"""Seconds between two readings of what the console costs."""


class OpsConsole(ConsoleApp):
    """Draws what is fresh, once a tick; carries out what the operator asks."""

    def __init__(self, start: Start, link: Link | None = None) -> None:
        super().__init__(link, start.theme)
        self._start = start
        self.feed = Feed(start.bus, Store(start.scene.catalog.values()), self._greet)
        self.chronicle = Chronicle(
            start.scene.lore,
            past=start.reel.open if start.reel else None,
            audit=start.audit,
            store=self.feed.store,
            clock=self._moment,
            then=self._alarms_then,
        )
        self.feed.listeners.append(self.chronicle.hear)
        self._troubled = False
        self.main = ConsoleScreen(start.scene, lambda: self.alarms)
        alerts = start.alerts
        self.alert_port = LiveAlerts(alerts, self._in_replay) if alerts else None
        self.text_port, self.options = start.texts, start.options
        self.verbs = Verbs(self, self)
        self.replay = Replay(start.reel, start.scene.catalog, self._replay_stage())
        self._places = Places()
        self._drawn_anew: set[TabView] = set()
        self.flow = self._make_flow(start.actions)
        self.herald = Herald(self, self.main, self.feed, start.desk, start.bell)
        self.lookout = self.herald.lookout
        """Who of others waits for a second person; None when this console only looks."""
        self._cost = OwnCost()
        self._pulse = Pulse(self._look, TICK_S, AGES_S)
        self.feed.listeners.append(lambda _: self._pulse.stir())
        self._drawn_at = self._told_at = 0.0
        self.set_keymap(start.keys)

    def get_default_screen(self) -> ConsoleScreen:
        """The main screen lies below all others."""
        return self.main

    def on_mount(self) -> None:
        """Listen to the collector; begin to tick."""
        self.main.command_line.history.update(load_history())
        self.run_worker(self.feed.run())
        if self.lookout is not None:
            self.run_worker(self.lookout.run())
        self.run_worker(self._pulse.run())
        if self.replay.alone:
            self.replay.go(self.replay.end)
        problems = [clean(str(problem)) for problem in self.theme_problems]
        for notice in (*self._start.notices, *problems):
            self.notify(notice, severity="warning", timeout=15, markup=False)

    def exit(
        self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None
    ) -> None:
        """End; the layout and what was typed are kept for the next start."""
        if self.main.is_mounted and not self.is_headless:
            skeleton.save(self.main.layout_lines(), self.size.height, self.size.width)
            save_history(self.main.command_line.history)
        super().exit(result, return_code, message)

    def on_unmount(self) -> None:
        """Let the collector go."""
        self.feed.close()
        self.replay.close()
        self.chronicle.close()

    # -- what verbs need ------------------------------------------------------------------------

    def select(self, pattern: str) -> Sequence[Target]:
        """Targets a pattern names; raises `UsageError` when there are none."""
        return self._start.select(pattern)

    def _make_flow(self, port: ActionPort | None) -> Flow | None:
        if port is None:
            return None
        return Flow(
            self,
            LiveOnly(port, self._in_replay),
            self.feed.runs,
            self._start.scene.actions,
            tell=self.main.status.notice,
            touched=self.feed.refresh,
        )

    def _in_replay(self) -> bool:
        return self.replay.on

    def use_theme(self, name: str) -> None:
        """Change the palette; raises `UsageError` for one there is not."""
        if name not in self.palettes:
            raise UsageError(f"no theme {name!r}; there are {', '.join(self.palettes)}")
        self.theme = name

    def copy(self, text: str) -> None:
        """Put text on the operator's clipboard, and say how."""

        async def copying() -> None:
            said = await clipboard.yank(text, os.environ, self.write_raw)
            self.main.status.notice(clean(said))

        self.run_worker(copying(), exclusive=True, group="yank")

    def write_raw(self, sequence: str) -> None:
        """Send an escape sequence of our own to the terminal."""
        if self._driver is not None:
            self._driver.write(sequence)

    # -- the tick -------------------------------------------------------------------------------

    def _look(self) -> bool:
        """Tick; whether something waits for the next one."""
        self.tick()
        return self.replay.on or (self.feed.waits and not self.verbs.paused)

    def tick(self) -> None:
        """Draw what is fresh, unless the last frame is still under way or the screen is paused."""
        now = time.monotonic()
        if not self.main.is_mounted or not self.main.tabs:
            return
        self.feed.look_at(self.main.tab.pairs(), self.main.tab.subjects())
        self.herald.tell()
        if now - self._told_at >= STATUS_S:
            self._tell_cost(now)
        self._take_alarms()
        if self.verbs.paused:
            self.main.tab.draw_unseen(self.store, now)
            return
        if now - self._drawn_at < self.gauge.link.flush_s - TICK_S / 2:
            return
        if not self.may_flush():
            return
        self._draw(now)

    def _draw(self, now: float) -> None:
        tab, replay = self.main.tab, self.replay
        replay.look()
        fresh = replay.take_fresh() if replay.on else self.feed.take_fresh()
        anew = tab not in self._drawn_anew
        if not fresh and not anew and now - self._drawn_at < AGES_S:
            return
        self._drawn_at = now
        if anew:
            self._drawn_anew.add(tab)
            tab.renew()
        with self.batch_update():
            tab.draw(self.store, fresh, replay.at if replay.on else now)
            if anew:
                self._places.put_back(tab)
            self._tell_replay()
            if fresh or anew:
                self.main.tell_tabs()
            self.verbs.way.follow()
        self.show_now()

    def _take_alarms(self) -> None:
        """Let the lists judge again where alerts changed; counts are told at once."""
        if touched := self.alarms.take_touched():
            for tab in self.main.tabs.values():
                tab.fleet.recheck(touched)
            self.main.tell_tabs()

    @property
    def store(self) -> Store:
        """What is shown: what came, or in a replay what was."""
        return self.replay.store or self.feed.store

    @property
    def alarms(self) -> Alarms:
        """Alerts that stand, or in a replay those that stood."""
        return self.feed.alarms if self.replay.alarms is None else self.replay.alarms

    def _alarms_then(self) -> Alarms | None:
        return self.replay.alarms

    def _moment(self) -> float:
        """Unix time that is shown."""
        return self.replay.at if self.replay.on else time.time()

    def _replay_stage(self) -> Stage:
        return Stage(
            run=self.run_worker,
            shown=lambda: self.main.tab.shown() if self.main.tabs else (),
            looked=lambda: self.main.tab.pairs() if self.main.tabs else (),
            listed=self._listed,
            turned=self._turn,
            tell=self._tell_notice,
        )

    def _listed(self) -> set[str]:
        """Probes of every list of targets."""
        faces = [face for domain in self._start.scene.domains for face in domain.faces]
        return {probe for face in faces for probe in face.overview.probes}

    def _tell_replay(self) -> None:
        self.main.set_class(self.replay.on, "-replay")
        self.main.banner.say(*banner_words(self.replay))

    def _tell_notice(self, text: Clean, level: Level) -> None:
        if self.main.is_mounted:
            self.main.status.notice(text, level)

    def _turn(self) -> None:
        """Another moment is to be drawn, in every tab; marks and cursor stay."""
        self._drawn_anew.clear()
        if self.main.is_mounted and self.main.tabs:
            self._places.take(self.main.tabs.values())
            self._tell_replay()
            if not self.replay.on:
                self.main.status.notice("")
            self.force_tick()

    def force_tick(self) -> None:
        """Draw what is fresh now, whatever was drawn when."""
        self._drawn_at = 0.0
        self.tick()

    def tick_soon(self) -> None:
        """The operator turned to something else: ask for it and draw it without waiting."""
        self.set_timer(SOON_S, self.force_tick)

    def _tell_cost(self, now: float) -> None:
        self._told_at = now
        self._cost.look(self.bytes_written)
        link = self.gauge.link.name
        gauges = self._cost.gauges(self.feed.ledger, "" if link == "lan" else link)
        self.main.status.gauges(replace(gauges, note=recording_note(self.feed.recording)))

    def tell_trouble(self, trouble: Clean) -> None:
        """Say that the collector died, and what becomes of that."""
        self.feed.runs.standing = None
        self.feed.alarms.stale = True
        self._troubled = True
        if self.main.is_mounted:
            self.main.status.notice(trouble, Level.CRIT)

    def _greet(self, pid: int) -> None:
        """A collector began; after trouble that is news."""
        if self._troubled and self.main.is_mounted:
            at = time.strftime("%H:%M:%S")
            text = f"the collector had ended; another one (pid {pid}) runs since {at}"
            self.main.status.notice(text, Level.WARN)
        self._troubled = False

    # -- what the operator asks -----------------------------------------------------------------

    async def deliver(self, event: events.Event) -> None:
        """After `g` the next key is a letter, whatever has the focus."""
        if isinstance(event, events.Key) and self.verbs.awaiting_go and self.screen is self.main:
            event.stop()
            self.verbs.go_letter(event)
            return
        await super().deliver(event)

    def action_command(self, name: str) -> None:
        """A key: what its command does."""
        self.carry_out(name)

    def carry_out(self, line: str) -> None:
        """Do what a line says; what is wrong with it goes to the status line."""
        try:
            command, argument = parse(self.verbs.in_full(line), COMMANDS)
            getattr(self.verbs, command.verb)(argument)
            self.tick_soon()
        except OpsError as error:
            self.main.status.notice(clean(str(error)), Level.WARN)

    def on_command_line_submitted(self, event: CommandLine.Submitted) -> None:
        """A command, or a filter to keep."""
        self.main.tab.focus_content()
        if event.prompt == ":" and event.text.strip():
            # Focus moves with the next message: what a command says of keys must be said after it.
            self.call_later(self.carry_out, event.text)
        elif event.prompt == "/":
            self._filter(event.text)

    def on_command_line_edited(self, event: CommandLine.Edited) -> None:
        """A filter follows while it is typed."""
        if event.prompt == "/":
            self._filter(event.text)

    def on_command_line_cancelled(self, event: CommandLine.Cancelled) -> None:
        """The filter that stood before stands again."""
        self.main.tab.focus_content()
        if event.prompt == "/":
            self._filter(self.verbs.filter_before)

    def on_command_line_refused(self) -> None:
        """A paste that would have pressed keys."""
        self.main.status.notice("paste refused: it holds line breaks or control characters")

    def _filter(self, text: str) -> None:
        table = self.main.tab.table
        if table is None:
            return
        try:
            table.set_filter(text)
        except OpsError as error:
            self.main.status.notice(clean(str(error)), Level.WARN)
        else:
            self.main.tab.pane.set_filter(table.filter_text)
            self.main.status.notice("")

    def on_live_table_opened(self, event: LiveTable.Opened) -> None:
        """Enter: a target's panes, or all fields of a row."""
        self.verbs.enter(event.table, event.row_id)

    def on_live_table_changed(self, event: LiveTable.Changed) -> None:
        """The filter of what keys act on changed: the title says so."""
        if event.table is self.main.tab.table:
            self.main.tab.pane.set_filter(event.table.filter_text)

    def on_live_table_cursor_gone(self, event: LiveTable.CursorGone) -> None:
        """The object one looked at is gone."""
        name = event.row_id.partition("\x1f")[0]
        self.main.status.notice(clean(f"{name} is gone from the list"), Level.WARN)

    def on_live_table_sort_requested(self) -> None:
        """`s` in a list."""
        self.carry_out("sort")

    def on_live_table_columns_requested(self) -> None:
        """`c` in a list."""
        self.carry_out("columns")
