"""The console as its operator meets it: lists, panes, keys, commands, and what it says."""

import pytest
from textual.events import DescendantFocus

from opsconsole.clean import Clean
from opsconsole.model import Row
from opsconsole.ports import Interest
from tests.screens.shell.stage import host, row, stage

WEB1, WEB2, DB1 = host("web-1", env="prod"), host("web-2", env="lab"), host("db-1", env="prod")
SIZES = [(80, 24), (160, 50), (400, 100)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_fleet_is_listed_worst_first(size: tuple[int, int]) -> None:
    async with stage(WEB1, WEB2, DB1, size=size) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=10.0))
        await on.tell("host.vitals", "web-2", row("host.vitals", cpu_percent=99.0))
        await on.fail("host.vitals", "db-1", "untrusted", "host key changed")
        table = on.app.main.tab.fleet.table
        await on.press("s", "escape")
        table.sort_by("!")
        assert table.data.order == ["db-1", "web-2", "web-1"]
        assert "untrusted" in on.line("db-1")
        assert "crit" in on.line("web-2")


async def test_a_host_that_never_answered_waits() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals"))
        assert "waiting" in on.line("web-2")


async def test_old_values_say_so_and_never_look_well() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=1.0), age=60.0)
        assert "stale" in on.line("web-1")


async def test_enter_opens_a_host_and_escape_leads_back() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.tell("host.vitals", "web-2", row("host.vitals"))
        await on.type("host web-2")
        assert on.app.main.tab.target == "web-2"
        assert on.says("Processes")
        await on.press("escape")
        assert on.app.main.tab.target == ""


async def test_a_fleet_of_one_opens_its_panes_and_has_no_list_to_go_back_to() -> None:
    async with stage(WEB1) as on:
        assert on.app.main.tab.target == "web-1"
        await on.press("escape")
        assert on.app.main.tab.target == "web-1"
        assert on.says("nothing to go back to")


async def test_only_what_is_looked_at_is_asked_for() -> None:
    async with stage(WEB1, WEB2, size=(80, 24)) as on:
        await on.type("host web-1")
        asked = await on.bus.receive()
        assert isinstance(asked, Interest)
        assert ("host.process", "web-1") in asked.pairs
        assert not [pair for pair in asked.pairs if pair[1] != "web-1"]
        assert ("host.disk", "web-1") not in asked.pairs


async def test_the_cursor_stays_with_its_process_when_the_order_changes() -> None:
    async with stage(WEB1) as on:
        low, high = _process(1, 1.0), _process(2, 90.0)
        await on.tell("host.process", "web-1", low, high)
        table = on.app.main.tab.table
        assert table is not None
        await on.press("j")
        assert table.cursor_id is not None
        mine = table.cursor_id
        assert mine.startswith("1\x1f")
        await on.tell("host.process", "web-1", _process(1, 99.0), high)
        table.sort_by(table.sort)
        assert table.data.order[0] == mine
        assert table.cursor_id == mine


async def test_a_process_that_ended_leaves_the_cursor_on_nothing() -> None:
    async with stage(WEB1) as on:
        await on.tell("host.process", "web-1", _process(1, 1.0), _process(2, 90.0))
        await on.press("j")
        await on.tell("host.process", "web-1", _process(2, 90.0))
        table = on.app.main.tab.table
        assert table is not None
        assert table.cursor_id is None
        assert on.says("1 is gone from the list")


async def test_pause_freezes_the_screen_and_keeps_collecting() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=10.0))
        await on.press("P")
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=77.0))
        assert on.says("PAUSED")
        assert "77.0" not in on.line("web-1")
        await on.press("P")
        assert "77.0" in on.line("web-1")


async def test_what_one_turns_to_on_a_paused_screen_is_drawn_once() -> None:
    async with stage(WEB1, WEB2) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=10.0))
        await on.press("P", "enter")
        await on.settle()
        assert on.says("10.0%")
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=77.0))
        assert on.says("10.0%")
        assert not on.says("77.0%")
        await on.press("P")
        assert on.says("77.0%")


async def test_the_filter_narrows_as_one_types_and_escape_clears_it() -> None:
    async with stage(WEB1, WEB2, DB1) as on:
        for name in ("web-1", "web-2", "db-1"):
            await on.tell("host.vitals", name, row("host.vitals"))
        await on.press("slash", *"web")
        assert on.app.main.tab.fleet.table.counts == (2, 3)
        await on.press("enter")
        assert on.says("2 of 3")
        await on.press("escape")
        assert on.app.main.tab.fleet.table.counts == (3, 3)


