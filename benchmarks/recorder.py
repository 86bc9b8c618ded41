"""What recording costs, in time and bytes, against SQLite with a row for each point.

Run: `python -m benchmarks.recorder [--targets 100] [--hours 24] [--interval 2]`; prints JSON.
Data: of 20 metrics 5 nearly constant, 10 that wander in steps, 5 of noise; and a table of 12 rows
every 30 s. The recorder works in this thread, so that all its CPU is counted: queue, journal,
chunks, summaries. The row store gets an hour of the same points.
"""

import argparse
import json
import random
import sqlite3
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from opsconsole.clean import Clean
from opsconsole.model import Column, Quantity, Row, Sample, Target
from opsconsole.recorder import Archive, Bounds, FlightRecorder
from opsconsole.recorder.folder import DATABASE
from opsconsole.recorder.writer import CHUNK_S
from opsconsole.spec import Probe

START = 1_790_000_000.0
POOL = 900
"""Rows of one target before they come again: longer than a chunk."""

TABLE_ROWS = 12
TABLE_S = 30.0


def _probe(name: str, key: tuple[str, ...], *columns: str) -> Probe[Any]:
    made = tuple(Column(each, each, Quantity.NUMBER, "benchmark") for each in columns)
    return Probe(name, name, "all", made, key, lambda _: None, lambda _a, _b: [], on_demand=False)


METRICS = _probe("bench.metrics", (), *(f"m{n}" for n in range(20)))
TABLE = _probe("bench.table", ("name",), "name", "used", "free", "rate")
PROBES = {METRICS.id: METRICS, TABLE.id: TABLE}


def pool(seed: int) -> list[Row]:
    """Rows of one target."""
    rng = random.Random(seed)
    row = [50.0] * 20
    rows: list[Row] = []
    for _ in range(POOL):
        for at in range(5):
            if rng.random() < 0.002:
                row[at] = rng.choice([1.0, 2.0, 3.0])
        for at in range(5, 15):
            row[at] = round(row[at] + rng.choice([0, 0, 0.1, -0.1, 0.2, -0.2]), 1)
        for at in range(15, 20):
            row[at] = 50 + rng.gauss(0, 10)
        rows.append(tuple(row))
    return rows


class Source:
    """All that a fleet says, step by step."""

    def __init__(self, targets: int, interval: float) -> None:
        self.names = [f"t{n}" for n in range(targets)]
        self._pools = [pool(n) for n in range(min(targets, 50))]
        self._interval = interval
        self._rng = random.Random(5)
        self.points = 0

    def step(self, number: int, at: float) -> list[Sample]:
        """What comes at one moment."""
        pools, rng = self._pools, self._rng.random
        batch = [
            Sample(
                METRICS.id,
                name,
                at + rng() * 0.003,
                [pools[n % len(pools)][(number + 7 * n) % POOL]],
                None,
                self._interval,
            )
            for n, name in enumerate(self.names)
        ]
        self.points += 20 * len(batch)
        if number % max(1, int(TABLE_S / self._interval)) == 0:
            batch += [
                Sample(TABLE.id, name, at, self._table(), None, TABLE_S) for name in self.names
            ]
            self.points += 3 * TABLE_ROWS * len(self.names)
        return batch

    def _table(self) -> list[Row]:
        return [
            (Clean(f"/srv/{row}"), 40.0 + row, 5e11, round(self._rng.random(), 2) * (row % 4 == 0))
            for row in range(TABLE_ROWS)
        ]


