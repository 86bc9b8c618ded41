"""A run does what was shown, object by object, and says truly how it ended."""

import asyncio
import hashlib
from dataclasses import replace

import msgspec
import pytest

from opsconsole.errors import Denied, Gone, Lost, Refused
from opsconsole.executor import APPROVE, NOTE, PROPOSE
from opsconsole.plan import Approval, Ended, Note, Outcome, Plan, Progress, Request, digest
from opsconsole.ports import Call, Reply
from tests.executor.scene import RESTART, Bench, Unit, play, service


def test_a_plan_shows_every_call_and_runs_just_that() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.uid = 1000
        body = await bench.propose()
        plan = msgspec.msgpack.decode(body, type=Plan)
        [item] = plan.items
        assert item.steps[0].argv == ("sudo", "-n", "--", "restart", "--", "app")
        assert dict(item.thing.pins) == {"unit": "app", "run": "1"}
        assert (item.effect, item.undo) == ("app runs anew", "box.restart")
        assert bench.doing.calls == []
        outcome = await bench.approve(body)
        assert outcome.ended is Ended.VERIFIED
        assert bench.doing.did() == ["dev-1: sudo -n -- restart -- app"]

    play(test)


def test_the_log_tells_the_whole_story() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.says = b"one\ntwo\n"
        body = await bench.propose()
        await bench.approve(body)
        assert bench.log.kinds() == ["plan", "intent", "outcome"]
        proposal = msgspec.convert(bench.log.body("plan")["proposal"], Plan)
        assert digest(msgspec.msgpack.encode(proposal)) == digest(body), "all of it is there"
        intent, outcome = bench.log.body("intent"), bench.log.body("outcome")
        assert intent["plan"] == outcome["plan"] == digest(body)
        assert intent["steps"] == [
            {"target": "dev-1", "where": "target", "argv": ["restart", "--", "app"]}
        ]
        assert "look at app on dev-1" in intent["check"]
        [one] = outcome["objects"]
        assert one["state"] == outcome["state"] == "verified"
        assert one["output_sha256"] == hashlib.sha256(b"one\ntwo\n").hexdigest()
        assert bench.heard() == ["one", "two"]

    play(test)


def _make_happen(bench: Bench, what: str) -> None:
    doing = bench.doing
    match what:
        case "status":
            doing.status, doing.says = 5, b"Failed:\nno such unit\n"
        case "denied":
            doing.breaks = Denied("no entry", "ask for it")
        case "idle":
            doing.works = False
        case "lost":
            doing.breaks = Lost("the line went")
        case "lost but done":
            doing.breaks = Lost("the line went")
            unit = doing.units["dev-1", "app"]
            asyncio.get_running_loop().call_later(3, unit.restart, 0.0)
        case "hangs":
            doing.takes = 1000.0
        case _:
            doing.breaks = ZeroDivisionError()


@pytest.mark.parametrize(
    ("what", "ended", "says"),
    [
        ("status", Ended.FAILED, "restart ended with status 5: no such unit"),
        ("denied", Ended.FAILED, "no entry; ask for it"),
        ("idle", Ended.NO_EFFECT, "after 10 s still not: active, with another run"),
        ("lost", Ended.UNKNOWN, "the line went"),
        ("lost but done", Ended.VERIFIED, "the line went"),
        ("hangs", Ended.UNKNOWN, "not ended after 20 s"),
        ("bug", Ended.UNKNOWN, "ZeroDivisionError"),
    ],
)
def test_each_end_has_its_name(what: str, ended: Ended, says: str) -> None:
    async def test(bench: Bench) -> None:
        body = await bench.propose()
        _make_happen(bench, what)
        outcome = await bench.approve(body)
        assert outcome.ended is ended
        assert says in outcome.results[0].message
        assert bench.log.body("outcome")["state"] == str(ended)

    play(test)


