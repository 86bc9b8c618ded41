"""What is asked and read only while somebody looks, and what the looking costs."""

import asyncio
from dataclasses import replace
from itertools import pairwise

from opsconsole.collector.lane import Lane
from opsconsole.collector.meter import Meter
from opsconsole.errors import Lost
from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.spec import Exchange, Integration, Program
from tests.collector.scene import Scene, play, probe, read


def test_nobody_looks_nobody_asks() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(60)
            assert scene.session().times("list") == []
            assert scene.of("box.things") == []
            assert scene.of("box.detail") == []

    play(main)


def test_looking_asks_at_once_again_for_rates_and_then_on_cadence() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(10.5)
            scene.look(("box.things", "a"))
            await asyncio.sleep(9)
            times = scene.session().times("list")
            assert times[0] == 10.5
            assert 0.9 <= times[1] - times[0] <= 1.0
            assert all(2.8 <= later - sooner <= 3.0 for sooner, later in pairwise(times[1:]))
            assert scene.values("box.things")[:2] == [(1, None), (1, 0)]
            assert scene.of("box.more") == []

    play(main)


def test_a_quiet_probe_is_always_read_and_sent_only_to_who_looks() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(7)
            whispered = [each for each in scene.heard if each.probe == "box.whisper"]
            assert len(whispered) == 4
            assert scene.of("box.whisper") == []
            scene.look(("box.whisper", "a"))
            await asyncio.sleep(0.5)
            assert len(scene.of("box.whisper")) == 1, "what is known is told at once"
            await asyncio.sleep(2)
            assert len(scene.of("box.whisper")) == 2
            scene.look()
            await asyncio.sleep(4)
            assert len(scene.of("box.whisper")) == 2
            scene.session().end(Lost("it went"))
            await asyncio.sleep(1)
            assert scene.of("box.whisper")[-1].fault is None
            assert any(s.fault for s in scene.heard if s.probe == "box.whisper")

    play(main)


def test_looking_away_stops_the_questions_at_once() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look(("box.things", "a"), ("box.detail", "a"))
            await asyncio.sleep(20)
            asked = len(scene.session().times("list"))
            assert asked >= 7
            scene.look()
            await asyncio.sleep(0.1)
            told = len(scene.of("box.detail"))
            await asyncio.sleep(60)
            assert len(scene.session().times("list")) == asked
            assert len(scene.of("box.detail")) == told

    play(main)