def record(where: Path, source: Source, hours: float, interval: float) -> dict[str, float]:
    """Record so many hours as fast as it goes; CPU of the recorder alone."""
    clock, cpu, longest = 0.0, 0.0, 0.0
    targets = [Target(name, "host", "ssh") for name in source.names]
    bounds = Bounds(bytes=1e12, seconds=1e9)
    recorder = FlightRecorder(
        where, PROBES, targets, bounds, wall=lambda: START + clock, clock=lambda: clock
    )
    for number in range(int(hours * 3600 / interval)):
        batch = source.step(number, START + clock)
        began = time.thread_time()
        recorder.take(batch)
        recorder.turn()
        took = time.thread_time() - began
        cpu, longest = cpu + took, max(longest, took)
        clock += interval
    recorder.start()
    clock += CHUNK_S
    recorder.close(60.0)
    points = source.points
    size = (where / DATABASE).stat().st_size
    return {
        "points": points,
        "us_per_point": round(cpu / points * 1e6, 3),
        "percent_of_a_core_at_10k_per_s": round(cpu / points * 1e6, 3),
        "bytes_per_point": round(size / points, 3),
        "longest_turn_ms": round(longest * 1e3, 1),
    }


def record_rows(path: Path, source: Source, hours: float, interval: float) -> dict[str, float]:
    """The same points in a table of SQLite with a row for each, a commit a second."""
    cpu = 0.0
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
            "CREATE TABLE point (series INTEGER, at REAL, value REAL);"
            "CREATE INDEX point_of ON point (series, at)"
        )
        for number in range(int(hours * 3600 / interval)):
            batch = source.step(number, START + number * interval)
            began = time.thread_time()
            rows = [
                (hash((one.target, at, row[:1] if len(row) < 20 else ())), one.at, cell)
                for one in batch
                for row in one.rows or ()
                for at, cell in enumerate(row)
                if not isinstance(cell, str)
            ]
            db.execute("BEGIN")
            db.executemany("INSERT INTO point VALUES (?, ?, ?)", rows)
            db.execute("COMMIT")
            cpu += time.thread_time() - began
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {
        "us_per_point": round(cpu / source.points * 1e6, 3),
        "bytes_per_point": round(path.stat().st_size / source.points, 3),
    }


def _median_ms(question: Callable[[], object], times: int) -> tuple[float, float]:
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        question()
        took.append((time.perf_counter() - began) * 1e3)
    return round(statistics.median(took), 2), round(max(took), 2)


def read(where: Path, source: Source, hours: float) -> dict[str, float]:
    """Questions to the recording, at moments all over it."""
    rng = random.Random(9)
    end = START + hours * 3600
    with closing(Archive(where, PROBES)) as archive:
        first = time.perf_counter()
        archive.at(end)
        first = time.perf_counter() - first
        at, at_most = _median_ms(lambda: archive.at(rng.uniform(START + 60, end)), 30)

        def series() -> object:
            until = rng.uniform(START + 3600, end)
            name = rng.choice(source.names)
            return archive.series(METRICS.id, name, (), "m17", until - 3600, until, 300)

        hour, hour_most = _median_ms(series, 60)
        steps = iter(range(10, 10_000, 10))

        def again() -> object:
            since = START + next(steps)
            return archive.series(METRICS.id, "t1", (), "m17", since, since + 3600, 300)

        stepped = _median_ms(again, 60)[0]
        whole = _median_ms(lambda: archive.series(METRICS.id, "t1", (), "m17", START, end, 200), 5)[
            0
        ]
    return {
        "first_jump_ms": round(first * 1e3, 2),
        "jump_ms": at,
        "jump_ms_longest": at_most,
        "hour_of_a_series_ms": hour,
        "hour_of_a_series_ms_longest": hour_most,
        "hour_ten_seconds_on_ms": stepped,
        "all_of_a_series_ms": whole,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--targets", type=int, default=100)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--interval", type=float, default=2.0)
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        where = Path(folder) / "recording"
        source = Source(options.targets, options.interval)
        ours = record(where, source, options.hours, options.interval)
        asked = read(where, source, options.hours)
        few = Source(min(50, options.targets), options.interval)
        rows = record_rows(
            Path(folder) / "rows.sqlite", few, min(0.5, options.hours), options.interval
        )
    told = {
        "recorder": ours,
        "reading": asked,
        "row_per_point": rows,
        "ratio": {
            "cpu": round(rows["us_per_point"] / ours["us_per_point"], 1),
            "bytes": round(rows["bytes_per_point"] / ours["bytes_per_point"], 1),
        },
    }
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
