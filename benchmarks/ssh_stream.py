"""What watching hosts over SSH costs the console's machine, against real sshd on this one.

    python -m benchmarks.ssh_stream                      # 1,000 connections at 2 s, 30 s
    python -m benchmarks.ssh_stream --hosts 50 --polls   # also the ratio to exec-per-poll

Starts sshd on loopback addresses (needs sshd and ssh-keygen), then measures clients in processes of
their own: only their CPU counts, not that of the hosts they watch. Prints one JSON object:

- `stream`: the ssh transport. `core_percent` of one core while streaming; `us_per_sample`;
  `rss_mb`; `kb_per_connection`; `connect_ms` of CPU per log-in; `received` answers, `expected` by
  time (a busy machine's samplers fall behind it), `lost` by the numbers in the answers; null for
  the host integration's, which have none.
- `poll`: the naive way at the same load: a command per poll on a kept connection; median of rounds.
- `ratio`: CPU per sample of polling over that of streaming, rounds alternating.

The sampler is the host integration's where that exists; `--script five` takes one that sends the
five files of /proc that every sampler sends, numbered, so that a lost answer shows.
"""

import argparse
import asyncio
import gc
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import asyncssh

from opsconsole.model import Target
from opsconsole.ports import Answer
from opsconsole.spec import Integration
from opsconsole.transports.ssh import SshTransport

if TYPE_CHECKING:
    from tests.servers.sshd import Site

FILES = "/proc/stat /proc/meminfo /proc/loadavg /proc/diskstats /proc/net/dev"

FIVE = f"""
push() {{
  trap '' PIPE
  n=0
  while :; do
    n=$((n + 1))
    all=$(cat {FILES})
    printf '%s\\nnumber %s\\n--opsconsole vitals--\\n' "$all" "$n" 2>/dev/null || exit 0
    sleep "$INTERVAL"
  done
}}
push &
trap "kill $! 2>/dev/null" EXIT
while read -r verb; do :; done
"""

ENDPOINTS = 8
"""Number of sshd that share the connections."""


def script(name: str) -> tuple[str, str]:
    """Return the sampler to run, and its name; the host integration's unless `five` is asked."""
    if name == "host":
        try:
            module = importlib.import_module("opsconsole.domains.system.host")
        except ImportError:
            return "five", FIVE
        integration = cast(Integration, module.INTEGRATION)
        assert integration.program is not None
        return "host", integration.program.script
    return "five", FIVE


