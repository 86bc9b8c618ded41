"""`opsconsole act`, `actions` and `approve`: what they take, and their help."""

from pathlib import Path

import click

from opsconsole.cli import option
from opsconsole.cli.completion import action_ids, target_ids


@click.command(
    short_help="Do one action on a target, or show what it would do.",
    epilog="""\b
Examples:
  opsconsole act host.restart-service web-1 --object nginx.service --dry-run
  opsconsole act host.restart-service web-1 --object nginx.service \\
      --confirm nginx.service --note 'leaks, OPS-4711'
  opsconsole act postgres.terminate db-1 --dry-run \\
      --where 'user:^app$ state:^idle$ state_s:>1h'

\b
Exit codes:
  0  done, and verified by asking the object again (or --dry-run)
  2  bad estate, or an unknown name
  3  refused: the rule stands on stderr
  4  failed, or cancelled
  5  done, without the expected effect
  6  unknown: the way to the target was lost, or time was up""",
)
@click.argument("action", shell_complete=action_ids)
@click.argument("target", shell_complete=target_ids)
@option.estate
@click.option(
    "--object",
    "objects",
    metavar="ID",
    multiple=True,
    help="What on the target: OBJECT of `opsconsole actions`; repeat for more.",
)
@click.option(
    "--where",
    metavar="FILTER",
    default="",
    help="What on the target, chosen by the console's filter: 'user:^app$ state_s:>10m'.",
)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="An argument of the action; repeat for more.",
)
@click.option("--dry-run", is_flag=True, help="Print the plan, and do nothing.")
@click.option("--note", metavar="TEXT", default="", help="Why; tiers 2 and 3 want to know.")
@click.option(
    "--confirm",
    metavar="WORD",
    help="Do it. WORD is what the plan asks for: y, or the object's name.",
)
@option.output("text", "json")
def act(
    action: str,
    target: str,
    estate: Path | None,
    objects: tuple[str, ...],
    where: str,
    settings: tuple[str, ...],
    dry_run: bool,
    note: str,
    confirm: str | None,
    output: str,
) -> int:
    """Do ACTION on TARGET, with the rules, the audit and the proof of the console.

    Without --confirm it prints the plan and what to give. What happens is told on stderr, how it
    ended on stdout. ctrl-c ends what may be ended; a lost terminal ends nothing.
    """
    from opsconsole.cli.acting import Order, run_act

    order = Order(
        action, target, objects, settings, estate, dry_run, note, confirm, output, where=where
    )
    return run_act(order)


@click.command(
    short_help="List what act can do.",
    epilog="""\b
Examples:
  opsconsole actions
  opsconsole actions web-1              with the tier each has there
  opsconsole actions -o json            with arguments and verification""",
)
@click.argument("target", required=False, shell_complete=target_ids)
@option.estate
@option.output("table", "json")
def actions(target: str | None, estate: Path | None, output: str) -> int:
    """List what act can do to TARGET, or to the targets of the estate.

    TIER is what one object takes: 1 y, 2 its name and why, 3 a second person as well.
    """
    from opsconsole.cli.actions import run_actions

    return run_actions(estate, target, output)


@click.command(
    short_help="Be the second person for what another user does.",
    epilog="""\b
Examples:
  opsconsole approve                    what waits on this machine
  opsconsole approve 3f9c2a41d07be655   the whole plan
  opsconsole approve 3f9c2a41d07be655 --confirm web-1
  opsconsole approve 3f9c2a41d07be655 --deny 'not before Monday'

\b
Exit codes:
  0  listed, shown, approved or denied
  2  no such plan waits
  3  the answer does not count: why stands on stderr""",
)
@click.argument("plan", metavar="[ID]", required=False)
@click.option("--confirm", metavar="WORD", help="Approve it. WORD is what the plan asks for.")
@click.option("--deny", metavar="REASON", help="Deny it, and say why.")
@option.output("table", "json")
def approve(plan: str | None, confirm: str | None, deny: str | None, output: str) -> int:
    """Show what waits for a second person on this machine, and answer.

    ID is the hash of the plan, or its first 16 characters. docs/safety.md says who may approve.
    """
    from opsconsole.cli.approving import run_approve

    return run_approve(plan, deny, confirm, output)
