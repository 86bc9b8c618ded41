"""The timeline as an operator meets it: scope, window, cause, filter, and the way to the object."""

import msgspec
import pytest
from syrupy.assertion import SnapshotAssertion

from opsconsole.alert import Alerts, Occurrence, Phase
from opsconsole.clean import Clean
from opsconsole.model import Level
from opsconsole.ports import Happened
from screens.shell.console import ConsoleScreen
from screens.shell.recall.screen import TimelineScreen
from screens.shell.sheet import Sheet
from tests.screens.shell.recall.scene import INCIDENT, NOW, raised, timeline, told
from tests.screens.shell.stage import host, row, stage
from tests.screens.shell.test_snapshots import SIZES
from tests.screens.shell.trial import texts, trial
from tests.timeline.scene import T0, alert, it

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@sizes
async def test_everything_as_it_was_approved(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with told(size=size) as on:
        await on.press("i")
        assert "\n".join(line.rstrip() for line in on.screen) == snapshot


async def test_it_stands_in_ascii_where_that_is_all_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPSCONSOLE_ASCII", "1")
    async with told(size=(160, 50)) as on:
        await on.press("i")
        assert all(line.isascii() for line in on.screen)
        assert not on.says("?")
        assert on.line("IO wait is high: 62").startswith(">")


async def test_the_cause_is_on_top_and_marked_and_c_goes_to_it() -> None:
    async with told(size=(80, 24)) as on:
        await on.press("i")
        assert on.says("first: 08:01:00 IO wait is high on db-1, 40 s before Replication lags on")
        marked = [line for line in on.screen if line.startswith("»")]
        assert len(marked) == 1
        assert "IO wait is high" in marked[0]
        await on.press("c")
        current = timeline(on).view.current
        assert current is not None
        assert current.target == "db-1"
        assert on.says("before it package")
        assert on.says("postgresql 15.4 -> 15.5 changed on db-1")


async def test_of_one_target_it_shows_what_has_to_do_with_it() -> None:
    async with told() as on:
        await on.type("timeline far-1")
        assert on.says("Timeline of far-1 and what has to do with it · 1 h · 2")
        assert on.says("Swap is read")
        assert not on.says("Replication lags")
        await on.press("a")
        assert on.says(f"Timeline of everything · 1 h · {len(INCIDENT)}")
        await on.press("a")
        assert on.says("Timeline of far-1")
        await on.press("escape")
        await on.type("target db-2")
        await on.press("i")
        assert on.says("Timeline of db-2")
        assert on.says("Errors: 12 %")
        assert not on.says("no answer")


async def test_a_time_says_how_far_back() -> None:
    async with told() as on:
        await on.type("timeline all 10m")
        assert on.says("Timeline of everything · 10 min · 5")
        await on.press("minus")
        assert on.says("· 15 min · 11")
        await on.press("minus", "minus")
        assert on.says("· 4 h · 13")
        await on.press("plus")
        assert on.says("· 1 h · 13")
        await on.press("escape")
        await on.type("timeline db-1 07:55")
        assert on.says("Timeline of db-1")
        assert on.says("· 20 min ·")
        await on.press("escape")
        await on.type("timeline db-1 25:00")
        assert isinstance(on.app.screen, ConsoleScreen)


async def test_zooming_in_on_the_past_stays_around_the_cursor() -> None:
    async with told() as on:
        await on.press("i", "home", "plus", "plus")
        assert on.says("· 5 min up to")
        assert on.says("· 1")
        assert on.says("alice: armed")
        await on.press("right_square_bracket", *["]"] * 20)
        assert not on.says("up to"), "at the end it is now again"
        await on.press("left_square_bracket")
        assert on.says("up to")


async def test_a_filter_is_that_of_any_list() -> None:
    async with told() as on:
        await on.press("i", "slash", *"kind:action")
        await on.until(lambda: on.says("2 of 13 · /kind:action"))
        await on.press("enter")
        await on.until(lambda: on.says("restart service"))
        assert not on.says("41 s over 30 s")
        await on.press("escape")
        await on.until(lambda: on.says("· 13"))
        await on.press("slash", *"label:rack=Z99")
        await on.press("enter")
        await on.until(lambda: on.says("1 of 13"))
        await on.press("slash", *" nonsense:x")
        await on.until(lambda: on.says("no column nonsense"))
        await on.press("escape", "escape")
        assert isinstance(on.app.screen, ConsoleScreen)


async def test_what_comes_is_there_at_once_and_the_end_is_followed() -> None:
    async with told() as on:
        await on.press("i")
        on.bus.publish(Happened([alert(700, "web-1", "CPU is busy: 99 %")]))
        await on.until(lambda: on.says("CPU is busy"))
        current = timeline(on).view.current
        assert current is not None
        assert current.target == "web-1"
        await on.press("k", "k")
        on.bus.publish(Happened([alert(710, "web-1", "Load is high: 99")]))
        await on.until(lambda: on.says("Load is high"))
        assert timeline(on).view.current == INCIDENT[-2], "it stays with its line"


async def test_alerts_of_the_collector_are_lines_too() -> None:
    async with told(happened=()) as on:
        await on.press("i")
        on.bus.publish(Alerts([raised("disk-full", "db-1")], True))
        await on.until(lambda: on.says("/var: Disk is full: used 99 % over 98 %"))
        on.bus.publish(Happened([it(1, "alert", "db-1", "Disk full", Level.CRIT, "/var",
                                    "host.disk-full|db-1")]))  # fmt: skip
        over = raised("disk-full", "db-1", phase=Phase.RESOLVED, at=60)
        on.bus.publish(Alerts([over], True))
        await on.until(lambda: on.says("Disk is full: over"))
        assert on.says("· 2")
        unknown = raised("disk-full", "db-2", phase=Phase.UNKNOWN, at=90)
        on.bus.publish(Alerts([raised("cpu-busy", "db-3")], False))  # its rule tells that
        on.bus.publish(Alerts([msgspec.structs.replace(unknown, origin=Clean("am-1"))], False))
        await on.until(lambda: on.says("its data stopped"))
        assert on.says("· 4")


async def test_enter_goes_to_the_target_the_pane_and_the_row() -> None:
    unit = it(130, "unit", "api-1", "x.service failed", thing="x.service", ref="host.unit")
    async with told(happened=(unit,)) as on:
        await on.press("i", "enter")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.app.main.tab.target == "api-1"
        await on.until(lambda: on.app.main.tab.detail.current.pane.probes == ("host.unit",))
        rows = [row("host.unit", unit=Clean(f"{name}.service")) for name in "axz"]
        await on.tell("host.unit", "api-1", *rows)
        table = on.app.main.tab.table
        assert table is not None
        await on.until(lambda: table.cursor_id == "x.service")


async def test_enter_on_an_alert_goes_to_its_row() -> None:
    async with told(happened=()) as on:
        on.bus.publish(Alerts([raised("disk-full", "db-1")], True))
        await on.press("i")
        await on.until(lambda: on.says("Disk is full"))
        await on.press("enter")
        assert on.app.main.tab.target == "db-1"
        await on.until(lambda: "host.filesystem" in on.app.main.tab.detail.current.pane.probes)


async def test_what_belongs_to_no_target_leads_nowhere() -> None:
    async with told(happened=(it(0, "note", "", "hello", Level.OK),)) as on:
        await on.press("i", "enter")
        assert isinstance(on.app.screen, TimelineScreen)
        assert on.says("it belongs to no target")


async def test_relatives_of_a_stranger_are_not_known() -> None:
    async with told(happened=(alert(0, "stranger", "x"),)) as on:
        await on.press("i", "p")
        assert on.says("stranger is no target of this estate")


async def test_what_no_tab_shows_is_said() -> None:
    async with told(happened=(alert(0, "stranger", "x"),)) as on:
        await on.press("i", "enter")
        assert on.says("no tab shows 'stranger'")


async def test_p_shows_the_relatives_of_the_line() -> None:
    async with told() as on:
        await on.press("i", "c", "p")
        assert isinstance(on.app.screen, Sheet)
        assert on.says("Relatives of db-1")
        await on.press("down", "enter")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.app.main.tab.target == "ups-a"


async def test_i_and_escape_close_it() -> None:
    async with told() as on:
        for key in ("i", "escape", "q"):
            await on.press("i")
            assert isinstance(on.app.screen, TimelineScreen)
            await on.press(key)
            assert isinstance(on.app.screen, ConsoleScreen)


async def test_a_hundred_thousand_are_drawn_by_the_page() -> None:
    flood = [alert(at / 200, f"t{at % 40}", f"Alert {at}") for at in range(100_000)]
    async with told(host("web-1"), happened=flood) as on:
        await on.type("timeline all")
        view = timeline(on).view
        await on.until(lambda: on.says("everything · 1 h · 100000"))
        assert view.lines_kept <= view.page
        for key in ("home", "pagedown", "pagedown", "end", "k", "k"):
            await on.press(key)
        assert view.lines_kept <= 500


async def test_hostile_words_are_words() -> None:
    source = texts()
    async with trial(host("web-1"), size=(160, 120)) as one:
        one.on.app.chronicle.clock = lambda: NOW
        one.on.app.chronicle.add(
            Occurrence(T0 + at / 100, word[:9], word, word, Level(at % 4), source[-at - 1], word)
            for at, word in enumerate(source)
        )
        await one.on.type("timeline all")
        one.judge()
        await one.on.until(lambda: one.on.says(f"· {len(one.on.app.chronicle.course)}"))
        view = timeline(one.on).view
        await one.on.press("home")
        for _ in range(len(source) // view.page + 1):
            one.judge()
            await one.on.press("pagedown")
        await one.on.press("p")
        one.judge()


async def test_a_console_without_anything_says_so() -> None:
    async with stage(host("web-1")) as on:
        await on.press("i")
        assert on.says("nothing went wrong in this time")
        assert on.says("nothing happened in this time")
        await on.press("j", "k", "G", "home", "enter", "c", "p", "plus", "minus", "[", "]", "a")
        assert isinstance(on.app.screen, TimelineScreen)
