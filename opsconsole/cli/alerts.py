"""`opsconsole alerts` and `opsconsole rules`: their help; what they do stands beside this."""

from pathlib import Path

import click

from opsconsole.cli import option


@click.command(
    short_help="List alerts that are not over.",
    epilog="""\b
Examples:
  opsconsole alerts
  opsconsole alerts -t 'web*' -o json
  opsconsole alerts --live 40           ask the targets now, for 40 s

\b
Exit codes:
  0  none is open
  1  some are
  2  bad estate""",
)
@option.estate
@option.targets
@click.option(
    "--live",
    metavar="SECONDS",
    type=click.FloatRange(min=1.0, max=3600.0),
    help="Ask the targets and judge them for so long. Otherwise what a console kept last.",
)
@option.output("table", "json")
def alerts(estate: Path | None, targets: tuple[str, ...], live: float | None, output: str) -> int:
    """List alerts that are not over, the worst first.

    Without --live nobody is asked: shown is what the last console of this estate kept, and stderr
    says how old that is. With --live the targets are judged now, from what was kept; rules over a
    window of minutes need a console that runs.
    """
    from opsconsole.cli.alerting import run_alerts

    return run_alerts(estate, targets, live, output)


@click.group(
    invoke_without_command=True,
    short_help="List the rules in force, or try them.",
    epilog="""\b
Examples:
  opsconsole rules
  opsconsole rules -t web-1 -o json     one target, with all its numbers
  opsconsole rules test disk.toml       play samples, compare the alerts

\b
Exit codes:
  0  listed
  2  bad estate""",
)
@option.estate
@option.targets
@option.output("table", "json")
@click.pass_context
def rules(
    context: click.Context, estate: Path | None, targets: tuple[str, ...], output: str
) -> int:
    """List the rules in force: their numbers, and where each value comes from.

    Rules of integrations name the source of their numbers; what the estate adds or changes names
    its file and key. docs/alerts.md tells how.
    """
    if context.invoked_subcommand is not None:
        return 0
    from opsconsole.cli.ruling import run_rules

    return run_rules(estate, targets, output)


@rules.command(
    "test",
    epilog="""\b
Examples:
  opsconsole rules test disk.toml
  opsconsole rules test night.jsonl --estate lab.toml

\b
Exit codes:
  0  every alert is as expected
  1  some are not: each difference stands on stdout
  2  FILE or the estate cannot be used""",
)
@click.argument("file", type=click.Path(path_type=Path))
@option.estate
def test_rules(file: Path, estate: Path | None) -> int:
    """Play the samples of FILE to the rules, and compare the alerts with those it expects.

    FILE is TOML or JSONL: targets, samples over time and expected alerts; docs/alerts.md has its
    form. No target is asked.
    """
    from opsconsole.cli.trying import run_trial

    return run_trial(file, estate)
