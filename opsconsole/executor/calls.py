"""What a console calls for, by verb; the bodies of `ports.Call` and `ports.Reply`."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.errors import OpsError, Refused
from opsconsole.plan import Thing

OPTIONS, PROPOSE, APPROVE = "options", "propose", "approve"
CANCEL, ARM, NOTE = "cancel", "arm", "note"
INQUIRE, MORE, CEASE = "inquire", "more", "cease"


class Choices(msgspec.Struct, frozen=True):
    """Body of a call for the options of a menu."""

    things: tuple[Thing, ...]
    actions: tuple[str, ...]


class Arm(msgspec.Struct, frozen=True):
    """Body of a call to lift read-only."""

    seconds: float
    pattern: str = ""


class Ask(msgspec.Struct, frozen=True):
    """Body of a call to read a text of objects; of one, where it is a page."""

    inquiry: str
    things: tuple[Thing, ...]
    arguments: dict[str, str] = {}
    reason: str = ""
    """Why, where it reveals a secret."""


def refused(error: BaseException | None) -> str:
    """An error for the reply: the rule, a tab, and the words for the operator."""
    rule = error.rule if isinstance(error, Refused) else ""
    return f"{rule}\t{told(error)}"


def refusal(text: str) -> Refused:
    """The error that a reply tells of."""
    rule, tab, words = text.partition("\t")
    found = Refused(words if tab else text)
    found.rule = rule if tab else ""
    return found


def told(error: BaseException | None) -> Clean:
    """An error for the operator: ours as they are, others with their type."""
    if error is None:
        return Clean("cancelled")
    text = str(error) if isinstance(error, OpsError) else f"{type(error).__name__}: {error}"
    return clean(text, 500)
