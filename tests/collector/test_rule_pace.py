"""What rules need of probes that nobody looks at: read at their pace, and told to them alone."""

import asyncio

from opsconsole.collector.lane import Lane
from opsconsole.collector.meter import Meter
from opsconsole.errors import Lost
from opsconsole.model import Sample, Target
from opsconsole.ports import Answer
from opsconsole.spec import Exchange
from tests.collector.scene import Scene, play, probe


def heard(scene: Scene, name: str, since: float = 0.0, target: str = "a") -> list[Sample]:
    return [
        one
        for one in scene.heard
        if (one.probe, one.target) == (name, target) and one.at >= since + 1_000_000.0
    ]


def test_a_probe_is_read_at_the_pace_of_rules_and_not_at_each_answer() -> None:
    async def main() -> None:
        async with Scene(paces={"box.detail": 30}) as scene:
            turn = iter(range(10_000))
            await asyncio.sleep(1)
            scene.session().payload = lambda _: b"%d" % next(turn)
            await asyncio.sleep(300)
            found = heard(scene, "box.detail")
            assert scene.values("box.detail") == [], "the console is not told"
            assert 10 <= len(found) <= 12
            assert {one.period for one in found} == {30.0}
            changes = [one.rows[0][1] for one in found if one.rows]
            assert changes[0] is None
            # Over that stretch: 15 answers, and what the other exchange was told in between.
            assert set(changes[3:]) <= {15, 16, 17}
            assert len(heard(scene, "box.pulse")) >= 150

    play(main)


def test_who_looks_gets_every_answer_and_rules_hear_the_same() -> None:
    async def main() -> None:
        async with Scene(paces={"box.detail": 30}) as scene:
            await asyncio.sleep(100)
            scene.look(("box.detail", "a"))
            await asyncio.sleep(60)
            shown = scene.of("box.detail")
            assert len(shown) >= 30
            known = heard(scene, "box.detail")
            assert [one for one in shown if one not in known] == []
            assert all(one.rows and one.rows[0][1] == 0 for one in shown[1:])
            scene.look()
            await asyncio.sleep(0)
            before = len(scene.of("box.detail"))
            await asyncio.sleep(120)
            assert len(scene.of("box.detail")) == before
            assert 3 <= len(heard(scene, "box.detail", since=162)) <= 5

    play(main)


def test_an_exchange_that_is_asked_on_demand_is_asked_at_that_pace() -> None:
    async def main() -> None:
        async with Scene(paces={"box.things": 60}) as scene:
            await asyncio.sleep(299)
            asked = scene.session().times("list")
            assert 5 <= len(asked) <= 6
            assert len(heard(scene, "box.things")) == len(asked)
            scene.look(("box.things", "a"))
            await asyncio.sleep(30)
            assert len(scene.session().times("list")) >= len(asked) + 9
            scene.look()
            await asyncio.sleep(5)
            asked = scene.session().times("list")
            await asyncio.sleep(300)
            assert 4 <= len(scene.session().times("list")) - len(asked) <= 6
            scene.look(("box.things", "a"))
            await asyncio.sleep(1)
            assert scene.values("box.things")

    play(main)


def test_what_rules_alone_see_has_its_faults_too() -> None:
    async def main() -> None:
        async with Scene(paces={"box.detail": 30, "box.things": 30}) as scene:
            await asyncio.sleep(40)
            scene.session().end(Lost("cable"))
            await asyncio.sleep(0.1)
            for name in ("box.detail", "box.things"):
                last = heard(scene, name)[-1]
                assert last.fault is not None
                assert last.fault.message == "cable"
                assert scene.values(name) == []

    play(main)


def test_targets_do_not_read_all_at_once() -> None:
    async def main() -> None:
        async with Scene(targets=26, paces={"box.detail": 30}) as scene:
            await asyncio.sleep(34)
            second: set[int] = set()
            for name in scene.transport.sessions:
                found = heard(scene, "box.detail", target=name)
                assert len(found) >= 2
                second.add(int(found[1].at) // 2)
            assert len(second) >= 8

    play(main)


def test_a_clock_that_is_set_back_stops_no_reading() -> None:
    things = probe("box.things", "list")
    lane = Lane(Target("a", "box", "fake"), Exchange("list", 2.0), {things.id: things}, Meter(),
                {things.id: 30.0})  # fmt: skip
    read = [
        float(at)
        for at in (*range(10_000, 10_100, 2), *range(6_400, 6_500, 2))
        if lane.aside(Answer("list", b"1", float(at)))
    ]
    assert len([at for at in read if at >= 10_000]) in {4, 5}
    assert read[-4:][0] < 6_410
    assert len([at for at in read if at < 10_000]) == 4
