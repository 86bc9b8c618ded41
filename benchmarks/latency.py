"""From a key to its paint while a thousand samples a second come in.

Run: `python -m benchmarks.latency [--keys 200] [--rate 1000]`; prints JSON. Keys are `j` and `k` in
turn, at moments that keep no step with the console's frames; a key's figure is the time until the
terminal got the next bytes. The same keys on a silent console are the floor of this machine.
"""

import argparse
import random
import statistics

from benchmarks.console import command
from benchmarks.terminal import Terminal, report

SETTLE_S = 8.0


def latencies(rate: int, keys: int) -> list[float]:
    """Milliseconds of each key, sorted."""
    took: list[float] = []
    with Terminal(command(hosts=1000, rate=rate)) as terminal:
        if terminal.wait_for(b"web-", 30) is None:
            raise RuntimeError("the console never painted its list")
        terminal.read(SETTLE_S)
        for at in range(keys):
            terminal.read(random.uniform(0.12, 0.3))
            took.append(_press(terminal, b"jk"[at % 2 : at % 2 + 1]))
    return sorted(took)


def _press(terminal: Terminal, key: bytes) -> float:
    """Milliseconds from the key to the next bytes."""
    seen = len(terminal.log)
    sent = terminal.send(key)
    if not terminal.wait(lambda: len(terminal.log) > seen, 5):
        raise RuntimeError("a key was not answered within 5 s")
    return 1000 * (terminal.log[seen][0] - sent)


def figures(values: list[float]) -> dict[str, float]:
    """Median and tails."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49], 1),
        "p90_ms": round(cuts[89], 1),
        "p99_ms": round(cuts[98], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--rate", type=int, default=1000)
    options = parser.parse_args()
    report(
        "latency",
        silent=figures(latencies(0, options.keys)),
        fed=figures(latencies(options.rate, options.keys)),
        samples_per_s=options.rate,
        hold={"p50_ms": 15, "p99_ms": 50},
        reach={"p50_ms": 5, "p99_ms": 20},
    )


if __name__ == "__main__":
    main()
