"""Asked exchanges: on time, never twice at once, slower when answers are slow."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from opsconsole.collector.asking import JITTER
from opsconsole.ports import Call
from tests.collector.scene import FakeSession, Scene, now, play


def gaps(times: list[float]) -> list[float]:
    return [later - sooner for sooner, later in pairwise(times)]


def answering_after(seconds: float | None) -> Callable[[FakeSession], None]:
    def prepare(session: FakeSession) -> None:
        session.on_ask = lambda _: seconds

    return prepare


def test_pushed_answers_become_samples_with_rates_from_the_second_on() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(0.5)
            scene.session().payload = lambda _: b"5"
            await asyncio.sleep(2)
            assert scene.values("box.pulse") == [(1, None), (5, 4)]
            assert [each.period for each in scene.of("box.pulse")] == [2.0, 2.0]
            assert scene.of("box.detail") == []

    play(main)


def test_an_asked_exchange_is_asked_at_once_and_then_on_its_cadence() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(100)
            times = scene.session().times("slow")
            assert len(times) == 4
            assert times[0] < 0.1
            assert all(30 * (1 - JITTER) - 0.03 <= gap <= 30 for gap in gaps(times))
            assert len(set(gaps(times))) == 3, "hosts must not march in step"
            assert scene.values("box.health")[:2] == [(1, None), (1, 0)]

    play(main)


def test_the_estate_may_set_intervals() -> None:
    async def main() -> None:
        async with Scene(intervals={"tick": 10.0, "slow": 5.0}) as scene:
            await asyncio.sleep(20.5)
            assert scene.session().interval == 10.0
            assert [each.period for each in scene.of("box.pulse")] == [10.0] * 3
            assert 4 <= len(scene.session().times("slow")) <= 5

    play(main)


def test_an_exchange_never_overlaps_itself_and_slows_down() -> None:
    async def main() -> None:
        waiting = most = 0
        async with Scene(intervals={"slow": 5.0}) as scene:

            def prepare(session: FakeSession) -> None:
                def ask(exchange: str) -> float:
                    nonlocal waiting, most
                    waiting += 1
                    most = max(most, waiting)
                    asyncio.get_running_loop().call_later(8.0, done)
                    return 8.0

                session.on_ask = ask

            def done() -> None:
                nonlocal waiting
                waiting -= 1

            scene.transport.prepare = prepare
            await asyncio.sleep(200)
            times = scene.session().times("slow")
            assert most == 1
            assert all(18.9 <= gap <= 20 for gap in gaps(times))
            assert scene.of("box.health")[-1].period == 20.0
            note = scene.ledgers[-1].costs[0].note
            assert note == "slow every 20 s: an answer took 8.0 s"
            assert scene.ledgers[-1].costs[0].slowest_probe == "box.health"
            assert scene.ledgers[-1].costs[0].slowest_seconds == pytest.approx(8.0)
            scene.session().on_ask = lambda _: 0.1
            await asyncio.sleep(200)
            assert scene.of("box.health")[-1].period == 5.0
            assert scene.ledgers[-1].costs[0].note == ""

    play(main)


def test_a_question_without_answer_is_a_fault_and_the_session_stays() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.transport.prepare = answering_after(15.0)
            await asyncio.sleep(28)
            assert scene.values("box.health") == ["a: no answer to 'slow' in 10 s", (1, None)]
            fault = scene.of("box.health")[0].fault
            assert fault is not None
            assert fault.kind == "unreachable"
            assert len(scene.session().times("slow")) == 1
            assert len(scene.values("box.pulse")) == 14
            assert len(scene.transport.attempts["a"]) == 1

    play(main)


def test_three_timeouts_reopen_the_session_and_the_exchange_rests() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.transport.prepare = answering_after(None)
            await asyncio.sleep(60)
            faults = scene.values("box.health", since=9)
            assert faults[:3] == [f"a: no answer to 'slow' in {n} s" for n in (10, 20, 30)]
            first, second = scene.transport.sessions["a"]
            assert first.closed
            assert second.asked == []
            assert "slow rests for" in scene.ledgers[-1].costs[0].note
            assert len(scene.values("box.pulse", since=35)) >= 10, "vitals go on"
            await asyncio.sleep(600)
            asked = [s.times("slow")[0] for s in scene.transport.sessions["a"] if s.asked]
            rests = gaps(asked)
            assert rests == pytest.approx([90, 150, 270], rel=0.03), "longer each time"

    play(main)


def test_a_refresh_asks_at_once_but_not_twice() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(10)
            scene.session().on_ask = lambda _: 5.0
            scene.refresh("a", "nobody")
            await asyncio.sleep(1)
            scene.refresh("a")
            await asyncio.sleep(8)
            assert [round(when) for when in scene.session().times("slow")] == [0, 10]
            await asyncio.sleep(30)
            assert len(scene.session().times("slow")) == 3

    play(main)


def test_a_bad_answer_is_a_fault_of_its_probe_only() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(0.5)
            session = scene.session()
            for payload in (b"13", b"x", b"crash", b"20"):
                session.push(payload)
            await asyncio.sleep(0.1)
            pulse, luck = scene.of("box.pulse")[-1], scene.of("box.luck")[-1]
            assert pulse.rows == [(20, 7)], "against the last good reading"
            assert luck.rows == [(20, 19)]
        assert session.closed

    play(main)


def test_each_kind_of_bad_answer_says_what_it_was() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(0.5)
            said: list[str] = []
            for payload in (b"13", b"x", b"crash"):
                scene.session().push(payload)
                await asyncio.sleep(0.1)
                fault = scene.of("box.luck")[-1].fault
                assert fault is not None
                assert fault.kind == "malformed"
                said.append(fault.message)
            assert scene.values("box.pulse")[1] == (13, 12)
            assert said[:2] == ["unlucky", "not a number"]
            assert (
                said[2]
                == "a: box.luck: ZeroDivisionError: what a parser\N{REPLACEMENT CHARACTER}[2J"
            )

    play(main)


def test_calls_go_to_whom_they_concern() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.console.send(Call(3, "propose", b"x"))
            await asyncio.sleep(0.1)
            assert scene.calls == [Call(3, "propose", b"x")]
            assert now() < 1

    play(main)


def test_answers_in_time_leave_no_call_behind() -> None:
    async def main() -> None:
        async with Scene(intervals={"slow": 1.0}) as scene:
            most = 0
            for _ in range(100):
                await asyncio.sleep(1)
                most = max(most, len(scene.collector._wheel._heap))
            assert len(scene.session().times("slow")) >= 100
            assert most < 12, "each lane has a question and a look at what is late, at most"

    play(main)
