"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from opsconsole.cli.completion import target_ids

Run = TypeVar("Run", bound=Callable[..., int])


def estate(command: Run) -> Run:
    """`--estate PATH`."""
    return click.option(
        "--estate",
        metavar="PATH",
        type=click.Path(path_type=Path),
        help="Estate file or folder. Otherwise $OPSCONSOLE_ESTATE, the user's configuration"
        " folder, /etc/opsconsole, and without any of them: this machine.",
    )(command)


def targets(command: Run) -> Run:
    """`-t/--target TARGET`, any number of them."""
    return click.option(
        "-t",
        "--target",
        "targets",
        metavar="TARGET",
        multiple=True,
        shell_complete=target_ids,
        help="Only these: an id, a pattern (web*), group:NAME or label:KEY=VALUE; repeat for more.",
    )(command)


def columns(command: Run) -> Run:
    """`--columns KEY,…`."""
    return click.option(
        "--columns",
        metavar="KEY,…",
        default="",
        help="Columns by key, in this order, or `all`. Otherwise what the pane shows at first.",
    )(command)


def timeout(command: Run) -> Run:
    """`--timeout SECONDS`."""
    return click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(min=0.1),
        default=15.0,
        show_default=True,
        help="Give up on the silent ones when nobody new has answered for this long.",
    )(command)


def output(*forms: str) -> Callable[[Run], Run]:
    """`-o/--output`, one of `forms`; the first is the default."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help="Form of the answer on stdout.",
    )
