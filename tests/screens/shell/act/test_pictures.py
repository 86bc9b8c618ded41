"""Menu, dialogs and run sheet as they were approved, at three sizes; all of a plan can be read."""

import pytest
from syrupy.assertion import SnapshotAssertion

from opsconsole.policy import Policy
from screens.shell.act.dialog import PlanDialog
from tests.screens.shell.act.scene import LAB, LIVE, armed, menu, plan, units, yes
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage
from tests.screens.shell.test_snapshots import SIZES, text

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def _tall(on: Stage, dialog: PlanDialog) -> str:
    """Every line of the plan, leafed through as the keys do."""
    seen: list[str] = []
    while True:
        top = dialog.page.scroll_offset.y
        region = dialog.page.region
        lines = on.screen[region.y : region.bottom]
        seen[top:] = [line[region.x : region.right - 1].rstrip() for line in lines]
        if not dialog.page.below:
            return "\n".join(seen)
        dialog.action_leaf(1)
        on.app.screen._on_timer_update()


def _counted(on: Stage, dialog: PlanDialog) -> bool:
    """Whether the lines below are told; they are twice a second, and not as the dialog grows."""
    below = dialog.page.below
    return on.says(f"▼ {below} more lines" if below else "more lines") is bool(below)


@sizes
async def test_the_menu(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    site = armed()
    site.hosts.root = False
    async with units(site, LIVE, size=size) as on:
        await on.press("asterisk")
        await on.type("filter unit:nginx")
        await menu(on)
        assert text(on) == snapshot


@sizes
@pytest.mark.parametrize(("letter", "tier"), [("s", 1), ("r", 2), ("w", 3)])
async def test_a_dialog(
    size: tuple[int, int], letter: str, tier: int, snapshot: SnapshotAssertion
) -> None:
    async with units(Site(Policy()), LAB, size=size) as on:
        await menu(on)
        dialog = await plan(on, letter)
        assert dialog.plan is not None
        assert dialog.plan.tier == tier
        await on.until(lambda: _counted(on, dialog))
        assert text(on) == snapshot


@sizes
async def test_a_run(size: tuple[int, int], snapshot: SnapshotAssertion) -> None:
    async with units(armed(), size=size) as on:
        await menu(on)
        await plan(on, "s")
        sheet = await yes(on)
        await on.until(lambda: sheet.shown.ended)
        sheet.shown.over_at = sheet.shown.began + 3
        sheet.redraw()
        await on.settle()
        assert text(on) == snapshot


async def test_on_80x24_all_of_a_long_plan_and_every_field_can_be_reached() -> None:
    names = tuple(f"unit-{number:02d}.service" for number in range(9))
    async with units(armed(), size=(80, 24), names=names) as on:
        await on.press("asterisk")
        await menu(on)
        dialog = await plan(on, "s")
        said = _tall(on, dialog)
        assert [name for name in names if f"{name} on web-1" not in said] == []
        assert said.count("runs       start") == len(names)
        assert "limits" in said
        assert on.says("[Cancel]")
        assert on.says("type the name")
        assert on.says("y asks a second person")
