"""What is typed in one go: each key meets the screen that the keys before it made."""

import asyncio
from collections.abc import Callable
from typing import ClassVar

import pytest
from textual.binding import Binding, BindingType
from textual.events import Key

from opsconsole.clean import Clean
from screens.shell import turnstile
from screens.shell.ask import Ask
from screens.shell.base import ConsoleApp
from screens.shell.sheet import Sheet
from tests.screens.shell.stage import Stage, host, row, stage

WEB1 = host("web-1")


async def _processes(on: Stage) -> None:
    """The list of processes, with three of them and the cursor on the first."""
    await on.type("pane processes")
    await on.tell(
        "host.process",
        "web-1",
        *(row("host.process", pid=pid, start_ticks=pid, boot=Clean("b")) for pid in (1, 2, 3)),
    )
    table = on.app.main.tab.table
    assert table is not None
    assert len(table.data.order) == 3


def _sheet(on: Stage) -> Sheet:
    front = on.app.screen
    assert isinstance(front, Sheet), front
    return front


async def test_keys_after_enter_go_to_the_sheet_it_opens() -> None:
    async with stage(WEB1) as on:
        await _processes(on)
        table = on.app.main.tab.table
        assert table is not None
        before = table.cursor_id
        await on.rush("enter", "j", "j")
        sheet = _sheet(on)
        assert sheet.table.cursor_id == sheet.table.data.order[2]
        assert table.cursor_id == before


async def test_a_filter_typed_after_enter_is_the_sheets() -> None:
    async with stage(WEB1) as on:
        await _processes(on)
        await on.rush("enter", "/", *"state", "enter", "j")
        assert _sheet(on).table.filter_text == "state"
        table = on.app.main.tab.table
        assert table is not None
        assert not table.filter_text


async def test_the_key_that_closes_a_sheet_asks_nothing_below() -> None:
    async with stage(WEB1) as on:
        await _processes(on)
        await on.rush("enter", "q")
        assert not isinstance(on.app.screen, Ask)
        await on.rush("enter", "q", "q")
        assert isinstance(on.app.screen, Ask)


async def test_sorting_in_a_sheet_sorts_the_sheet() -> None:
    async with stage(WEB1) as on:
        await _processes(on)
        await on.rush("enter", "s")
        assert _sheet(on).table.sort
        assert len(on.app.screen_stack) == 2


async def test_a_dialog_drops_what_was_typed_before_it_stood() -> None:
    async with stage(WEB1) as on:
        await on.rush(":", *"quit", "enter", "y", "n", "Z", "P")
        assert isinstance(on.app.screen, Ask)
        assert not on.app.verbs.paused
        assert not on.says("copied")
        await on.press("n")
        assert not isinstance(on.app.screen, Ask)


async def test_a_dialog_that_stands_hears_what_is_typed_while_others_are_busy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with stage(WEB1) as on:
        await on.press("colon", *"quit", "enter")
        assert isinstance(on.app.screen, Ask)
        quiet, asked = on.app._turnstile.is_quiet, [False]
        monkeypatch.setattr(
            on.app._turnstile, "is_quiet", lambda: quiet() and (not asked or asked.pop())
        )
        await on.press("n")
        assert not asked, "the key had to wait"
        assert not isinstance(on.app.screen, Ask)


async def test_a_line_typed_in_one_go_is_carried_out() -> None:
    async with stage(WEB1) as on:
        await on.rush(*":pause on", "enter", *":zoom", "enter")
        assert on.app.verbs.paused
        assert on.app.main.tab.detail.zoomed


class Slow(ConsoleApp):
    """`x` opens a dialog when something slow has ended; counts the other keys."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "plan", "Plan")]

    def __init__(self) -> None:
        super().__init__()
        self.ready = asyncio.Event()
        self.heard: list[str] = []

    async def action_plan(self) -> None:
        await self.ready.wait()
        self.push_screen(Ask(Clean("Really?"), yes=Clean("do it"), no=Clean("leave it")))

    def on_key(self, event: Key) -> None:
        self.heard.append(event.key)


async def _until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within 20 s")


async def _until_still(app: ConsoleApp) -> None:
    await _until(lambda: not app._turnstile.busy and app._turnstile.is_quiet())


async def test_keys_wait_for_a_dialog_that_takes_its_time() -> None:
    app = Slow()
    async with app.run_test() as pilot:
        for key in ("x", "k", "y"):
            app.post_message(Key(key, key))
        await asyncio.sleep(0.3)
        assert app.heard == ["x"]
        app.ready.set()
        await _until_still(app)
        assert isinstance(app.screen, Ask)
        assert app.heard == ["x"], "the dialog dropped what was typed before it"
        await pilot.press("n")
        await _until_still(app)
        await pilot.press("k")
        await _until_still(app)
        assert app.heard == ["x", "n", "k"]


async def test_keys_that_would_wait_for_ever_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "PATIENCE_S", 0.2)
    app = Slow()
    async with app.run_test() as pilot:
        for key in ("x", "k"):
            app.post_message(Key(key, key))
        await _until(lambda: app._turnstile.busy)
        await _until(lambda: not app._turnstile.busy)
        monkeypatch.undo()  # what is typed from here on may wait for a slow machine
        app.ready.set()
        await _until_still(app)
        await pilot.press("n")
        await _until_still(app)
        assert app.heard == ["x", "n"]
