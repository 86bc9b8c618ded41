"""A watched list of 20,000 pods on its way from an API server's words to the rows of a table.

Run: `python -m benchmarks.watched [--pods 20000] [--events 50000]`; prints JSON. First the list is
filled, page by page; then pods change. Every call that an event loop would make is timed: `cpu` is
microseconds of CPU per pod or event by stage, `block_ms` the longest that one call of a stage keeps
its loop from anything else. Both are of this machine; `json` is what decoding the pods alone takes,
and the ratio to it is what can be compared. Collections of garbage are timed apart (`gc_ms` is the
longest): both processes share one heap here, and each has half of it. `benchmarks.cluster` has the
loops of the real processes.
"""

import argparse
import asyncio
import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec
from textual.app import ComposeResult
from textual.geometry import Region

from benchmarks.pods import PANE, POD, READ, bursts, pages, pod
from opsconsole import garbage
from opsconsole.bus.frame import Frames, pack
from opsconsole.bus.outbox import Outbox
from opsconsole.collector.meter import Meter
from opsconsole.collector.watched import WatchedLane
from opsconsole.model import Target
from opsconsole.ports import Answer, Patches, Samples, Upward
from opsconsole.spec import Exchange
from opsconsole.store import Store
from screens.shell.base import ConsoleApp
from screens.shell.pane.table import TableBody

CPU_US, BLOCK_MS = 25.0, 15.0
"""What is held: per event from its turn to the table, and per call of any loop."""

RATIO = 3.5
"""What is held where a machine is slower, or busy: so many times what decoding alone takes."""

Result = TypeVar("Result")


class Garbage:
    """Time that collections of garbage take."""

    def __init__(self) -> None:
        self.spent = self.longest = 0.0
        self._began = 0.0
        gc.callbacks.append(self._tell)

    def _tell(self, phase: str, _info: dict[str, int]) -> None:
        if phase == "start":
            self._began = time.process_time()
            return
        took = time.process_time() - self._began
        self.spent += took
        self.longest = max(self.longest, took)


class Clock:
    """CPU and longest call of each stage."""

    def __init__(self, garbage: Garbage) -> None:
        self._garbage = garbage
        garbage.longest = 0.0
        self.cpu: dict[str, float] = defaultdict(float)
        self.longest: dict[str, float] = defaultdict(float)

    def time(self, stage: str, work: Callable[[], Result]) -> Result:
        """Do some work of a stage."""
        began, collected = time.process_time(), self._garbage.spent
        result = work()
        spent = time.process_time() - began
        self.cpu[stage] += spent
        spent -= self._garbage.spent - collected
        self.longest[stage] = max(self.longest[stage], spent)
        return result

    def told(self, count: int) -> dict[str, object]:
        """By stage, and in all but the decoding that is there to compare with."""
        cpu = {stage: round(spent / count * 1e6, 2) for stage, spent in self.cpu.items()}
        block = {stage: round(spent * 1e3, 2) for stage, spent in self.longest.items()}
        ours = sum(spent for stage, spent in cpu.items() if stage != "json")
        garbage = round(self._garbage.longest * 1e3, 2)
        return {"cpu": cpu, "cpu_us": round(ours, 2), "block_ms": block, "gc_ms": garbage}


class TimedBody(TableBody):
    """A table whose later slices are timed, too."""

    clock: Clock

    def _put_some(self) -> None:
        if self._next is None:  # within `draw`
            super()._put_some()
        else:
            self.clock.time("table", super()._put_some)


