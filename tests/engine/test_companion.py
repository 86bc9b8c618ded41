"""A collector that dies is told and replaced; what is asked of it is answered or refused."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from opsconsole.clean import Clean
from opsconsole.engine import Companion, spawn_collector, watching
from opsconsole.errors import BusClosed, Refused
from opsconsole.model import Sample
from opsconsole.plan import Approval, Plan, Request, digest
from opsconsole.ports import Hello, Interest, Samples, Upward
from tests.engine.collector import ESTATE, install
from tests.engine.console import ARGV, HERE
from tests.engine.test_lifetime import alive, within


def once(low: float, _: float) -> float:
    return low / 10


@pytest.fixture
async def told() -> list[Clean]:
    return []


@pytest.fixture
async def companion(told: list[Clean]) -> AsyncIterator[Companion]:
    companion = Companion(ARGV, told.append, once)
    companion.start()
    yield companion
    companion.close()
    assert await asyncio.to_thread(companion.wait_ended, 10)


async def until_hello(companion: Companion) -> Hello:
    async with asyncio.timeout(60):
        while True:
            message = await companion.receive()
            if isinstance(message, Hello):
                return message


async def until_sample(companion: Companion, probe: str) -> Sample:
    async with asyncio.timeout(60):
        while True:
            message = await companion.receive()
            if isinstance(message, Samples):
                for sample in message.samples:
                    if sample.probe == probe:
                        return sample


async def test_it_greets_first_and_then_tells(companion: Companion) -> None:
    async with asyncio.timeout(60):
        first = await companion.receive()
    assert isinstance(first, Hello)
    assert (first.pid, first.targets) == (companion.pid, ["here"])
    companion.send(Interest([("box.list", "here")]))
    assert (await until_sample(companion, "box.list")).rows == [(7,)]
    assert companion.trouble == ""


async def test_a_killed_collector_is_told_and_replaced_and_the_interest_repeated(
    companion: Companion, told: list[Clean]
) -> None:
    first = await until_hello(companion)
    companion.send(Interest([("box.list", "here")]))
    await until_sample(companion, "box.list")
    os.kill(first.pid, signal.SIGKILL)
    second = await until_hello(companion)
    assert second.pid != first.pid
    assert [line.partition(";")[0] for line in told] == ["the collector was ended by SIGKILL"]
    assert companion.trouble == ""
    assert (await until_sample(companion, "box.list")).rows == [(7,)]


async def test_a_collector_that_cannot_start_says_why_and_is_tried_more_and_more_rarely() -> None:
    told: asyncio.Queue[Clean] = asyncio.Queue()
    script = "import sys; sys.exit('estate.toml: found\\x1b[2J nonsense')"
    companion = Companion([sys.executable, "-c", script], told.put_nowait, lambda _, __: 0.2)
    waiting = asyncio.ensure_future(companion.receive())
    async with asyncio.timeout(60):
        lines = [await told.get() for _ in range(3)]
    waits = [line.rpartition("; ")[2] for line in lines]
    assert waits == [f"started again in 0.{tenths} s" for tenths in "124"]
    said = "the collector ended with status 1: estate.toml: found\N{REPLACEMENT CHARACTER}[2J"
    assert all(line.startswith(said) for line in lines)
    assert companion.trouble.startswith(said)
    with pytest.raises(BusClosed, match="nonsense"):
        await companion.actions.propose(writing(""))
    companion.close()
    with pytest.raises(BusClosed):
        await waiting


async def test_a_program_that_is_not_there_is_trouble_and_no_crash() -> None:
    told: asyncio.Queue[Clean] = asyncio.Queue()
    companion = Companion(["/nowhere/python"], told.put_nowait, once)
    waiting = asyncio.ensure_future(companion.receive())
    async with asyncio.timeout(60):
        assert "cannot be started: No such file" in await told.get()
    companion.close()
    waiting.cancel()
    await asyncio.wait([waiting])


def writing(what: str) -> Request:
    return Request("box.write", (HERE,), {"what": what})


async def _pump(companion: Companion) -> None:
    while True:
        await companion.receive()


async def test_an_action_is_planned_shown_and_run_once(
    companion: Companion, tmp_path: Path
) -> None:
    await until_hello(companion)
    pump = asyncio.ensure_future(_pump(companion))
    body = await companion.actions.propose(writing(f"0.1:{tmp_path}/file"))
    plan = msgspec.msgpack.decode(body, type=Plan)
    assert (plan.action, plan.items[0].thing) == ("box.write", HERE)
    assert not (tmp_path / "file").exists()
    with pytest.raises(Refused, match="must be 'y'") as caught:
        await companion.actions.approve(Approval(digest(body), "yes"))
    assert caught.value.rule == "confirmation"
    outcome = await companion.actions.approve(Approval(digest(body), "y"))
    assert (outcome.plan, outcome.ended) == (digest(body), "verified")
    assert (tmp_path / "file").read_text() == "done\n"
    with pytest.raises(Refused, match="no such plan"):
        await companion.actions.approve(Approval(digest(body), "y"))
    with pytest.raises(Refused, match="what is 'x'"):
        await companion.actions.propose(writing("x"))
    pump.cancel()
    await asyncio.wait([pump])


async def test_who_waits_for_an_action_of_a_dead_collector_is_told(companion: Companion) -> None:
    hello = await until_hello(companion)
    pump = asyncio.ensure_future(_pump(companion))
    body = await companion.actions.propose(writing("5:/dev/null"))
    waiting = asyncio.ensure_future(companion.actions.approve(Approval(digest(body), "y")))
    await asyncio.sleep(0.2)
    os.kill(hello.pid, signal.SIGKILL)
    with pytest.raises(BusClosed, match="what was done is not known"):
        await waiting
    pump.cancel()
    await asyncio.wait([pump])


async def test_a_collector_can_be_started_without_a_loop_and_joined_later() -> None:
    end, child = await asyncio.to_thread(spawn_collector, ARGV)
    async with asyncio.timeout(60):
        first: Upward = await end.receive()
    assert isinstance(first, Hello)
    assert first.pid == child.pid
    end.close()
    assert await asyncio.to_thread(child.wait, 10)
    assert child.how() == "ended with status 0"


async def test_watching_tells_what_a_console_would_be_told_and_leaves_nothing() -> None:
    install()
    seen: dict[str, Sample] = {}
    async with watching(ESTATE, [("box.list", "here")]) as console, asyncio.timeout(60):
        while {"box.pulse", "box.list"} - seen.keys():
            message = await console.receive()
            if isinstance(message, Samples):
                seen |= {sample.probe: sample for sample in message.samples}
    assert seen["box.list"].rows == [(7,)]
    rows = seen["box.pulse"].rows
    assert rows
    sampler = rows[0][0]
    assert isinstance(sampler, int)
    assert await asyncio.to_thread(within, 5, lambda: not alive(sampler))
