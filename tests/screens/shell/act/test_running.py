"""What follows a yes: the run, its outcome in words, leaving, cancelling, taking it back."""

import asyncio

import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Refused
from opsconsole.plan import Ended, Plan, Tier, Waiting
from opsconsole.policy import Policy
from screens.shell.act.dialog import PlanDialog
from screens.shell.act.runs import UNDO_S
from screens.shell.act.runsheet import RunSheet
from screens.shell.ask import Ask
from screens.shell.console import ConsoleScreen
from screens.shell.sheet import Sheet
from tests.screens.shell.act.scene import (
    LIVE,
    PAUSE_S,
    arm,
    armed,
    fill,
    menu,
    plan,
    planned,
    units,
    yes,
)
from tests.screens.shell.act.site import Site
from tests.screens.shell.stage import Stage, host, row, stage


class Second:
    """A second person who thinks until told."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def ask(self, plan: bytes, waiting: Waiting) -> str:
        """Who approved."""
        del plan, waiting
        return await self.answer


async def _start(on: Stage, letter: str = "s") -> RunSheet:
    await menu(on)
    await plan(on, letter)
    return await yes(on)


async def test_a_run_shows_output_outcome_and_asks_its_targets_again() -> None:
    site = armed()
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: on.says("verified"))
        assert on.says("\u2713 verified")
        assert on.says("  one")
        assert on.says("  two")
        await on.until(lambda: site.refreshed == ["web-1"])


async def test_a_run_that_is_left_goes_on_and_is_told_when_it_ends() -> None:
    site = armed()
    site.hosts.gate = asyncio.Event()
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: on.says("under way"))
        await on.press("escape")
        assert isinstance(on.app.screen, ConsoleScreen)
        await on.until(lambda: on.says("1 running"))
        await on.press("q")
        assert isinstance(on.app.screen, Ask)
        assert on.says("1 action runs; it goes on")
        await on.press("n")
        await on.type("runs")
        assert isinstance(on.app.screen, Sheet)
        await on.press("enter")
        assert isinstance(on.app.screen, RunSheet)
        await on.press("escape")
        site.hosts.gate.set()
        await on.until(lambda: on.says("verified: Start, cron.service"))
        assert not on.says("1 running")


async def test_what_may_be_cancelled_is() -> None:
    site = armed()
    site.hosts.gate = asyncio.Event()
    async with units(site) as on:
        await _start(on, "t")
        await on.until(lambda: site.hosts.done)
        await on.press("ctrl+c")
        await on.until(lambda: on.app.feed.runs.newest_under_way is None)
        assert not on.says("\u2713")


async def test_what_may_not_be_cancelled_says_so() -> None:
    site = armed()
    site.hosts.gate = asyncio.Event()
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: site.hosts.done)
        await on.press("c")
        await on.until(lambda: on.says("half done"))
        site.hosts.gate.set()
        await on.until(lambda: on.says("verified"))


async def test_ctrl_c_on_the_root_leads_to_what_runs() -> None:
    site = armed()
    site.hosts.gate = asyncio.Event()
    async with units(site) as on:
        await _start(on)
        await on.press("escape", "ctrl+c")
        assert isinstance(on.app.screen, RunSheet)


async def test_what_did_not_work_is_said_with_a_sign_and_a_word() -> None:
    site = armed()
    site.hosts.works = False
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: on.says("no effect"))
        assert on.says("! no effect")


async def test_u_plans_what_takes_it_back_and_that_is_a_plan_like_any() -> None:
    site = armed()
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: on.says("u takes it back"))
        await on.press("escape", "u")
        dialog = await planned(on)
        assert dialog.plan is not None
        assert dialog.plan.action == "host.stop"
        assert len(site.hosts.done) == 1
        await yes(on)
        await on.until(lambda: on.says("verified"))
        assert [argv for _, argv in site.hosts.done] == [
            ("start", "cron.service"),
            ("stop", "cron.service"),
        ]
        await on.press("escape", "u")
        assert isinstance(on.app.screen, ConsoleScreen)
        assert on.says("nothing was done here in the last 10 min")


async def test_an_undo_that_was_not_approved_can_be_had_again() -> None:
    site = armed()
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: on.says("u takes it back"))
        await on.press("u")
        await planned(on)
        await on.press("escape", "u")
        assert isinstance(on.app.screen, PlanDialog)


async def test_after_ten_minutes_nothing_is_taken_back() -> None:
    site = armed()
    async with units(site) as on:
        sheet = await _start(on)
        await on.until(lambda: on.says("u takes it back"))
        sheet.shown.over_at -= UNDO_S + 1
        await on.press("escape", "u")
        assert on.says("nothing was done here in the last 10 min")


async def test_an_object_that_became_another_is_refused_and_the_plan_can_be_made_anew() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        site.hosts.units["web-1", "cron.service"]["invocation"] = "2"
        await yes(on)
        await on.until(lambda: on.says("refused"))
        assert on.says("invocation was 1, is 2")
        assert site.hosts.done == []


async def test_an_object_that_died_while_the_dialog_was_open_is_refused() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await plan(on, "s")
        del site.hosts.units["web-1", "cron.service"]
        await yes(on)
        await on.until(lambda: on.says("not there any more"))
        assert site.hosts.done == []


async def test_an_object_that_died_before_the_plan_has_none_and_p_tries_again() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        kept = site.hosts.units.pop(("web-1", "cron.service"))
        await on.press("s")
        await on.until(lambda: on.says("no plan"))
        assert on.says("not there any more")
        await on.press("y")
        assert on.says("nothing to confirm yet")
        site.hosts.units["web-1", "cron.service"] = kept
        await on.press("p")
        await planned(on)


async def test_a_stale_plan_is_refused_and_a_new_one_must_be_read() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        first = await plan(on, "s")
        assert site.executor is not None
        site.executor._held.clear()
        await yes(on)
        await on.until(lambda: on.says("rule stale-plan"))
        await on.press("p")
        second = await planned(on)
        assert second.plan is not None
        assert first.plan is not None
        assert second.plan.number != first.plan.number
        assert site.hosts.done == []
        await yes(on)
        await on.until(lambda: on.says("verified"))


async def test_the_collector_dies_meanwhile_and_nobody_claims_to_know() -> None:
    site = armed()
    site.hosts.gate = asyncio.Event()
    async with units(site) as on:
        await _start(on)
        await on.until(lambda: site.hosts.done)
        site.die()
        await on.until(lambda: on.says("outcome unknown"))
        assert on.says("? unknown")
        assert on.says("Look at cron.service on web-1")


async def test_tier_3_waits_for_the_second_person_and_says_so() -> None:
    second = Second()
    site = Site(Policy(free=True), witness=second)
    async with units(site) as on:
        await arm(on)
        await menu(on)
        dialog = await plan(on, "w")
        assert dialog.plan is not None
        assert dialog.plan.tier is Tier.WITNESS
        assert on.says("asks a second person")
        await fill(on, "cron.service", "disk full")
        await yes(on)
        await on.until(lambda: on.says("waiting for a second person"))
        assert site.hosts.done == []
        second.answer.set_result("bob")
        await on.until(lambda: on.says("verified"))
        assert "approval" in site.audit.kinds()


async def test_tier_3_can_be_withdrawn_while_it_waits() -> None:
    site = Site(Policy(free=True), witness=Second())
    async with units(site) as on:
        await arm(on)
        await menu(on)
        await plan(on, "w")
        await fill(on, "cron.service", "disk full")
        await yes(on)
        await on.until(lambda: on.says("waiting for a second person"))
        await on.press("c")
        await on.until(lambda: on.says("withdrawn"))
        assert site.hosts.done == []


async def test_tier_3_that_is_turned_down_says_why() -> None:
    second = Second()
    site = Site(Policy(free=True), witness=second)
    async with units(site) as on:
        await arm(on)
        await menu(on)
        await plan(on, "w")
        await fill(on, "cron.service", "disk full")
        await yes(on)
        second.answer.set_exception(Refused("bob says no: not tonight", "approval"))
        await on.until(lambda: on.says("not tonight"))
        assert site.hosts.done == []


async def test_bulk_from_the_fleet_goes_through_its_targets_and_stops_at_the_first_fault() -> None:
    second = Second()
    site = Site(Policy(free=True), witness=second)
    hosts = [host(f"web-{number}", env="lab") for number in (1, 2, 3)]
    for one in hosts:
        site.hosts.add(one.id, one.id)
    async with stage(*hosts, site=site) as on:
        for one in hosts:
            await on.tell("host.vitals", one.id, row("host.vitals"))
        await arm(on)
        await on.press("space", "space")
        await menu(on)
        dialog = await plan(on, "b")
        made: Plan | None = dialog.plan
        assert made is not None
        assert [item.thing.target for item in made.items] == ["web-1", "web-2"]
        site.hosts.works = False
        await fill(on, made.confirm, "kernel")
        sheet = await yes(on)
        second.answer.set_result("bob")
        await on.until(lambda: sheet.shown.ended)
        assert sheet.shown.outcome is not None
        ended = [result.ended for result in sheet.shown.outcome.results]
        assert ended == [Ended.NO_EFFECT, Ended.NOT_STARTED]
        assert on.says("not started")


async def test_arguments_are_asked_and_checked() -> None:
    site = armed()
    async with units(site) as on:
        await menu(on)
        await on.press("l")
        assert on.says("CPU share")
        await on.press("right", "enter", "x", "enter")
        assert on.says("a whole number")
        await on.press("backspace", "4", "0", "enter")
        dialog = await planned(on)
        assert dialog.plan is not None
        assert dialog.plan.arguments == {"scope": "for good", "share": "40"}
        assert on.says("limit cron.service 'scope=for good' share=40")


@pytest.mark.parametrize("line", ["act start", "act host.start"])
async def test_act_with_a_name_leads_to_its_plan(line: str) -> None:
    site = armed()
    async with units(site) as on:
        await on.type(line)
        dialog = await planned(on)
        assert dialog.plan is not None
        assert dialog.plan.action == "host.start"
        assert site.calls == ["propose"]


async def test_what_an_earlier_collector_left_open_is_told_at_the_start() -> None:
    words = "host.start was under way when its collector died, outcome unknown: look at cron"
    site = Site(Policy(), unsettled=(Clean(words),))
    async with units(site) as on:
        assert on.says("? 1 unknown")
        assert on.says("outcome unknown")
        await on.type("runs")
        assert on.says("host.start was under way")


async def test_armed_is_a_countdown_and_a_band_and_falls_back() -> None:
    site = Site(Policy())
    async with units(site) as on:
        await on.type("arm 10m web*")
        await on.until(lambda: on.says("ARMED"))
        assert on.line("ARMED").rstrip().endswith("web*")
        assert on.app.main.has_class("-armed")
        await on.type("disarm")
        await on.until(lambda: not on.says("ARMED"))
        assert not on.app.main.has_class("-armed")


@pytest.mark.parametrize("line", ["arm", "arm soon", "arm 0m", "arm 99h", "arm 10m nowhere*"])
async def test_nonsense_does_not_arm(line: str) -> None:
    site = Site(Policy())
    async with units(site) as on:
        await on.type(line)
        await asyncio.sleep(0.1)
        await on.settle()
        assert not on.says("ARMED")
        assert on.app.main.status.plain.startswith(" !")


async def test_the_production_label_makes_it_tier_2() -> None:
    site = armed()
    async with units(site, LIVE) as on:
        await menu(on)
        await asyncio.sleep(PAUSE_S)
        assert on.says("tier 2")
