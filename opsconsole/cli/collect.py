"""`opsconsole collect`: the collector's process, which a console starts for itself."""

from pathlib import Path

from opsconsole.cli.asking import load_estate
from opsconsole.engine import run_collector


def run_collect(path: Path | None, fd: int, *, read_only: bool = False) -> int:
    """Collect for the console at the other end of socket `fd` until it is gone."""
    return run_collector(fd, lambda: load_estate(path), read_only=read_only)
