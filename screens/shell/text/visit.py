"""Runs a command of the front door on the console's terminal, and waits for its end."""

import signal
import subprocess
import sys
from collections.abc import Sequence


def visited(argv: Sequence[str]) -> int:
    """Run `opsconsole` with these words; returns its exit code.

    The operator reads what it said before the console is drawn over it. ctrl-c is the program's.
    """
    # A handler and not SIG_IGN, which the program would inherit.
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        # -P: nothing is imported from the folder the operator happens to stand in.
        status = subprocess.call([sys.executable, "-P", "-m", "opsconsole", *argv])
        sys.stdout.write("\nEnter goes back to the console ")
        sys.stdout.flush()
        sys.stdin.readline()
    finally:
        signal.signal(signal.SIGINT, before)
    return status
