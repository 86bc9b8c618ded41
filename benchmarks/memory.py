"""Whether the console grows: a long run, compressed.

Run: `python -m benchmarks.memory [--switches 5000] [--flushes 50000]`; prints JSON. In one headless
console, every flush brings changed hosts and is drawn; every switch opens one of twenty hosts, with
an answer for each of its panes, or goes back to the list. Before the first reading the history of
values is filled to its budget and a tenth of the run is done, so that whatever is bounded is full;
nine tenths and nine readings of resident memory follow. Growth is from the first to the last.
"""

import argparse
import asyncio
import gc
import random
import time
from collections.abc import Iterator

from benchmarks.feed import rows_of
from benchmarks.terminal import report
from opsconsole import registry
from opsconsole.bus.memory import MemoryCollectorEnd, pair
from opsconsole.model import Sample, Target
from opsconsole.ports import Samples
from opsconsole.store import Store
from screens.shell.app import OpsConsole
from screens.shell.console import Scene, Start
from screens.shell.own import OwnCost
from screens.system import DOMAIN

HOSTS = 500
OPENED = 20
"""Hosts whose panes are opened, again and again."""
CHANGED = 25
"""Hosts that each flush brings news of."""
POINTS = 10
"""Readings, each after a tenth of the run."""
ROUNDS = 10_000
"""Rounds of messages after which a console that still talks to itself is a defect."""

VITALS = "host.vitals"


class Run:
    """One console, its made-up collector, and the work it is put to."""

    def __init__(self) -> None:
        self.collector, console = pair()
        targets = tuple(Target(f"web-{n}", "host", "ssh", "x") for n in range(HOSTS))
        scene = Scene((DOMAIN,), registry.probes(), targets, {})
        self.app = OpsConsole(Start(scene, lambda _: targets, console))
        self._dice = random.Random(1)
        self._vitals = [rows_of(VITALS, 1) for _ in range(200)]
        asked = {probe for pane in DOMAIN.detail for probe in pane.probes} - {VITALS}
        self._answers = {probe: [rows_of(probe, 40) for _ in range(5)] for probe in sorted(asked)}

    def fill_history(self, store: Store) -> None:
        """Bring vitals of all hosts, and all of those that are opened, until no more is kept."""
        self._bring_all(store)
        for _ in range(store.history_depth):
            self._bring_all(store)

    def _bring_all(self, store: Store) -> None:
        store.put([self._vital(n) for n in range(HOSTS)])
        for n in range(OPENED):
            store.put(self._panes(f"web-{n}"))

    async def work(self, switches: int, flushes: int) -> None:
        """Do a share of the run."""
        every = max(1, flushes // switches)
        for at in range(flushes):
            self.collector.publish(Samples(list(self._news())))
            if at % every == 0:
                self._switch()
            await self._settle()
            self.app.force_tick()
            await self._settle()
            self.app.screen._on_timer_update()

    def _switch(self) -> None:
        tab = self.app.main.tab
        if tab.target:
            tab.open("")
            return
        host = f"web-{self._dice.randrange(OPENED)}"
        tab.open(host)
        self.collector.publish(Samples(self._panes(host)))

    def _panes(self, host: str) -> list[Sample]:
        """What a host's panes ask for."""
        return [
            Sample(probe, host, time.time(), self._dice.choice(answers), None, 2.0)
            for probe, answers in self._answers.items()
        ]

    def _news(self) -> Iterator[Sample]:
        return (self._vital(self._dice.randrange(HOSTS)) for _ in range(CHANGED))

    def _vital(self, host: int) -> Sample:
        rows = self._dice.choice(self._vitals)
        return Sample(VITALS, f"web-{host}", time.time(), rows, None, 2.0)

    async def _settle(self) -> None:
        """Let every message be handled."""
        await asyncio.sleep(0)
        for _ in range(ROUNDS):
            if self.app._turnstile.is_quiet():
                return
            await asyncio.sleep(0)
        raise RuntimeError("the console does not come to rest")


async def measure(switches: int, flushes: int, size: tuple[int, int]) -> list[float]:
    """Resident MiB at each of the points."""
    run = Run()
    listening = asyncio.ensure_future(_listen(run.collector))
    curve: list[float] = []
    async with run.app.run_test(size=size):
        run.fill_history(run.app.feed.store)
        for _ in range(POINTS):
            await run.work(max(1, switches // POINTS), max(1, flushes // POINTS))
            gc.collect()
            curve.append(round(OwnCost().rss_bytes / 2**20, 2))
        listening.cancel()
    return curve


async def _listen(collector: MemoryCollectorEnd) -> None:
    """Take what the console says, as a collector would: it is not the console that keeps it."""
    while True:
        await collector.receive()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=5000)
    parser.add_argument("--flushes", type=int, default=50000)
    parser.add_argument("--cols", type=int, default=80)
    parser.add_argument("--rows", type=int, default=24)
    options = parser.parse_args()
    begun, cpu = time.monotonic(), time.process_time()
    curve = asyncio.run(measure(options.switches, options.flushes, (options.cols, options.rows)))
    report(
        "memory",
        switches=options.switches,
        flushes=options.flushes,
        cols=options.cols,
        rows=options.rows,
        seconds=round(time.monotonic() - begun),
        cpu_seconds=round(time.process_time() - cpu),
        curve_mib=curve,
        first_mib=curve[0],
        last_mib=curve[-1],
        growth_percent=round(100 * (curve[-1] - curve[0]) / curve[0], 2),
        hold={"growth_percent": 5},
        reach={"growth_percent": 2},
    )


if __name__ == "__main__":
    main()
