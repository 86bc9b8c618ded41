"""The executor refuses with the rule, runs a plan once and only as shown, and says how it ended."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest

from opsconsole.errors import Denied, Refused
from opsconsole.executor import (
    APPROVE,
    PROPOSE,
    VALID,
    WAITING,
    Approval,
    Executor,
    Outcome,
    Plan,
    Request,
    digest,
)
from opsconsole.model import Target
from opsconsole.ports import Call, Reply
from opsconsole.spec import Action, Integration
from tests.collector.scene import VirtualLoop

TARGETS = (Target("web-1", "box", "fake"), Target("db-1", "crate", "fake"))


class Bench:
    """An executor with one action, whose run does what the test says."""

    def __init__(self) -> None:
        self.runs: list[tuple[str, bytes]] = []
        self.replies: dict[int, Reply] = {}
        self.time = 0.0
        self.work: Callable[[], bytes] = lambda: b"done"
        self.takes = 0.0
        action = Action("box.poke", "Poke", 10.0, self._plan, self._run)
        box = Integration("box", "Box", (), (), actions=(action,))
        crate = Integration("crate", "Crate", (), ())
        self.executor = Executor(
            TARGETS, {"box": box, "crate": crate}, self._reply, lambda: self.time
        )
        self._number = 0
        self._waiting: asyncio.Future[None] | None = None

    def _plan(self, target: Target, identity: str, arguments: bytes) -> bytes:
        if identity == "bug":
            raise ZeroDivisionError("oops\x1b[2J")
        if identity == "init":
            raise Refused("init is protected")
        return b"poke " + identity.encode() + b" " + arguments

    async def _run(self, target: Target, steps: bytes) -> bytes:
        self.runs.append((target.id, steps))
        await asyncio.sleep(self.takes)
        return self.work()

    def _reply(self, reply: Reply) -> None:
        self.replies[reply.id] = reply
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(None)

    def call(self, verb: str, body: object) -> int:
        self._number += 1
        raw = body if isinstance(body, bytes) else msgspec.msgpack.encode(body)
        self.executor.take(Call(self._number, verb, raw))
        return self._number

    async def ask(self, verb: str, body: object) -> Reply:
        number = self.call(verb, body)
        self._waiting = asyncio.get_running_loop().create_future()
        while number not in self.replies:
            await self._waiting
            self._waiting = asyncio.get_running_loop().create_future()
        return self.replies[number]

    async def propose(self, identity: str = "x", target: str = "web-1") -> bytes:
        reply = await self.ask(PROPOSE, Request("box.poke", target, identity, b"hard"))
        assert reply.error == ""
        return reply.body

    async def approve(self, plan: bytes, confirmation: str = "web-1") -> Outcome:
        reply = await self.ask(APPROVE, Approval(digest(plan), confirmation))
        assert reply.error == ""
        return msgspec.msgpack.decode(reply.body, type=Outcome)

    async def refusal(self, verb: str, body: object) -> str:
        reply = await self.ask(verb, body)
        assert reply.body == b""
        return reply.error


def play(test: Callable[[Bench], Coroutine[Any, Any, None]]) -> None:
    """Run a test on virtual time."""

    async def main() -> None:
        await test(Bench())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())


def test_a_plan_says_what_would_be_done_and_nothing_runs() -> None:
    async def test(bench: Bench) -> None:
        plan = msgspec.msgpack.decode(await bench.propose(), type=Plan)
        assert (plan.target, plan.identity, plan.steps) == ("web-1", "x", b"poke x hard")
        assert bench.runs == []
        assert not bench.executor.busy

    play(test)


def test_an_approved_plan_runs_once_as_it_was_shown() -> None:
    async def test(bench: Bench) -> None:
        first, second = await bench.propose(), await bench.propose()
        assert digest(first) != digest(second), "each plan is good for a run of its own"
        outcome = await bench.approve(first)
        assert (outcome.plan, outcome.state, outcome.result) == (digest(first), "done", b"done")
        assert bench.runs == [("web-1", b"poke x hard")]
        again = await bench.refusal(APPROVE, Approval(digest(first), "web-1"))
        assert again.startswith("no such plan")
        assert len(bench.runs) == 1

    play(test)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (Request("box.poke", "web-2", "x", b""), "web-2: no such target here"),
        (Request("box.kick", "web-1", "x", b""), "web-1: a box has no action 'box.kick'"),
        (Request("box.poke", "db-1", "x", b""), "db-1: a crate has no action 'box.poke'"),
        (Request("box.poke", "web-1", "init", b""), "init is protected"),
        (
            Request("box.poke", "web-1", "bug", b""),
            "ZeroDivisionError: oops\N{REPLACEMENT CHARACTER}[2J",
        ),
    ],
)
def test_a_refusal_names_its_rule(request_: Request, told: str) -> None:
    async def test(bench: Bench) -> None:
        assert await bench.refusal(PROPOSE, request_) == told

    play(test)


def test_what_cannot_be_read_is_refused_and_nothing_breaks() -> None:
    async def test(bench: Bench) -> None:
        assert "invalid" in await bench.refusal(PROPOSE, b"\xc1")
        assert "Expected" in await bench.refusal(APPROVE, [1, 2])
        assert await bench.refusal("dance", b"") == "there is no verb 'dance'"
        await bench.approve(await bench.propose())

    play(test)


def test_a_wrong_confirmation_runs_nothing_and_spends_nothing() -> None:
    async def test(bench: Bench) -> None:
        plan = await bench.propose()
        for word in ("", "y", "web-2"):
            told = await bench.refusal(APPROVE, Approval(digest(plan), word))
            assert told == "the confirmation must be the target's name, 'web-1'"
        assert bench.runs == []
        assert (await bench.approve(plan)).state == "done"

    play(test)


def test_an_old_plan_is_refused() -> None:
    async def test(bench: Bench) -> None:
        plan = await bench.propose()
        bench.time += VALID + 1
        told = await bench.refusal(APPROVE, Approval(digest(plan), "web-1"))
        assert told == "the plan is older than 120 s: propose it again"
        assert bench.runs == []

    play(test)


def test_only_so_many_plans_wait() -> None:
    async def test(bench: Bench) -> None:
        plans = [await bench.propose() for _ in range(WAITING + 1)]
        told = await bench.refusal(APPROVE, Approval(digest(plans[0]), "web-1"))
        assert told.startswith("no such plan")
        assert (await bench.approve(plans[1])).state == "done"

    play(test)


def test_one_object_has_one_action_at_a_time_and_others_do_not_wait() -> None:
    async def test(bench: Bench) -> None:
        bench.takes = 5.0
        first, same, other = [await bench.propose(name) for name in ("x", "x", "y")]
        running = bench.call(APPROVE, Approval(digest(first), "web-1"))
        await asyncio.sleep(1)
        told = await bench.refusal(APPROVE, Approval(digest(same), "web-1"))
        assert told == "web-1: box.poke is under way on that object"
        bench.call(APPROVE, Approval(digest(other), "web-1"))
        await asyncio.sleep(0)
        assert [steps for _, steps in bench.runs] == [b"poke x hard"]
        await asyncio.sleep(0.1)
        assert [steps for _, steps in bench.runs] == [b"poke x hard", b"poke y hard"]
        assert running not in bench.replies
        assert bench.executor.busy
        await bench.executor.idle()
        assert not bench.executor.busy
        assert (await bench.approve(same)).state == "done"

    play(test)


def test_a_run_that_takes_too_long_is_given_up() -> None:
    async def test(bench: Bench) -> None:
        bench.takes = 11.0
        outcome = await bench.approve(await bench.propose())
        assert (outcome.state, outcome.message) == ("timed out", "not ended after 10 s")
        assert not bench.executor.busy

    play(test)


@pytest.mark.parametrize(
    ("error", "told"),
    [(Denied("web-1: not allowed"), "web-1: not allowed"), (KeyError("x"), "KeyError: 'x'")],
)
def test_a_run_that_fails_says_why(error: Exception, told: str) -> None:
    def fail() -> bytes:
        raise error

    async def test(bench: Bench) -> None:
        bench.work = fail
        outcome = await bench.approve(await bench.propose())
        assert (outcome.state, outcome.message, outcome.result) == ("failed", told, b"")

    play(test)
