"""The list of a thousand targets, as one works with it."""

import time

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
        assert table.cursor_id == "node-0042"
        assert table.counts == (COUNT, COUNT)
        assert [len(line) for line in on.screen] == [80] * 24
