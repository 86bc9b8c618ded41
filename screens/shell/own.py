"""What the console itself costs, told so that telling it costs nothing while nothing changes."""

import resource
import sys
import time
from pathlib import Path

from opsconsole.clean import Clean, clean
from opsconsole.ports import Ledger
from widgets.statusline import Gauges

_STATM = Path("/proc/self/statm")

CPU_STEP = 1.0
RSS_STEP = 5 * 2**20
RATE_STEP = 100.0
"""Percent, bytes and bytes a second by which the figures move."""


class Steady:
    """A reading in whole steps, which stays until the value has moved by more than it wavers."""

    def __init__(self, step: float, share: float = 0.0) -> None:
        """What is below 3/4 of a step, or below that share of the reading, is no move."""
        self._step = step
        self._share = share
        self._shown = 0.0

    def follow(self, value: float) -> float:
        """The reading, for a value."""
        if abs(value - self._shown) > max(0.75 * self._step, self._share * self._shown):
            self._shown = round(value / self._step) * self._step
        return self._shown


class OwnCost:
    """Rates since the last look."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._cpu = time.process_time()
        self._bytes = 0
        self.cpu_percent = 0.0
        """Of one core."""
        self.bytes_per_s = 0.0
        self._steady_cpu = Steady(CPU_STEP, 0.1)
        self._steady_rss = Steady(RSS_STEP)
        self._steady_rate = Steady(RATE_STEP, 0.25)

    def look(self, bytes_written: int) -> None:
        """Take the rates since the last look."""
        now, cpu = time.monotonic(), time.process_time()
        elapsed = max(now - self._at, 1e-3)
        self.cpu_percent = 100 * (cpu - self._cpu) / elapsed
        self.bytes_per_s = (bytes_written - self._bytes) / elapsed
        self._at, self._cpu, self._bytes = now, cpu, bytes_written

    @property
    def rss_bytes(self) -> int:
        """Resident memory of this process now; its peak where the system tells no more."""
        try:
            return int(_STATM.read_text().split()[1]) * resource.getpagesize()
        except OSError:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            return peak if sys.platform == "darwin" else peak * 1024

    def gauges(self, ledger: Ledger | None, link: str) -> Gauges:
        """What the console and its collector cost as of the last look, in steps."""
        costs = [cost for cost in ledger.costs if cost.slowest_probe] if ledger else []
        slowest = max(costs, key=lambda cost: cost.slowest_seconds, default=None)
        return Gauges(
            cpu_percent=self._steady_cpu.follow(
                self.cpu_percent + (ledger.cpu_percent if ledger else 0.0)
            ),
            rss_bytes=int(
                self._steady_rss.follow(self.rss_bytes + (ledger.rss_bytes if ledger else 0))
            ),
            bytes_per_s=self._steady_rate.follow(self.bytes_per_s),
            slowest=clean(f"{slowest.slowest_probe} {slowest.target}") if slowest else Clean(""),
            slowest_s=slowest.slowest_seconds if slowest else 0.0,
            link=link,
        )
