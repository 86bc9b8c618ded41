"""`opsconsole audit`: its commands and their help."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from opsconsole.cli import option

Run = TypeVar("Run", bound=Callable[..., int])


def _log(command: Run) -> Run:
    return click.option(
        "--log",
        metavar="PATH",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the log. Otherwise $OPSCONSOLE_AUDIT, else `audit` in the user's state"
        " folder.",
    )(command)


def _since(command: Run) -> Run:
    return click.option(
        "--since",
        metavar="TIME",
        default="",
        help="Only what is newer: an age (30m, 2h, 7d) or a time (02:13, yesterday 02:13,"
        " 2026-11-24T03:00).",
    )(command)


@click.group(
    no_args_is_help=False,
    epilog="""\b
Examples:
  opsconsole audit show --since 2h
  opsconsole audit verify
  opsconsole audit export -o csv > november.csv""",
)
def audit() -> None:
    """Who did what to which target, and with which outcome.

    Every plan, refusal, start and outcome is written before it counts, and each record is chained
    to the one before by its hash. docs/audit.md says what that proves, and what it does not.
    """


@audit.command(
    epilog="""\b
Examples:
  opsconsole audit show
  opsconsole audit show -n 200 --kind refusal --since 7d
  opsconsole audit show --target 'web*' -o json

\b
Exit codes:
  0  shown
  1  shown, but some lines are no records: `verify` names them
  2  no log there, or a bad option"""
)
@click.option(
    "-n",
    "count",
    metavar="N",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    help="The newest N of them.",
)
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    help="Only these: plan, refusal, approval, intent, outcome, unknown, …; repeat for more.",
)
@click.option(
    "-t",
    "--target",
    "targets",
    metavar="TARGET",
    multiple=True,
    help="Only about these: an id or a pattern (web*); repeat for more.",
)
@_since
@_log
@option.output("table", "json")
def show(
    count: int,
    kinds: tuple[str, ...],
    targets: tuple[str, ...],
    since: str,
    log: Path | None,
    output: str,
) -> int:
    """Print the newest records, oldest first; times are UTC."""
    from opsconsole.cli.auditing import Wanted, run_show

    return run_show(log, Wanted.asked(kinds, targets, since), count, output)


@audit.command(
    epilog="""\b
Examples:
  opsconsole audit verify
  opsconsole audit verify --log /mnt/backup/audit -o json
  opsconsole audit verify --head "$(cat head-of-yesterday)"

\b
Exit codes:
  0  the chain is intact
  1  a line was edited, removed, inserted or moved: each is named
  2  no log there, or it cannot be read"""
)
@click.option(
    "--head",
    metavar="HASH",
    default="",
    help="A head that an earlier verify printed and that was kept elsewhere: whoever rewrote the"
    " whole log since is found by it.",
)
@_log
@option.output("table", "json")
def verify(head: str, log: Path | None, output: str) -> int:
    """Check every record against its hash and the one before it.

    Names the file, the line and the record of whatever does not hold together. What a crash cut off
    is named too, and is no fault.
    """
    from opsconsole.cli.auditing import run_verify

    return run_verify(log, head, output)


@audit.command(
    epilog="""\b
Examples:
  opsconsole audit export > audit.jsonl
  opsconsole audit export --since 2026-11-01 -o csv > november.csv

\b
Exit codes:
  0  exported
  1  exported, but some lines are no records: `verify` names them
  2  no log there, or a bad option"""
)
@_since
@_log
@option.output("jsonl", "csv")
def export(since: str, log: Path | None, output: str) -> int:
    """Print all records: the lines as they stand in the log, or as CSV for a spreadsheet."""
    from opsconsole.cli.auditing import Wanted, run_export

    return run_export(log, Wanted.asked((), (), since), output)
