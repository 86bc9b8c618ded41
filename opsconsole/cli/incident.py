"""`opsconsole incident`: its commands and their help."""

from pathlib import Path

import click

from opsconsole.cli import option
from opsconsole.cli.report import since, until


@click.group(
    no_args_is_help=False,
    epilog="""\b
Examples:
  opsconsole incident export --since 3h --out night.zip
  opsconsole incident verify night.zip""",
)
def incident() -> None:
    """An incident as one file: samples, alerts, actions, notes, report and screens, signed."""


@incident.command(
    epilog="""\b
Examples:
  opsconsole incident export --since 3h --out night.zip
  opsconsole incident export --since 2026-11-24T02:00 --until 2026-11-24T04:30 \\
      -t group:db --out night.zip

\b
Exit codes:
  0  written
  2  bad estate, a bad option, or the key cannot sign"""
)
@option.estate
@option.targets
@since("3h")
@until
@click.option(
    "--out",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it there; never over another file.",
)
@click.option(
    "--key",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="SSH key that signs; a .pub asks the agent. Otherwise the usual one in ~/.ssh.",
)
@click.option("--unsigned", is_flag=True, help="Sign with no key: nothing then proves who made it.")
def export(
    estate: Path | None,
    targets: tuple[str, ...],
    since: str,
    until: str,
    out: Path,
    key: Path | None,
    unsigned: bool,
) -> int:
    """Write all that is known of a stretch of time into one file, to be looked at elsewhere.

    Secrets are masked: those of the estate, and what looks like one in any text. What was masked is
    counted in the file's manifest.
    """
    from opsconsole.cli.incidents import Signing, run_export
    from opsconsole.cli.reporting import Wanted

    return run_export(Wanted(estate, targets, since, until), out, Signing(key, unsigned=unsigned))


@incident.command(
    epilog="""\b
Examples:
  opsconsole incident verify night.zip
  opsconsole incident verify night.zip --signers ~/.ssh/allowed_signers

\b
Exit codes:
  0  every member is as it was signed
  1  it is not signed, or something was changed, added or is missing: each is named
  2  FILE is no incident file, or cannot be read"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--signers",
    metavar="PATH",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Keys that may sign, as ssh-keygen's ALLOWED SIGNERS; the key must be one of them.",
)
@option.output("table", "json")
def verify(file: Path, signers: Path | None, output: str) -> int:
    """Hold every member of FILE against its manifest, and that against its signature."""
    from opsconsole.cli.incidents import run_verify

    return run_verify(file, signers, output)
