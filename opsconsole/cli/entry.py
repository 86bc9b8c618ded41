"""Runs a command line and turns what can go wrong into a line on stderr and an exit code."""

import codecs
import io
import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import cast

from opsconsole.errors import EstateError, OpsError

USAGE = 2
"""Exit code for a bad estate, a bad option, an unknown name."""
INTERRUPTED = 130
BROKEN_PIPE = 141
"""As of any program that SIGPIPE ends: the reader of our output went first."""

ESCAPE = "opsconsole-escape"
"""Name of the error handler that writes what an encoding does not have as JSON would."""

Leave = Callable[[], None]


def run(arguments: Sequence[str], leave: Leave | None = None) -> int:
    """Run one command line without the program's name; returns the exit code.

    `leave` gives the terminal back when a frame is painted on it; called before any message.
    """
    print_anything()
    if list(arguments) == ["console"]:  # the usual start needs no parser, and is there sooner
        from opsconsole.cli.console import run_console

        return guarded(run_console, leave)
    from opsconsole.cli.command import parse_and_run

    return guarded(lambda: parse_and_run(arguments), leave)


def print_anything() -> None:
    r"""Let stdout take every character, whatever the locale: what it lacks becomes `\u65e5`.

    So JSON keeps what a target said, and a table says more than `?` does. Python itself sees to
    stderr.
    """
    codecs.register_error(ESCAPE, _escaped)
    set_stdout(errors=ESCAPE)


def set_stdout(encoding: str | None = None, errors: str | None = None) -> None:
    """Change how stdout encodes, unless a test or an embedder put something else there."""
    ours = isinstance(sys.stdout, io.TextIOWrapper)
    if ours:
        cast("io.TextIOWrapper", sys.stdout).reconfigure(encoding=encoding, errors=errors)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end


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
