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
from opsconsole.model import Quantity, Row, Sample, Value
from opsconsole.ports import Hello, Samples

BATCHES = 20
"""Batches a second."""


def row() -> Row:
    """One host's vitals, plausible enough to be judged and drawn."""
    known: dict[Quantity, Value] = {Quantity.TEXT: Clean("sda"), Quantity.STATE: Clean("ok")}
    probe = registry.probes()["host.vitals"]
    return tuple(known.get(c.quantity, round(random.uniform(0, 80), 1)) for c in probe.columns)


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