class Line(ConsoleApp):
    """All stages, in one process; the table is on a screen of its own size."""

    def __init__(self) -> None:
        super().__init__()
        self.table = TimedBody(PANE, POD)
        exchange = Exchange("pods", 30.0, watched=True, on_demand=True)
        self.lane = WatchedLane(Target("prod", "kube", "x"), exchange, {POD.id: POD}, Meter())
        self.lane.want(frozenset({POD.id}), 0.0)
        self.outbox: Outbox[Upward] = Outbox()
        self.store = Store([POD])
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder[Upward](Upward)
        self._frames = Frames()
        self.garbage = Garbage()
        self.clock = self.table.clock = Clock(self.garbage)

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield self.table

    def turn(self, payload: bytes) -> None:
        """A collector's loop reads a turn."""

        def taken() -> None:
            answer = Answer("pods", payload, time.time())
            patches, faults = self.lane.take(answer, time.monotonic())
            assert not faults, faults
            if patches:
                self.outbox.put(Patches(patches))

        self.clock.time("json", lambda: READ(payload) if b"\n{" in payload[:9] else None)
        self.clock.time("lane", taken)

    def flush(self) -> None:
        """What may cross at once does, and the console keeps it."""
        frames = self.clock.time(
            "outbox", lambda: [pack(self._encoder.encode(m)) for m in self.outbox.take_data()]
        )
        for frame in frames:
            self.clock.time("store", partial(self._frames.take, frame, self._keep))

    def _keep(self, body: bytes) -> None:
        message = self._decoder.decode(body)
        assert isinstance(message, Patches | Samples)
        if isinstance(message, Patches):
            self.store.patch(message.patches)

    async def draw(self) -> None:
        """A tick of the console, and what it leaves for later."""
        self.clock.time("table", lambda: self.table.draw(self.store, "prod"))
        self.clock.time("lines", self._lines)
        while self.table.busy:  # noqa: ASYNC110 - a pane has no event for it
            await asyncio.sleep(0.001)

    def _lines(self) -> None:
        self.table.render_lines(Region(0, 0, *self.table.size))


async def fill(line: Line, pods: int) -> dict[str, object]:
    """The whole list, a page at a time; every tenth batch that crosses is drawn."""
    for payload in pages(pods):
        line.turn(payload)
        line.flush()
        await asyncio.sleep(0)
    while line.outbox.has_data:
        for _ in range(10):
            line.flush()
        await line.draw()
        await asyncio.sleep(0)
    await line.draw()
    assert len(line.table.data.order) == pods
    return line.clock.told(pods)


async def change(line: Line, pods: int, events: int) -> dict[str, object]:
    """Pods that change; what crosses in half a second of a busy cluster is drawn at once."""
    line.clock = line.table.clock = Clock(line.garbage)
    for at, payload in enumerate(bursts(pods, events)):
        line.turn(payload)
        if at % 2:
            line.flush()
        if at % 10 == 9:
            await line.draw()
        await asyncio.sleep(0)
    line.flush()
    await line.draw()
    told = line.clock.told(events)
    assert line.table.data.rows.keys() == {
        "\x1f".join(map(str, row[:2])) for row in line.store.rows(POD.id, "prod")
    }
    return told


async def measure(pods: int, events: int) -> dict[str, Any]:
    """Both halves."""
    line = Line()
    size = len(pod(1))
    async with line.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        garbage.begin()
        first = await fill(line, pods)
        then = await change(line, pods, events)
    return {"pods": pods, "events": events, "pod_bytes": size, "fill": first, "change": then}


def main() -> None:
    """Measure, print, and fail when what is held is not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pods", type=int, default=20_000)
    options.add_argument("--events", type=int, default=50_000)
    asked = options.parse_args()
    found = asyncio.run(measure(asked.pods, asked.events))
    blocks = [*found["fill"]["block_ms"].items(), *found["change"]["block_ms"].items()]
    found["longest_block_ms"] = max(spent for stage, spent in blocks if stage != "json")
    found["held"] = {"cpu_us": CPU_US, "block_ms": BLOCK_MS}
    print(json.dumps(found, indent=2))
    changed = found["change"]
    allowed = max(CPU_US, RATIO * changed["cpu"]["json"])
    longest = max(found["longest_block_ms"], found["fill"]["gc_ms"], changed["gc_ms"])
    over = changed["cpu_us"] > allowed or longest > BLOCK_MS
    sys.exit("over what is held" if over else 0)


if __name__ == "__main__":
    main()
