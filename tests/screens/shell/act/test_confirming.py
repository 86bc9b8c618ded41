"""What confirms a plan and, above all, what does not."""

import asyncio
import time

import pytest
from textual.events import Key, MouseDown, MouseUp, Paste

from opsconsole.plan import Tier
from opsconsole.policy import Policy
from screens.shell.act import deliberate
from screens.shell.act.deliberate import AFTER_S, BEFORE_S
from screens.shell.act.dialog import PlanDialog
from screens.shell.act.menu import ActionMenu
from screens.shell.console import ConsoleScreen
from tests.screens.shell.act.scene import (
    LIVE,
    PAUSE_S,
    arm,
    armed,
    fill,
    menu,
    plan,
    planned,
    refused_yes,
    units,
    yes,
)
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage

OFTEN_S = 0.03
"""Seconds between two repeats of a key that is held down."""


async def _nothing_was_done(site: Site) -> None:
    await asyncio.sleep(AFTER_S + BEFORE_S)
    assert site.hosts.done == []
    assert "approve" not in site.calls


async def _held_down(on: Stage, times: int) -> None:
    """Hold `y` down: what comes so often has the times of it, however slow this machine is."""
    began = time.monotonic()
    for at in range(times):
        key = Key("y", "y")
        key.time = began + at * OFTEN_S
        on.app.post_message(key)
    await asyncio.sleep(times * OFTEN_S)
    await on.quiet()


async def test_y_runs_a_plan_of_tier_1() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        dialog = await plan(on, "s")
        assert dialog.plan is not None
        assert dialog.plan.tier is Tier.YES
        await yes(on)
        await on.until(lambda: on.says("verified"))
        assert site.hosts.done == [("web-1", ("start", "cron.service"))]
        assert site.audit.kinds() == ["plan", "intent", "outcome"]


async def test_what_is_typed_ahead_confirms_nothing() -> None:
    site = armed()
    async with units(site) as on:
        await on.rush("x", "s", "y")
        dialog = on.app.screen
        assert isinstance(dialog, PlanDialog)
        await on.until(lambda: dialog.plan is not None)
        await _nothing_was_done(site)
        assert on.app.screen is dialog
        # Nothing of it waits either: a y that is meant still has to come.
        await asyncio.sleep(PAUSE_S)
        await yes(on)


async def test_a_key_before_the_plan_could_be_read_confirms_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliberate, "BEFORE_S", 60.0)  # this machine may be slow to press it
    site = armed()
    async with units(site) as on:
        await menu(on)
        await on.press("s")
        dialog = on.app.screen
        assert isinstance(dialog, PlanDialog)
        await on.until(lambda: dialog.plan is not None)
        await on.press("y")
        await _nothing_was_done(site)
        assert on.says("does not count")


async def test_a_key_that_is_held_down_confirms_nothing() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        await _held_down(on, 20)
        await on.until(lambda: on.says("came too fast"))
        await _nothing_was_done(site)
        await yes(on)


async def test_a_key_held_since_before_the_dialog_confirms_nothing() -> None:
    """The first repeat comes half a second after the key, the others soon after it."""
    site = armed()
    async with units(site) as on:
        await menu(on)
        on.app.post_message(Key("s", "s"))
        on.app.post_message(Key("y", "y"))
        await on.quiet()
        await planned(on)
        await asyncio.sleep(0.5)
        await _held_down(on, 10)
        await _nothing_was_done(site)
        assert isinstance(on.app.screen, PlanDialog)


async def test_a_paste_confirms_nothing_and_is_said() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        on.app.post_message(Paste("y"))
        await on.quiet()
        assert on.says("paste refused")
        await _nothing_was_done(site)
        # From a terminal without bracketed paste it comes as keys, all at once.
        await on.rush("y", "enter", "y")
        await _nothing_was_done(site)


async def test_nothing_is_pasted_into_a_field() -> None:
    site = armed()
    async with units(site, LIVE) as on:
        await menu(on)
        dialog = await plan(on, "r")
        on.app.post_message(Paste("cron.service"))
        await on.quiet()
        assert on.says("paste refused")
        on.app.copy_to_clipboard("cron.service")
        await on.press("ctrl+v")
        assert dialog.typed == ("", "")


