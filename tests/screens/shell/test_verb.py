"""What commands do beyond the list: copy, looks, the line, the mouse, costs, the way out."""

import base64
import re

import pytest

from opsconsole.clean import Clean
from opsconsole.ports import Cost, Ledger
from screens.shell.ask import Ask
from screens.shell.sheet import Sheet
from tests.screens.shell.stage import Stage, host, row, stage
from tests.screens.shell.wire import Wired

WEB1, WEB2 = host("web-1"), host("web-2")


def _sent(on: Stage) -> str:
    assert isinstance(on.app, Wired)
    return on.app.take_sent()


@pytest.mark.parametrize(
    ("what", "text"),
    [("id", "7\t70\tb"), ("cell", "5.0%"), ("row", "7\tann\t5.0%"), ("", "7\tann\t5.0%")],
)
async def test_yank_sends_what_was_asked_for(
    what: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")
    monkeypatch.delenv("TMUX", raising=False)
    async with stage(WEB1, console=Wired) as on:
        one = row(
            "host.process",
            pid=7,
            user=Clean("ann"),
            cpu_percent=5.0,
            start_ticks=70,
            boot=Clean("b"),
        )
        await on.tell("host.process", "web-1", one)
        table = on.app.main.tab.table
        assert table is not None
        table.set_shown(("pid", "user", "cpu_percent"))
        await on.type(f"yank {what}")
        found = re.findall("\x1b\\]52;c;([^\x07]*)\x07", _sent(on))
        assert [base64.b64decode(code).decode() for code in found] == [text]
        assert on.says("by OSC 52")


async def test_yank_says_what_it_cannot_copy() -> None:
    async with stage(WEB1) as on:
        await on.type("yank")
        assert on.says("no row under the cursor")
        await on.tell("host.process", "web-1", row("host.process"))
        await on.type("yank all")
        assert on.says("'all' cannot be copied")


async def test_a_theme_is_taken_by_name_or_from_a_list() -> None:
    async with stage(WEB1) as on:
        await on.type("theme light")
        assert on.app.theme == "light"
        await on.type("theme ligth")
        assert on.says("no theme 'ligth'")
        await on.type("theme")
        assert isinstance(on.app.screen, Sheet)
        await on.press("home", "enter")
        assert on.app.theme == "ansi"


async def test_the_link_is_chosen_by_name() -> None:
    async with stage(WEB1) as on:
        await on.type("link thin")
        assert on.app.gauge.link.name == "thin"
        assert on.says("a frame each 2 s")
        await on.type("link fast")
        assert on.says("no link 'fast'")
        assert on.app.gauge.link.name == "thin"


async def test_the_mouse_is_let_go_and_taken_again() -> None:
    async with stage(WEB1, console=Wired) as on:
        _sent(on)
        await on.press("M")
        assert "\x1b[?1000l\x1b[?1003l\x1b[?1006l" in _sent(on)
        await on.type("mouse on")
        assert "\x1b[?1000h\x1b[?1003h\x1b[?1006h" in _sent(on)


async def test_costs_are_those_of_the_ledger() -> None:
    async with stage(WEB1, WEB2) as on:
        cost = Cost(
            "web-2", "retrying", 12, 34_000, 5, 0.5, "host.unit", 1.5, 3, 9.0, Clean("rests")
        )
        on.bus.publish(Ledger(1.0, 2, 0, [cost]))
        await on.type("cost")
        line = on.line("retrying")
        assert all(word in line for word in ("web-2", "12", "host.unit", "rests"))


async def test_the_way_through_what_was_looked_at() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.type("target web-1")
        await on.type("target web-2")
        await on.press("left_square_bracket")
        assert on.app.main.tab.target == "web-1"
        await on.press("left_square_bracket", "left_square_bracket")
        assert on.app.main.tab.target == ""
        await on.press("right_square_bracket", "right_square_bracket")
        assert on.app.main.tab.target == "web-2"


async def test_ctrl_c_twice_on_the_root_asks_and_only_y_leaves() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.press("ctrl+c")
        assert not isinstance(on.app.screen, Ask)
        assert on.says("once more asks")
        await on.press("ctrl+c")
        assert isinstance(on.app.screen, Ask)
        await on.press("ctrl+c")
        assert not isinstance(on.app.screen, Ask)
        assert on.app.is_running


async def test_an_estate_without_targets_says_how_to_add_one() -> None:
    async with stage() as on:
        assert on.says("no target yet")
        assert on.says("[target.web-1]")
        await on.press("enter", "d", "j", "tab", "r")
        assert on.app.is_running
