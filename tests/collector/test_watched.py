"""Lists that a target keeps us up to date about: what is watched, told, let go and begun again."""

import asyncio

import pytest

from opsconsole.collector.following import SILENT
from opsconsole.collector.watched import GRACE
from opsconsole.errors import Denied, Lost, TargetError
from opsconsole.ports import Answer
from opsconsole.turn import BEAT, Phase
from tests.collector.cluster import COUNTS, Cluster
from tests.collector.scene import FakeSession, play, wall


def test_a_list_is_watched_while_somebody_looks_and_told_by_what_changes() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            await asyncio.sleep(5)
            assert scene.watcher.times("pods") == [], "nobody looks"
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            assert len(scene.watcher.times("pods")) == 1
            scene.watcher.say(Phase.FIRST, "p1 up\np2 up\n")
            await asyncio.sleep(0.01)
            scene.watcher.say(Phase.PAGE, "p3 up\n")
            await asyncio.sleep(0.01)
            assert [(p.whole, p.loading, len(p.rows)) for p in scene.patches_of()] == [
                (True, True, 2),
                (False, True, 1),
            ]
            scene.watcher.say(Phase.LISTED)
            await asyncio.sleep(0.01)
            assert not scene.patches_of()[-1].loading
            before = len(scene.patches_of())
            scene.watcher.say(Phase.EVENTS, "p2 down\n-p1 x\np4 up\np3 up\np4 down\n")
            await asyncio.sleep(0.01)
            (patch,) = scene.patches_of()[before:]
            assert patch.rows == [("p2", "down"), ("p4", "down")], "p3 is as it was"
            assert (patch.gone, patch.key, patch.period) == ([("p1",)], (0,), BEAT)
            assert scene.rows() == [("p2", "down"), ("p3", "up"), ("p4", "down")]
            assert scene.of("box.pod") == [], "no whole list crosses the bus"

    play(main)


def test_what_is_not_in_a_new_list_is_gone_and_what_is_the_same_is_not_told_again() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up\np2 up", "p3 up")
            scene.watcher.say(Phase.FIRST, "p1 up\n")
            scene.watcher.say(Phase.EVENTS, "-p1 up\np5 up\n")
            before = len(scene.patches_of())
            scene.watcher.list("p1 up\np3 down")
            await asyncio.sleep(0.01)
            told = scene.patches_of()[before:]
            assert scene.rows() == [("p3", "down"), ("p1", "up")]
            assert not any(patch.loading for patch in told), "it was complete before"

    play(main)


def test_after_a_lost_session_the_list_is_compared_and_never_sent_whole() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up\np2 up")
            scene.watcher.end(Lost("the cable"))
            await asyncio.sleep(0.1)
            assert scene.of("box.pod")[-1].fault is not None
            await asyncio.sleep(5)
            before = len(scene.patches_of())
            scene.watcher.say(Phase.FIRST, "p1 up\np3 up\n")
            await asyncio.sleep(0.01)
            scene.watcher.say(Phase.LISTED)
            await asyncio.sleep(0.01)
            told = scene.patches_of()[before:]
            assert [patch.whole for patch in told] == [False] * len(told)
            assert told[0].loading
            assert not told[-1].loading
            assert [row for patch in told for row in patch.rows] == [("p3", "up")]
            assert scene.rows() == [("p1", "up"), ("p3", "up")]

    play(main)


def test_turning_away_and_back_within_the_grace_sends_only_what_changed() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up\np2 up")
            await asyncio.sleep(1)
            scene.look()
            await asyncio.sleep(1)
            before = len(scene.patches_of())
            scene.watcher.say(Phase.EVENTS, "p1 down\n-p2 up\n")
            await asyncio.sleep(GRACE / 2)
            assert len(scene.patches_of()) == before
            scene.look(("box.pod", "a"))
            await asyncio.sleep(GRACE)
            assert len(scene.watcher.times("pods")) == 1
            assert scene.patches_of()[before].rows == [("p1", "down")]
            assert scene.rows() == [("p1", "down")]
            assert not scene.watcher.left
            scene.look()
            await asyncio.sleep(GRACE - 1)
            assert not scene.watcher.left
            await asyncio.sleep(2)
            assert scene.watcher.left == ["pods"]
            scene.watcher.say(Phase.EVENTS, "p9 late\n")
            await asyncio.sleep(0.01)
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up")
            await asyncio.sleep(0.01)
            assert scene.patches_of()[-1].whole
            assert scene.rows() == [("p1", "up")]

    play(main)


def test_a_second_probe_of_a_list_begins_it_anew_and_reads_it_once() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up a b\np2 up c")
            await asyncio.sleep(0.01)
            scene.look(("box.pod", "a"), ("box.part", "a"))
            await asyncio.sleep(1)
            assert (len(scene.watcher.times("pods")), scene.watcher.left) == (2, ["pods"])
            before, reads = len(scene.patches_of()), COUNTS["read"]
            scene.watcher.list("p1 up a b\np2 up c")
            await asyncio.sleep(0.01)
            assert COUNTS["read"] == reads + 1
            assert [p.rows for p in scene.patches_of()[before:] if p.rows] == []
            assert scene.rows("box.part") == [
                ("p1", "a", "up"),
                ("p1", "b", "up"),
                ("p2", "c", "up"),
            ]
            scene.watcher.say(Phase.EVENTS, "p1 up b d\n-p2 up c\n")
            await asyncio.sleep(0.01)
            assert scene.rows("box.part") == [("p1", "b", "up"), ("p1", "d", "up")]
            assert scene.rows() == [("p1", "up")]

    play(main)


