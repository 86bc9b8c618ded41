"""The commands and their help; what each does stands in a module of its own."""

import os
from collections.abc import Sequence
from pathlib import Path

import click
from click.shell_completion import shell_complete

from opsconsole import __version__
from opsconsole.cli import option
from opsconsole.cli.alerts import alerts, rules
from opsconsole.cli.asking import Asked
from opsconsole.cli.audit import audit
from opsconsole.cli.completion import INSTALL, VARIABLE, pane_ids, script, target_ids
from opsconsole.cli.gateway import osdp_gateway
from opsconsole.cli.incident import incident
from opsconsole.cli.kubernetes import kubernetes
from opsconsole.cli.notify import export, notify
from opsconsole.cli.recording import recording
from opsconsole.cli.remedy import act, actions, approve
from opsconsole.cli.report import handover, report
from opsconsole.cli.walking import walk
from opsconsole.errors import UsageError
from opsconsole.estate.importer import SOURCES

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _InOrder(click.Group):
    """Lists its commands in the order in which one meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Names as written below."""
        return list(self.commands)


def parse_and_run(arguments: Sequence[str]) -> int:
    """Run a command line; raises `UsageError` for what click refuses, with where help is.

    Not `opsconsole.main`: that turns ctrl-c and a closed pipe into exit codes of its own.
    """
    if asked := os.environ.get(VARIABLE):
        return shell_complete(opsconsole, {}, "opsconsole", VARIABLE, asked)
    try:
        with opsconsole.make_context("opsconsole", list(arguments)) as context:
            code: int = opsconsole.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        said, path = error.format_message(), error.ctx.command_path if error.ctx else "opsconsole"
        raise UsageError(f"{said[:1].lower()}{said[1:]}\nHelp: {path} --help") from error
    return code


@click.group(
    cls=_InOrder,
    context_settings=_SETTINGS,
    epilog="""\b
Examples:
  opsconsole                            the console, on your estate
  opsconsole --estate lab.toml          the same with another estate
  opsconsole check                      is every target within reach?
  opsconsole get system.fleet -o json   what the console shows, for scripts

Each command has a --help of its own.""",
)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def opsconsole() -> None:
    """Watch systems from one terminal. Without a command, opens the full-screen console."""


@opsconsole.command(
    epilog="""\b
Examples:
  opsconsole console --estate lab.toml
  opsconsole --estate lab.toml          the same, shorter
  opsconsole --theme light
  opsconsole --read-only                for a wall: only looks

\b
Exit codes:
    0  closed by the operator
    2  bad estate, or no terminal
  129  the terminal went away"""
)
@option.estate
@click.option(
    "--theme",
    metavar="NAME",
    default="",
    help="Palette: dark, light, cb (colour-blind), ansi (16 colours), or one of your own.",
)
@click.option(
    "--read-only",
    is_flag=True,
    help="Only look: no key, command or click can change anything on a target. For walls.",
)
def console(estate: Path | None, theme: str, read_only: bool) -> int:
    """Open the full-screen console; what happens without a command."""
    from opsconsole.cli.console import run_console

    return run_console(estate, theme, read_only=read_only)


@opsconsole.command(
    epilog="""\b
Examples:
  opsconsole check
  opsconsole check --estate lab.toml -o json
  opsconsole check -t group:web --timeout 5

\b
Exit codes:
  0  every target reached
  1  some not
  2  bad estate"""
)
@option.estate
@option.targets
@option.timeout
@option.output("table", "json")
def check(estate: Path | None, targets: tuple[str, ...], timeout: float, output: str) -> int:
    """Validate the estate and reach every target once.

    Says of each target whether it was reached, how many milliseconds went by from the first
    attempt to its first answer, and otherwise why not and what to do about it.
    """
    from opsconsole.cli.check import run_check

    return run_check(estate, targets, timeout, output)


@opsconsole.command(
    epilog="""\b
Examples:
  opsconsole get system.fleet
  opsconsole get system.processes -t web-1 -o csv
  opsconsole get host.filesystem -t 'web*' -o json

\b
Exit codes:
  0  every target answered
  1  some have no data: why stands on stderr
  2  bad estate, or an unknown name"""
)
@click.argument("pane", shell_complete=pane_ids)
@option.estate
@option.targets
@option.columns
@option.timeout
@option.output("table", "json", "csv")
def get(
    pane: str,
    estate: Path | None,
    targets: tuple[str, ...],
    columns: str,
    timeout: float,
    output: str,
) -> int:
    """Print what PANE shows, once.

    PANE is the id of a pane or of a probe; `opsconsole panes` lists them. A rate needs two answers:
    a pane that shows rates waits for the second one, at most two of its intervals.
    """
    from opsconsole.cli.get import run_get

    return run_get(Asked(pane, estate, targets, columns), timeout, output)


@opsconsole.command(
    epilog="""\b
Examples:
  opsconsole watch system.fleet -o jsonl
  opsconsole watch host.process -t web-1 --count 10

\b
Exit codes:
  0    --count reached, and every target answered
  1    --count reached, and some have no data
  2    bad estate, or an unknown name
  130  stopped with ctrl-c"""
)
@click.argument("pane", shell_complete=pane_ids)
@option.estate
@option.targets
@option.columns
@click.option(
    "--count",
    metavar="N",
    type=click.IntRange(min=1),
    help="Stop after N changes. Otherwise ctrl-c stops.",
)
@option.output("table", "jsonl")
def watch(
    pane: str,
    estate: Path | None,
    targets: tuple[str, ...],
    columns: str,
    count: int | None,
    output: str,
) -> int:
    """Print what PANE shows of a target, each time it changes.

    jsonl is one JSON object per line, written at once: a target of `get` with "pane" and "at" (Unix
    time, seconds) before it.
    """
    from opsconsole.cli.watch import run_watch

    return run_watch(Asked(pane, estate, targets, columns), count, output)