def test_a_second_probe_of_the_same_answer_shows_at_once_and_asks_nothing() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look(("box.things", "a"))
            await asyncio.sleep(8.5)
            asked = len(scene.session().times("list"))
            scene.look(("box.things", "a"), ("box.more", "a"), ("box.detail", "a"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert scene.values("box.more") == [(1, 0)], "with rates: two answers are kept"
            assert scene.values("box.detail") == [(1, 0)]
            assert len(scene.session().times("list")) == asked
            shown = scene.of("box.detail")[0]
            assert shown.at == scene.of("box.pulse")[-1].at, "it is as old as it is"

    play(main)


def test_of_an_exchange_without_rates_only_the_last_answer_is_kept() -> None:
    kept = {}
    for compared in (True, False):
        exchange = Exchange("list", 30.0, compared=compared)
        things = probe("box.things", "list")
        lane = Lane(Target("a", "box", "fake"), exchange, {things.id: things}, Meter())
        for at, payload in enumerate((b"1", b"2", b"3")):
            assert lane.take(Answer("list", payload, float(at))) == []
        (sample,) = lane.want(frozenset({things.id}))
        kept[compared] = (lane.previous is not None, sample.rows)
    assert kept == {True: (True, [(3, 1)]), False: (False, [(3, None)])}


def test_answers_are_let_go_when_nobody_looks_any_more() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look(("box.things", "a"))
            await asyncio.sleep(5)
            scene.look()
            await asyncio.sleep(5)
            scene.session().on_ask = lambda _: None
            scene.look(("box.things", "a"))
            await asyncio.sleep(0.1)
            recent = len(scene.of("box.things"))
            scene.look()
            await asyncio.sleep(30)
            scene.look(("box.things", "a"))
            await asyncio.sleep(0.1)
            assert recent >= 3
            assert len(scene.of("box.things")) == recent

    play(main)


def test_looking_back_while_an_answer_is_awaited_asks_no_second_time() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(1)
            scene.session().on_ask = lambda _: 5.0
            for _ in range(4):
                scene.look(("box.things", "a"))
                await asyncio.sleep(0.5)
                scene.look()
                await asyncio.sleep(0.5)
            scene.look(("box.things", "a"))
            await asyncio.sleep(0.9)
            assert scene.session().times("list") == [1.0]
            await asyncio.sleep(0.2)
            assert scene.values("box.things") == [(1, None)]

    play(main)


def test_an_answer_that_never_came_before_looking_away_is_told_after_looking_back() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(1)
            scene.session().on_ask = lambda _: None
            scene.look(("box.things", "a"))
            await asyncio.sleep(1)
            scene.look()
            await asyncio.sleep(20)
            assert scene.of("box.things") == []
            scene.look(("box.things", "a"))
            await asyncio.sleep(11)
            fault = scene.of("box.things")[-1].fault
            assert fault is not None
            assert fault.message.startswith("a: no answer to 'list' in ")
            assert len(scene.session().times("list")) == 1

    play(main)


def test_looking_at_a_lost_target_shows_what_is_known_and_then_why_it_is_old() -> None:
    async def main() -> None:
        async with Scene() as scene:
            await asyncio.sleep(20.5)
            scene.transport.refuse["a"] = lambda _: Lost("a: still gone")
            scene.session().end(Lost("a: gone"))
            await asyncio.sleep(0.1)
            scene.look(("box.detail", "a"), ("box.things", "a"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert scene.values("box.detail") == [(1, 0)]
            await asyncio.sleep(0.3)
            assert scene.values("box.detail") == [(1, 0), "a: gone"]
            assert scene.values("box.things") == ["a: gone"]

    play(main)


def test_interest_that_was_there_before_the_session_counts() -> None:
    async def main() -> None:
        async with Scene(2) as scene:
            scene.look(("box.things", "a"), ("box.things", "b"))
            await asyncio.sleep(0.5)
            assert scene.values("box.things", "a") == [(1, None)]
            assert scene.values("box.things", "b") == [(1, None)]
            scene.look(("box.things", "b"))
            await asyncio.sleep(30)
            assert len(scene.session("a").times("list")) == 1
            assert len(scene.session("b").times("list")) > 8

    play(main)


def test_what_does_not_exist_is_a_fault_and_not_a_silence() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look(("box.nothing", "a"), ("box.pulse", "nobody"))
            await asyncio.sleep(0.1)
            assert scene.values("box.nothing") == ["a: a box has no box.nothing"]
            assert scene.values("box.pulse", "nobody") == ["nobody: no such target here"]

    play(main)


def test_a_newer_interest_replaces_the_one_before() -> None:
    async def main() -> None:
        async with Scene(2) as scene:
            await asyncio.sleep(1)
            scene.look(("box.things", "a"))
            await asyncio.sleep(0.1)
            scene.look(("box.things", "b"))
            await asyncio.sleep(10)
            assert len(scene.session("a").times("list")) == 1
            assert len(scene.session("b").times("list")) >= 4
            assert {each.target for each in scene.samples if each.probe == "box.things"} == {
                "a",
                "b",
            }

    play(main)


def test_the_ledger_counts_what_watching_costs() -> None:
    async def main() -> None:
        async with Scene(2) as scene:
            await asyncio.sleep(11)
            assert len(scene.ledgers) == 2
            ledger = scene.ledgers[-1]
            assert ledger.rss_bytes > 1 << 20
            assert ledger.cpu_percent >= 0
            assert [cost.target for cost in ledger.costs] == ["a", "b"]
            cost = ledger.costs[0]
            assert (cost.state, cost.connects, cost.note) == ("up", 1, "")
            assert cost.answers == 6
            assert cost.received_bytes == 6
            assert cost.parse_seconds > 0

    play(main)


def test_who_listens_here_hears_what_the_console_hears() -> None:
    async def main() -> None:
        async with Scene(2) as scene:
            scene.look(("box.things", "a"))
            await asyncio.sleep(7)
        assert {sample.probe for sample in scene.heard} >= {"box.pulse", "box.health", "box.things"}
        assert [s for s in scene.heard if s.probe != "box.whisper"] == scene.samples

    play(main)


def test_rare_answers_of_a_fleet_are_spread_and_who_looks_waits_for_none() -> None:
    rare = Integration(
        "box", "Box", (Exchange("tick", 2.0, pushed=True), Exchange("stock", 600.0)),
        (probe("box.pulse", "tick", on_demand=False), probe("box.stock", "stock", on_demand=False)),
        Program("the script"),
    )  # fmt: skip

    async def main() -> None:
        async with Scene(26, integration=rare) as scene:
            scene.look(("box.stock", "a"))
            await asyncio.sleep(3)
            assert len(scene.of("box.stock", "a")) == 1
            soon = [t for t in scene.transport.sessions if scene.session(t).times("stock")]
            assert len(soon) < 13, "not all at once"
            await asyncio.sleep(8)
            assert all(scene.session(t).times("stock") for t in scene.transport.sessions)

    play(main)


def _stocked(seen: list[bytes], every: float = 600.0) -> Integration:
    """A box whose stock is a rare and quiet answer; `seen` is what of it was read."""

    def take(payload: bytes) -> int:
        seen.append(payload)
        return read(payload)

    stock = replace(probe("box.stock", "stock", on_demand=False, quiet=True), read=take)
    return Integration(
        "box", "Box",
        (Exchange("tick", 2.0, pushed=True), Exchange("stock", every, compared=False)),
        (probe("box.pulse", "tick", on_demand=False), stock),
        Program("the script"),
    )  # fmt: skip


def test_who_begins_to_look_does_not_wait_for_what_is_known() -> None:
    async def main() -> None:
        async with Scene(integration=_stocked([], every=120.0)) as scene:
            await asyncio.sleep(60)
            assert scene.of("box.stock") == []
            scene.look(("box.stock", "a"))
            await asyncio.sleep(0.5)
            assert [one.rows for one in scene.of("box.stock")] == [[(1, None)]]
            assert len(scene.session().times("stock")) == 1

    play(main)


def test_a_rare_answer_that_says_the_same_is_read_one_time_in_four() -> None:
    seen: list[bytes] = []

    async def main() -> None:
        async with Scene(integration=_stocked(seen)) as scene:
            await asyncio.sleep(7 * 600)
            assert len(scene.session().times("stock")) >= 7
            assert seen == [b"1"] * 2
            scene.session().payload = lambda _: b"2"
            await asyncio.sleep(2 * 600)
            assert seen == [b"1", b"1", b"2"], "what is new is read at once"
            heard = [s.rows for s in scene.heard if s.probe == "box.stock"]
            assert heard == [[(1, None)], [(1, None)], [(2, None)]]

    play(main)


def test_what_comes_after_a_fault_and_who_looks_is_told_the_same_again() -> None:
    seen: list[bytes] = []

    async def main() -> None:
        async with Scene(integration=_stocked(seen)) as scene:
            await asyncio.sleep(2)
            scene.session().end(Lost("it went"))
            await asyncio.sleep(5)
            assert seen == [b"1", b"1"]
            scene.session().payload = lambda _: b"none"
            await asyncio.sleep(2 * 600)
            assert seen == [b"1", b"1", b"none", b"none"], "a fault is read every time"
            scene.session().payload = lambda _: b"1"
            scene.look(("box.stock", "a"))
            await asyncio.sleep(3 * 600)
            assert seen[4:] == [b"1"] * len(seen[4:])
            assert len(seen) >= 7, "who looks is told all there is"
            assert len(scene.of("box.stock")) == len(seen) - 4

    play(main)
