"""What the console itself costs: processor time, memory, bytes to the terminal; per second."""

import resource
import sys
import time
from pathlib import Path

_STATM = Path("/proc/self/statm")


class OwnCost:
    """Rates since the last look."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._cpu = time.process_time()
        self._bytes = 0
        self.cpu_percent = 0.0
        """Of one core."""
        self.bytes_per_s = 0.0

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
