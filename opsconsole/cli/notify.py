"""What tells others: `opsconsole notify` and `opsconsole export`, with their help."""

from pathlib import Path

import click

from opsconsole.cli import option


@click.group(
    no_args_is_help=False,
    epilog="""\b
Examples:
  opsconsole notify list
  opsconsole notify test duty""",
)
def notify() -> None:
    """Whom the estate says to tell of alerts, and whether that works.

    docs/notify.md says how a channel is written, and what a webhook gets.
    """


@notify.command(
    "list",
    epilog="""\b
Examples:
  opsconsole notify list
  opsconsole notify list --estate lab.toml

\b
Exit codes:
  0  listed
  2  bad estate""",
)
@option.estate
def list_(estate: Path | None) -> int:
    """List the channels, and what each is told of."""
    from opsconsole.cli.notifying import run_list

    return run_list(estate)


@notify.command(
    epilog="""\b
Examples:
  opsconsole notify test duty
  opsconsole notify test duty --resolved

\b
Exit codes:
  0  received
  1  not received: why stands on stderr
  2  bad estate, or no such channel"""
)
@click.argument("name")
@option.estate
@click.option("--resolved", is_flag=True, help="Send the word that an alert is over.")
def test(name: str, estate: Path | None, resolved: bool) -> int:
    """Send a test alert to the channel NAME now, and say what came back."""
    from opsconsole.cli.notifying import run_test

    return run_test(name, estate, resolved=resolved)


@click.command(
    epilog="""\b
Examples:
  opsconsole export
  opsconsole export --listen 127.0.0.1:9464 -t group:web
  opsconsole export --probe host.filesystem --probe host.service

\b
Exit codes:
  0  ended with ctrl-c or TERM
  2  bad estate, an unknown name, or an address that cannot be listened on"""
)
@option.estate
@option.targets
@click.option(
    "--listen",
    metavar="ADDRESS:PORT",
    default="127.0.0.1:9464",
    show_default=True,
    help="Where to serve; an address of this machine that nobody else can reach.",
)
@click.option(
    "--probe",
    "probes",
    metavar="PROBE",
    multiple=True,
    help="Also what is asked only while somebody looks; repeat for more.",
)
def export(
    estate: Path | None, targets: tuple[str, ...], listen: str, probes: tuple[str, ...]
) -> int:
    """Serve samples and alerts as OpenMetrics, for a Prometheus on this machine.

    Watches the targets as a console does, until it is ended. docs/notify.md names the metrics.
    """
    from opsconsole.cli.export import run_export

    return run_export(estate, targets, probes, listen)
