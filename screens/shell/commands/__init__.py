"""Everything the console can be asked; every key has its command and says the same."""

from screens.shell.command import Command
from screens.shell.commands.acting import ACTING
from screens.shell.commands.alarm import ALARM
from screens.shell.commands.handing import HANDING
from screens.shell.commands.listing import LISTING
from screens.shell.commands.moving import MOVING
from screens.shell.commands.reading import READING
from screens.shell.commands.recalling import RECALLING
from screens.shell.commands.replaying import REPLAYING
from screens.shell.commands.showing import SHOWING
from screens.shell.commands.taking import TAKING

COMMANDS: tuple[Command, ...] = (
    *MOVING,
    *SHOWING,
    *REPLAYING,
    *LISTING,
    *READING,
    *ALARM,
    *RECALLING,
    *ACTING,
    *HANDING,
    *TAKING,
)
"""In the order of help."""
