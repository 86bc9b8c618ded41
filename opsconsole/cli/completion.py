"""Shell completion: the script to install, and the names it offers while typing."""

import click
from click.shell_completion import CompletionItem, get_completion_class

from opsconsole.cli.asking import known, load_estate
from opsconsole.errors import OpsError, UsageError

VARIABLE = "_OPSCONSOLE_COMPLETE"
"""Set by the script when the shell asks for names; the command line then only answers."""

INSTALL = {
    "bash": """echo 'eval "$(opsconsole completion bash)"' >> ~/.bashrc""",
    "zsh": """echo 'eval "$(opsconsole completion zsh)"' >> ~/.zshrc""",
    "fish": "opsconsole completion fish > ~/.config/fish/completions/opsconsole.fish",
}
"""The line that makes completion permanent, by shell."""


def script(shell: str, command: click.Command) -> str:
    """The completion script of `command` for that shell, with the line that installs it."""
    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"no completion for {shell!r}: there is one for {', '.join(INSTALL)}")
    made = found(command, {}, "opsconsole", VARIABLE).source()
    return f"# Install for good:  {INSTALL[shell]}\n{made}\n"


def pane_ids(
    _context: click.Context, _argument: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Panes and probes that start with what is typed, with their titles."""
    return [
        CompletionItem(id_, help=shown.pane.title)
        for id_, shown in known().items()
        if id_.startswith(typed)
    ]


def target_ids(
    context: click.Context, _option: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Targets of the estate that start with what is typed; none while it is broken."""
    try:
        estate = load_estate(context.params.get("estate"))
    except OpsError:
        return []  # the shell would print an error into the line being typed
    return [CompletionItem(id_) for id_ in estate.by_id if id_.startswith(typed)]


def action_ids(
    context: click.Context, _argument: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Actions that start with what is typed, with their titles; none while the estate is broken."""
    from opsconsole.engine import actions_of  # the engine is much to import for a --help

    try:
        estate = load_estate(context.params.get("estate"))
    except OpsError:
        return []
    kinds = actions_of(estate)
    return [
        CompletionItem(id_, help=action.title)
        for kind in estate.kinds()
        for id_, action in kinds.get(kind, {}).items()
        if id_.startswith(typed)
    ]
