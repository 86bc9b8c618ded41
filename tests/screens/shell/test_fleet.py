"""The list of a thousand targets, as one works with it."""

import asyncio
import time
from collections.abc import Callable

from opsconsole.model import Sample
from opsconsole.ports import Samples
from tests.screens.shell.stage import PERIOD, Stage, host, row, stage

COUNT = 1_000
HOSTS = [host(f"node-{at:04}", rack=str(at % 10)) for at in range(COUNT)]


async def _answer(on: Stage, busiest: str) -> None:
    """All targets answer; one of them is worst."""
    now = time.time()
    samples = [
        Sample(
            "host.vitals",
            each.id,
            now,
            [row("host.vitals", cpu_percent=99.0 if each.id == busiest else at / COUNT)],
            None,
            PERIOD,
        )
        for at, each in enumerate(HOSTS)
    ]
    on.bus.publish(Samples(samples))
    await on.settle()


async def _until(holds: Callable[[], bool]) -> None:
    """An order is made anew only every other second."""
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came to hold")


async def test_a_thousand_targets_and_a_cursor_that_stays_with_its_own() -> None:
    async with stage(*HOSTS) as on:
        await _answer(on, "node-0700")
        table = on.app.main.tab.fleet.table
        assert table.counts == (COUNT, COUNT)
        table.sort_by("!")
        assert table.data.order[0] == "node-0700"
        await on.press("home", "j", "j")
        mine = table.cursor_id
        assert mine is not None
        await _answer(on, mine)
        table.sort_by("!")
        assert table.data.order[0] == mine == table.cursor_id
        table.sort_by("target")
        assert table.cursor_id == mine
        await on.press("enter")
        assert on.app.main.tab.target == mine
        await on.press("escape")
        assert on.app.main.tab.target == ""
        assert table.cursor_id == mine


async def test_a_filter_on_labels_and_names_leaves_what_it_says() -> None:
    async with stage(*HOSTS) as on:
        await _answer(on, "node-0000")
        table = on.app.main.tab.fleet.table
        await on.type("filter label:rack=7")
        assert table.counts == (COUNT // 10, COUNT)
        assert on.says("100 of 1000")
        await on.type("filter node-000 label:rack=7")
        assert table.data.order == ["node-0007"]
        await on.press("enter")
        assert on.app.main.tab.target == "node-0007"
        await on.press("escape")
        assert table.counts == (1, COUNT)
        await on.press("escape")
        assert table.counts == (COUNT, COUNT)


async def test_a_terminal_resized_fifty_times_loses_nothing() -> None:
    async with stage(*HOSTS) as on:
        await _answer(on, "node-0042")
        table = on.app.main.tab.fleet.table
        table.sort_by("!")
        table.move_to("node-0042")
        for at in range(50):
            await on.pilot.resize_terminal(*((80, 24) if at % 2 else (400, 100)))
        await _answer(on, "node-0042")
        await _until(lambda: table.data.order[0] == "node-0042")
        await on.settle()
        assert table.cursor_id == "node-0042"
        assert on.says("node-0042")
        assert table.counts == (COUNT, COUNT)
        assert [len(line) for line in on.screen] == [80] * 24


async def test_who_answers_again_is_in_order_at_once_by_what_it_answers() -> None:
    web, db = host("web-1"), host("db-1")
    async with stage(web, db) as on:
        table = on.app.main.tab.fleet.table
        for name, cpu in (("db-1", 1.0), ("web-1", 99.0)):
            await on.tell("host.vitals", name, row("host.vitals", cpu_percent=cpu), age=60.0)
        table.sort_by("!")
        assert table.data.order == ["db-1", "web-1"], "both are old: in name order"
        table._arranged_at = 0.0
        now = time.time()
        again = [
            Sample("host.vitals", name, now, [row("host.vitals", cpu_percent=cpu)], None, PERIOD)
            for name, cpu in (("db-1", 1.0), ("web-1", 99.0))
        ]
        on.bus.publish(Samples(again))
        await on.settle()
        assert table.data.order == ["web-1", "db-1"]


async def test_who_is_silent_is_counted_and_says_for_how_long() -> None:
    async with stage(host("web-1"), host("web-2"), host("web-3"), size=(120, 24)) as on:
        fleet = on.app.main.tab.fleet
        await on.tell("host.vitals", "web-1", row("host.vitals"))
        await on.tell("host.vitals", "web-2", row("host.vitals"))
        assert "silent" not in fleet.title_text
        await on.tell("host.vitals", "web-2", row("host.vitals"), age=42.0)
        assert "no data for 40 s" in on.line("web-2")
        await on.tell("host.vitals", "web-3", row("host.vitals"), age=125.0)
        await on.fail("host.vitals", "web-3", "unreachable", "web-3: connection refused")
        assert "no data for 2 min: connection refused" in on.line("web-3")
        assert fleet.title_text.endswith("  2 silent  live 2 s ")
        assert on.says(" 2 silent ")
        await on.tell("host.vitals", "web-2", row("host.vitals"))
        assert on.says(" 1 silent ")
        assert "no data" not in on.line("web-2")


async def test_a_silence_grows_without_a_word_from_anybody() -> None:
    async with stage(host("web-1"), host("web-2"), size=(120, 24)) as on:
        tab = on.app.main.tab
        await on.tell("host.vitals", "web-1", row("host.vitals"))
        await on.tell("host.vitals", "web-2", row("host.vitals"), age=42.0)
        tab.fleet.draw(on.app.feed.store, set(), time.monotonic() + 30.0)
        await on.quiet()
        assert "no data for 1 min" in on.line("web-2")
