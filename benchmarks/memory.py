"""Whether the console grows: a long run, compressed.

Run: `python -m benchmarks.memory [--switches 2000] [--flushes 20000]`; prints JSON. In one headless
console, every flush brings 50 changed hosts and is drawn; every switch opens a host's panes or goes
back to the list. Memory is read after a quarter of the run, which fills the bounded caches, and at
the end. The history of values is bounded by a budget of its own that takes hours to fill; what it
holds by its own account is told apart and taken off both readings.
"""

import argparse
import asyncio
import gc
import random
from dataclasses import dataclass

from benchmarks.feed import row
from benchmarks.terminal import report
from opsconsole import registry
from opsconsole.bus.memory import MemoryCollectorEnd, pair
from opsconsole.model import Sample, Target
from opsconsole.ports import Samples
from screens.shell.app import OpsConsole, Start
from screens.shell.console import Scene
from screens.shell.own import OwnCost
from screens.system import DOMAIN

HOSTS = 500


@dataclass(frozen=True, slots=True)
class Reading:
    """Memory at one moment, MiB."""

    resident: float
    history: float

    @property
    def rest(self) -> float:
        """What is not history."""
        return self.resident - self.history


async def run(switches: int, flushes: int) -> tuple[Reading, Reading]:
    """Readings after the warm-up and at the end."""
    collector, console = pair()
    targets = tuple(Target(f"web-{n}", "host", "ssh", "x") for n in range(HOSTS))
    scene = Scene((DOMAIN,), registry.probes(), targets, {})
    app = OpsConsole(Start(scene, lambda _: targets, console))
    rows = [row() for _ in range(200)]
    dice = random.Random(1)
    every = max(1, flushes // switches)
    warm = Reading(0.0, 0.0)
    listening = asyncio.ensure_future(_listen(collector))
    async with app.run_test(size=(160, 50)) as pilot:
        for at in range(flushes):
            changed = (f"web-{dice.randrange(HOSTS)}" for _ in range(50))
            collector.publish(
                Samples(
                    [Sample("host.vitals", t, 0.0, [dice.choice(rows)], None, 2.0) for t in changed]
                )
            )
            if at % every == 0:
                opened = "" if app.main.tab.target else f"web-{dice.randrange(HOSTS)}"
                app.main.tab.open(opened)
            app.force_tick()
            await pilot.pause(0)
            if at == flushes // 4:
                warm = _read(app)
        listening.cancel()
        return warm, _read(app)


async def _listen(collector: MemoryCollectorEnd) -> None:
    """Take what the console says, as a collector would: it is not the console that keeps it."""
    while True:
        await collector.receive()


def _read(app: OpsConsole) -> Reading:
    gc.collect()
    return Reading(OwnCost().rss_bytes / 2**20, app.feed.store.history_bytes / 2**20)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=2000)
    parser.add_argument("--flushes", type=int, default=20000)
    options = parser.parse_args()
    warm, end = asyncio.run(run(options.switches, options.flushes))
    report(
        "memory",
        switches=options.switches,
        flushes=options.flushes,
        warm_mib=round(warm.resident, 1),
        end_mib=round(end.resident, 1),
        history_mib=[round(warm.history, 1), round(end.history, 1)],
        growth_percent=round(100 * (end.rest - warm.rest) / warm.rest, 2),
        hold={"growth_percent": 5},
        reach={"growth_percent": 2},
    )


if __name__ == "__main__":
    main()
