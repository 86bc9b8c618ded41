"""What changed: told live, folded over time, and compared with a recording."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from syrupy.assertion import SnapshotAssertion

from opsconsole.alert import Alerts, Occurrence
from opsconsole.clean import Clean
from opsconsole.difference import changed
from opsconsole.errors import Unrecorded
from opsconsole.model import Level, Row, Sample
from opsconsole.ports import Happened, Point, Refresh
from screens.shell.console import ConsoleScreen
from screens.shell.recall.changes import ChangesSheet
from tests.screens.shell.recall.scene import NOW, told
from tests.screens.shell.stage import Stage, host
from tests.screens.shell.test_snapshots import SIZES
from tests.screens.shell.trial import texts, trial
from tests.timeline.scene import T0, it

sizes = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


def rows(**things: str) -> list[Row]:
    """`package_nginx="1"` as the rows of an inventory."""
    return [
        (*map(Clean, (*name.split("_", 1), value)),)  # kind, name, value
        for name, value in things.items()
    ]


def happened() -> list[Occurrence]:
    """Two upgrades of one package, an account that came, and what people did."""
    first = rows(package_nginx="1.22", sysctl_swappiness="60", user_ann="7")
    second = rows(package_nginx="1.23", sysctl_swappiness="60", user_ann="7")
    third = rows(package_nginx="1.24", sysctl_swappiness="10", user_ann="7", user_eve="0")
    below = (rows(package_pg="15.4"), rows(package_pg="15.5"))
    return [
        *changed("db-2", T0, first, second),
        *changed("db-2", T0 + 600, second, third),
        *changed("db-1", T0 - 900, *below),
        *changed("far-1", T0, *below),
        it(300, "deploy", "db-2", "alice: deploy orders 4", Level.OK),
        it(310, "alert", "db-2", "Disk is full", Level.CRIT),
    ]


class Recording:
    """A recording in memory: what was, by moment."""

    span = (T0 - 86400.0, T0)

    def __init__(self, samples: Sequence[Sample] = (), *, broken: bool = False) -> None:
        self._samples = samples
        self._broken = broken

    def pairs(self) -> list[tuple[str, str]]:
        return [(one.probe, one.target) for one in self._samples]

    def at(self, moment: float, pairs: Sequence[tuple[str, str]] | None = None) -> list[Sample]:
        if self._broken:
            raise Unrecorded("the recording cannot be read: it is none")
        found = {(s.probe, s.target): s for s in self._samples if s.at <= moment}
        return [one for pair, one in found.items() if pairs is None or pair in pairs]

    def between(
        self, since: float, until: float, pairs: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[Sample]:
        return (one for one in self._samples if since < one.at <= until)

    def series(
        self, probe: str, target: str, key: Row, column: str,
        since: float, until: float, points: int,
    ) -> list[Point]:  # fmt: skip
        return []

    def occurrences(self, since: float, until: float) -> list[Occurrence]:
        if self._broken:
            raise Unrecorded("the recording cannot be read: it is none")
        return [one for one in (it(-5000, "note", "db-2", "bob: look", Level.OK),)
                if since <= one.at <= until]  # fmt: skip

    def alerts(self, at: float) -> Alerts | None:
        return None


def listed(on: Stage) -> list[tuple[object, ...]]:
    assert isinstance(on.app.screen, ChangesSheet)
    return [one[1:] for one in on.app.screen.table.data.rows.values()]


@sizes
async def test_the_sheet_as_it_was_approved(
    size: tuple[int, int], snapshot: SnapshotAssertion
) -> None:
    async with told(size=size, happened=happened()) as on:
        await on.type("changes db-2")
        assert "\n".join(line.rstrip() for line in on.screen) == snapshot


async def test_changes_of_the_target_and_of_what_it_stands_on_newest_first() -> None:
    async with told(happened=happened()) as on:
        await on.type("target db-2")
        await on.press("D")
        assert on.says("What changed on db-2 since")
        assert listed(on) == [
            ("sysctl", "swappiness", "60", "10", "db-2"),
            ("user", "eve", "(new)", "0", "db-2"),
            ("deploy", "", "", "alice: deploy orders 4", "db-2"),
            ("package", "nginx", "1.22", "1.24", "db-2"),
            ("package", "pg", "15.4", "15.5", "db-1"),
        ]
        await on.press("escape")
        assert isinstance(on.app.screen, ConsoleScreen)


async def test_a_time_leaves_out_what_was_before() -> None:
    async with told(happened=happened()) as on:
        await on.type("changes db-2 14m")
        assert [one[1] for one in listed(on)] == ["nginx", "swappiness", "eve", ""]
        await on.press("escape")
        await on.type("changes db-2 6m")
        assert listed(on)[0] == ("package", "nginx", "1.23", "1.24", "db-2")
        await on.press("escape")
        await on.type("changes a b c")
        assert on.says("one target, then a time")


async def test_the_targets_are_asked_at_once_and_the_answer_is_told() -> None:
    async with told(happened=()) as on:
        await on.type("changes db-2")
        assert on.says("no change is known")
        async with asyncio.timeout(60):
            while not isinstance(asked := await on.bus.receive(), Refresh):
                continue
        assert asked.targets == ["db-2", "db-1", "ups-a"]
        news = changed("db-2", NOW - 1, rows(package_a="1"), rows(package_a="2"))
        on.bus.publish(Happened(news))
        await on.until(lambda: len(listed(on)) == 1)


async def test_a_recording_knows_what_was_before_this_console() -> None:
    then = [
        Sample("host.inventory", "db-2", T0 - 7200, rows(package_a="1", package_b="1"), None, 600),
        Sample("host.inventory", "db-2", T0 + 500, rows(package_a="9", package_b="9"), None, 600),
    ]
    async with told(happened=happened()) as on:
        on.app.chronicle._open = lambda: Recording(then)
        await on.type("changes db-2 20m")
        await on.until(lambda: len(listed(on)) >= 4)
        interest = on.app.feed.also
        assert ("host.inventory", "db-2") in interest
        await on.tell("host.inventory", "db-2", *rows(package_a="2", package_c="1"))
        on.app.screen.reload()  # type: ignore[attr-defined]
        await on.settle()
        found = listed(on)
        assert ("package", "a", "1", "2", "db-2") in found
        assert ("package", "b", "1", "(gone)", "db-2") in found
        assert ("package", "c", "(new)", "1", "db-2") in found
        await on.press("escape")
        assert on.app.feed.also == set()
        await on.type("timeline db-2 2h")
        await on.until(lambda: on.says("bob: look"))


async def test_a_recording_that_cannot_be_read_is_said() -> None:
    async with told(happened=happened()) as on:
        on.app.chronicle._open = lambda: Recording(broken=True)
        await on.type("changes db-2")
        await on.until(lambda: on.says("the recording cannot be read"))
        assert len(listed(on)) == 5
        await on.press("escape", "i")
        await on.until(lambda: on.says("the recording cannot be read"))


async def test_hostile_words_are_words() -> None:
    source = texts()[:4000]
    before = [(Clean("k"), word, word) for word in source]
    now = [(Clean("k"), word, Clean("2")) for word in source]
    async with trial(host("web-1"), size=(160, 120)) as one:
        one.on.app.chronicle.clock = lambda: NOW
        for at in range(0, len(source), 400):
            told_now = changed("web-1", T0 + at / 10, before[at : at + 400], now[at : at + 400])
            one.on.app.chronicle.add(told_now)
        await one.on.press("D")
        one.judge()
        assert isinstance(one.on.app.screen, ChangesSheet)
        assert await one.leaf_through(one.on.app.screen.table) > 2500