@pytest.mark.parametrize("key", ["enter", "escape", "n", "q", "backspace", "ctrl+c"])
async def test_other_keys_leave_and_do_nothing(key: str) -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        await on.press(key)
        assert isinstance(on.app.screen, ConsoleScreen)
        await _nothing_was_done(site)


async def test_a_y_that_was_followed_by_a_no_is_no() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        await on.rush("y", "escape")
        assert isinstance(on.app.screen, ConsoleScreen)
        await _nothing_was_done(site)


async def test_no_click_confirms() -> None:
    site = armed()
    async with units(site, size=(100, 40)) as on:
        await menu(on)
        dialog = await plan(on, "s")
        for y in range(40):
            for x in range(0, 100, 5):
                if on.app.screen is not dialog:
                    await menu(on)
                    dialog = await plan(on, "s")
                await _click(on, x, y)
        await _nothing_was_done(site)


async def _click(on: Stage, x: int, y: int) -> None:
    where = (None, x, y, 0, 0, 1, False, False, False, x, y)
    on.app.post_message(MouseDown(*where))
    on.app.post_message(MouseUp(*where))
    await on.quiet()


async def test_tier_2_wants_the_name_and_a_reason() -> None:
    site = armed()
    async with units(site, LIVE) as on:
        await arm(on)
        await menu(on)
        dialog = await plan(on, "r")
        assert dialog.plan is not None
        assert dialog.plan.tier is Tier.NAME
        await on.press("enter", "enter")  # past both fields, which stay empty
        await asyncio.sleep(PAUSE_S)
        await refused_yes(on, "type the name exactly: cron.service")
        await on.rush(*"cron.servic", "enter", *"it hangs", "enter")
        await asyncio.sleep(PAUSE_S)
        await refused_yes(on, "type the name exactly: cron.service")
        await on.rush("e", "enter", "enter")
        await asyncio.sleep(PAUSE_S)
        await yes(on)
        await on.until(lambda: on.says("verified"))
        intent = dict(site.audit.kept)["intent"]
        assert intent["note"] == "it hangs"


async def test_tier_2_without_a_reason_is_not_even_sent() -> None:
    site = armed()
    async with units(site, LIVE) as on:
        await arm(on)
        await menu(on)
        await plan(on, "r")
        await fill(on, "cron.service", "   ")
        await refused_yes(on, "say why")
        await _nothing_was_done(site)


async def test_y_typed_into_a_field_is_text() -> None:
    site = armed()
    async with units(site, LIVE) as on:
        await menu(on)
        dialog = await plan(on, "r")
        await on.press("y", "n", "tab", "y")
        assert dialog.typed == ("yn", "y")
        await _nothing_was_done(site)


async def test_a_name_no_keyboard_has_is_typed_by_its_code_points() -> None:
    site = armed()
    async with units(site, LIVE, names=("caf\u00e9\u202e.service",)) as on:
        await arm(on)
        await menu(on)
        dialog = await plan(on, "r")
        assert on.says("caf\\xe9\\ufffd.service")
        await fill(on, "caf\\xe9\\ufffd.service", "why not")
        await yes(on)
        assert dialog.plan is not None


async def test_where_nothing_is_armed_the_executor_refuses_and_it_is_told() -> None:
    site = Site(Policy())
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        assert on.says("not armed")
        assert on.says(":arm 10m")
        await yes(on)
        await on.until(lambda: on.says("rule not-armed"))
        assert on.says("refused")
        assert site.hosts.done == []
        assert site.audit.kinds() == ["plan", "refusal"]


async def test_the_menu_says_what_is_not_permitted_and_leads_nowhere() -> None:
    site = armed()
    site.hosts.root = site.hosts.permitted = False
    async with units(site) as on:
        shown = await menu(on)
        assert on.says("needs sudo: start cron.service")
        await on.press("s")
        assert on.app.screen is shown
        assert site.calls == ["options"]


async def test_the_menu_can_be_used_before_rights_are_known() -> None:
    site = armed()
    async with units(site) as on:
        await on.rush("x", "s")
        assert isinstance(on.app.screen, PlanDialog)
        await planned(on)


async def test_enter_in_the_menu_picks_and_runs_nothing() -> None:
    site = armed()
    async with units(site) as on:
        shown = await menu(on)
        assert isinstance(shown, ActionMenu)
        await on.press("down", "enter")
        dialog = await planned(on)
        assert dialog.plan is not None
        assert dialog.plan.action == "host.restart"
        await _nothing_was_done(site)
