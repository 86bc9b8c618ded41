"""How long a jump into the past takes, from the command to the screen that shows it.

Run: `python -m benchmarks.jump [--hosts 100] [--hours 24] [--interval 2]`; prints JSON. The real
console, without a terminal, on a recording of that many hosts with all always-on probes and
services of each; jumps to random moments in the list and in one host's panes. `plain` is a
redraw of the same screen with nothing to load.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from opsconsole import registry
from opsconsole.__main__ import open_rooms
from opsconsole.clean import Clean
from opsconsole.model import Quantity, Row, Sample, Target, Value
from opsconsole.recorder import Archive, Bounds, FlightRecorder
from opsconsole.recorder.writer import CHUNK_S

open_rooms()
SLOW_S = 60.0
SERVICES = 40
JUMPS = 15


def _row(probe_id: str, rng: random.Random) -> Row:
    """A row of values of the right kind, most of which move."""

    def value(quantity: Quantity) -> Value:
        if quantity in (Quantity.TEXT, Quantity.STATE):
            return Clean("ok")
        if quantity is Quantity.FLAG:
            return True
        return rng.randrange(50) if quantity is Quantity.COUNT else rng.random() * 90

    return tuple(value(column.quantity) for column in registry.probes()[probe_id].columns)


def record(where: Path, hosts: int, hours: float, interval: float, until: float) -> float:
    """Make the recording; returns the time at which it begins."""
    rng = random.Random(3)
    always = [p.id for p in registry.probes().values() if not p.on_demand and p.id != "host.unit"]
    pools = {probe: [_row(probe, rng) for _ in range(600)] for probe in always}
    units = [[(Clean(f"unit-{n}.service"), *_row("host.unit", rng)[1:]) for n in range(SERVICES)]]
    names = [f"web-{n}" for n in range(hosts)]
    targets = [Target(name, "host", "ssh") for name in names]
    clock, start = 0.0, until - hours * 3600
    bounds = Bounds(bytes=1e12, seconds=1e9)
    recorder = FlightRecorder(
        where, registry.probes(), targets, bounds, wall=lambda: until, clock=lambda: clock
    )
    for number in range(int(hours * 3600 / interval)):
        slow = number % max(1, int(SLOW_S / interval)) == 0
        for at, name in enumerate(names):
            for probe in always if slow else always[:1]:
                row = pools[probe][(number + at) % 600]
                recorder.take([Sample(probe, name, start + clock, [row], None, interval)])
            if slow:
                recorder.take([Sample("host.unit", name, start + clock, units[0], None, SLOW_S)])
        recorder.turn()
        clock += interval
    clock += CHUNK_S
    recorder.start()
    recorder.close(60.0)
    return start


async def measure(where: Path, start: float, until: float) -> dict[str, float]:
    """Jump, and wait for the screen."""
    from opsconsole.cli.domains import domains
    from screens.shell.app import OpsConsole
    from screens.shell.replay.open import replay_start

    app = OpsConsole(replay_start(Archive(where, registry.probes()), domains()))
    rng = random.Random(4)
    async with app.run_test(size=(160, 50), notifications=True) as pilot:

        async def settled() -> None:
            while app.replay._busy or not app.replay.on:  # noqa: ASYNC110 - as it is shown
                await asyncio.sleep(0.005)
            await pilot.pause()

        async def jump() -> None:
            wanted = rng.uniform(start + 600, until)
            app.carry_out(f"at @{wanted:.3f}")
            while abs(app.replay.at - wanted) > 0.01:  # noqa: ASYNC110 - as it is shown
                await asyncio.sleep(0.001)
            app.screen._on_timer_update()
            app.screen._compositor.render_strips()

        async def plain() -> None:
            app._turn()
            app.screen._on_timer_update()
            app.screen._compositor.render_strips()

        await settled()
        told = {
            "list_jump_ms": await _median_ms(jump, settled),
            "list_plain_ms": await _median_ms(plain, settled),
        }
        app.carry_out("target web-7")
        await settled()
        return told | {
            "host_jump_ms": await _median_ms(jump, settled),
            "host_plain_ms": await _median_ms(plain, settled),
        }


async def _median_ms(
    what: Callable[[], Awaitable[None]], settled: Callable[[], Awaitable[None]]
) -> float:
    took: list[float] = []
    for _ in range(JUMPS):
        began = time.perf_counter()
        await what()
        took.append((time.perf_counter() - began) * 1e3)
        await settled()
    return round(statistics.median(took), 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--interval", type=float, default=2.0)
    options = parser.parse_args()
    until = time.time()
    with TemporaryDirectory() as folder:
        where = Path(folder) / "kept"
        start = record(where, options.hosts, options.hours, options.interval, until)
        told = asyncio.run(measure(where, start, until))
    print(json.dumps({"hosts": options.hosts, "hours": options.hours, **told}, indent=2))


if __name__ == "__main__":
    main()
