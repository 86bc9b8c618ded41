"""Everything the executor says no to, each by its rule, and each written down."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Refused, Unauditable
from opsconsole.executor import APPROVE
from opsconsole.executor.draft import Draft
from opsconsole.executor.gate import Gate
from opsconsole.executor.ground import argued
from opsconsole.executor.hands import Hands
from opsconsole.plan import Approval, Thing, Tier, digest
from opsconsole.policy import Freeze, Policy
from opsconsole.ports import Call
from opsconsole.spec import Argument
from tests.collector.scene import wall
from tests.executor.scene import RESTART, Bench, host, never, play, service


async def refused(bench: Bench, rule: str, *things: Thing, **how: str) -> str:
    """The reason of the refusal to propose or approve; asserts that nothing was done."""
    with pytest.raises(Refused) as caught:
        await bench.run(*things, **how)
    assert caught.value.rule == rule
    assert bench.doing.calls == []
    kind, body = bench.log.records[-1]
    assert (kind, body["rule"]) == ("refusal", rule)
    assert "intent" not in bench.log.kinds()
    return str(caught.value)


def test_read_only_refuses_before_a_target_is_asked_and_cannot_be_lifted() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = Policy(read_only=True, free=True)
        await refused(bench, "read-only")
        with pytest.raises(Refused, match="rule read-only"):
            bench.executor.arm(60, "")
        assert bench.log.body("refusal")["rule"] == "read-only"

    play(test)


def test_what_is_not_armed_is_refused_and_arming_falls_back_by_itself() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = Policy()
        assert "not armed" in await refused(bench, "not-armed")
        standing = bench.executor.arm(60, "dev-*")
        assert standing.armed_until == wall() + 60
        assert (await bench.run()).ended == "verified"
        bench.doing.calls.clear()
        bench.log.records.clear()
        assert "but for 'dev-*'" in await refused(bench, "not-armed", service(target="prod-1"))
        await asyncio.sleep(61)
        assert bench.standing().armed_until == 0
        await refused(bench, "not-armed")

    play(test)


def test_arming_has_a_longest_time_and_can_be_given_back() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = Policy()
        with pytest.raises(Refused, match="at most 60 min"):
            bench.executor.arm(3601, "")
        with pytest.raises(Refused, match="names no target"):
            bench.executor.arm(60, "nobody*")
        bench.executor.arm(600, "")
        bench.executor.arm(0, "")
        await refused(bench, "not-armed")

    play(test)


def test_arming_one_plan_lifts_read_only_for_nothing_else() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = Policy()
        one, other = await bench.propose(), await bench.propose()
        bench.executor.arm_plan(digest(one), "command line")
        assert bench.log.body("arm")["targets"] == ["dev-1"]
        with pytest.raises(Refused, match="rule not-armed"):
            await bench.approve(other)
        assert (await bench.approve(one)).ended == "verified"
        assert bench.standing().armed_until == 0

    play(test)


def test_free_covers_the_first_tier_only() -> None:
    async def test(bench: Bench) -> None:
        await refused(bench, "not-armed", service(target="prod-1"))

    play(test)


def test_a_protected_target_always_refuses() -> None:
    async def test(bench: Bench) -> None:
        assert "carries the way in" in await refused(bench, "protected", service(target="vip"))

    play(test)


def test_a_freeze_refuses_while_it_holds() -> None:
    async def test(bench: Bench) -> None:
        start = datetime.fromtimestamp(wall() - 10, UTC)
        end = datetime.fromtimestamp(wall() + 100, UTC)
        freeze = Freeze("quarter end", start, end, frozenset({"dev-1"}))
        bench.policy = Policy(free=True, freezes=(freeze,))
        assert "'quarter end' freezes dev-1" in await refused(bench, "freeze")
        assert (await bench.run(service(target="dev-2"))).ended == "verified"
        await asyncio.sleep(101)
        assert (await bench.run()).ended == "verified"

    play(test)


def test_more_objects_than_the_limit_are_refused() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = Policy(free=True, objects=2, share=1)
        things = [service(target=f"dev-{number}") for number in (1, 2, 3)]
        assert "3 objects > limit 2" in await refused(bench, "objects", *things)

    play(test)


def test_a_share_of_a_group_counts_what_was_done_lately() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(3000, "")
        for number in (1, 2):
            assert (await bench.run(service(target=f"dev-{number}"))).ended == "verified"
        bench.doing.calls.clear()
        bench.log.records.clear()
        reason = await refused(bench, "share", service(target="dev-3"))
        assert "3 of 4 in group web" in reason
        assert (await bench.run(service(target="dev-1"))).ended == "verified"
        await asyncio.sleep(601)
        assert (await bench.run(service(target="dev-3"))).ended == "verified"

    play(test)


def test_a_minute_has_a_limit() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = Policy(free=True, per_minute=2, share=1)
        await bench.run(service(target="dev-1"))
        await bench.run(service(target="dev-2"))
        bench.doing.calls.clear()
        bench.log.records.clear()
        await refused(bench, "per-minute", service(target="dev-3"))
        await asyncio.sleep(61)
        assert (await bench.run(service(target="dev-3"))).ended == "verified"

    play(test)


def test_an_object_that_was_replaced_before_the_plan_is_refused() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.units["dev-1", "app"].run = 7
        assert "run was 6, is 7" in await refused(bench, "moved", service(run="6"))

    play(test)


@pytest.mark.parametrize("happens", ["replaced", "gone", "masked"])
def test_an_object_that_changes_while_the_dialog_is_open_is_left_alone(happens: str) -> None:
    async def test(bench: Bench) -> None:
        body = await bench.propose()
        units = bench.doing.units
        if happens == "replaced":
            units["dev-1", "app"].run += 1
        elif happens == "gone":
            del units["dev-1", "app"]
        else:
            units["dev-1", "app"].state = "masked"
        outcome = await bench.approve(body)
        assert outcome.ended == "refused"
        assert "rule moved" in outcome.results[0].message
        assert bench.doing.calls == []
        assert bench.log.body("outcome")["state"] == "refused"

    play(test)


def test_a_plan_is_good_for_one_run_and_not_for_long() -> None:
    async def test(bench: Bench) -> None:
        body = await bench.propose()
        await bench.approve(body)
        with pytest.raises(Refused, match="stale-plan"):
            await bench.approve(body)
        late = await bench.propose()
        await asyncio.sleep(121)
        with pytest.raises(Refused, match="older than 120 s"):
            await bench.approve(late)
        assert bench.log.body("refusal")["plan"] == digest(late)
        assert len(bench.doing.calls) == 1

    play(test)


def test_only_the_right_word_confirms_and_a_reason_is_asked_for() -> None:
    async def test(bench: Bench) -> None:
        await refused(bench, "confirmation", confirm="Y")
        bench.executor.arm(600, "")
        body = await bench.propose(service(target="prod-1"))
        for word, note, rule in (("y", "why", "confirmation"), ("app", " ", "note")):
            with pytest.raises(Refused) as caught:
                await bench.approve(body, word, note)
            assert caught.value.rule == rule
        assert (await bench.approve(body, "app", "incident 7")).ended == "verified"
        assert bench.log.body("intent")["note"] == "incident 7"

    play(test)


def test_without_the_sudo_right_nothing_is_proposed() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.uid, bench.doing.allowed = 1000, False
        reason = await refused(bench, "sudo")
        assert "needs sudo: restart -- app (sudo: a password is required)" in reason
        assert "opsconsole sudoers" in reason

    play(test)


def test_what_makes_no_sense_is_refused() -> None:
    async def test(bench: Bench) -> None:
        await refused(bench, "unknown", service(target="nowhere"))
        await refused(bench, "unknown", service(target="pump"))
        await refused(bench, "unknown", service(), service())
        await refused(bench, "unknown", action="box.nonsense")
        with pytest.raises(Refused, match="allowed: 1, 2"):
            await bench.propose(action="box.tune", level="3")
        with pytest.raises(Refused, match="no argument 'depth'"):
            await bench.propose(action="box.tune", depth="3")

    play(test)


def test_what_has_to_be_told_is_not_left_out() -> None:
    needs = (Argument("columns", "Columns, in order", required=True),)
    with pytest.raises(Refused, match="has to be told columns: Columns, in order"):
        argued("x.y", needs, {})
    assert argued("x.y", needs, {"columns": "a, b"}) == {"columns": "a, b"}


def test_one_object_has_one_remediation_at_a_time() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.takes = 5.0
        first, second = await bench.propose(), await bench.propose()
        running = asyncio.ensure_future(bench.approve(first))
        await asyncio.sleep(1)
        with pytest.raises(Refused, match="Restart is under way on app on dev-1"):
            await bench.approve(second)
        await running

    play(test)


@pytest.mark.parametrize("kind", ["plan", "intent"])
def test_nothing_is_done_that_cannot_be_written_down(kind: str) -> None:
    async def test(bench: Bench) -> None:
        bench.log.full_for = {kind}
        with pytest.raises(Unauditable):
            await bench.run()
        assert bench.doing.calls == []
        assert not bench.executor.busy

    play(test)


def test_an_outcome_that_cannot_be_written_is_told_all_the_same() -> None:
    async def test(bench: Bench) -> None:
        bench.log.full_for = {"outcome"}
        assert (await bench.run()).ended == "verified"
        assert any("could not be written down" in str(one) for one in bench.told)

    play(test)


def test_tiers_are_computed_from_action_and_targets() -> None:
    async def test(bench: Bench) -> None:
        assert (await bench.plan()).tier is Tier.YES
        production = await bench.plan(service(target="prod-1"))
        assert (production.tier, production.why) == (Tier.NAME, ("production: prod-1",))
        assert (await bench.plan(service(target="bare"))).tier is Tier.NAME, "no label, no mercy"
        two = await bench.plan(service(target="dev-1"), service(target="dev-2"))
        assert (two.tier, two.confirm) == (Tier.NAME, "2 on 2 targets")
        assert (await bench.plan(action="box.wipe")).tier is Tier.WITNESS

    play(test)


def test_bulk_needs_a_second_person() -> None:
    async def test(bench: Bench) -> None:
        bench.targets += [host(f"lab-{number}") for number in range(4)]
        bench.doing.units |= {
            (f"lab-{number}", "app"): bench.doing.units["dev-1", "app"] for number in range(4)
        }
        plan = await bench.plan(*(service(target=f"lab-{number}") for number in range(4)))
        assert (plan.tier, plan.confirm) == (Tier.WITNESS, "4 on 4 targets")
        assert "4 objects, more than 3" in plan.why

    play(test)


def test_the_third_tier_runs_only_when_a_second_person_said_yes() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(600, "")
        outcome = await bench.run(action="box.wipe")
        assert outcome.ended == "verified"
        assert bench.log.kinds() == ["arm", "plan", "approval", "intent", "outcome"]
        assert bench.log.body("approval")["approver"] == "bob"
        assert bench.log.body("intent")["approver"] == "bob"

    play(test)


def test_a_no_silence_or_withdrawal_of_the_second_person_refuses() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(3600, "")
        bench.log.records.clear()
        bench.person.answer = Refused("bob said no", "approval")
        await refused(bench, "approval", action="box.wipe")
        bench.person.takes = 10_000.0
        assert "nobody approved" in await refused(bench, "approval", action="box.wipe")
        body = await bench.propose(action="box.wipe")
        waiting = asyncio.ensure_future(bench.approve(body, "app", "why"))
        await asyncio.sleep(3)
        assert not bench.executor.busy, "a collector need not live on for a question"
        bench.executor.cancel(digest(body))
        with pytest.raises(Refused, match="withdrawn"):
            await waiting
        assert bench.doing.calls == []

    play(test)


def test_who_waits_for_a_second_person_is_refused_when_the_console_goes() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(3600, "")
        bench.person.takes = 10_000.0
        body = await bench.propose(action="box.wipe")

        approval = Approval(digest(body), "app", "why")

        bench.executor.take(Call(1, APPROVE, msgspec.msgpack.encode(approval)))
        await asyncio.sleep(1)
        await bench.executor.idle()
        assert bench.doing.calls == []

    play(test)


def test_rules_are_asked_again_after_the_second_person_said_yes() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(60, "")
        bench.person.takes = 100.0
        with pytest.raises(Refused, match="not armed"):
            await bench.run(action="box.wipe")
        assert bench.log.kinds()[-2:] == ["approval", "refusal"]
        assert bench.doing.calls == []

    play(test)


def test_hostile_names_are_arguments_and_nothing_else() -> None:
    async def test(bench: Bench) -> None:
        for name in ("$(reboot)", "; rm -rf /", "--help", "a\nb", "`id`", "'\"", "[/]\x1b[2J"):
            bench.doing.units["dev-1", name] = bench.doing.units["dev-1", "app"]
            thing = Thing("dev-1", (("unit", name),), Clean("the app"))
            plan = await bench.plan(thing)
            assert plan.items[0].steps[0].argv == ("restart", "--", name)

    play(test)


def test_menu_options_carry_the_reason_of_each_refusal() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.uid, bench.doing.allowed = 1000, False
        bench.actions.append(replace(RESTART, id="box.barred", bars=never))
        names = [one.id for one in bench.actions]

        ground = bench.ground
        draft = Draft(ground, Hands(bench, ground.clock), Gate(ground))
        options = {one.action: one for one in await draft.options([service()], names)}
        assert "needs sudo" in options["box.restart"].refusal
        assert options["box.barred"].refusal == "it must not (rule inapplicable)"
        bench.doing.allowed = True
        draft = Draft(ground, Hands(bench, ground.clock), Gate(ground))
        options = {one.action: one for one in await draft.options([service()], names)}
        assert options["box.restart"].refusal == ""
        assert bench.log.records == [], "a look into the menu is no request"

    play(test)
