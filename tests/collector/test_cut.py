"""Answers of megabytes: read a piece at a time, and all else in between."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from opsconsole.clean import Clean
from opsconsole.errors import Lost, Malformed
from opsconsole.model import Row
from opsconsole.spec import Integration
from tests.collector.cluster import CLUSTER, USE, Cluster
from tests.collector.scene import play

LINES = 40
ANSWER = b"\n".join(b"n%d %d" % (at, at) for at in range(LINES))
ROWS: list[Row] = [(Clean(f"n{at}"), Clean(str(at))) for at in range(LINES)]


class Reading:
    """Notes what is read, and what else is done meanwhile."""

    def __init__(self, *, spoiled: int = -1) -> None:
        self.log: list[str] = []
        self._spoiled = spoiled

    def cut(self, payload: bytes) -> Iterator[bytes]:
        for at, line in enumerate(payload.split(b"\n")):
            yield b"spoiled" if at == self._spoiled else line

    def read(self, payload: bytes) -> list[Row]:
        self.log.append("all" if b"\n" in payload else payload.decode())
        if payload == b"spoiled":
            raise Malformed("cut in the wrong place")
        return USE.read(payload)

    @property
    def box(self) -> Integration:
        """The usual one, whose answer about uses is cut."""

        def probe(one: Any) -> Any:
            return replace(one, read=self.read) if one.id == USE.id else one

        exchanges = [
            replace(one, cut=self.cut) if one.name == "use" else one for one in CLUSTER.exchanges
        ]
        return replace(
            CLUSTER, exchanges=tuple(exchanges), probes=tuple(map(probe, CLUSTER.probes))
        )


def test_others_have_their_turn_between_two_pieces() -> None:
    reading = Reading()

    async def main() -> None:
        async with Cluster(integration=reading.box) as scene:
            scene.look(("box.used", "a"))
            await asyncio.sleep(1)
            pods = "\n".join(f"n{at} up" for at in range(LINES))
            scene.watcher.list(pods, exchange="nodes")
            scene.watcher.push(ANSWER, "use")
            asyncio.get_running_loop().call_soon(reading.log.append, "other")
            await asyncio.sleep(0.1)
            assert reading.log.index("other") <= 2
            assert len(reading.log) == LINES + 1, "every piece once"
            used = [(f"n{at}", f"up {at}") for at in range(LINES)]
            assert sorted(scene.rows("box.used")) == sorted(used)
            assert scene.of("box.use") == [], "nobody looks at it alone"

    play(main)


def test_who_looks_at_it_is_told_all_of_it_at_once() -> None:
    async def main() -> None:
        async with Cluster(integration=Reading().box) as scene:
            scene.look(("box.use", "a"))
            await asyncio.sleep(1)
            scene.watcher.push(ANSWER, "use")
            await asyncio.sleep(0.1)
            (sample,) = scene.of("box.use")
            assert sample.rows == ROWS
            scene.look()
            await asyncio.sleep(1)
            scene.look(("box.use", "a"))
            await asyncio.sleep(1)
            assert len(scene.of("box.use")) == 1, "it is not kept"
            scene.watcher.push(ANSWER, "use")
            await asyncio.sleep(0.1)
            assert len(scene.of("box.use")) == 2

    play(main)


@pytest.mark.parametrize("spoiled", [0, 7, LINES - 1])
def test_what_is_cut_in_the_wrong_place_is_read_as_it_came(spoiled: int) -> None:
    reading = Reading(spoiled=spoiled)

    async def main() -> None:
        async with Cluster(integration=reading.box) as scene:
            scene.look(("box.use", "a"))
            await asyncio.sleep(1)
            scene.watcher.push(ANSWER, "use")
            await asyncio.sleep(0.1)
            (sample,) = scene.of("box.use")
            assert sample.rows == ROWS
            assert reading.log[spoiled:] == ["spoiled", "all"]

    play(main)


def test_what_cannot_be_read_at_all_is_a_fault() -> None:
    async def main() -> None:
        async with Cluster(integration=Reading(spoiled=0).box) as scene:
            scene.look(("box.use", "a"))
            await asyncio.sleep(1)
            scene.watcher.push(b"spoiled", "use")
            await asyncio.sleep(0.1)
            (sample,) = scene.of("box.use")
            assert sample.rows is None
            assert sample.fault is not None

    play(main)


def test_the_rest_of_what_a_session_said_that_ended_is_not_read() -> None:
    reading = Reading()

    async def main() -> None:
        async with Cluster(integration=reading.box) as scene:
            scene.look(("box.use", "a"))
            await asyncio.sleep(1)
            scene.watcher.push(ANSWER, "use")
            scene.watcher.end(Lost("gone"))
            await asyncio.sleep(0.1)
            assert 0 < len(reading.log) < LINES
            assert [sample.rows for sample in scene.of("box.use")] == [None]

    play(main)