def cpu() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rss_mb() -> float:
    """Resident memory of this process, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class Tally:
    """Counts answers and finds gaps in their numbers."""

    def __init__(self) -> None:
        self.received = self.lost = self.size = 0
        self._last: dict[int, int] = {}

    def take(self, host: int, answer: Answer) -> None:
        """Count one answer of a host."""
        self.received += 1
        self.size = len(answer.payload)
        at = answer.payload.rfind(b"\nnumber ")
        if at >= 0:
            number = int(answer.payload[at + 8 :])
            self.lost += number - 1 - self._last.get(host, number - 1)
            self._last[host] = number


async def stream(plan: dict[str, object], targets: Sequence[Target]) -> dict[str, object]:
    """Open all targets, let them stream, and say what it cost."""
    transport = SshTransport()
    tally = Tally()
    interval, seconds = cast(float, plan["interval"]), cast(float, plan["seconds"])
    name, text = script(str(plan["script"]))
    await (await transport.open(targets[0], text, interval, lambda _: None)).close()
    base, before, begun = rss_mb(), cpu(), time.perf_counter()
    await asyncio.gather(
        *(
            transport.open(target, text, interval, partial(tally.take, n))
            for n, target in enumerate(targets)
        )
    )
    connect, wall = cpu() - before, time.perf_counter() - begun
    # What the collector does once its targets are up.
    gc.collect()
    gc.freeze()
    await asyncio.sleep(2 * interval)
    first, used = tally.received, cpu()
    begun = time.perf_counter()
    await asyncio.sleep(seconds)
    used, elapsed = cpu() - used, time.perf_counter() - begun
    received, memory = tally.received - first, rss_mb()
    await transport.close()
    return {
        "sampler": name,
        "connections": len(targets),
        "interval_s": interval,
        "sample_bytes": tally.size,
        "connect_wall_s": round(wall, 1),
        "connect_ms": round(1000 * connect / len(targets), 2),
        "core_percent": round(100 * used / elapsed, 2),
        "us_per_sample": round(1e6 * used / received, 1),
        "rss_mb": round(memory, 1),
        "kb_per_connection": round(1000 * (memory - base) / len(targets), 1),
        "received": received,
        "expected": round(len(targets) * elapsed / interval),
        "lost": tally.lost if name == "five" else None,
    }


async def poll(plan: dict[str, object], targets: Sequence[Target]) -> dict[str, object]:
    """Run a command per poll on kept connections, as scripts do, at the same load."""
    interval, seconds = cast(float, plan["interval"]), cast(float, plan["seconds"])
    first = targets[0].settings
    options = asyncssh.SSHClientConnectionOptions(
        username=targets[0].user,
        client_keys=[str(first["identity"])],
        known_hosts=str(first["known_hosts"]),
        encryption_algs=["aes128-gcm@openssh.com"],
        config=None,
    )
    limit = asyncio.Semaphore(16)
    received = 0

    async def connected(target: Target) -> asyncssh.SSHClientConnection:
        async with limit:
            return await asyncssh.connect(target.address, target.port or 22, options=options)

    async def ask(conn: asyncssh.SSHClientConnection, delay: float) -> None:
        nonlocal received
        await asyncio.sleep(delay)
        while True:
            at = time.perf_counter()
            await conn.run(f"cat {FILES}", encoding=None)
            received += 1
            await asyncio.sleep(max(0.0, interval - (time.perf_counter() - at)))

    conns = await asyncio.gather(*map(connected, targets))
    tasks = [
        asyncio.create_task(ask(conn, interval * n / len(conns))) for n, conn in enumerate(conns)
    ]
    await asyncio.sleep(2 * interval)
    used, count = cpu(), received
    await asyncio.sleep(seconds)
    used, count = cpu() - used, received - count
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*map(closed, conns))
    return {"connections": len(conns), "received": count, "us_per_sample": 1e6 * used / count}


async def closed(conn: asyncssh.SSHClientConnection) -> None:
    """Close a connection."""
    conn.close()
    await conn.wait_closed()


def measured(way: str, plan: dict[str, object]) -> dict[str, object]:
    """Measure one way in a process of its own."""
    argv = [sys.executable, "-m", "benchmarks.ssh_stream", "--client", way]
    done = subprocess.run(
        argv, input=json.dumps(plan), check=True, text=True, stdout=subprocess.PIPE
    )
    return cast("dict[str, object]", json.loads(done.stdout))


def client(way: str) -> None:
    """Be the process that is measured; the plan comes on stdin."""
    plan = cast("dict[str, object]", json.load(sys.stdin))
    targets = [
        Target(id=f"h{n}", kind="host", transport="ssh", **cast("dict[str, str]", said))  # type: ignore[arg-type]
        for n, said in enumerate(cast("list[object]", plan["targets"]))
    ]
    work = stream if way == "stream" else poll
    print(json.dumps(asyncio.run(work(plan, targets))))


def measure(arguments: argparse.Namespace, site: "Site") -> dict[str, object]:
    """Start the hosts and measure what was asked."""
    hosts = [site.host(f"h{n}", f"127.77.3.{n + 1}") for n in range(ENDPOINTS)]
    targets: list[dict[str, object]] = []
    for n in range(arguments.hosts):
        like = site.target(hosts[n % ENDPOINTS])
        targets.append(
            {
                "address": like.address,
                "port": like.port,
                "user": like.user,
                "settings": dict(like.settings),
            }
        )
    plan: dict[str, object] = {
        "targets": targets,
        "interval": arguments.interval,
        "seconds": arguments.seconds,
        "script": arguments.script,
    }
    result: dict[str, object] = {"stream": measured("stream", plan)}
    if arguments.polls:
        ratios: list[float] = []
        costs: list[float] = []
        for _ in range(arguments.rounds):
            costs.append(cast(float, measured("poll", plan)["us_per_sample"]))
            streamed = cast(float, measured("stream", plan)["us_per_sample"])
            ratios.append(costs[-1] / streamed)
        result["poll"] = {"us_per_sample": round(statistics.median(costs), 1)}
        result["ratio"] = round(statistics.median(ratios), 2)
        result["ratios"] = [round(ratio, 2) for ratio in ratios]
    return result


def main() -> None:
    """Read the command line and print the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=1000)
    parser.add_argument("--interval", type=float, default=2.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--script", choices=("host", "five"), default="host")
    parser.add_argument("--polls", action="store_true", help="compare with exec-per-poll")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--client", choices=("stream", "poll"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if arguments.client:
        client(arguments.client)
        return
    # Not for the clients: a test library would count in their memory.
    from tests.servers.sshd import Site

    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        try:
            print(json.dumps(measure(arguments, site), indent=2))
        finally:
            site.stop()


if __name__ == "__main__":
    main()
