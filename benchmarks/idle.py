"""What an idle console costs: a fleet on screen, and no data that changes.

Run: `python -m benchmarks.idle [--seconds 30]`; prints JSON. CPU by the scheduler's account of the
console's own process, bytes as they reach the terminal, both after fifteen seconds of settling.
"""

import argparse

from benchmarks.console import command
from benchmarks.terminal import Terminal, report

SETTLE_S = 15.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    with Terminal(command(hosts=40, rate=0)) as terminal:
        if terminal.wait_for(b"Hosts", 20) is None:
            raise RuntimeError("the console never painted")
        terminal.read(SETTLE_S)
        cpu, size = terminal.cpu_s(), terminal.size
        terminal.read(options.seconds)
        report(
            "idle",
            cpu_percent=round(100 * (terminal.cpu_s() - cpu) / options.seconds, 3),
            bytes_per_s=round((terminal.size - size) / options.seconds, 1),
            rss_mib=round(terminal.rss_bytes() / 2**20, 1),
            hold={"cpu_percent": 0.5, "bytes_per_s": 100},
            reach={"cpu_percent": 0.15, "bytes_per_s": 0},
        )


if __name__ == "__main__":
    main()