@opsconsole.command(
    short_help="List what get and watch can show.",
    epilog="""\b
Examples:
  opsconsole panes
  opsconsole panes system.fleet         its columns, their units and sources
  opsconsole panes -o json""",
)
@click.argument("pane", required=False, shell_complete=pane_ids)
@option.output("table", "json")
def panes(pane: str | None, output: str) -> int:
    """List what get and watch can show: the panes of each tab, then the probes."""
    from opsconsole.cli.panes import run_panes

    return run_panes(pane, output)


@opsconsole.command(
    epilog="""\b
Examples:
  opsconsole replay incident.opsrec
  opsconsole replay ~/.local/state/opsconsole/recordings/this-machine

\b
Exit codes:
  0  closed by the operator
  2  no recording there, or no terminal"""
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--theme", metavar="NAME", default="", help="Palette, as for the console.")
def replay(file: Path, theme: str) -> int:
    """Open the console on a recording: all that was seen, nothing that can be done.

    FILE is what `recording export` or `incident export` wrote, on this machine or another; or a
    recording's folder. It begins at the end: [ and ] step, :at goes anywhere, :play lets time pass.
    """
    from opsconsole.cli.console import run_replay

    return run_replay(file, theme)


for command in (
    *(alerts, rules, act, actions, approve, audit, notify, export, recording),
    *(report, incident, handover, kubernetes, walk, osdp_gateway),
):
    opsconsole.add_command(command)


@opsconsole.command(
    short_help="Print what sudo has to permit for the actions.",
    epilog="""\b
Examples:
  opsconsole sudoers --user ops --service nginx --service app
  opsconsole sudoers -t web-1 > ops && visudo -cf ops   for /etc/sudoers.d
  opsconsole sudoers --action host.reboot

\b
Exit codes:
  0  the lines are on stdout
  2  bad estate, an unknown name, or the target cannot be asked""",
)
@option.estate
@click.option(
    "--user",
    metavar="NAME",
    default="",
    help="Account or %group on the hosts. Otherwise the one that -t logs in as.",
)
@click.option(
    "-t",
    "--target",
    metavar="TARGET",
    default="",
    shell_complete=target_ids,
    help="Look up there where each program is. Otherwise all usual places are printed.",
)
@click.option(
    "--service",
    "services",
    metavar="NAME",
    multiple=True,
    help="Only this service may be acted on; repeat for more. Otherwise any.",
)
@click.option(
    "--action",
    "actions",
    metavar="ID",
    multiple=True,
    help="Only what this action needs; repeat for more. Otherwise all.",
)
def sudoers(
    estate: Path | None,
    user: str,
    target: str,
    services: tuple[str, ...],
    actions: tuple[str, ...],
) -> int:
    """Print the lines by which sudo permits what the actions do, for a file in /etc/sudoers.d.

    Not needed where the console logs in as root.
    """
    from opsconsole.cli.sudoers import Wanted, run_sudoers

    return run_sudoers(Wanted(estate, user, target, services, actions))


@opsconsole.command(
    "import",
    short_help="Turn ssh_config or an Ansible inventory into an estate.",
    epilog="""\b
Examples:
  opsconsole import ssh_config ~/.ssh/config > estate.toml
  opsconsole import ansible inventory/ --host 'web*' --host '!web-9'

\b
Exit codes:
  0  the estate is on stdout, what was left out on stderr
  2  PATH cannot be read, or holds no host""",
)
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--host",
    "hosts",
    metavar="GLOB",
    multiple=True,
    help="Only these hosts; !GLOB leaves some out; repeat for more.",
)
def import_(source: str, path: Path, hosts: tuple[str, ...]) -> int:
    """Print the hosts of another program's files as an estate.

    PATH is an ssh_config file; or an Ansible inventory: INI, YAML, a folder of them, or what
    `ansible-inventory --list` prints. To read it anew at every start, write [[import]] into the
    estate instead.
    """
    from opsconsole.cli.importing import run_import

    return run_import(source, path, hosts)


@opsconsole.command(
    short_help="Print the completion script of a shell.",
    epilog="""\b
Examples:
  opsconsole completion bash
  eval "$(opsconsole completion zsh)"   for this shell only""",
)
@click.argument("shell", type=click.Choice(list(INSTALL)))
def completion(shell: str) -> int:
    """Print the completion script of a shell; its first line says how to install it."""
    click.echo(script(shell, opsconsole), nl=False)
    return 0


@opsconsole.command(hidden=True)
@option.estate
@click.option("--fd", type=click.IntRange(min=0), required=True, help="Socket to the console.")
@click.option("--read-only", is_flag=True, help="Refuse every action.")
def collect(estate: Path | None, fd: int, read_only: bool) -> int:
    """Ask the targets on behalf of a console, which starts this itself."""
    from opsconsole.cli.collect import run_collect

    return run_collect(estate, fd, read_only=read_only)
