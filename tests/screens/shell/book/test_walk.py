"""A runbook on screen: steps in order, locked while a guard does not hold, each proven or told."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from opsconsole.clean import Clean
from opsconsole.model import Target
from opsconsole.runbook import Runbook, RunbookStep, guard
from screens.shell.act.dialog import PlanDialog
from screens.shell.ask import DEAF_S, Ask
from screens.shell.book.sheet import BookSheet
from tests.screens.shell.act.scene import LAB, armed, planned, yes
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage, row, stage

BOOK = Runbook(
    "mend",
    Clean("Mend the web server"),
    Clean("When it is down."),
    (
        RunbookStep(Clean("Call the customer")),
        RunbookStep(
            Clean("Start it"),
            "host.start",
            object="nginx.service",
            guard=guard("host.vitals.cpu_percent < 80"),
        ),
        RunbookStep(Clean("Write it up")),
    ),
)


@asynccontextmanager
async def opened(site: Site, *targets: Target) -> AsyncGenerator[Stage]:
    site.hosts.add("web-1", "nginx.service")
    async with stage(*(targets or (LAB,)), site=site, runbooks=(BOOK,)) as on:
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=95.0))
        await on.until(lambda: on.app.feed.runs.standing is not None)
        await on.type("runbook mend web-1")
        assert isinstance(on.app.screen, BookSheet)
        yield on


async def by_hand(on: Stage) -> None:
    await on.press("enter")
    assert isinstance(on.app.screen, Ask)
    await asyncio.sleep(DEAF_S + 0.1)
    await on.press("y")


async def look_again(on: Stage) -> None:
    assert isinstance(on.app.screen, BookSheet)
    on.app.screen.reload()
    await on.settle()


async def test_a_step_by_hand_is_asked_about_and_written_down() -> None:
    site = armed()
    async with opened(site) as on:
        assert on.says("step 1 of 3")
        await by_hand(on)
        await look_again(on)
        assert on.says("step 2 of 3")
        await on.until(lambda: site.audit.kinds() == ["runbook", "runbook"])
        assert [body["what"] for _, body in site.audit.kept] == ["started", "done"]


async def test_a_step_is_locked_until_its_guard_holds_on_live_data() -> None:
    site = armed()
    async with opened(site) as on:
        await by_hand(on)
        await look_again(on)
        assert on.says("needs host.vitals.cpu_percent < 80, now 95")
        await on.press("down", "enter")
        assert isinstance(on.app.screen, BookSheet)
        assert on.says("step 2 is locked")
        assert "propose" not in site.calls
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=20.0))
        await on.press("enter")
        assert isinstance(on.app.screen, PlanDialog)
        await planned(on)
        await yes(on)
        await on.until(lambda: on.says("verified"))
        await on.press("escape")
        await look_again(on)
        assert on.says("step 3 of 3")
        assert site.hosts.done == [("web-1", ("start", "nginx.service"))]


async def test_a_later_step_waits_for_those_before_it() -> None:
    site = armed()
    async with opened(site) as on:
        await on.press("down", "down", "enter")
        assert on.says("step 3 is locked: step 1 comes first")


async def test_a_step_is_skipped_for_a_reason_only() -> None:
    site = armed()
    async with opened(site) as on:
        await on.press("S")
        await on.rush("enter")
        await on.settle()
        assert on.says("for a reason")
        await on.press("S")
        await on.rush(*"known", "enter")
        await on.settle()
        assert on.says("step 2 of 3")
        await on.until(lambda: len(site.audit.kept) == 2)
        assert site.audit.kept[-1][1]["note"] == "known"


async def test_what_did_not_work_stays_open_and_says_why() -> None:
    site = armed()
    site.hosts.works = False
    async with opened(site) as on:
        await by_hand(on)
        await on.tell("host.vitals", "web-1", row("host.vitals", cpu_percent=20.0))
        await on.press("down", "enter")
        await planned(on)
        await yes(on)
        await on.until(lambda: on.says("no effect"))
        await on.press("escape")
        await look_again(on)
        assert on.says("step 2 of 3")
        assert on.says("Enter tries again")


async def test_an_estate_without_runbooks_says_how_to_write_one() -> None:
    site = armed()
    async with stage(LAB, site=site) as on:
        await on.until(lambda: on.app.feed.runs.standing is not None)
        await on.type("runbook")
        assert on.says("docs/safety.md")


async def test_a_step_that_names_no_action_is_told_when_it_is_opened() -> None:
    site = armed()
    broken = Runbook("x", Clean("X"), Clean(""), (RunbookStep(Clean("a"), "host.dance"),))
    async with stage(LAB, site=site, runbooks=(broken,)) as on:
        await on.until(lambda: on.app.feed.runs.standing is not None)
        await on.type("runbook x web-1")
        assert on.says("no action 'host.dance'")
