"""First meaningful paint against glances and htop, in a pty.

Run: `python -m benchmarks.first_paint [--runs 9]`; prints JSON. Programs take turns; a program's
figure is the median time from start until its marker text came. The console is measured twice: its
skeleton, and its live panes.
"""

import argparse
import shutil
import statistics
import sys

from benchmarks.terminal import Terminal, report

CONSOLE = [sys.executable, "-m", "opsconsole"]
PROGRAMS: dict[str, tuple[list[str], bytes]] = {
    "skeleton": (CONSOLE, b"System"),
    "live": (CONSOLE, b"COMMAND"),
    "glances": (["glances"], b"CPU"),
    "htop": (["htop"], b"PID"),
}


def paint_s(argv: list[str], marker: bytes) -> float:
    """Seconds until the marker came."""
    with Terminal(argv) as terminal:
        took = terminal.wait_for(marker, 20)
    if took is None:
        raise RuntimeError(f"{argv[0]} never painted {marker!r}")
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    installed = {name: it for name, it in PROGRAMS.items() if shutil.which(it[0][0])}
    took: dict[str, list[float]] = {name: [] for name in installed}
    for _ in range(options.runs):
        for name, (argv, marker) in installed.items():
            took[name].append(paint_s(argv, marker))
    median = {name: statistics.median(values) for name, values in took.items()}
    ratios = {
        f"skeleton_to_{name}": round(median["skeleton"] / median[name], 3)
        for name in ("glances", "htop")
        if name in median
    }
    report(
        "first_paint",
        median_ms={name: round(value * 1000, 1) for name, value in median.items()},
        ratios=ratios,
        hold={"skeleton_to_glances": 0.5},
        reach={"skeleton_to_htop": 0.15},
    )


if __name__ == "__main__":
    main()
