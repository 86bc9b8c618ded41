"""`opsconsole notify`: its commands and their help."""

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