def test_a_service_that_crashes_again_is_no_success() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.units["dev-1", "app"].crashes_after = 7.0
        outcome = await bench.run(action="box.steady")
        assert outcome.ended is Ended.NO_EFFECT
        assert "and broke again" in outcome.results[0].message
        bench.doing.units["dev-1", "app"].crashes_after = None
        assert (await bench.run(action="box.steady")).ended is Ended.VERIFIED

    play(test)


def test_a_host_that_goes_and_returns_is_waited_for() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.takes = 1.0
        body = await bench.propose(action="box.away")
        running = asyncio.ensure_future(bench.approve(body))
        await asyncio.sleep(0.5)
        bench.doing.unreachable_until = asyncio.get_running_loop().time() + 40
        outcome = await running
        assert outcome.ended is Ended.VERIFIED
        assert outcome.seconds >= 40

    play(test)


def test_not_reaching_the_target_afterwards_is_not_knowing() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.takes = 1.0
        body = await bench.propose()
        running = asyncio.ensure_future(bench.approve(body))
        await asyncio.sleep(0.5)
        bench.doing.unreachable_until = asyncio.get_running_loop().time() + 400
        outcome = await running
        assert outcome.ended is Ended.UNKNOWN
        assert "dev-1: away" in outcome.results[0].message

    play(test)


def test_the_first_that_goes_wrong_stops_the_rest() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(600, "")
        bench.doing.works = False
        outcome = await bench.run(service(target="dev-1"), service(target="dev-2"))
        assert [one.ended for one in outcome.results] == [Ended.NO_EFFECT, Ended.NOT_STARTED]
        assert outcome.ended is Ended.NO_EFFECT
        assert bench.doing.did() == ["dev-1: restart -- app"]

    play(test)


def test_what_may_be_cancelled_is_and_nothing_else() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.takes = 10.0
        body = await bench.propose(action="box.slow")
        running = asyncio.ensure_future(bench.approve(body))
        await asyncio.sleep(1)
        assert bench.executor.cancel(digest(body))
        assert (await running).ended is Ended.CANCELLED
        body = await bench.propose()
        running = asyncio.ensure_future(bench.approve(body))
        await asyncio.sleep(1)
        with pytest.raises(Refused, match="half done"):
            bench.executor.cancel(digest(body))
        assert (await running).ended is Ended.VERIFIED, "it was not touched"
        with pytest.raises(Refused, match="does not run"):
            bench.executor.cancel(digest(body))

    play(test)


def test_what_sudo_runs_cannot_be_cancelled_from_our_account() -> None:
    async def test(bench: Bench) -> None:
        assert (await bench.plan(action="box.slow")).cancellable
        bench.doing.uid = 1000
        await asyncio.sleep(61)  # what is known of rights is believed for a minute
        assert not (await bench.plan(action="box.slow")).cancellable

    play(test)


def test_cancelling_several_finishes_the_one_under_way() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(600, "")
        bench.doing.takes = 5.0
        body = await bench.propose(service(target="dev-1"), service(target="dev-2"))
        running = asyncio.ensure_future(bench.approve(body, "2 on 2 targets", "why"))
        await asyncio.sleep(1)
        bench.executor.cancel(digest(body))
        outcome = await running
        assert [one.ended for one in outcome.results] == [Ended.VERIFIED, Ended.NOT_STARTED]

    play(test)


def test_what_was_done_can_be_taken_back_by_a_plan_of_its_own() -> None:
    async def test(bench: Bench) -> None:
        bench.executor.arm(600, "")
        outcome = await bench.run(service(target="dev-1"), service(target="dev-2"))
        [undo] = outcome.undo
        assert [thing.target for thing in undo.things] == ["dev-2", "dev-1"]
        body = await bench.executor.propose(Request(undo.action, undo.things, undo.arguments))
        assert len(msgspec.msgpack.decode(body, type=Plan).items) == 2

    play(test)


