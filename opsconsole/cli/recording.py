"""`opsconsole recording`: its commands and their help."""

from pathlib import Path

import click

from opsconsole.cli import option


@click.group(
    no_args_is_help=False,
    epilog="""\b
Examples:
  opsconsole recording info
  opsconsole recording export --since -2h incident.opsrec
  opsconsole replay incident.opsrec""",
)
def recording() -> None:
    """What the flight recorder kept.

    Every console records what it collects, within bounds that [recording] in the estate sets.
    docs/recording.md says what is kept, and what is not.
    """


@recording.command(
    epilog="""\b
Examples:
  opsconsole recording info
  opsconsole recording info incident.opsrec -o json

\b
Exit codes:
  0  shown
  2  nothing is recorded, or it cannot be read"""
)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@option.estate
@option.output("table", "json")
def info(file: Path | None, estate: Path | None, output: str) -> int:
    """Say what a recording holds: span, size, points, and how much is kept.

    FILE is one that was exported; otherwise the estate's own recording.
    """
    from opsconsole.cli.recorded import run_info

    return run_info(file, estate, output)


@recording.command(
    epilog="""\b
Examples:
  opsconsole recording export --since -2h incident.opsrec
  opsconsole recording export --since 'yesterday 02:00' --until 'yesterday 03:00' \\
      -t 'web*' night.opsrec

\b
Exit codes:
  0  written
  1  nothing was recorded in that time
  2  FILE cannot be written, a bad time, or nothing is recorded at all"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--since",
    metavar="TIME",
    default="-1h",
    show_default=True,
    help="From when: 02:13, yesterday 02:13, 2026-11-28T02:13, -2h.",
)
@click.option("--until", metavar="TIME", default="now", show_default=True, help="Up to when.")
@option.estate
@option.targets
def export(
    file: Path, since: str, until: str, estate: Path | None, targets: tuple[str, ...]
) -> int:
    """Write a part of the recording to FILE, which `opsconsole replay` opens on any machine.

    It holds samples, what happened, and the targets by name, kind and labels: neither addresses nor
    secrets.
    """
    from opsconsole.cli.recorded import run_export

    return run_export(file, (since, until), estate, targets)
