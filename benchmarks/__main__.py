"""Runs every benchmark in turn; `make bench` does. Takes about twenty minutes."""

import subprocess
import sys

ALL = (
    "host_parse",
    "bus",
    "rules",
    "table",
    "first_paint",
    "idle",
    "jump",
    "latency",
    "memory",
    "recorder",
    "watched",
    "collector",
    "ssh_stream",
    "week",
)


def main() -> None:
    """Run them; one that fails does not keep the others from being run."""
    failed = [
        name
        for name in ALL
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    ]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