def test_rules_and_recorders_hear_all_rows_at_the_lists_pace() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            await asyncio.sleep(1)
            assert scene.whole("box.node") == [[("n1", "up")]], "always watched, quietly"
            assert scene.patches_of("box.node") == []
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.say(Phase.FIRST, "p1 up\n")
            assert scene.whole() == [], "not before it is complete"
            scene.watcher.say(Phase.LISTED)
            scene.watcher.say(Phase.EVENTS, "p1 down\n")
            assert scene.whole() == [[("p1", "up")]]
            await asyncio.sleep(29)
            assert len(scene.whole()) == 1
            await asyncio.sleep(1.1)
            assert scene.whole()[1:] == [[("p1", "down")]]
            await asyncio.sleep(300)
            assert len(scene.whole()) == 12
            scene.look(("box.node", "a"))
            await asyncio.sleep(0.1)
            assert scene.rows("box.node") == [("n1", "up")]

    play(main)


def test_what_a_rule_needs_is_watched_while_nobody_looks_and_heard_at_its_pace() -> None:
    async def main() -> None:
        async with Cluster({"box.pod": 60.0}) as scene:
            await asyncio.sleep(1)
            assert len(scene.watcher.times("pods")) == 1
            scene.watcher.list("p1 up")
            await asyncio.sleep(300)
            assert len(scene.whole()) == 6, "at once, and every minute"
            assert scene.patches_of() == []
            scene.look(("box.pod", "a"))
            await asyncio.sleep(0.1)
            assert scene.rows() == [("p1", "up")]
            assert len(scene.watcher.times("pods")) == 1
            scene.look()
            await asyncio.sleep(3 * GRACE)
            assert not scene.watcher.left
            scene.look(("box.pod", "a"))
            await asyncio.sleep(0.1)
            assert scene.patches_of()[-1].whole, "the console may have forgotten it by now"

    play(main)


@pytest.mark.parametrize(
    ("error", "pause"), [(Denied("forbidden"), 30.0), (TargetError("x"), 1.0)], ids=str
)
def test_a_list_that_is_refused_is_a_fault_of_its_probes_and_asked_for_again(
    error: TargetError, pause: float
) -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.deliver(Answer("pods", b"", wall(), error))
            await asyncio.sleep(0.01)
            assert scene.values("box.pod") == [str(error)]
            assert scene.of("box.pulse")[-1].fault is None
            await asyncio.sleep(pause)
            assert len(scene.watcher.times("pods")) == 2
            scene.watcher.list("p1 up")
            await asyncio.sleep(0.01)
            assert scene.rows() == [("p1", "up")]
            assert len(scene.transport.sessions["a"]) == 1

    play(main)


def test_a_turn_that_a_probe_cannot_read_hurts_it_alone_until_the_list_begins_anew() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"), ("box.part", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up a")
            scene.watcher.say(Phase.EVENTS, "p2 absurd b\n")
            scene.watcher.say(Phase.EVENTS, "p3 up c\n")
            await asyncio.sleep(0.01)
            fault = scene.of("box.pod")[-1].fault
            assert fault is not None
            assert "ZeroDivisionError" in fault.message
            assert scene.of("box.part") == []
            assert scene.rows() == [("p1", "up")], "what came after is not told"
            assert len(scene.rows("box.part")) == 3
            await asyncio.sleep(61)
            assert len(scene.watcher.times("pods")) == 2
            scene.watcher.list("p1 up a\np3 up c")
            await asyncio.sleep(0.01)
            assert scene.rows() == [("p1", "up"), ("p3", "up")]

    play(main)


def test_a_beat_renews_the_age_and_a_silent_list_is_begun_again() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.look(("box.pod", "a"))
            await asyncio.sleep(1)
            scene.watcher.list("p1 up")
            await asyncio.sleep(0.01)
            before = len(scene.patches_of())
            await asyncio.sleep(60)
            words = scene.patches_of()[before:]
            assert [(p.rows, p.gone) for p in words] == [([], [])] * 6
            assert words[-1].at == pytest.approx(wall(), abs=BEAT)
            scene.beats = False
            keep = asyncio.get_running_loop()
            for second in range(0, 60, 5):
                keep.call_later(second, scene.watcher.say, Phase.BEAT, "", "nodes")
            await asyncio.sleep(SILENT + 5)
            assert "silent for 30 s" in str(scene.values("box.pod")[-1])
            assert len(scene.watcher.times("pods")) == 2
            assert len(scene.transport.sessions["a"]) == 1, "all else is well"

    play(main)


def mute(session: FakeSession) -> None:
    session.on_ask = lambda _: None


def test_a_session_that_says_nothing_is_given_up() -> None:
    async def main() -> None:
        async with Cluster(beats=False) as scene:
            scene.transport.prepare = mute
            await asyncio.sleep(SILENT + 3)
            assert len(scene.transport.sessions["a"]) >= 2

    play(main)


def test_a_transport_that_cannot_watch_is_told_once() -> None:
    async def main() -> None:
        async with Cluster() as scene:
            scene.transport.wrap = lambda session: session
            scene.look(("box.pod", "a"))
            await asyncio.sleep(0.4)
            scene.transport.prepare = lambda _: None
            assert "cannot watch 'pods'" in str(scene.values("box.pod")[-1])
            await asyncio.sleep(200)
            assert scene.session().times("pods") == []

    play(main)
