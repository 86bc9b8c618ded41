"""What commands do: each verb of `command.Shell`, acting on the main screen."""

from screens.shell.verb.alarming import Alarming
from screens.shell.verb.handing import Handing
from screens.shell.verb.recalling import Recalling
from screens.shell.verb.replaying import Replaying
from screens.shell.verb.witnessing import Witnessing


class Verbs(Replaying, Alarming, Handing, Witnessing, Recalling):
    """All verbs; satisfies `screens.shell.command.Shell`."""
