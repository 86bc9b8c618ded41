"""Targets that refuse, die, fall silent or hang: told, retried, and nobody else waits."""

import asyncio
from itertools import pairwise

import pytest

from opsconsole.errors import Denied, Lost, TargetError, Unreachable, Untrusted
from opsconsole.ports import Answer
from tests.collector.scene import FakeSession, Scene, play, wall


def gaps(times: list[float]) -> list[float]:
    return [later - sooner for sooner, later in pairwise(times)]


def test_a_target_that_refuses_is_a_fault_of_every_probe_with_a_remedy() -> None:
    async def main() -> None:
        async with Scene() as scene:
            error = Untrusted("a: host key unknown\x1b[2J", "ssh-keyscan a")
            scene.transport.refuse["a"] = lambda _: error
            scene.look(("box.things", "a"))
            await asyncio.sleep(1)
            for probe in ("box.pulse", "box.luck", "box.health", "box.things"):
                fault = scene.of(probe)[-1].fault
                assert fault is not None
                assert (fault.kind, fault.remedy) == ("untrusted", "ssh-keyscan a")
                assert fault.message == "a: host key unknown\N{REPLACEMENT CHARACTER}[2J"
            assert scene.of("box.detail") == []

    play(main)


@pytest.mark.parametrize(
    ("error", "attempts", "longest"),
    [(Unreachable("x"), 66, 60.0), (Denied("x"), 15, 300.0), (Untrusted("x"), 15, 300.0)],
)
def test_it_is_tried_again_for_ever_with_growing_jittered_pauses(
    error: TargetError, attempts: int, longest: float
) -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.transport.refuse["a"] = lambda _: error
            await asyncio.sleep(3000)
            pauses = gaps(scene.transport.attempts["a"])
            assert attempts - 12 <= len(pauses) + 1 <= attempts * 1.4
            assert longest / 2 <= max(pauses) <= longest + 0.1
            assert all(longest / 2 <= pause for pause in pauses[8:])
            assert len({round(pause, 3) for pause in pauses[8:]}) > 3
            cost = scene.ledgers[-1].costs[0]
            assert (cost.state, cost.connects) == ("retrying", 0)
            assert 0 < cost.retry_in_s <= longest

    play(main)


def test_a_refresh_tries_at_once_and_begins_the_pauses_again() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.transport.refuse["a"] = lambda _: Denied("x")
            await asyncio.sleep(400)
            before = len(scene.transport.attempts["a"])
            scene.refresh("a")
            await asyncio.sleep(0.1)
            assert len(scene.transport.attempts["a"]) == before + 1
            await asyncio.sleep(30)
            assert len(scene.transport.attempts["a"]) == before + 2

    play(main)


def test_a_session_that_dies_is_told_and_reopened_and_rates_begin_anew() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(20.5)
            scene.session().end(Lost("a: the connection went", "look at the cable"))
            await asyncio.sleep(0.1)
            assert scene.values("box.pulse")[-1] == "a: the connection went"
            assert scene.values("box.health")[-1] == "a: the connection went"
            await asyncio.sleep(3)
            first, second = scene.transport.sessions["a"]
            assert first.closed
            assert not second.closed
            assert scene.values("box.pulse", since=20.6)[0] == (1, None)
            assert len(second.times("slow")) == 1
            await asyncio.sleep(5)
            assert scene.ledgers[-1].costs[0].connects == 2

    play(main)


def test_a_target_that_accepts_and_dies_is_not_hammered() -> None:
    async def main() -> None:
        async with Scene() as scene:

            def prepare(session: FakeSession) -> None:
                asyncio.get_running_loop().call_later(0.5, session.end, Lost("x"))

            scene.transport.prepare = prepare
            await asyncio.sleep(1000)
            assert len(scene.transport.attempts["a"]) < 40

    play(main)


def test_silence_is_a_fault_and_another_session() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(4.5)
            scene.transport.pushes = False
            await asyncio.sleep(9.2)
            assert len(scene.transport.attempts["a"]) == 1
            await asyncio.sleep(0.5)
            fault = scene.of("box.pulse")[-1].fault
            assert fault is not None
            assert (fault.kind, fault.message) == ("unreachable", "a: silent for 10 s")
            assert scene.session().closed
            scene.transport.pushes = True
            await asyncio.sleep(2)
            assert scene.values("box.pulse")[-1] == (1, None)

    play(main)


def test_a_lost_a_hung_and_a_slowly_closing_target_delay_no_other() -> None:
    async def main() -> None:
        async with Scene(4) as scene:
            scene.transport.refuse["b"] = lambda _: Unreachable("x")
            scene.transport.hangs.add("c")

            def prepare(session: FakeSession) -> None:
                if session.target.id == "d":
                    session.close_takes = 1e9
                    asyncio.get_running_loop().call_later(3.0, session.end, Lost("x"))

            scene.transport.prepare = prepare
            await asyncio.sleep(200.5)
            pulses = [each.at for each in scene.of("box.pulse", "a")]
            assert len(pulses) == 101
            assert all(gap == pytest.approx(2.0) for gap in gaps(pulses))
            assert len(scene.transport.attempts["d"]) > 8, "a session that will not close is left"
            assert len(scene.transport.attempts["c"]) == 2, "an opening that hangs is given up"
            assert scene.values("box.pulse", "c") == ["c: not reached within 180 s"]

    play(main)


def test_a_transport_that_raises_anything_is_a_fault() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.transport.refuse["a"] = lambda _: ZeroDivisionError("what")
            await asyncio.sleep(0.1)
            assert scene.values("box.pulse") == ["a: transport fake: ZeroDivisionError: what"]
            await asyncio.sleep(2)
            assert len(scene.transport.attempts["a"]) >= 2

    play(main)


def test_an_answer_nobody_asked_for_ends_the_session() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(0.5)
            scene.session().push(b"1", "nonsense")
            await asyncio.sleep(0.1)
            assert scene.values("box.pulse")[-1] == "a: answered 'nonsense': never asked"
            assert scene.session().closed

    play(main)


def test_first_sessions_are_spread_over_seconds_in_a_fleet_and_not_for_one() -> None:
    async def main() -> None:
        async with Scene(300) as scene:
            await asyncio.sleep(3)
            opened = sorted(times[0] for times in scene.transport.attempts.values())
            assert len(opened) == 300
            assert opened[0] < 0.1
            assert 1.0 < opened[-1] <= 1.2
            assert len(set(opened)) == 300
        async with Scene(1) as scene:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert len(scene.transport.attempts) == 1

    play(main)


def test_one_exchange_at_fault_leaves_the_others_and_the_session_alone() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(1)
            session = scene.session("a")
            before = len(scene.of("box.pulse"))
            session.deliver(Answer("slow", b"", wall(), Denied("a: may not", "let it")))
            await asyncio.sleep(40)
            told = [sample.fault for sample in scene.of("box.health") if sample.fault]
            assert [(fault.kind, fault.message, fault.remedy) for fault in told] == [
                ("denied", "a: may not", "let it")
            ]
            assert scene.of("box.health")[-1].rows is not None
            assert all(sample.fault is None for sample in scene.of("box.pulse")[before:])
            assert not session.closed

    play(main)
