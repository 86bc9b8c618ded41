"""`opsconsole kubernetes`: a program in a container on this terminal, and ports of pods here."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from opsconsole.cli import option
from opsconsole.cli.completion import target_ids

Run = TypeVar("Run", bound=Callable[..., int])


def _where(command: Run) -> Run:
    target = click.argument("target", metavar="TARGET", shell_complete=target_ids)
    pod = click.argument("pod", metavar="NAMESPACE/POD")
    return target(pod(command))


@click.group(
    no_args_is_help=False,
    epilog="""\b
Examples:
  opsconsole kubernetes exec prod shop/cart-5d8f
  opsconsole kubernetes forward prod shop/cart-5d8f 8080:80""",
)
def kubernetes() -> None:
    """A shell in a container, and ports of pods, of a cluster of the estate.

    Each use is written to the audit log first, and refused where the estate only looks, protects
    the target or freezes changes.
    """


@kubernetes.command(
    "exec",
    epilog="""\b
Examples:
  opsconsole kubernetes exec prod shop/cart-5d8f
  opsconsole kubernetes exec prod shop/cart-5d8f -c app -- env
  opsconsole kubernetes exec prod shop/cart-5d8f -- sh -c 'cat > /tmp/in' < file

\b
Exit codes: that of the command, and
  2  the target or the pod is not there, or this may not be done""",
)
@_where
@click.option("-c", "--container", metavar="NAME", default="", help="Otherwise the pod's first.")
@click.option("--reason", metavar="TEXT", default="", help="Why, for the audit log.")
@option.estate
@click.argument("command", metavar="[-- COMMAND...]", nargs=-1)
def execute(
    target: str,
    pod: str,
    container: str,
    reason: str,
    estate: Path | None,
    command: tuple[str, ...],
) -> int:
    """Run a command in a container, `sh` unless said, on this terminal.

    Its input is ours; with a terminal it has one of the same size, and ctrl-c goes to it.
    """
    from opsconsole.cli.attaching import Place, run_exec

    return run_exec(Place(estate, target, pod, container, reason), command or ("sh",))


@kubernetes.command(
    epilog="""\b
Examples:
  opsconsole kubernetes forward prod shop/cart-5d8f 8080:80
  opsconsole kubernetes forward prod shop/cart-5d8f :5432     any free port here

\b
Exit codes:
    2  the target or the pod is not there, the port is taken, or this may not be done
  130  ended by ctrl-c"""
)
@_where
@click.argument("ports", metavar="LOCAL:REMOTE")
@click.option("--reason", metavar="TEXT", default="", help="Why, for the audit log.")
@option.estate
def forward(target: str, pod: str, ports: str, reason: str, estate: Path | None) -> int:
    """Listen on 127.0.0.1 and carry each connection to a port of a pod, until ctrl-c."""
    from opsconsole.cli.attaching import Place, run_forward

    return run_forward(Place(estate, target, pod, "", reason), ports)


@kubernetes.command(
    epilog="""\b
Examples:
  opsconsole kubernetes edit prod deployment/shop/web
  EDITOR=nano opsconsole kubernetes edit prod configmap/shop/settings
  opsconsole kubernetes edit prod node/worker-1
  opsconsole kubernetes edit prod certificates.cert-manager.io/shop/tls

\b
Exit codes:
  0  it is stored, or nothing was changed
  2  the object is not there, or what was written is no YAML
  3  refused, 4 failed, 5 without effect, 6 unknown: as of `opsconsole act`"""
)
@click.argument("target", metavar="TARGET", shell_complete=target_ids)
@click.argument("name", metavar="KIND/NAMESPACE/NAME")
@click.option("--reason", metavar="TEXT", default="", help="Why, for the audit log.")
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Begin with what was edited before, and not stored.",
)
@option.estate
def edit(target: str, name: str, reason: str, source: Path | None, estate: Path | None) -> int:
    """Change an object in $EDITOR: a dry run shows what changes, and asks before it is stored.

    KIND is any that the cluster serves, by its name, a short one, or in full:
    gadgets.v1.example.com. Objects of no namespace are KIND/NAME. What differs is applied to the
    definition that was read: if another one changed that meanwhile, nothing is done. What is not
    stored stays in a file, whose name is told. Secrets are not edited here.
    """
    from opsconsole.cli.editing import Draft, run_edit

    return run_edit(Draft(estate, target, name, reason, source))