def test_a_flood_of_output_is_told_by_its_last_lines() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.says = b"".join(b"line %d\x1b[2J\n" % number for number in range(10_000))
        await bench.run()
        assert len(bench.heard()) == 40
        assert bench.heard()[-1] == "line 9999\N{REPLACEMENT CHARACTER}[2J"
        skipped = [one for one in bench.told if isinstance(one, Progress) and "skipped" in one.text]
        assert "9960 lines skipped" in skipped[0].text

    play(test)


def test_calls_over_the_bus_are_answered_with_the_rule() -> None:
    async def test(bench: Bench) -> None:
        encode = msgspec.msgpack.encode
        bench.executor.take(Call(1, PROPOSE, encode(Request("box.restart", (service(),)))))
        bench.executor.take(Call(2, APPROVE, encode(Approval("none", "y"))))
        bench.executor.take(Call(3, "dance", b""))
        bench.executor.take(Call(4, PROPOSE, b"\xc1 no msgpack"))
        bench.executor.take(Call(6, NOTE, encode(Note("failover", "dev-1", 2, "Call", "done"))))
        await asyncio.sleep(1)
        replies = {one.id: one for one in bench.told if isinstance(one, Reply)}
        bench.executor.take(Call(5, APPROVE, encode(Approval(digest(replies[1].body), "y"))))
        await asyncio.sleep(5)
        replies = {one.id: one for one in bench.told if isinstance(one, Reply)}
        assert replies[2].error.startswith("stale-plan\t")
        assert "no verb 'dance'" in replies[3].error
        assert "DecodeError" in replies[4].error
        assert bench.log.body("runbook")["what"] == "done"
        assert msgspec.msgpack.decode(replies[5].body, type=Outcome).ended is Ended.VERIFIED

    play(test)


def test_the_console_is_told_what_runs() -> None:
    async def test(bench: Bench) -> None:
        bench.doing.takes = 3.0
        body = await bench.propose()
        running = asyncio.ensure_future(bench.approve(body))
        await asyncio.sleep(1)
        assert bench.standing().running == ("Restart",)
        assert bench.executor.busy
        await running
        assert bench.standing().running == ()
        assert not bench.executor.busy

    play(test)


def test_an_undo_that_breaks_costs_no_outcome() -> None:
    async def test(bench: Bench) -> None:
        asked: list[int] = []

        def undo(*_: object) -> None:
            asked.append(1)
            if len(asked) > 1:
                raise ZeroDivisionError

        bench.actions[0] = replace(bench.actions[0], undo=undo)
        with pytest.raises(ZeroDivisionError):
            await bench.run()
        assert bench.log.body("outcome")["state"] == "verified"

    play(test)


def test_what_passes_by_itself_is_left_out_and_stops_nothing() -> None:
    async def test(bench: Bench) -> None:
        bench.policy = replace(bench.policy, per_minute=100)
        bench.actions.append(replace(RESTART, id="box.end", passing=True))
        things = [service("a"), service("b"), service("c"), service("gone")]
        for thing in things[:3]:
            bench.doing.units[thing.target, str(thing.name)] = Unit()
        with pytest.raises(Gone):
            await bench.propose(*things)
        with pytest.raises(Gone):
            await bench.propose(things[3], action="box.end")
        body = await bench.propose(*things, action="box.end")
        plan = msgspec.msgpack.decode(body, type=Plan)
        assert [item.thing.name for item in plan.items] == ["a", "b", "c"]
        bench.doing.units["dev-1", "b"].restart(0.0)  # by itself, before the plan is approved
        bench.executor.arm(60, "")
        outcome = await bench.approve(body, plan.confirm, "as told")
        assert [result.ended for result in outcome.results] == [Ended.VERIFIED] * 3
        assert "by itself, nothing was done to it" in outcome.results[1].message
        assert bench.doing.did() == ["dev-1: restart -- a", "dev-1: restart -- c"]

    play(test)
