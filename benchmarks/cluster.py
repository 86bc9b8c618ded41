"""What keeps the loops of a collector and a console busy, with a cluster of 20,000 pods.

Run: `python -m benchmarks.cluster [--pods 20000] [--events 20000]`; prints JSON. Three processes:
an API server with its metrics; the collector, as the console starts it, which lists all pods, holds
them for rules and recorder, and follows what changes; and this one, a headless console that shows
the pods with what they use. In both loops a timer looks every two milliseconds how much CPU the
thread has taken since it last came: the longest of that is the block, whatever was at work, and
collections of garbage are told apart. Stages: `start`, `list` until all pods are on screen, `calm`
while they only stand there, metrics come and rules hear of all of them, ten seconds each, `storm`
while pods change. Of the first one nothing is held: a process imports what it needs.
"""

import argparse
import asyncio
import gc
import json
import os
import socket
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from opsconsole import garbage, registry
from opsconsole.engine import Companion, serve
from opsconsole.estate import Estate
from opsconsole.model import Target
from opsconsole.secret import Secret
from screens.cloud import DOMAIN as CLOUD
from screens.shell.app import OpsConsole
from screens.shell.console import Scene, Start
from tests.servers.kubernetes import ADMIN, kubernetes

BLOCK_MS = 15.0
"""What is held of every loop."""

PER_MINUTE = 30_000
"""Events of the storm."""

PATIENCE = 60.0
"""Seconds that a list may take."""


class Lag:
    """The most CPU between two turns of the running loop, whatever else the machine does."""

    STEP = 0.002

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.longest: list[float] = []
        self._garbage = self._began = 0.0
        self._spent = time.thread_time()
        self._cpu = time.process_time()
        gc.callbacks.append(self._collect)
        self._loop.call_later(self.STEP, self._look)

    def _look(self) -> None:
        spent = time.thread_time()
        self.longest.append(spent - self._spent)
        if len(self.longest) > 1000:
            self.longest = sorted(self.longest)[-10:]
        self._spent = time.thread_time()
        self._loop.call_later(self.STEP, self._look)

    def _collect(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.thread_time()
        else:
            took = time.thread_time() - self._began
            self._garbage = max(self._garbage, took)

    def told(self) -> dict[str, object]:
        """Milliseconds since it was last asked: the longest blocks, and the longest collection."""
        cpu = time.process_time()
        found: dict[str, object] = {
            "block_ms": [round(spent * 1e3, 1) for spent in sorted(self.longest)[:-4:-1]],
            "gc_ms": round(self._garbage * 1e3, 1),
            "cpu_s": round(cpu - self._cpu, 2),
            "rss_mb": round(resident(), 1),
        }
        self.longest, self._garbage, self._cpu = [], 0.0, cpu
        return found


def resident() -> float:
    """What is resident of this process, megabytes."""
    words = Path("/proc/self/statm").read_text().split()
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def estate(url: str, token: str) -> Estate:
    """The cluster alone."""
    settings = {"server": url, "token": Secret("file", (token,))}
    return Estate((Target("prod", "kubernetes", "kubernetes", settings=settings),))


async def _collect(fd: int, told: Path, found: Estate) -> None:
    sock = socket.socket(fileno=fd)
    garbage.begin()  # as `run_collector` does
    lag = Lag()
    served = asyncio.ensure_future(serve._collect(sock, found, read_only=False))
    asked = told.with_suffix(".asked")
    while not served.done():
        await asyncio.sleep(0.2)
        if asked.exists():
            asked.unlink()
            told.with_suffix(".new").write_text(json.dumps(lag.told()))
            told.with_suffix(".new").rename(told)
    sock.close()


def ask(told: Path) -> dict[str, object]:
    """What the collector measured since it was last asked."""
    told.with_suffix(".asked").touch()
    while not told.exists():
        time.sleep(0.05)
    found: dict[str, object] = json.loads(told.read_text())
    told.unlink()
    return found


class Measured:
    """A console on the cluster, and what was measured of it and its collector by stage."""

    def __init__(self, app: OpsConsole, told: Path, pods: int) -> None:
        self.found: dict[str, Any] = {}
        self._app, self._told, self._pods = app, told, pods
        garbage.begin()  # as it does after the first frame on a terminal
        self._lag = Lag()

    async def stage(self, name: str, seconds: float) -> None:
        """Let it go on for so long, and note what that took."""
        await asyncio.sleep(seconds)
        collector = await asyncio.to_thread(ask, self._told)
        self.found[name] = {"collector": collector, "console": self._lag.told()}

    async def listed(self) -> None:
        """Look at the pods until all are there, once both have started."""
        await self.stage("start", 3)
        self._app.main.tab.open("prod")
        store, began = self._app.feed.store, time.monotonic()
        while len(store.rows("kubernetes.pod", "prod")) < self._pods:
            await asyncio.sleep(0.2)
            if time.monotonic() - began > PATIENCE:
                raise SystemExit(f"only {len(store.rows('kubernetes.pod', 'prod'))} pods")
        await self.stage("list", 2)


async def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All stages."""
    token, told = folder / "token", folder / "told"
    token.write_text(ADMIN)
    token.chmod(0o600)
    os.environ["XDG_STATE_HOME"] = str(folder)
    with kubernetes(process=True, ring=100_000, kubelet=False, controllers=False) as server:
        server.populate(pods=options.pods, nodes=100, namespaces=40)
        argv = [sys.executable, "-m", "benchmarks.cluster", "--collect", str(told)]
        companion = Companion([*argv, "--url", server.base_url, "--token", str(token)])
        companion.start()
        targets = estate(server.base_url, str(token)).targets
        scene = Scene((CLOUD,), registry.probes(), targets, {})
        app = OpsConsole(Start(scene, lambda _: targets, companion))
        async with app.run_test(size=(160, 50)) as pilot:
            await pilot.pause()
            measured = Measured(app, told, options.pods)
            await measured.listed()
            for at in range(options.calm):
                await measured.stage(f"calm-{at}", 10)
            server.control("storm", of="pods", total=options.events, per_minute=PER_MINUTE)
            await measured.stage("storm", options.events / PER_MINUTE * 60 + 2)
        companion.close()
        companion.wait_ended(10)
    return measured.found


def main() -> None:
    """Measure, print, and fail when a loop was blocked for longer than is held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pods", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--calm", type=int, default=7)
    for name in ("--collect", "--url", "--token"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.collect:
        asyncio.run(_collect(options.fd, Path(options.collect), estate(options.url, options.token)))
        return
    with TemporaryDirectory() as folder:
        found = asyncio.run(measure(options, Path(folder)))
    longest = {
        f"{who}, {stage}": part["block_ms"][0]
        for stage, parts in found.items()
        for who, part in parts.items()
        if stage != "start"
    }
    print(json.dumps(found | {"held_ms": BLOCK_MS}, indent=2))
    over = [f"{name}: {spent} ms" for name, spent in longest.items() if spent > BLOCK_MS]
    sys.exit("\n".join(over) if over else 0)


if __name__ == "__main__":
    main()
