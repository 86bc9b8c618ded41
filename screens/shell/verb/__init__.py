"""What commands do: each verb of `command.Shell`, acting on the main screen."""

from screens.shell.verb.acting import Acting
from screens.shell.verb.recalling import Recalling
from screens.shell.verb.replaying import Replaying
from screens.shell.verb.showing import Showing
from screens.shell.verb.witnessing import Witnessing


class Verbs(Replaying, Showing, Acting, Witnessing, Recalling):
    """All verbs; satisfies `screens.shell.command.Shell`."""
