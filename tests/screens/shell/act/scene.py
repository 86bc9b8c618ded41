"""Scenes of acting: a host with failed services, its list under the cursor, a plan on screen."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from opsconsole.clean import Clean
from opsconsole.model import Target
from opsconsole.policy import Policy
from screens.shell.act.deliberate import AFTER_S, BEFORE_S
from screens.shell.act.dialog import PlanDialog
from screens.shell.act.menu import ActionMenu
from screens.shell.act.runsheet import RunSheet
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage, host, row, stage

LAB = host("web-1", env="lab")
LIVE = host("web-1", env="prod")
UNITS = ("cron.service", "nginx.service", "ssh.service")
PAUSE_S = BEFORE_S + 0.1
"""Seconds one reads before a key that is meant."""


@asynccontextmanager
async def units(
    site: Site,
    *targets: Target,
    size: tuple[int, int] = (160, 50),
    names: tuple[str, ...] = UNITS,
) -> AsyncGenerator[Stage]:
    """The failed units of a host, with the keys."""
    for name in names:
        site.hosts.add("web-1", name)
    async with stage(*(targets or (LAB,)), site=site, size=size) as on:
        if len(targets) > 1:
            await on.type("target web-1")
        await on.type("pane units")
        rows = [row("host.unit", unit=Clean(name), active=Clean("failed")) for name in names]
        await on.tell("host.unit", "web-1", *rows)
        yield on


async def menu(on: Stage) -> ActionMenu:
    """`x`, and until rights are known."""
    await on.press("x")
    shown = on.app.screen
    assert isinstance(shown, ActionMenu)
    await on.until(lambda: not on.says("checking rights"))
    return shown


async def plan(on: Stage, letter: str) -> PlanDialog:
    """From the menu to a plan that can be read."""
    await on.press(letter)
    return await planned(on)


async def planned(on: Stage) -> PlanDialog:
    """Until the dialog shows a plan, and a moment longer."""
    shown = on.app.screen
    assert isinstance(shown, PlanDialog)
    await on.until(lambda: shown.plan is not None)
    await asyncio.sleep(PAUSE_S)
    return shown


async def fill(on: Stage, name: str, reason: str) -> None:
    """Type what a plan of tier 2 asks for, and let the keys rest."""
    await on.rush(*name, "enter", *reason, "enter")
    await asyncio.sleep(PAUSE_S)


async def yes(on: Stage) -> RunSheet:
    """`y`, and until the run sheet is there."""
    await on.press("y")
    await on.until(lambda: isinstance(on.app.screen, RunSheet))
    shown = on.app.screen
    assert isinstance(shown, RunSheet)
    return shown


async def refused_yes(on: Stage, words: str) -> None:
    """`y`, which says these words and does nothing."""
    await on.press("y")
    await asyncio.sleep(AFTER_S + 0.1)
    await on.until(lambda: on.says(words))
    assert isinstance(on.app.screen, PlanDialog)


def armed(**rules: object) -> Site:
    """A site whose tier 1 is free."""
    return Site(Policy(free=True, **rules))  # type: ignore[arg-type]


async def arm(on: Stage) -> None:
    """`:arm 10m`, and until the header says so."""
    await on.type("arm 10m")
    await on.until(lambda: on.says("ARMED"))