async def test_cancelling_a_filter_keeps_the_one_before() -> None:
    async with stage(WEB1, WEB2, DB1) as on:
        for name in ("web-1", "web-2", "db-1"):
            await on.tell("host.vitals", name, row("host.vitals"))
        await on.type("filter label:env=prod")
        assert on.app.main.tab.fleet.table.counts == (2, 3)
        await on.press("slash", "x", "escape")
        assert on.app.main.tab.fleet.table.filter_text == "label:env=prod"


async def test_a_pattern_narrows_the_list_of_targets() -> None:
    async with stage(WEB1, WEB2, DB1) as on:
        for name in ("web-1", "web-2", "db-1"):
            await on.tell("host.vitals", name, row("host.vitals"))
        await on.type("target web*")
        assert sorted(on.app.main.tab.fleet.table.data.rows) == ["web-1", "web-2"]
        await on.press("escape")
        assert len(on.app.main.tab.fleet.table.data.rows) == 3


async def test_zoom_gives_a_pane_the_room_and_takes_it_back() -> None:
    async with stage(WEB1) as on:
        await on.type("pane filesystems")
        await on.press("z")
        assert on.says("Filesystems")
        assert not on.says("Processes")
        await on.press("escape")
        assert on.says("Processes")


async def test_tab_reaches_every_pane_on_the_smallest_screen() -> None:
    async with stage(WEB1, size=(80, 24)) as on:
        detail = on.app.main.tab.detail
        seen = set[str]()
        for _ in detail.panes:
            await on.press("tab")
            assert detail.current.display
            seen.add(detail.current.name_on_board)
        assert seen == set(detail.panes)


async def test_word_of_an_earlier_focus_does_not_take_the_pane_that_keys_act_on() -> None:
    async with stage(host("web-1")) as on:
        detail = on.app.main.tab.detail
        earlier = detail.current.body
        await on.press("tab")
        chosen = detail.current
        assert chosen.body is not earlier
        detail.post_message(DescendantFocus(earlier))  # as it comes late on a busy machine
        await on.settle()
        assert detail.current is chosen
        earlier.focus()
        await on.settle()
        assert detail.current.body is earlier


async def test_describe_shows_the_source_and_limits_of_each_field() -> None:
    async with stage(WEB1) as on:
        await on.tell("host.process", "web-1", _process(7, 5.0))
        await on.press("d")
        assert on.says("/stat")
        await on.press("q")
        assert on.says("Processes")


async def test_sorting_by_a_menu_and_by_command_agree() -> None:
    async with stage(WEB1) as on:
        await on.type("sort memory_percent")
        table = on.app.main.tab.table
        assert table is not None
        assert table.sort == "-memory_percent"
        await on.type("sort memory_percnt")
        assert on.says("did you mean memory_percent")


async def test_columns_are_added_and_taken_away() -> None:
    async with stage(WEB1) as on:
        table = on.app.main.tab.table
        assert table is not None
        await on.type("columns +nice -user")
        assert "nice" in table.shown
        assert "user" not in table.shown
        await on.type("columns default")
        assert "user" in table.shown


async def test_help_lists_every_command_and_the_keys_in_force() -> None:
    async with stage(WEB1) as on:
        on.app.set_keymap({"zoom": "f11"})
        await on.type("help zoom")
        assert "f11" in on.line(":zoom").lower()


async def test_an_unknown_command_says_what_is_near() -> None:
    async with stage(WEB1) as on:
        await on.type("zom")
        assert on.says("did you mean :zoom")


async def test_gg_goes_to_the_top_and_g_alone_shows_the_letters() -> None:
    async with stage(WEB1) as on:
        await on.tell("host.process", "web-1", *[_process(n, float(n)) for n in range(1, 90)])
        table = on.app.main.tab.table
        assert table is not None
        await on.press("G")
        assert table.cursor_id is not None
        last = table.cursor_id
        await on.press("g", "g")
        assert table.cursor_id == table.data.order[0] != last
        await on.press("g")
        await on.pilot.pause(0.5)
        assert on.says("s System")


async def test_quit_asks_and_enter_is_no_answer() -> None:
    async with stage(WEB1) as on:
        await on.press("q")
        await on.press("enter")
        assert on.says("Enter confirms nothing")
        await on.press("n")
        assert on.app.is_running
        await on.type("quit now")
        assert on.app._exit


def _process(pid: int, cpu: float) -> Row:
    return row("host.process", pid=pid, cpu_percent=cpu, start_ticks=pid * 10, boot=Clean("b"))
