"""`opsconsole report`, `incident` and `handover`: their options and their help."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from opsconsole.cli import option

Run = TypeVar("Run", bound=Callable[..., int])


def _since(default: str) -> Callable[[Run], Run]:
    return click.option(
        "--since",
        metavar="TIME",
        default=default,
        show_default=bool(default),
        help="Where it begins: an age (90s, 30m, 24h, 7d) or a time (2026-11-24T03:00).",
    )


def _until(command: Run) -> Run:
    return click.option(
        "--until", metavar="TIME", default="", help="Where it ends. Otherwise now."
    )(command)


def _out(command: Run) -> Run:
    return click.option(
        "--out",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write it there. Otherwise to stdout.",
    )(command)


@click.command(
    short_help="Build a report: daily inspection, capacity plan.",
    epilog="""\b
Examples:
  opsconsole report                                  list them
  opsconsole report system --out inspection.html -o html
  opsconsole report system.capacity -t group:db

\b
Exit codes:
  0  built, and nothing in it fails
  1  built, and something in it fails or was not reached
  2  bad estate, an unknown name, or a bad option""",
)
@click.argument("name", required=False)
@option.estate
@option.targets
@_since("")
@_until
@option.timeout
@option.output("md", "html", "json")
@_out
def report(
    name: str | None,
    estate: Path | None,
    targets: tuple[str, ...],
    since: str,
    until: str,
    timeout: float,
    output: str,
    out: Path | None,
) -> int:
    """Build the report NAME from live data, the recording and the audit log.

    NAME is a report's id, or a role, which stands for the role's usual report. Without NAME, lists
    them. A report is about the last day unless --since says otherwise.
    """
    from opsconsole.cli.reporting import Wanted, run_list, run_report

    if name is None:
        return run_list()
    return run_report(name, Wanted(estate, targets, since, until), timeout, output, out)
