"""Bars: one line each, drawn when they change, cut to the width, literal."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from opsconsole.clean import Clean
from opsconsole.model import Level
from widgets.keybar import KeyBar
from widgets.oneline import OneLine, Part
from widgets.statusline import Gauges, StatusLine
from widgets.tabbar import Tab, TabBar


class Bench(App[None]):
    """Shows one widget, with a few keys of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "note('help')", "help", id="app.help", key_display="?"),
        Binding("x", "note('x')", "actions", id="app.actions"),
        Binding("y", "note('y')", "yank", id="app.yank"),
        Binding("f12", "note('f12')", "never shown", id="app.hidden", show=False),
    ]

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.noted: list[str] = []
        self.allowed = True

    def compose(self) -> ComposeResult:
        yield self.widget

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if parameters == ("y",) and not self.allowed else True

    def on_tab_bar_chosen(self, message: TabBar.Chosen) -> None:
        self.noted.append(message.tab_id)


@asynccontextmanager
async def shown(widget: Widget, width: int = 80) -> AsyncGenerator[tuple[Bench, Pilot[None]]]:
    app = Bench(widget)
    async with app.run_test(size=(width, 5), notifications=True) as pilot:
        await pilot.pause()
        yield app, pilot


def line(widget: Widget) -> str:
    text = widget.render_line(0).text
    assert cell_len(text) == widget.size.width
    return text


class Counting(OneLine):
    asked = 0

    def refresh(self, *regions: object, **options: object) -> "Counting":
        self.asked += 1
        super().refresh()
        return self


@pytest.mark.parametrize("width", [1, 7, 20, 80])
async def test_line_is_cut_from_the_left_part_and_is_literal(width: int) -> None:
    bar = OneLine()
    async with shown(bar, width):
        bar.show([Part("[/]日本語\x1b[31m[@click=app.bell]x")], [Part("right")])
        text = line(bar)
        assert "\x1b" not in text
        if width >= 20:
            assert text.startswith("[/]日本語")
            assert text.endswith("right")


async def test_same_parts_are_not_drawn_again() -> None:
    bar = Counting()
    async with shown(bar):
        bar.show([Part("a")])
        before = bar.asked
        assert bar.show([Part("a")]) is False
        assert bar.asked == before
        assert bar.show([Part("b")]) is True
        assert bar.asked == before + 1


TABS = [
    Tab("system", "System", "1", {Level.CRIT: 1, Level.WARN: 2}),
    Tab("database", "Database", "2"),
    Tab("cloud", "Cloud", "3", {Level.UNKNOWN: 3}),
]


async def test_tabs_show_number_title_and_alerts() -> None:
    bar = TabBar(TABS, "database")
    async with shown(bar) as (app, pilot):
        assert line(bar).startswith(" 1 System X1 !2  2 Database  3 Cloud ?3 ")
        await pilot.click(bar, offset=(3, 0))
        await pilot.click(bar, offset=(30, 0))
        await pilot.click(bar, offset=(70, 0))
        assert app.noted == ["system", "cloud"]


async def test_tabs_without_room_keep_the_current_one_in_sight() -> None:
    bar = TabBar(TABS, "database")
    async with shown(bar, 24):
        assert line(bar).startswith(" 1 X !  2 Database  3 ")
        bar.set_tabs([Tab(str(at), f"Tab {at}", str(at)) for at in range(10)], "9")
        assert "9 Tab 9" in line(bar)


async def test_keys_valid_now_are_shown_and_can_be_clicked() -> None:
    bar = KeyBar(["app.yank", "app.actions"])
    async with shown(bar) as (app, pilot):
        assert line(bar).startswith(" y yank  x actions ")
        assert "? help" in line(bar)
        assert "never" not in line(bar)
        await pilot.click(bar, offset=(11, 0))
        await pilot.pause()
        assert app.noted == ["x"]


@pytest.mark.parametrize(("width", "text"), [(20, " y yank  ? help"), (9, " ? help"), (3, " ?…")])
async def test_least_important_keys_give_way_and_help_stays(width: int, text: str) -> None:
    bar = KeyBar(["app.yank", "app.actions"])
    async with shown(bar, width):
        assert line(bar).rstrip() == text


async def test_key_bar_follows_the_bindings_and_draws_only_changes() -> None:
    bar = KeyBar(["app.yank"])
    async with shown(bar) as (app, pilot):
        on = bar.render_line(0)
        app.allowed = False
        app.refresh_bindings()
        await pilot.pause()
        off = bar.render_line(0)
        assert [s.style for s in on] != [s.style for s in off]
        assert on.text == off.text


async def test_status_line_says_what_happened_and_what_it_costs() -> None:
    status = StatusLine()
    async with shown(status, 110):
        status.gauges(Gauges(0.6, 52 * 2**20, 365.0, Clean("host.process web-1"), 0.12, "slow"))
        status.notice("web-1: [/] refused", Level.WARN)
        text = line(status)
        assert text.startswith(" ! web-1: [/] refused ")
        assert text.rstrip().endswith(
            "! link slow cpu   1% mem 52.0 MiB tty    365 B/s slowest host.process web-1 120 ms"
        )
        status.notice("web-1: " + "x" * 60)
        text = line(status)
        assert text.startswith(" web-1: " + "x" * 60 + " ")
        assert text.rstrip().endswith("! link slow cpu   1% mem 52.0 MiB")
        status.notice("")
        assert line(status).startswith("   ")


def test_messages_name_their_bar() -> None:
    bar = TabBar()
    message: Message = TabBar.Chosen(bar, "x")
    assert message.control is bar
