"""Commands that lead to a deed, and to what follows it."""

from screens.shell.command import Command

ACTING: tuple[Command, ...] = (
    Command(
        "act",
        "Act",
        "What can be done to the marked objects, or those of a FILTER; nothing runs by it",
        "act",
        keys=("x",),
        takes="[ACTION [FILTER]]",
        completes="actions",
        rank=12,
    ),
    Command(
        "undo",
        "Undo",
        "Plan what takes the last run back, within 10 min; nothing runs by it",
        "undo",
        keys=("u",),
    ),
    Command("runs", "Runs", "What was run from this console, and how it ended", "show_runs"),
    Command(
        "approve",
        "Approve",
        "Plans of others that wait for a second person: read one, approve or deny it",
        "show_asked",
    ),
    Command(
        "runbook",
        "Runbook",
        "Walk through a procedure of the estate; it goes on where it was left",
        "runbook",
        takes="[NAME [TARGET]]",
        completes="runbooks",
    ),
    Command(
        "arm",
        "Arm",
        "Lift read-only for a while, for all targets or those a glob names",
        "arm",
        takes="10m [GLOB]",
    ),
    Command("disarm", "Disarm", "Fall back to read-only at once", "disarm"),
)
