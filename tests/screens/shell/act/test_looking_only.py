"""A console that only looks: no key, command or click reaches an action, nor does any one key."""

from collections.abc import Sequence

import pytest
from textual.binding import Binding

from opsconsole.clean import Clean
from opsconsole.policy import Policy
from screens.shell.act.dialog import PlanDialog
from screens.shell.act.menu import ActionMenu
from screens.shell.app import OpsConsole
from screens.shell.commands import COMMANDS
from screens.shell.console import ConsoleScreen, Start
from screens.shell.start import default_keys
from tests.screens.shell.act.scene import armed, units
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage, host, row, stage

HARMLESS = {"options"}
"""What the executor may be asked without a plan: it only looks."""

LEADS = {"act", "undo"}
"""Keys that lead to a menu or a plan."""


async def _everything(on: Stage) -> None:
    """Every key of the keymap, then every command, and every key of the key bar by the mouse."""
    for action, keys in default_keys().items():
        for key in keys:
            if action in ("quit", "dump"):
                continue
            await on.press(key)
            while on.app.screen is not on.app.main:
                await on.press("ctrl+g" if not on.says("y  leave") else "n")
            if on.app.main.command_line.is_open:
                await on.press("escape")
    for command in COMMANDS:
        if command.name not in ("quit", "close", "dump"):
            await on.type(f"{command.name} {command.argument}".strip())
            while on.app.screen is not on.app.main:
                await on.press("ctrl+g" if not on.says("y  leave") else "n")


async def test_with_the_policy_read_only_nothing_is_even_asked() -> None:
    site = Site(Policy(read_only=True))
    async with units(site) as on:
        assert on.says("READ-ONLY")
        await _everything(on)
        for line in ("act", "act host.start", "arm 10m", "disarm", "undo", "runs"):
            await on.type(line)
            assert on.says("read-only: this console only looks")
        await on.pilot.click("#key-bar")
        assert site.calls == []


async def test_without_a_way_to_the_executor_there_is_none() -> None:
    async with stage(host("web-1")) as on:
        await on.type("pane units")
        await on.tell("host.unit", "web-1", row("host.unit"))
        for line in ("act", "act host.start", "arm 10m", "disarm", "undo", "runs"):
            await on.type(line)
            assert on.says("read-only: this console only looks")
        assert on.app.flow is None


async def test_no_key_outside_menu_and_dialog_has_a_plan_made_or_run() -> None:
    site = armed()
    async with units(site) as on:
        await _everything(on)
        assert set(site.calls) <= {*HARMLESS, "arm"}
        assert site.hosts.done == []
        assert site.audit.kinds() in ([], ["arm"])


async def test_no_key_arms() -> None:
    named = {command.verb for command in COMMANDS if command.keys or command.binding}
    assert not named & {"arm", "disarm"}
    assert {command.name for command in COMMANDS if command.verb in ("act", "undo")} == LEADS


def test_no_key_of_a_screen_in_between_is_bound_to_a_deed() -> None:
    """`y` and the letters of a menu are judged by code, and can be bound to nothing else."""
    bound = {
        binding.id: binding.action
        for screen in (ActionMenu, PlanDialog, ConsoleScreen)
        for binding in screen.BINDINGS
        if isinstance(binding, Binding)
    }
    assert not [name for name, action in bound.items() if "approve" in action or "yes" in action]
    assert not set(default_keys()) & {name for name in bound if name and name.startswith("dialog")}


@pytest.mark.parametrize("verb", ["act", "undo_last", "propose", "approve", "arm"])
def test_no_text_from_a_target_can_name_a_deed(verb: str) -> None:
    """What Textual could call by name from a link is an `action_…` of the app; there is none."""
    assert not hasattr(OpsConsole, f"action_{verb}")


async def test_before_the_collector_said_what_may_be_done_nothing_is() -> None:
    site = armed()
    async with units(site) as on:
        on.app.feed.runs.standing = None
        await on.press("x")
        assert on.says("has not said yet what may be done")
        assert on.app.screen is on.app.main


async def test_a_collector_that_dies_takes_its_word_with_it() -> None:
    site = armed()
    async with units(site) as on:
        await on.type("arm 10m")
        await on.until(lambda: on.says("ARMED"))
        on.app.tell_trouble(Clean("the collector ended"))
        await on.settle()
        assert not on.says("ARMED")


def test_a_start_without_a_way_to_act_is_the_default() -> None:
    fields: Sequence[str] = Start.__match_args__
    assert "actions" in fields
    assert Start.__dataclass_fields__["actions"].default is None
