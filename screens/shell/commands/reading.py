"""Commands that read a text of an object."""

from screens.shell.command import Command, Need

READING: tuple[Command, ...] = (
    Command(
        "read",
        "Read",
        "What can be read of the objects: log, definition, description",
        "read_text",
        keys=("v",),
        takes="[TEXT]",
        completes="texts",
    ),
    Command(
        "logs",
        "Logs",
        "The log of the marked or current objects, merged by time",
        "read_text",
        keys=("l",),
        argument="l",
        need=Need.ROW,
    ),
)
