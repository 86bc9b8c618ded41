"""A list that is one of many: which one is chosen by who looks, and one at a time is watched."""

import asyncio

from opsconsole.collector.watched import GRACE
from opsconsole.ports import Interest
from opsconsole.turn import Phase
from tests.collector.cluster import Cluster, Watcher
from tests.collector.scene import FakeSession, play

POD = ("box.pod", "a")


class Chooser(Watcher):
    """A session that notes what was chosen, and what of it was asked for."""

    def __init__(self, session: FakeSession) -> None:
        super().__init__(session)
        self.chosen: list[tuple[str, str]] = []
        self.of: list[str] = []

    def choose(self, exchange: str, subject: str) -> None:
        self.chosen.append((exchange, subject))

    def ask(self, exchange: str) -> None:
        if exchange == "pods":
            self.of.append(self.chosen[-1][1] if self.chosen else "")
        super().ask(exchange)


class Scene(Cluster):
    """Looks at one of many lists."""

    def __init__(self) -> None:
        super().__init__()
        self.transport.wrap = Chooser

    def look_at(self, subject: str, *pairs: tuple[str, str]) -> None:
        chosen: list[tuple[str, str, str]] = [(*POD, subject)] if subject else []
        self.console.send(Interest([*pairs], chosen))

    @property
    def chooser(self) -> Chooser:
        session = self.session()
        assert isinstance(session, Chooser)
        return session


def test_another_one_takes_the_place_of_the_first_whose_rows_are_gone_at_once() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look_at("reds", POD)
            await asyncio.sleep(1)
            scene.watcher.list("p1 up\np2 up")
            scene.watcher.say(Phase.EVENTS, "p2 down\n")
            await asyncio.sleep(0.01)
            assert scene.rows() == [("p1", "up"), ("p2", "down")]
            before = len(scene.patches_of())
            scene.look_at("blues", POD)
            await asyncio.sleep(0.01)
            gone = scene.patches_of()[before]
            assert (gone.whole, gone.rows, gone.loading) == (True, [], True)
            assert scene.rows() == []
            assert scene.chooser.left == ["pods"]
            await asyncio.sleep(1)
            scene.watcher.list("p1 up")
            await asyncio.sleep(0.01)
            assert scene.rows() == [("p1", "up")]
            assert scene.chooser.of == ["reds", "blues"]

    play(main)


def test_the_same_one_is_watched_on_whatever_else_is_looked_at() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look_at("reds", POD)
            await asyncio.sleep(1)
            scene.watcher.list("p1 up")
            scene.look_at("reds", POD, ("box.part", "a"))
            scene.look_at("")
            await asyncio.sleep(1)
            scene.look_at("reds", POD)
            await asyncio.sleep(1)
            assert scene.rows() == [("p1", "up")]
            assert set(scene.chooser.of) == {"reds"}

    play(main)


def test_rows_that_a_console_kept_of_an_old_one_go_even_if_they_were_let_go_of_here() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look_at("reds", POD)
            await asyncio.sleep(1)
            scene.watcher.list("p1 up")
            await asyncio.sleep(0.01)
            scene.look_at("")
            await asyncio.sleep(GRACE + 2)
            assert scene.chooser.left == ["pods"]
            assert scene.rows() == [("p1", "up")], "as a console has it"
            scene.look_at("blues", POD)
            await asyncio.sleep(0.01)
            assert scene.rows() == []

    play(main)


def test_a_new_session_is_told_what_was_chosen() -> None:
    async def main() -> None:
        async with Scene() as scene:
            scene.look_at("reds", POD)
            await asyncio.sleep(1)
            first = scene.chooser
            await first.close()
            await asyncio.sleep(10)
            assert scene.chooser is not first
            assert scene.chooser.of == ["reds"]

    play(main)
