"""Runs a command line and turns what can go wrong into a line on stderr and an exit code."""

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from opsconsole.errors import EstateError, OpsError

USAGE = 2
"""Exit code for a bad estate, a bad option, an unknown name."""
INTERRUPTED = 130
BROKEN_PIPE = 141
"""As of any program that SIGPIPE ends: the reader of our output went first."""

Leave = Callable[[], None]


def run(arguments: Sequence[str], leave: Leave | None = None) -> int:
    """Run one command line without the program's name; returns the exit code.

    `leave` gives the terminal back when a frame is painted on it; called before any message.
    """
    if list(arguments) == ["console"]:  # the usual start needs no parser, and is there sooner
        from opsconsole.cli.console import run_console

        return guarded(run_console, leave)
    from opsconsole.cli.command import parse_and_run

    return guarded(lambda: parse_and_run(arguments), leave)


def guarded(command: Callable[[], int], leave: Leave | None = None) -> int:
    """Run a command; an error is told in the operator's words and never as a traceback."""
    try:
        with _left_on_error(leave):
            code = command()
            sys.stdout.flush()
    except EstateError as error:
        return tell("the estate cannot be used:\n" + "\n".join(f"  {p}" for p in error.problems))
    except OpsError as error:
        return tell(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The interpreter flushes stdout once more on its way out: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


@contextmanager
def _left_on_error(leave: Leave | None) -> Generator[None, None, None]:
    """Give the terminal back before an error is told, whichever error it is."""
    done = False
    try:
        yield
        done = True
    finally:
        if leave is not None and not done:
            leave()


def tell(message: str, code: int = USAGE) -> int:
    """Write a message to stderr under the program's name; returns `code`."""
    sys.stderr.write(f"opsconsole: {message}\n")
    return code
