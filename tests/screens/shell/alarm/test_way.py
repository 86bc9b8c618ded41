"""From anywhere to the worst alert in one key, and what is said there."""

import pytest

from opsconsole import registry
from opsconsole.alert import Phase
from opsconsole.clean import Clean
from opsconsole.model import Level
from screens.shell.alarm.sheet import AlertSheet
from screens.shell.alarm.way import pane_of
from screens.system import DOMAIN
from tests.screens.shell.alarm.scene import alert, say, taken
from tests.screens.shell.stage import Stage, host, row, stage

VAR, SRV = (Clean("/var"),), (Clean("/srv"),)


async def _disks(on: Stage, target: str = "web-1", *mounts: str) -> None:
    rows = [row("host.filesystem", mount=Clean(each)) for each in mounts or ("/", "/srv", "/var")]
    await on.tell("host.filesystem", target, *rows)


def _at(on: Stage) -> tuple[str, str, str | None]:
    """Target, pane and the object under the cursor."""
    tab = on.app.main.tab
    table = tab.table
    return tab.target, tab.detail.current.name_on_board, table.cursor_id if table else None


async def test_one_key_leads_to_the_object_and_says_what_it_is() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await _disks(on)
        await say(on, alert(), alert("mem", "web-2", Level.WARN))
        await on.press("!")
        assert _at(on) == ("web-1", "filesystems", "/var")
        line = on.line("Disk is full: /var on web-1")
        assert "X crit" in line
        assert "10 min" in line
        assert "used 97.2 % over 90 %" in line
        assert " A ack" in line
        assert " ! next" in line


@pytest.mark.parametrize("size", [(80, 24), (160, 50), (400, 100)])
async def test_the_row_may_come_later(size: tuple[int, int]) -> None:
    async with stage(host("web-1"), host("web-2"), size=size) as on:
        await say(on, alert())
        await on.press("!")
        assert on.says("waiting for its row")
        await _disks(on)
        assert _at(on) == ("web-1", "filesystems", "/var")
        assert not on.says("waiting for its row")


async def test_again_leads_to_the_next_worst_and_round() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(
            on,
            alert("a", age=60),
            alert("b", target="web-2", level=Level.WARN, age=9000),
            alert("c", key=SRV, age=30),
            alert("d", acknowledged=taken()),
        )
        await _disks(on)
        await _disks(on, "web-2")
        seen: list[tuple[str, str | None]] = []
        for _ in range(4):
            await on.press("!")
            seen.append((_at(on)[0], _at(on)[2]))
        assert seen == [("web-1", "/var"), ("web-1", "/srv"), ("web-2", "/var"), ("web-1", "/var")]


async def test_what_grew_worse_meanwhile_comes_next_and_not_what_was_seen() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        first, second = alert("a", age=60), alert("b", level=Level.WARN)
        await say(on, first, second)
        await on.press("!")
        await say(on, alert("c", target="web-2", age=9000), whole=False)
        await on.press("!")
        assert _at(on)[0] == "web-2"


async def test_who_goes_away_begins_at_the_worst_again() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on, alert("a"), alert("b", target="web-2", level=Level.WARN))
        await on.press("!", "escape")
        assert not on.says("Disk is full: ")
        await on.press("!")
        assert _at(on)[0] == "web-1"


async def test_a_row_that_is_gone_is_told_and_one_can_act_and_acknowledge_still() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await _disks(on, "web-1", "/")
        await say(on, alert())
        await on.press("!")
        assert on.says("its row is gone")
        assert on.app.verbs.way.at_object() is not None


async def test_data_that_does_not_come_is_told() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await on.fail("host.filesystem", "web-1", "timeout", "df does not answer")
        await say(on, alert(phase=Phase.UNKNOWN))
        await on.press("!")
        assert on.says("no data")
        assert "? unknown" in on.line("Disk is full: ")


async def test_a_filter_hides_nothing_one_asked_for() -> None:
    async with stage(host("web-1")) as on:
        await on.type("pane filesystems")
        await _disks(on)
        await on.type("filter srv")
        await say(on, alert())
        await on.press("!")
        assert _at(on) == ("web-1", "filesystems", "/var")
        assert not on.says("/srv ") or on.says("/var")
        table = on.app.main.tab.table
        assert table is not None
        assert table.filter_text == ""


async def test_what_the_operator_turns_to_is_left_alone() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await _disks(on)
        await say(on, alert())
        await on.press("!", "k")
        moved = _at(on)
        assert moved[2] != "/var"
        await _disks(on)
        assert _at(on) == moved
        assert on.app.verbs.way.at_object() is None


async def test_when_it_is_over_the_line_says_so() -> None:
    async with stage(host("web-1"), host("web-2")) as on:
        await say(on, alert())
        await on.press("!")
        await say(on, alert(phase=Phase.RESOLVED), whole=False)
        assert "- resolved" in on.line("Disk is full: ")
        await say(on)
        assert not on.says("Disk is full: ")


async def test_a_target_no_tab_shows_is_shown_in_the_list() -> None:
    async with stage(host("web-1")) as on:
        elsewhere = alert("probe", "https://shop", key=(), origin=Clean("prometheus"))
        await say(on, alert(level=Level.WARN), elsewhere)
        await on.press("!")
        sheet = on.app.screen
        assert isinstance(sheet, AlertSheet)
        assert sheet.table.cursor_id == elsewhere.id


async def test_without_any_alert_it_says_why_nothing_happens() -> None:
    async with stage(host("web-1")) as on:
        await on.press("!")
        assert on.says("the collector judges no alerts")
        await say(on)
        await on.press("!")
        assert on.says("there is no alert")


def test_the_pane_is_the_list_of_a_row_and_the_curve_of_a_target() -> None:
    assert registry.probes()["host.vitals"].key == ()
    row_pane = pane_of(DOMAIN, alert())
    curve = pane_of(DOMAIN, alert(probe="host.vitals", column="cpu_percent", key=()))
    none = pane_of(DOMAIN, alert(probe="host.nothing", key=()))
    assert row_pane is not None
    assert curve is not None
    assert (row_pane.id, curve.id, none) == ("system.filesystems", "system.cpu-history", None)
