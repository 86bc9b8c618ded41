"""What commands do: each verb of `command.Shell`, acting on the main screen."""

from screens.shell.verb.acting import Acting
from screens.shell.verb.moving import Moving
from screens.shell.verb.showing import Showing


class Verbs(Moving, Showing, Acting):
    """All verbs; satisfies `screens.shell.command.Shell`."""
