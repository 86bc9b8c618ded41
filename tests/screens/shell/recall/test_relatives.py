"""From an object to its relatives: what carries it, what it carries, who is beside it."""

import pytest
from syrupy.assertion import SnapshotAssertion

from opsconsole.alert import Alerts
from opsconsole.clean import Clean
from opsconsole.model import Target
from screens.shell.console import ConsoleScreen
from screens.shell.sheet import Sheet
from tests.screens.shell.recall.scene import raised, told
from tests.screens.shell.stage import Stage, host, row
from tests.screens.shell.test_snapshots import SIZES
from tests.screens.shell.trial import texts, trial
from tests.timeline.scene import TARGETS

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def sheet(on: Stage) -> Sheet:
    assert isinstance(on.app.screen, Sheet)
    return on.app.screen


async def _states(on: Stage) -> None:
    await on.tell("host.vitals", "db-1", row("host.vitals", cpu_percent=99.0))
    await on.tell("host.vitals", "api-1", row("host.vitals", cpu_percent=1.0))
    await on.fail("host.vitals", "ups-a", "unreachable", "gone")
    on.bus.publish(Alerts([raised("disk-full", "db-1")], True))
    await on.settle()


@sizes
async def test_the_sheet_as_it_was_approved(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with told(size=size) as on:
        await _states(on)
        await on.type("pivot db-2")
        assert "\n".join(line.rstrip() for line in on.screen) == snapshot


async def test_each_is_listed_with_its_state_and_its_worst_alert() -> None:
    async with told() as on:
        await _states(on)
        await on.type("target db-2")
        await on.press("p")
        rows = [tuple(map(str, one[:4])) for one in sheet(on).table.data.rows.values()]
        assert rows == [
            ("itself", "db-2", "host", "waiting"),
            ("stands on", "db-1", "host", "crit"),
            ("stands on", "ups-a", "host", "unreachable"),
            ("carries", "api-1", "host", "crit"),
            ("carries", "api-2", "host", "waiting"),
        ]
        assert "Disk is full: used 99 % over 98 %" in on.line("db-1  ")
        assert "through db-1" in on.line("ups-a")
        assert "the estate says so" in on.line("api-1")


async def test_enter_goes_there_and_escape_goes_back() -> None:
    async with told() as on:
        await on.type("target db-2")
        await on.press("p", "escape")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.app.main.tab.target == "db-2"
        await on.press("p", "down", "enter")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.app.main.tab.target == "db-1"


async def test_on_a_list_it_is_the_target_under_the_cursor() -> None:
    async with told() as on:
        for target in TARGETS:
            await on.tell("host.vitals", target.id, row("host.vitals", cpu_percent=1.0))
        table = on.app.main.tab.fleet.table
        table.move_to("web-1")
        await on.press("p")
        assert on.says("Relatives of web-1")
        rows = [one[:2] for one in sheet(on).table.data.rows.values()]
        assert ("same rack", "web-2") in rows
        assert ("same rack", "db-1") in rows
        assert ("stands on", "ups-a") in rows
        assert ("same rack", "ups-a") not in rows, "it is listed already"


async def test_without_a_target_it_says_what_to_do() -> None:
    async with told(host("web-1"), host("web-2"), happened=()) as on:
        await on.type("filter nothing-is-called-so")
        await on.press("p")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.says("no target is selected")


async def test_what_answers_say_makes_relatives_too() -> None:
    nas = Target("nas-1", "host", "ssh", "nas-1.example.net")
    twin = Target("nas-old", "host", "ssh", "nas-1.example.net")
    async with told(host("web-1"), nas, happened=()) as on:
        mount = row("host.filesystem", mount=Clean("/srv"), device=Clean("nas-1:/srv"))
        await on.tell("host.filesystem", "web-1", mount)
        await on.type("pivot web-1")
        assert "mounts /srv from it" in on.line("nas-1")
    async with told(nas, twin, happened=()) as on:
        await on.type("pivot nas-1")
        assert "nas-1.example.net" in on.line("same address")


async def test_hostile_names_are_names() -> None:
    names = [name for name in dict.fromkeys(texts()[:1500]) if name]
    targets = [
        Target(name, "host", "ssh", name, labels={"rack": name[:2]}, depends_on=(names[at - 1],))
        for at, name in enumerate(names)
    ]
    async with trial(*targets, size=(160, 120)) as one:
        for name in names[:200]:
            one.fail("host.vitals", name, name, name)
        await one.look()
        one.on.app.verbs._go_to_relative(None)
        await one.on.press("down", "p")
        assert await one.leaf_through(sheet(one.on).table) > 200
