"""`opsconsole report` and `opsconsole handover`: their options and their help."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from opsconsole.cli import option
from opsconsole.moment import GRAMMAR

Run = TypeVar("Run", bound=Callable[..., int])


def since(default: str = "", told: str = "") -> Callable[[Run], Run]:
    """`--since TIME`; `told` says what holds without it."""
    return click.option(
        "--since",
        metavar="TIME",
        default=default,
        show_default=bool(default),
        help=f"Where it begins: {GRAMMAR}." + told,
    )


def until(command: Run) -> Run:
    """`--until TIME`."""
    return click.option(
        "--until", metavar="TIME", default="", help="Where it ends. Otherwise now."
    )(command)


def out(command: Run) -> Run:
    """`--out FILE`."""
    return click.option(
        "--out",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Write it there. Otherwise to stdout.",
    )(command)


@click.command(
    short_help="Build a report: daily inspection, week of the databases, incident.",
    epilog="""\b
Examples:
  opsconsole report                                  list them
  opsconsole report system -o html --out today.html
  opsconsole report system.capacity -t group:db
  opsconsole report database --since 7d
  opsconsole report incident --since 3h --until 1h

\b
Exit codes:
  0  built, and nothing in it fails
  1  built, and something in it fails or was not reached
  2  bad estate, an unknown name, or a bad option""",
)
@click.argument("name", required=False)
@option.estate
@option.targets
@since(told=" Otherwise as long as the report usually is.")
@until
@option.timeout
@option.output("md", "html", "json")
@out
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
    """Build a report from live data, the recording and the audit log.

    NAME is a report's id, or a role, which stands for the role's usual report. Without it, lists
    them.
    """
    from opsconsole.cli.reporting import Wanted, run_list, run_report

    if name is None:
        return run_list()
    return run_report(name, Wanted(estate, targets, since, until), timeout, output, out)


@click.command(
    short_help="Write what the next shift has to know.",
    epilog="""\b
Examples:
  opsconsole handover
  opsconsole handover --since 8h -o html --out shift.html
  opsconsole handover --note 'The SAN is being moved, see ticket 4711'

\b
Exit codes:
  0  written
  2  bad estate, or a bad option""",
)
@option.estate
@option.targets
@since("12h")
@until
@click.option("--note", metavar="TEXT", default="", help="Said first, and kept in the audit log.")
@option.output("md", "html", "json")
@out
def handover(
    estate: Path | None,
    targets: tuple[str, ...],
    since: str,
    until: str,
    note: str,
    output: str,
    out: Path | None,
) -> int:
    """Write open alerts, what was done and by whom, notes and what still holds, as one document.

    It comes from the audit log, the recording and the saved alerts: no target is asked.
    """
    from opsconsole.cli.reporting import Wanted, run_handover

    return run_handover(Wanted(estate, targets, since, until), note, output, out)
