"""A collector without targets: publishes made-up vitals at a steady rate over the real pipe."""

import argparse
import asyncio
import random
import socket
import time

from opsconsole import __version__, registry
from opsconsole.bus.pipe import PipeCollectorEnd
from opsconsole.clean import Clean
from opsconsole.errors import BusClosed
from opsconsole.model import Column, Quantity, Row, Sample, Value
from opsconsole.ports import Hello, Samples

BATCHES = 20
"""Batches a second."""


def rows_of(probe_id: str, count: int) -> list[Row]:
    """Rows of a probe, plausible enough to be judged and drawn; their keys tell them apart."""
    probe = registry.probes()[probe_id]
    return [tuple(_value(c, n, c.key in probe.key) for c in probe.columns) for n in range(count)]


def _value(column: Column, n: int, key: bool) -> Value:
    if column.quantity is Quantity.STATE:
        return Clean("ok")
    if column.quantity is Quantity.TEXT:
        return Clean(f"name-{n}")
    return n if key else round(random.uniform(0, 80), 1)


def row() -> Row:
    """One host's vitals."""
    return rows_of("host.vitals", 1)[0]


async def publish(fd: int, hosts: int, rate: int) -> None:
    """Send until the console is gone."""
    bus = PipeCollectorEnd(socket.socket(fileno=fd))
    bus.publish(Hello(0, __version__, [f"web-{n}" for n in range(hosts)]))
    listening = asyncio.ensure_future(_listen(bus))
    at = 0
    while not listening.done():
        batch: list[Sample] = []
        for _ in range(max(1, rate // BATCHES) if rate else 0):
            target = f"web-{at % hosts}"
            batch.append(Sample("host.vitals", target, time.time(), [row()], None, hosts / rate))
            at += 1
        if batch:
            bus.publish(Samples(batch))
        await asyncio.sleep(1 / BATCHES)


async def _listen(bus: PipeCollectorEnd) -> None:
    try:
        while True:
            await bus.receive()
    except BusClosed:
        return


def main() -> None:
    """Publish as asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=1000, help="samples a second; 0 for silence")
    options = parser.parse_args()
    asyncio.run(publish(options.fd, options.hosts, options.rate))


if __name__ == "__main__":
    main()
