"""What watching costs: counted per target, and measured for the collector itself."""

import os
import sys
import time
from pathlib import Path


class Meter:
    """Counts of one target since the collector started."""

    __slots__ = ("answers", "connects", "parse_seconds", "slowest_probe", "slowest_seconds")

    def __init__(self) -> None:
        self.answers = 0
        self.connects = 0
        self.parse_seconds = 0.0
        self.slowest_probe = ""
        self.slowest_seconds = 0.0

    def parsed(self, probe: str, seconds: float, *, pushed: bool) -> None:
        """Count the time a probe took over one answer."""
        self.parse_seconds += seconds
        if pushed and seconds > self.slowest_seconds:
            self.slowest_probe, self.slowest_seconds = probe, seconds

    def answered(self, probe: str, seconds: float) -> None:
        """Count the time from a question to its answer."""
        if seconds > self.slowest_seconds:
            self.slowest_probe, self.slowest_seconds = probe, seconds


class Usage:
    """CPU and memory of this process."""

    def __init__(self) -> None:
        self._cpu = time.process_time()
        self._wall = time.monotonic()

    def cpu_percent(self) -> float:
        """Percent of one core since the last call."""
        cpu, wall = time.process_time(), time.monotonic()
        spent, passed = cpu - self._cpu, wall - self._wall
        self._cpu, self._wall = cpu, wall
        return 100.0 * spent / passed if passed > 0 else 0.0

    @staticmethod
    def rss_bytes() -> int:
        """Resident memory."""
        if sys.platform == "linux":
            pages = Path("/proc/self/statm").read_bytes().split()[1]
            return int(pages) * os.sysconf("SC_PAGE_SIZE")
        import psutil  # tens of milliseconds, for systems without /proc

        return psutil.Process().memory_info().rss
