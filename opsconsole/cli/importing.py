"""`opsconsole import`: another program's hosts, written as an estate."""

import sys
from pathlib import Path

from opsconsole.cli.entry import set_stdout, tell
from opsconsole.estate import imported, render


def run_import(source: str, path: Path, hosts: tuple[str, ...]) -> int:
    """Print the estate; what had to be left out goes to stderr."""
    estate = imported(source, path, hosts)
    for reason in estate.skipped:
        tell(reason)
    set_stdout(encoding="utf-8")  # as every estate is, whatever the locale
    sys.stdout.write(render(estate.targets))
    return 0
