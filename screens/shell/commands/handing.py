"""Commands for those who come after: notes, and the handover."""

from screens.shell.command import Command

HANDING: tuple[Command, ...] = (
    Command(
        "note",
        "Note",
        "Write a line into the audit log, for the handover and the incident report",
        "note",
        takes="TEXT",
    ),
    Command(
        "handover",
        "Handover",
        "Write open alerts, deeds, notes and what still holds into a file, of the last 12 h",
        "handover",
        takes="[TEXT]",
    ),
)
