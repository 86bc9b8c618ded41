"""What every bus must do, run over each of them."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from opsconsole.alert import Alert, Alerts, Phase, Silence
from opsconsole.bus import memory, pipe
from opsconsole.bus.outbox import LIMIT
from opsconsole.clean import Clean
from opsconsole.errors import BusClosed
from opsconsole.model import Fault, Level, Row, Sample
from opsconsole.ports import (
    Call,
    CollectorEnd,
    ConsoleEnd,
    Cost,
    Downward,
    Hello,
    Interest,
    Ledger,
    Refresh,
    Reply,
    Samples,
    Upward,
)

Ends = tuple[CollectorEnd, ConsoleEnd]
BUSES: dict[str, Callable[[], Ends]] = {"memory": memory.pair, "pipe": pipe.pair}


@pytest.fixture(params=BUSES)
def ends(request: pytest.FixtureRequest) -> Iterator[Ends]:
    collector, console = BUSES[request.param]()
    yield collector, console
    collector.close()
    console.close()


def sample(target: str, number: float, probe: str = "host.vitals") -> Sample:
    row: Row = (Clean(target), number, 7, True, None)
    return Sample(probe, target, number, [row], None, 2.0)


async def test_every_upward_message_arrives_as_it_was(ends: Ends) -> None:
    collector, console = ends
    fault = Fault("lost", Clean("gone"), Clean("look at the cable"))
    cost = Cost("a", "up", 1, 2, 3, 0.5, "host.vitals", 0.25, 1, 0.0, Clean(""))
    messages: list[Upward] = [
        Hello(7, "1", ["a", "b"]),
        Samples([sample("a", 1.5), Sample("host.unit", "b", 2.0, None, fault, 30.0)]),
        Ledger(1.5, 2, 3, [cost]),
        Reply(1, b"\x00\xff", ""),
    ]
    for message in messages:
        collector.publish(message)
        assert await console.receive() == message


async def test_every_downward_message_arrives_in_order(ends: Ends) -> None:
    collector, console = ends
    messages: list[Downward] = [
        Interest([("host.cpu", "a")], [("box.any", "a", "reds")]),
        Refresh(["a"]),
        Call(3, "propose", b"x"),
    ]
    for message in messages:
        console.send(message)
    assert [await collector.receive() for _ in messages] == messages


async def test_a_waiting_sample_gives_way_to_a_newer_one_of_its_pair(ends: Ends) -> None:
    collector, console = ends
    for number in range(5):
        collector.publish(Samples([sample("a", number), sample("b", number)]))
    collector.publish(Samples([sample("a", 9, "host.health")]))
    received = await console.receive()
    assert received == Samples([sample("a", 4), sample("b", 4), sample("a", 9, "host.health")])
    assert collector.dropped == 8


async def test_a_console_that_sleeps_gets_the_newest_and_costs_no_memory(ends: Ends) -> None:
    collector, console = ends
    collector.publish(Samples([sample("a", 0)]))
    assert await console.receive() == Samples([sample("a", 0)])
    for number in range(1, 300):
        rows: list[Row] = [(Clean("x" * 200), number)] * 200
        collector.publish(Samples([Sample("host.process", "a", number, rows, None, 3.0)]))
        if number % 20 == 0:
            await asyncio.sleep(0.06)  # longer than the pace: each is flushed or waits
    newest = -1.0
    read = 0
    while newest < 299:
        message = await console.receive()
        assert isinstance(message, Samples)
        assert [each.at for each in message.samples] > [newest]
        newest = message.samples[-1].at
        read += 1
    assert collector.dropped == 299 - read


async def test_calls_are_never_dropped(ends: Ends) -> None:
    collector, console = ends
    for number in range(LIMIT):
        console.send(Call(number, "propose", b""))
    got = [await collector.receive() for _ in range(LIMIT)]
    assert [call.id for call in got if isinstance(call, Call)] == list(range(LIMIT))


async def test_only_the_newest_interest_and_ledger_wait(ends: Ends) -> None:
    collector, console = ends
    for number in range(LIMIT * 3):
        console.send(Interest([("host.cpu", str(number))]))
        collector.publish(Ledger(float(number), 0, 0, []))
    assert await collector.receive() == Interest([("host.cpu", str(LIMIT * 3 - 1))])
    assert await console.receive() == Ledger(float(LIMIT * 3 - 1), 0, 0, [])


def alert(name: str, value: float, phase: Phase = Phase.OPEN) -> Alert:
    text = Clean(name)
    return Alert(
        name, "box.rule", "a", text, (text,), "box.probe", "value", Level.WARN, phase, 1.0, 2.0,
        text, text, value, 1.0, ("look",), text, course=(1.0, value),
    )  # fmt: skip


async def test_of_alerts_the_newest_of_each_waits_and_never_too_many(ends: Ends) -> None:
    collector, console = ends
    silence = Silence("s", "rule:*", Clean("ops"), 1.0, 2.0, Clean("test"))
    collector.publish(Alerts([alert("a", 0.0), alert("b", 0.0)], whole=True, silences=[]))
    for number in range(LIMIT * 3):
        collector.publish(Alerts([alert("a", float(number))], whole=False))
    collector.publish(Alerts([alert("b", 1.0, Phase.RESOLVED)], whole=False, silences=[silence]))
    collector.publish(Alerts([alert("c", 1.0)], whole=False))
    assert await console.receive() == Alerts(
        [alert("a", LIMIT * 3 - 1.0), alert("b", 1.0, Phase.RESOLVED), alert("c", 1.0)],
        whole=True,
        silences=[silence],
    )
    collector.publish(Alerts([alert("c", 2.0)], whole=False))
    assert await console.receive() == Alerts([alert("c", 2.0)], whole=False)


async def test_a_peer_that_stopped_reading_closes_the_bus(ends: Ends) -> None:
    collector, _ = ends
    body = b"x" * 65536  # more than a socket holds
    for number in range(LIMIT + 200):
        collector.publish(Reply(number, body, ""))
        if number % 100 == 0:
            await asyncio.sleep(0)
    with pytest.raises(BusClosed, match="stopped reading"):
        await collector.receive()


async def test_closing_is_told_to_the_other_side_after_the_last_words(ends: Ends) -> None:
    collector, console = ends
    collector.publish(Reply(1, b"done", ""))
    collector.publish(Samples([sample("a", 1)]))
    collector.close()
    assert await console.receive() == Reply(1, b"done", "")
    assert await console.receive() == Samples([sample("a", 1)])
    for _ in range(2):
        with pytest.raises(BusClosed, match="collector is gone"):
            await console.receive()
    console.send(Refresh(["a"]))  # nobody listens; nothing happens


async def test_a_console_that_closes_ends_the_collectors_wait(ends: Ends) -> None:
    collector, console = ends
    waiting = asyncio.ensure_future(collector.receive())
    await asyncio.sleep(0)
    console.close()
    console.close()
    with pytest.raises(BusClosed, match="console is gone"):
        await waiting
    collector.publish(Samples([sample("a", 1)]))


async def test_closing_here_ends_the_wait_here(ends: Ends) -> None:
    _, console = ends
    waiting = asyncio.ensure_future(console.receive())
    await asyncio.sleep(0)
    console.close()
    with pytest.raises(BusClosed, match="this side"):
        await waiting


async def test_a_cancelled_wait_loses_nothing(ends: Ends) -> None:
    collector, console = ends
    waiting = asyncio.ensure_future(console.receive())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    collector.publish(Hello(1, "1", []))
    assert await console.receive() == Hello(1, "1", [])
