"""What a whole collector costs, ssh and parsing and the bus included, for a fleet of light hosts.

Run: `python -m benchmarks.collector [--hosts 1000] [--interval 2] [--seconds 30]`; prints JSON.
Three processes: the farm, which serves all hosts with answers recorded from this machine's sampler
a moment before, but for its load: a machine that plays a thousand hosts is busier than they are,
and all of them would alert; the collector, started as the console starts it, whose CPU and memory
are told; and this one, which counts what arrives. `benchmarks.ssh_stream` has the transport alone,
on real sshd.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from opsconsole import registry
from opsconsole.alert import Alerts, Phase
from opsconsole.engine import run_collector, spawn_collector
from opsconsole.estate import Estate
from opsconsole.model import Target
from opsconsole.ports import Answer, Interest, Ledger, Samples
from opsconsole.transports.local import LocalTransport

VITALS = "host.vitals"
NETWORK = "127.79"
"""Loopback addresses that no test uses."""

RECORDED = 8
"""Pushed answers to record; the farm repeats them, so that rates are computed all the time."""

SETTLING = 10.0
"""Seconds from the first answer of the last host until connecting costs nothing any more."""


class Fleet(msgspec.Struct):
    """What the processes tell one another."""

    addresses: list[str]
    port: int
    known_hosts: str
    identity: str
    interval: float

    def estate(self) -> Estate:
        """All hosts of the farm."""
        return Estate(
            tuple(
                Target(
                    id=f"web-{n}",
                    kind="host",
                    transport="ssh",
                    address=address,
                    port=self.port,
                    user="ops",
                    settings={"known_hosts": self.known_hosts, "identity": self.identity},
                    intervals={"vitals": self.interval},
                )
                for n, address in enumerate(self.addresses)
            )
        )


def calm(vitals: bytes) -> bytes:
    """An answer of a host that has little to do, so that rules judge and no alert stands."""
    return re.sub(rb"(?m)^(loadavg:)\S+ \S+ \S+", rb"\g<1>0.12 0.10 0.08", vitals)


async def record() -> dict[str, list[bytes]]:
    """Answers of this machine's own sampler."""
    program = registry.integrations()["host"].program
    assert program is not None
    asked = ("slow", "inventory")
    answers: dict[str, list[bytes]] = {name: [] for name in ("vitals", *asked)}
    enough = asyncio.Event()

    def take(answer: Answer) -> None:
        answers[answer.exchange].append(answer.payload)
        if all(answers[name] for name in asked) and len(answers["vitals"]) >= RECORDED:
            enough.set()

    session = await LocalTransport().open(
        Target("here", "host", "local"), program.script, 0.5, take
    )
    for name in asked:
        session.ask(name)
    await enough.wait()
    await session.close()
    answers["vitals"] = [calm(payload) for payload in answers["vitals"]]
    return answers


async def farm(hosts: int) -> None:
    """Be the farm until stdin ends."""
    # Not for the collector: a test library would count in its memory.
    from tests.servers.farm import Farm, addresses, new_key

    answers = await record()

    def payload(_: str, exchange: str, n: int) -> bytes:
        return answers[exchange][n % len(answers[exchange])]

    async with Farm(addresses(hosts, NETWORK), payload=payload).serving() as served:
        said = {
            "addresses": list(served.addresses),
            "port": served.port,
            "known_hosts": served.known_hosts(),
            "identity": new_key().export_private_key().decode(),
            "bytes": len(answers["vitals"][0]),
        }
        print(json.dumps(said), flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    served = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.collector", "--farm", "--hosts", str(options.hosts)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 22,
    )
    assert served.stdin is not None
    assert served.stdout is not None
    line = await served.stdout.readline()
    if not line:
        sys.exit("the farm did not start: its reason stands above")
    said = json.loads(line)
    with TemporaryDirectory() as folder:
        # What was recorded of other fleets is not taken over.
        os.environ["XDG_STATE_HOME"] = folder
        files = {name: Path(folder) / name for name in ("known_hosts", "identity")}
        for name, path in files.items():
            path.touch(mode=0o600)
            path.write_text(said[name])
        fleet = Fleet(
            said["addresses"],
            said["port"],
            str(files["known_hosts"]),
            str(files["identity"]),
            options.interval,
        )
        plan = Path(folder) / "fleet"
        plan.write_bytes(msgspec.msgpack.encode(fleet))
        try:
            async with asyncio.timeout(120 + options.seconds):
                result = await watch(plan, options)
        finally:
            served.stdin.close()
            await served.wait()
    return {"hosts": options.hosts, "answer_bytes": said["bytes"], **result}


async def watch(plan: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Start a collector, wait until all hosts answer, then count for the time asked."""
    began = time.monotonic()
    end, child = spawn_collector(
        [sys.executable, "-m", "benchmarks.collector", "--collect", str(plan)]
    )
    end.send(Interest([]))
    seen: Counter[str] = Counter()
    ledgers: list[Ledger] = []
    alerts: set[str] = set()
    up = first = float("inf")
    while time.monotonic() < first + options.seconds:
        message = await end.receive()
        if isinstance(message, Samples):
            seen.update(s.target for s in message.samples if s.probe == VITALS and s.rows)
        elif isinstance(message, Ledger):
            ledgers.append(message)
        elif isinstance(message, Alerts):
            alerts |= {one.id for one in message.alerts if one.phase is not Phase.RESOLVED}
        if len(seen) == options.hosts and up > time.monotonic():
            up = time.monotonic()
        if time.monotonic() > up + SETTLING and first > time.monotonic():
            first = time.monotonic()
            seen.clear()
            ledgers.clear()
    end.close()
    await asyncio.to_thread(child.wait, 10)
    expected = options.hosts * options.seconds / options.interval
    core = median([ledger.cpu_percent for ledger in ledgers[1:]])
    return {
        "all_up_s": round(up - began, 1),
        "core_percent": round(core, 2),
        "us_per_answer": round(core / 100 * options.interval / options.hosts * 1e6, 1),
        "rss_mb": round(ledgers[-1].rss_bytes / 1e6, 1),
        "received": sum(seen.values()),
        "expected": round(expected),
        "fewest_of_a_host": min(seen.values()),
        "dropped": ledgers[-1].dropped,
        "alerts": len(alerts),
    }


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two. `statistics` would count in what is measured."""
    half = len(values) // 2
    ranked = sorted(values)
    return ranked[half] if len(values) % 2 else (ranked[half - 1] + ranked[half]) / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--interval", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--farm", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--collect", help=argparse.SUPPRESS)
    parser.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if options.collect:
        fleet = msgspec.msgpack.decode(Path(options.collect).read_bytes(), type=Fleet)
        run_collector(options.fd, fleet.estate)
    elif options.farm:
        asyncio.run(farm(options.hosts))
    else:
        print(json.dumps(asyncio.run(measure(options)), indent=2))


if __name__ == "__main__":
    main()
