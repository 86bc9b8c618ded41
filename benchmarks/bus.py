"""What one sample costs on its way from an answer to the store, in CPU, a thousand hosts at a time.

Run: `python -m benchmarks.bus [--hosts 1000] [--rounds 30]`; prints JSON, microseconds of CPU per
sample. `overhead` is the collector's own work per answer, without ssh and parsing; `pipe` is
publish, encode, write, read and decode; `store` keeps it with its history. The reference sends a
line of JSON per sample through asyncio streams. Stages and reference alternate within one run;
the medians are told. Ratios say more than microseconds do.
"""

import argparse
import asyncio
import json
import socket
import statistics
import time
from collections.abc import Callable
from typing import Any

from opsconsole.bus import memory, pipe
from opsconsole.clean import Clean
from opsconsole.collector import Collector
from opsconsole.model import Column, Quantity, Row, Sample, Target
from opsconsole.ports import Answer, Samples, Session
from opsconsole.question import Script
from opsconsole.spec import Exchange, Integration, Probe
from opsconsole.store import Store

WIDTH = 40
"""Columns of the one row per host: what `host.vitals` has, roughly."""

KEPT = 14
"""Of them with a history."""

COLUMNS = tuple(
    Column(f"n{i}", f"N{i}", Quantity.NUMBER, "made up", history=i < KEPT) for i in range(WIDTH)
)
ROW: Row = (*(i * 1.37 for i in range(WIDTH - 2)), Clean("6.1.0-18-amd64"), None)


def _rows(reading: bytes, before: bytes | None) -> list[Row]:  # noqa: ARG001 - a probe's shape
    return [ROW]


VITALS = Probe("box.vitals", "Vitals", "tick", COLUMNS, (), bytes, _rows, on_demand=False)
BOX = Integration("box", "Box", (Exchange("tick", 3600.0, pushed=True),), (VITALS,))


def batch(hosts: int) -> list[Sample]:
    return [Sample("box.vitals", f"web-{i}", time.time(), [ROW], None, 2.0) for i in range(hosts)]


def cost(work: Callable[[], object], hosts: int) -> float:
    """CPU of some work, microseconds per host."""
    began = time.process_time()
    work()
    return (time.process_time() - began) / hosts * 1e6


async def through_pipe(hosts: int) -> float:
    """One batch from a collector's end to a console's, both in this process."""
    collector, console = pipe.pair()
    samples = batch(hosts)
    began = time.process_time()
    for sample in samples:  # one message per answer, as the collector does
        collector.publish(Samples([sample]))
    received = 0
    while received < hosts:
        message = await console.receive()
        received += len(message.samples) if isinstance(message, Samples) else 0
    spent = time.process_time() - began
    collector.close()
    console.close()
    return spent / hosts * 1e6


async def through_lines(hosts: int) -> float:
    """The reference: a line of JSON per sample, written and read by asyncio streams."""
    left, right = socket.socketpair()
    _, writer = await asyncio.open_connection(sock=left)
    reader, other = await asyncio.open_connection(sock=right, limit=1 << 20)
    samples = batch(hosts)
    began = time.process_time()

    async def write() -> None:
        for each in samples:
            fields = [each.probe, each.target, each.at, each.rows, None, each.period]
            writer.write(json.dumps(fields).encode() + b"\n")
            await writer.drain()

    async def read() -> None:
        for _ in range(hosts):
            probe, target, at, rows, _fault, period = json.loads(await reader.readline())
            Sample(probe, target, at, [tuple(row) for row in rows], None, period)

    await asyncio.gather(write(), read())
    spent = time.process_time() - began
    for stream in (writer, other):
        stream.close()
        await stream.wait_closed()
    return spent / hosts * 1e6


class Quiet:
    """A transport whose targets say only what `say` tells them to."""

    name = "quiet"

    def __init__(self, hosts: int) -> None:
        self._hosts = hosts
        self.all_open = asyncio.Event()
        self.deliver: list[Callable[[Answer], None]] = []
        self.traffic = (0, 0)

    def get(self, name: str) -> "Quiet":  # noqa: ARG002 - one for all
        """This one."""
        return self

    async def open(
        self, target: Target, script: Script, interval: float, deliver: Callable[[Answer], None]
    ) -> Session:
        """Remember to whom to deliver."""
        del target, script, interval
        self.deliver.append(deliver)
        if len(self.deliver) == self._hosts:
            self.all_open.set()
        return self

    def say(self) -> None:
        """Let every target push one answer."""
        answer = Answer("tick", b"1", time.time())
        for deliver in self.deliver:
            deliver(answer)

    def ask(self, exchange: str) -> None:
        """Nothing is asked here."""
        raise NotImplementedError(exchange)

    async def ended(self) -> None:
        """Never."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Nothing is held."""


async def overheads(hosts: int, rounds: int) -> list[float]:
    """From `deliver` to a sample that waits on the bus, by a real collector."""
    end, console = memory.pair()
    quiet = Quiet(hosts)
    targets = [Target(f"web-{i}", "box", "quiet") for i in range(hosts)]
    collector = Collector(targets, {"box": BOX}, quiet, end)
    running = asyncio.create_task(collector.run())
    await quiet.all_open.wait()
    costs: list[float] = []
    for _ in range(rounds):
        costs.append(cost(quiet.say, hosts))
        while not isinstance(await console.receive(), Samples):
            pass
    console.close()
    await running
    await collector.close()
    return costs


async def measure(hosts: int, rounds: int) -> dict[str, Any]:
    store = Store([VITALS])
    piped: list[float] = []
    stored: list[float] = []
    lines: list[float] = []
    for _ in range(rounds):
        piped.append(await through_pipe(hosts))
        stored.append(cost(lambda: store.put(batch(hosts)), hosts))
        lines.append(await through_lines(hosts))
    overhead = await overheads(hosts, rounds)
    us = {
        "overhead": statistics.median(overhead),
        "pipe": statistics.median(piped),
        "store": statistics.median(stored),
        "reference_json_lines": statistics.median(lines),
    }
    return {
        "hosts": hosts,
        "rounds": rounds,
        "us_per_sample": {name: round(value, 2) for name, value in us.items()},
        "pipe_to_reference": round(us["pipe"] / us["reference_json_lines"], 3),
        "history_bytes": store.history_bytes,
        "history_depth": store.history_depth,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(measure(options.hosts, options.rounds)), indent=2))


if __name__ == "__main__":
    main()
