"""A week of recording of many hosts, simulated: what it takes on disk, and what reading it takes.

Run: `python -m benchmarks.week [--targets 100] [--hours 168] [--interval 240] [--slow 960]
[--inventory 3600] [--units 20] [--packages 200]`; prints JSON. The clock is given, nobody waits.
Each host tells what its always-on probes tell, in their real columns: a fifth of the numbers
stands still, most wander in steps, some are noise; units and packages stay as they are. Then it is
opened, asked, and pruned: by size to three quarters, by age to a quarter.

Hosts are really asked each 2, 30 and 600 seconds: `--interval 2 --slow 30 --inventory 600`. A week
of 1,000 hosts so is 20 billion values: hours of work, as much as a machine has in a week.
"""

import argparse
import json
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from opsconsole import registry
from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row, Sample, Target, Value
from opsconsole.recorder import Archive, Bounds, FlightRecorder, base, query
from opsconsole.recorder.folder import DATABASE
from opsconsole.recorder.writer import CHUNK_S

START = 1_790_000_000.0
POOL = 701
"""Rows of one probe before they come again: no divisor of what is in a chunk."""

KINDS = 20
"""Pools: hosts of different pools say different things at one moment, others are only shifted."""

FAST, SLOW, SLOWEST = "host.vitals", ("host.health", "host.connection"), "host.inventory"
UNITS = "host.unit"
WORDS = (Quantity.TEXT, Quantity.STATE)
SERIES = "cpu_percent"


@dataclass(frozen=True)
class Plan:
    """How much is told, and how often; seconds, but for `hours`."""

    targets: int = 100
    hours: float = 168.0
    interval: float = 240.0
    slow: float = 960.0
    inventory: float = 3600.0
    units: int = 20
    packages: int = 200


def _wander(column: Column, rng: random.Random) -> Iterator[Value]:
    """Values of a column as a host has them."""
    still = rng.random() < 0.2
    if column.quantity in WORDS:
        yield from [Clean(f"{column.key}-{rng.randrange(9)}")] * POOL
    elif column.quantity is Quantity.FLAG:
        yield from [True] * POOL
    elif column.quantity is Quantity.COUNT:
        count = rng.randrange(300)
        for _ in range(POOL):
            count += 0 if still else rng.choice((0, 0, 0, 1, -1))
            yield max(0, count)
    elif column.quantity is Quantity.BYTES:
        pages = rng.randrange(1 << 20)
        for _ in range(POOL):
            pages += 0 if still else rng.randrange(-50, 51)
            yield float(4096 * max(0, pages))
    elif column.quantity in (Quantity.PER_S, Quantity.BYTES_PER_S, Quantity.BITS_PER_S):
        for _ in range(POOL):
            yield 0.0 if still else abs(rng.gauss(1e4, 4e3))
    else:
        number = rng.random() * 90
        for _ in range(POOL):
            number += 0 if still else rng.choice((0, 0, 0.1, -0.1, 0.3, -0.3))
            yield round(max(0.0, number), 2)


def _pool(probe: str, rng: random.Random) -> list[list[Row]]:
    columns = [_wander(column, rng) for column in registry.probes()[probe].columns]
    return [[row] for row in zip(*columns, strict=True)]


class Fleet:
    """All that is told, moment by moment."""

    def __init__(self, plan: Plan) -> None:
        rng = random.Random(11)
        self.plan = plan
        self.names = [f"host-{number:04d}" for number in range(plan.targets)]
        kinds = min(KINDS, plan.targets)
        self._pools = {probe: [_pool(probe, rng) for _ in range(kinds)] for probe in (FAST, *SLOW)}
        unit = _pool(UNITS, rng)[0][0]
        self._units = [(Clean(f"unit-{n}.service"), *unit[1:]) for n in range(plan.units)]
        self._packages: list[Row] = [
            (Clean("package"), Clean(f"library-{n}"), Clean(f"{n % 7}.{n % 11}-{n % 3}"))
            for n in range(plan.packages)
        ]
        self.points = self.samples = 0

    def moments(self) -> Iterator[tuple[float, list[Sample]]]:
        """What comes, and how many seconds after the beginning."""
        plan = self.plan
        slow = max(1, round(plan.slow / plan.interval))
        slowest = max(1, round(plan.inventory / plan.interval))
        for number in range(int(plan.hours * 3600 / plan.interval)):
            at = number * plan.interval
            batch: list[Sample] = []
            for place, name in enumerate(self.names):
                # They do not come all at once.
                when = START + at + place % 997 / 1000
                self._one(batch, FAST, place, number, when)
                if (number + place) % slow == 0:
                    for probe in SLOW:
                        self._one(batch, probe, place, number, when)
                    batch.append(Sample(UNITS, name, when, self._units, None, plan.slow))
                    self.points += 8 * len(self._units)
                if (number + place) % slowest == 0:
                    told = Sample(SLOWEST, name, when, self._packages, None, plan.inventory)
                    batch.append(told)
                    self.points += len(self._packages)
            self.samples += len(batch)
            yield at, batch

    def row(self) -> list[Row]:
        """A row of what comes all the time."""
        return self._pools[FAST][0][0]

    def _one(self, batch: list[Sample], probe: str, place: int, number: int, when: float) -> None:
        pools = self._pools[probe]
        rows = pools[place % len(pools)][(number + 7 * place) % POOL]
        batch.append(Sample(probe, self.names[place], when, rows, None, self.plan.interval))
        self.points += len(rows[0])


