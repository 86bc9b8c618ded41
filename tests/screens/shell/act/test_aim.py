"""What is aimed at is what was under the fingers when the key was pressed, and nothing later."""

from dataclasses import replace

import pytest

from opsconsole.clean import Clean
from opsconsole.plan import Thing
from screens.shell.act.aim import Aim, take_aim
from screens.shell.act.menu import ActionMenu
from screens.shell.console import ConsoleScreen
from tests.screens.shell.act.scene import armed, menu, plan, planned, units
from tests.screens.shell.act.site import ACTIONS
from tests.screens.shell.stage import Stage, host, row, stage


def _aim(on: Stage, name: str = "") -> Aim:
    scene = on.app.main.scene
    return take_aim(scene.actions, scene.catalog, on.app.main.tab, name)


def _names(things: tuple[Thing, ...]) -> list[str]:
    return [thing.name for thing in things]


async def test_the_row_under_the_cursor_by_its_key() -> None:
    async with units(armed()) as on:
        await on.press("j")
        aim = _aim(on)
        assert aim.things == (Thing("web-1", (("unit", "nginx.service"),), Clean("nginx.service")),)
        assert aim.what == "nginx.service on web-1"


async def test_marked_rows_and_first_those_the_filter_hides() -> None:
    async with units(armed()) as on:
        await on.press("asterisk")
        await on.type("filter unit:nginx")
        aim = _aim(on)
        assert [(thing.name, thing.hidden) for thing in aim.things] == [
            ("cron.service", True),
            ("ssh.service", True),
            ("nginx.service", False),
        ]
        await menu(on)
        assert on.says("cron.service on web-1   HIDDEN by the filter")
        dialog = await plan(on, "s")
        assert dialog.plan is not None
        assert _names(tuple(item.thing for item in dialog.plan.items)) == _names(aim.things)
        assert on.says("2 of them hidden by the filter, listed first")
        text = dialog.page.plain
        assert text.index("cron.service") < text.index("ssh.service") < text.index("nginx.service")


async def test_a_process_is_its_pid_start_and_boot() -> None:
    async with stage(host("web-1"), site=armed()) as on:
        await on.type("pane processes")
        one = row("host.process", pid=41, start_ticks=8123, boot=Clean("b-1"), name=Clean("nginx"))
        await on.tell("host.process", "web-1", one)
        scene = on.app.main.scene
        acts = {"host": {"host.end": replace(ACTIONS["host.stop"], probes=("host.process",))}}
        (thing,) = take_aim(acts, scene.catalog, on.app.main.tab).things
        assert thing.pins == (("pid", "41"), ("start_ticks", "8123"), ("boot", "b-1"))
        assert thing.name == "nginx 41"


async def test_the_list_moves_on_and_the_aim_does_not() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        other = row("host.unit", unit=Clean("aaa.service"), active=Clean("failed"))
        await on.tell("host.unit", "web-1", other)
        dialog = await plan(on, "s")
        assert dialog.plan is not None
        assert dialog.plan.items[0].thing.name == "cron.service"


async def test_only_what_fits_all_of_them_is_offered() -> None:
    async with units(armed()) as on:
        masked = row("host.unit", unit=Clean("cron.service"), active=Clean("masked"))
        await on.tell("host.unit", "web-1", masked)
        await on.press("x")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.says("there is nothing to do to cron.service on web-1")


async def test_in_the_fleet_the_targets_themselves() -> None:
    hosts = [host("web-1"), host("web-2")]
    async with stage(*hosts, site=armed()) as on:
        for one in hosts:
            await on.tell("host.vitals", one.id, row("host.vitals"))
        aim = _aim(on)
        assert len(aim.things) == 1
        assert aim.things[0].pins == ()
        await on.press("asterisk")
        assert _names(_aim(on).things) == ["web-1", "web-2"]
        assert [action.id for action in _aim(on).actions] == ["host.reboot"]


async def test_in_a_pane_that_is_no_list_the_target_itself() -> None:
    async with stage(host("web-1"), site=armed()) as on:
        await on.type("pane identity")
        assert _aim(on).things == (Thing("web-1", (), Clean("web-1")),)


async def test_an_action_of_the_target_by_its_name_from_any_pane() -> None:
    async with units(armed()) as on:
        assert _aim(on, "reboot").things == (Thing("web-1", (), Clean("web-1")),)


async def test_nothing_selected_says_so() -> None:
    async with stage(host("web-1"), site=armed()) as on:
        await on.type("pane units")
        await on.press("x")
        assert on.says("nothing is selected")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("act host.strat", "did you mean host.start?"),
        ("act nothing", "no action 'nothing' here"),
    ],
)
async def test_a_wrong_name_says_what_there_is(line: str, words: str) -> None:
    async with units(armed()) as on:
        await on.type(line)
        assert on.says(words)


async def test_rows_nothing_can_be_done_to() -> None:
    async with stage(host("web-1"), site=armed()) as on:
        await on.type("pane filesystems")
        await on.press("x")
        assert on.says("nothing to do to rows of Filesystems")


async def test_a_row_that_is_gone_is_no_aim() -> None:
    async with units(armed()) as on:
        await on.press("j")
        rest = [row("host.unit", unit=Clean("cron.service"), active=Clean("failed"))]
        await on.tell("host.unit", "web-1", *rest)
        await on.press("x")
        assert not isinstance(on.app.screen, ActionMenu)


async def test_a_name_that_is_nothing_but_space_is_not_what_one_types() -> None:
    site = armed()
    async with units(site, names=("  ",)) as on:
        (thing,) = _aim(on).things
        assert thing.name.strip() == thing.name != ""
        await menu(on)
        await on.press("escape")


async def test_planned_from_the_menu_of_marks() -> None:
    site = armed()
    async with units(site) as on:
        await on.press("space", "space")
        await menu(on)
        await on.press("s")
        dialog = await planned(on)
        assert dialog.plan is not None
        assert dialog.plan.confirm == "2 on web-1"


async def test_a_filter_behind_the_action_chooses_whatever_is_marked_or_hidden() -> None:
    async with units(armed()) as on:
        await on.press("space")
        await on.type("filter unit:nothing")
        await on.type("act stop unit:cron|ssh")
        dialog = await planned(on)
        assert dialog.plan is not None
        assert [item.thing.name for item in dialog.plan.items] == ["cron.service", "ssh.service"]
        assert not any(item.thing.hidden for item in dialog.plan.items)
        await on.press("escape")
        assert on.says("2 of 3 rows of")


async def test_a_filter_that_chooses_nothing_leads_nowhere() -> None:
    async with units(armed()) as on:
        await on.type("act stop unit:nothing")
        assert on.says("none of 3 rows")
        await on.type("act stop nit:x")
        assert on.says("did you mean unit?")
        masked = row("host.unit", unit=Clean("cron.service"), active=Clean("masked"))
        await on.tell("host.unit", "web-1", masked)
        await on.type("act stop unit:cron")
        assert on.says("1 match, and host.stop is for none of them")
