"""From an alert to the plan that helps: its very object, the remedies of its rule first."""

import pytest

from opsconsole.alert import Alert
from opsconsole.clean import Clean
from opsconsole.policy import Policy
from screens.shell.act.menu import ActionMenu
from screens.shell.alarm.sheet import AlertSheet
from tests.screens.shell.act.scene import LAB, armed, menu, plan, yes
from tests.screens.shell.act.site import Site
from tests.screens.shell.alarm.scene import Desk, alert, say
from tests.screens.shell.stage import Stage, host, row, stage

NGINX = (Clean("nginx.service"),)


def _failed(*remedies: str) -> Alert:
    return alert(
        "unit",
        key=NGINX,
        probe="host.unit",
        column="active",
        title=Clean("Service failed"),
        why=Clean("active is failed"),
        remedies=remedies or ("host.restart", "Read its journal.", "host.nothing"),
    )


async def _units(on: Stage, *names: str) -> None:
    units = names or ("cron.service", "nginx.service", "ssh.service")
    rows = [row("host.unit", unit=Clean(name), invocation=Clean("1")) for name in units]
    await on.tell("host.unit", "web-1", *rows)


def _letters(on: Stage) -> list[str]:
    shown = on.app.screen
    assert isinstance(shown, ActionMenu)
    return [action.letter for action in shown._aim.actions]


async def test_three_keys_at_three_in_the_morning() -> None:
    """`!` to the worst alert, `x` for what helps, the letter of the remedy for its plan."""
    site = armed()
    site.hosts.add("web-1", "nginx.service")
    async with stage(LAB, host("web-2", env="lab"), site=site) as on:
        await _units(on)
        await say(on, _failed("host.start"), alert("other", "web-2", age=60))
        await on.press("!")
        assert on.says("Service failed: nginx.service on web-1")
        await menu(on)
        assert on.says("Act on nginx.service on web-1")
        assert _letters(on)[0] == "s"
        dialog = await plan(on, "s")
        assert dialog.plan is not None
        item = dialog.plan.items[0]
        assert (item.thing.name, dict(item.thing.pins)["unit"]) == ("nginx.service",) * 2
        assert site.hosts.done == []
        await yes(on)
        await on.until(lambda: site.hosts.done)
        assert site.hosts.done == [("web-1", ("start", "nginx.service"))]


async def test_remedies_come_first_in_the_order_of_the_rule_and_sentences_above() -> None:
    site = armed()
    async with stage(LAB, host("web-2"), site=site) as on:
        await _units(on)
        await say(on, _failed("host.reboot", "Read its journal.", "host.restart", "host.nothing"))
        await on.press("!")
        await menu(on)
        assert _letters(on) == ["b", "r", "s", "t", "w", "l"]
        assert "also helps  Read its journal." in on.line("Read its journal.")
        assert on.says("host.nothing")
        assert "on web-1" in on.line(" b  Reboot")
        assert "on web-1" not in on.line(" r  Restart").replace("nginx.service on web-1", "")


async def test_a_remedy_for_the_target_is_planned_for_the_target() -> None:
    site = armed()
    site.hosts.add("web-1", "web-1")
    async with stage(LAB, host("web-2"), site=site) as on:
        await _units(on)
        await say(on, _failed("host.reboot"))
        await on.press("!")
        await menu(on)
        dialog = await plan(on, "b")
        assert dialog.plan is not None
        assert [(i.thing.name, i.thing.pins) for i in dialog.plan.items] == [("web-1", ())]


async def test_the_same_from_the_list_which_stays_below() -> None:
    site = armed()
    async with stage(LAB, host("web-2"), site=site) as on:
        await _units(on)
        await say(on, _failed())
        await on.press("a", "x")
        await on.until(lambda: not on.says("checking rights"))
        assert _letters(on)[0] == "r"
        await on.press("escape")
        assert isinstance(on.app.screen, AlertSheet)


async def test_an_object_never_looked_at_is_named_by_its_key_alone() -> None:
    site = armed()
    site.hosts.add("web-1", "nginx.service")
    async with stage(LAB, host("web-2"), site=site) as on:
        await say(on, _failed("host.start"))
        await on.press("a", "x")
        await on.until(lambda: not on.says("checking rights"))
        await on.press("s")
        await on.until(lambda: on.says("nginx.service will start"))
        assert site.hosts.done == []


async def test_what_the_cursor_was_moved_to_is_aimed_at_as_always() -> None:
    site = armed()
    async with stage(LAB, host("web-2"), site=site) as on:
        await _units(on)
        await say(on, _failed())
        await on.press("!", "j")
        await menu(on)
        assert on.says("Act on ssh.service on web-1")
        assert _letters(on) == ["s", "r", "t", "w", "l"]


async def test_marks_win_over_the_alert() -> None:
    site = armed()
    async with stage(LAB, host("web-2"), site=site) as on:
        await _units(on)
        await say(on, _failed())
        await on.press("!", "asterisk")
        await menu(on)
        assert on.says("Act on 3 objects on web-1")


async def test_where_nothing_can_be_done_it_says_what_helps() -> None:
    async with stage(LAB, host("web-2"), site=armed()) as on:
        await on.tell("host.filesystem", "web-1", row("host.filesystem", mount=Clean("/var")))
        await say(on, alert())
        await on.press("!", "x")
        assert on.says("nothing to do to /var on web-1 by the console; what helps: Move what")


async def test_a_console_that_only_looks_is_not_offered_to_act_but_may_take_on() -> None:
    desk = Desk()
    site = Site(Policy(read_only=True))
    async with stage(LAB, host("web-2"), site=site, alerts=desk) as on:
        await _units(on)
        await say(on, _failed())
        await on.press("!")
        line = on.line("Service failed: ")
        assert " A ack" in line
        assert " x act" not in line
        await on.press("x")
        assert on.says("read-only: this console only looks")
        await on.press("A", "enter", "enter")
        await on.until(lambda: desk.asked)
        assert site.calls == []


@pytest.mark.parametrize("key", [(), (Clean("a"), Clean("b")), (None,)])
async def test_a_key_that_is_none_aims_at_the_target_and_nothing_else(
    key: tuple[Clean | None, ...],
) -> None:
    site = armed()
    async with stage(LAB, host("web-2"), site=site) as on:
        await _units(on)
        await say(on, alert("unit", key=key, probe="host.unit", remedies=("host.restart",)))
        await on.press("a", "x")
        await on.until(lambda: not on.says("checking rights"))
        assert _letters(on) == ["b"]
        assert on.says("Act on ")