class Deck:
    """A recorder whose clock is given; it works in this thread."""

    def __init__(self, where: Path, names: list[str], began: float, bounds: Bounds) -> None:
        self.seconds = began
        self.recorder = FlightRecorder(
            where,
            registry.probes(),
            [Target(name, "host", "ssh") for name in names],
            bounds,
            wall=lambda: START + self.seconds,
            clock=lambda: self.seconds,
        )

    def end(self) -> None:
        """Make chunks of all that came, and let go."""
        for _ in range(3):
            self.recorder.turn()
            self.seconds += CHUNK_S
        self.recorder.start()
        self.recorder.close(600.0)


def record(where: Path, fleet: Fleet) -> dict[str, float]:
    """Record it all, without bounds; CPU of the recorder alone."""
    deck = Deck(where, fleet.names, 0.0, Bounds(bytes=1e15, seconds=1e12))
    cpu = 0.0
    for seconds, batch in fleet.moments():
        deck.seconds = seconds
        began = time.thread_time()
        deck.recorder.take(batch)
        deck.recorder.turn()
        cpu += time.thread_time() - began
    began = time.process_time()
    deck.end()
    cpu += time.process_time() - began
    size = (where / DATABASE).stat().st_size
    return {
        "samples": fleet.samples,
        "points": fleet.points,
        "us_per_point": round(cpu / fleet.points * 1e6, 3),
        "bytes_per_point": round(size / fleet.points, 3),
        "database_mb": round(size / 2**20, 1),
        "mb_of_a_host_and_day": round(size / 2**20 / fleet.plan.targets / fleet.plan.hours * 24, 3),
        "peak_of_this_process_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1
        ),
    }


def _median_ms(question: Callable[[], object], times: int) -> float:
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        question()
        took.append((time.perf_counter() - began) * 1e3)
    return round(statistics.median(took), 2)


def read(where: Path, fleet: Fleet) -> dict[str, float]:
    """Open it, and ask at moments all over it."""
    rng, hours = random.Random(9), fleet.plan.hours
    end = START + hours * 3600
    began = time.perf_counter()
    archive = Archive(where, registry.probes())
    opened = time.perf_counter() - began
    with closing(archive):
        ends = _median_ms(lambda: archive.span, 5)

        def hour(probe: str, column: str) -> float:
            def ask() -> object:
                until = rng.uniform(START + 3600, end)
                name = rng.choice(fleet.names)
                return archive.series(probe, name, (), column, until - 3600, until, 300)

            return _median_ms(ask, 60)

        lists = [(FAST, name) for name in fleet.names]
        known = archive.pairs()
        name = fleet.names[0]
        one = [pair for pair in known if pair[1] == name]
        coarse = _median_ms(lambda: archive.series(FAST, name, (), SERIES, START, end, 200), 5)
        totals = archive.totals()
        return {
            "chunks": totals.chunks,
            "bytes_per_point_in_chunks": round(totals.bytes / totals.points, 3),
            "open_ms": round(opened * 1e3, 2),
            "span_ms": ends,
            "hour_of_a_series_ms": hour(FAST, SERIES),
            "hour_of_a_slow_series_ms": hour("host.connection", "tcp"),
            "all_of_a_series_ms": coarse,
            "jump_list_ms": _median_ms(lambda: archive.at(rng.uniform(START, end), lists), 5),
            "jump_host_ms": _median_ms(lambda: archive.at(rng.uniform(START, end), one), 20),
        }


def prune(where: Path, fleet: Fleet, bounds: Bounds) -> dict[str, float]:
    """Go on for a little within bounds; what is left then."""
    with closing(query.open_to_read(where / DATABASE)) as db:
        last = db.ask("SELECT max(until) FROM chunk").fetchone()[0]
    deck = Deck(where, fleet.names, last - START + 1.0, bounds)
    began = time.process_time()
    for _ in range(3):
        at = START + deck.seconds
        deck.recorder.take([Sample(FAST, fleet.names[0], at, fleet.row(), None, CHUNK_S)])
        deck.recorder.turn()
        deck.seconds += CHUNK_S
    deck.end()
    took = time.process_time() - began
    with closing(query.open_to_read(where / DATABASE)) as db:
        oldest = db.ask("SELECT min(until) FROM chunk").fetchone()[0]
        used = base.used_bytes(db)
    return {
        "took_s": round(took, 2),
        "used_mb": round(used / 2**20, 2),
        "file_mb": round((where / DATABASE).stat().st_size / 2**20, 2),
        "oldest_h": round((START + deck.seconds - oldest) / 3600, 2),
    }


def measure(where: Path, plan: Plan) -> dict[str, dict[str, float]]:
    """All of it, in a folder that is not there yet."""
    fleet = Fleet(plan)
    told = {"plan": asdict(plan), "recorded": record(where, fleet), "reading": read(where, fleet)}
    size, hours = (where / DATABASE).stat().st_size * 3 / 4, plan.hours / 4
    by_size = prune(where, fleet, Bounds(size, 1e12))
    by_age = prune(where, fleet, Bounds(1e15, hours * 3600))
    told["pruned_by_size"] = {"bound_mb": round(size / 2**20, 2), **by_size}
    told["pruned_by_age"] = {"bound_h": hours, **by_age}
    return told


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    usual: dict[str, float] = asdict(Plan())
    for name, value in usual.items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    options = vars(parser.parse_args())
    with TemporaryDirectory() as folder:
        told = measure(Path(folder) / "recording", Plan(**options))
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
