"""One list for the rows of all targets of a tab: how one gets there, what it says, what keys do."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.model import Row
from opsconsole.plan import Thing
from opsconsole.ports import Patch, Patches
from opsconsole.spec import Pane
from screens.shell.across import AcrossView
from screens.shell.act.aim import take_aim
from screens.system import DOMAIN
from tests.screens.shell.act.scene import armed
from tests.screens.shell.stage import Stage, host, row, stage

UNIT = "host.unit"
UNITS = replace(DOMAIN, across=(Pane("system.everywhere", "Units of all hosts", (UNIT,)),))
HOSTS = (host("web-1", env="prod"), host("web-2", env="lab"), host("db-1"))


def unit(name: str, state: str = "failed") -> Row:
    return row(UNIT, unit=Clean(f"{name}.service"), active=Clean(state))


@asynccontextmanager
async def units() -> AsyncGenerator[Stage]:
    """Three hosts, of which two have told of their units."""
    async with stage(*HOSTS, domains=(UNITS,), site=armed(), size=(120, 30)) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals"))
        await on.type("everywhere")
        await on.tell(UNIT, "web-1", unit("nginx"), unit("cron"))
        await on.tell(UNIT, "web-2", unit("nginx"))
        yield on


def listed(on: Stage) -> AcrossView:
    found = on.app.main.tab.rows_listed
    assert found is not None
    return found


def order(on: Stage) -> list[tuple[str, str]]:
    return [(each.split("\x1f")[0], each.split("\x1f")[1]) for each in listed(on).table.data.order]


async def test_rows_of_all_targets_stand_in_one_list_and_the_silent_are_told() -> None:
    async with units() as on:
        assert on.app.main.tab.pairs() == {(UNIT, each.id) for each in HOSTS}
        assert order(on) == [
            ("web-1", "cron.service"),
            ("web-1", "nginx.service"),
            ("web-2", "nginx.service"),
        ]
        assert on.line("TARGET").split()[:2] == ["TARGET▲", "UNIT"]
        await on.fail(UNIT, "db-1", "lost", "db-1: gone")
        assert "1 of 3 hosts do not answer" in on.line("Units of all hosts")
        await on.fail(UNIT, "web-2", "lost", "web-2: gone")
        assert "2 of 3 hosts do not answer" in on.line("Units of all hosts")
        assert ("web-2", "nginx.service") in order(on), "what was known stays, dim"
        await on.tell(UNIT, "web-1", unit("ssh"))
        assert sorted(order(on)) == [("web-1", "ssh.service"), ("web-2", "nginx.service")]


async def test_patches_of_watched_lists_are_laid_over_their_targets_rows() -> None:
    async with units() as on:
        key = tuple(registry.probes()[UNIT].index(name) for name in registry.probes()[UNIT].key)
        told = UNIT, "web-2", time.time(), 10.0, key
        gone: list[Row] = [tuple(unit("nginx")[at] for at in key)]
        on.bus.publish(Patches([Patch(*told, [unit("a"), unit("b")], gone, loading=True)]))
        await on.settle()
        assert order(on)[2:] == [("web-2", "a.service"), ("web-2", "b.service")]
        assert "loading, 2 so far" in on.line("Units of all hosts")
        on.bus.publish(Patches([Patch(*told, [], [tuple(unit("a")[at] for at in key)])]))
        await on.settle()
        assert order(on)[2:] == [("web-2", "b.service")]
        assert "loading" not in on.line("Units of all hosts")


async def test_tab_a_command_and_the_history_lead_there_and_back() -> None:
    async with units() as on:
        tab = on.app.main.tab
        await on.press("tab")
        assert tab.rows_listed is None
        assert tab.fleet.display
        await on.press("tab")
        assert tab.rows_listed is not None
        await on.press("left_square_bracket")
        assert tab.rows_listed is None
        await on.press("right_square_bracket", "shift+tab")
        assert tab.rows_listed is None
        await on.type("list everywhere")
        assert tab.rows_listed is not None
        await on.type("list nothing")
        assert on.says("no list 'nothing'; there are targets, everywhere")
        await on.press("escape")
        assert tab.rows_listed is None
        await on.type("list")
        assert tab.rows_listed is not None
        await on.type("pane targets")
        assert tab.rows_listed is None


async def test_enter_opens_the_targets_pane_on_that_row_and_escape_leads_back() -> None:
    async with units() as on:
        tab = on.app.main.tab
        listed(on).table.move_to(listed(on).table.data.order[1])
        await on.press("enter")
        assert tab.target == "web-1"
        assert tab.detail.current.pane.probes == (UNIT,)
        table = tab.table
        assert table is not None
        await on.until(lambda: (table.cursor_id or "").startswith("nginx.service"))
        await on.press("escape")
        assert listed(on).display
        await on.press("escape")
        assert tab.rows_listed is None


async def test_a_filter_sees_targets_and_labels_and_marked_rows_are_acted_on_at_once() -> None:
    async with units() as on:
        await on.type("filter target:web-2")
        assert order(on) == [("web-2", "nginx.service")]
        await on.type("filter label:env=prod")
        assert {target for target, _ in order(on)} == {"web-1"}
        assert "2 of 3" in on.line("Units of all hosts")
        await on.press("escape")
        assert len(order(on)) == 3
        await on.type("filter nginx")
        await on.press("asterisk")
        scene = on.app.main.scene
        aim = take_aim(scene.actions, scene.catalog, on.app.main.tab)
        assert aim.things == tuple(
            Thing(target, (("unit", "nginx.service"),), Clean("nginx.service"))
            for target in ("web-1", "web-2")
        )
        assert aim.what == "2 objects on 2 targets"
        await on.press("x")
        assert on.says("2 objects on 2 targets")


async def test_a_tab_with_one_target_has_its_panes_only() -> None:
    async with stage(host("web-1"), domains=(UNITS,)) as on:
        assert on.app.main.tab.lists == ("targets",)
        await on.type("everywhere")
        assert on.says("no command 'everywhere'")
