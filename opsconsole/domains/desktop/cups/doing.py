"""What all actions on print servers share: where they go, who asks, what an answer means."""

import os
import pwd
from collections.abc import Callable

from opsconsole import ipp
from opsconsole.clean import clean
from opsconsole.domains.desktop.cups.wire import PRINTER
from opsconsole.errors import Malformed
from opsconsole.plan import Thing, Undo
from opsconsole.spec import Arguments, Facts
from opsconsole.spelling import counted

SECONDS = 20.0
"""For one call."""

SETTLED_S = 30.0
"""Seconds until it must be seen."""

ADMIN, JOBS = "/admin/", "/jobs/"
"""Where a server takes requests that change something: it may ask for a password only there."""


def me() -> str:
    """The account that asks, for the server's log."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


_LACKS = {
    401: "it wants an account of its SystemGroup: give the target `user` and `password`",
    403: "it lets nobody do that from here: see its `Allow` and `Limit`",
    426: "it wants that encrypted: give the target an `https` URL",
}


def says(status: int, out: bytes) -> str:
    """What a server's answer to a step means."""
    if status in _LACKS:
        return f"refused: {_LACKS[status]}"
    try:
        answer = ipp.read(out.partition(b"\n")[2])
    except Malformed:
        return f"status {status}"
    if not answer.fine:
        return str(clean(f"refused: {answer.message}", 200))
    return str(clean(f"done: {answer.said}" if answer.said else "done", 200))


def waiting(facts: Facts) -> str:
    """How many jobs a queue has."""
    return counted(int(facts["jobs"]), "job")


def cannot(operation: str) -> Callable[[Thing, Facts, Arguments], str]:
    """Printers say what they can be asked to do."""

    def bars(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
        known = facts.get("_can", "").split()
        if known and str(ipp.OPERATIONS[operation]) not in known:
            return f"it does not understand {operation}"
        return ""

    return bars


def at(path: str, server: str) -> str:
    """Where a request goes: printers know only the one address."""
    return PRINTER if path == PRINTER else server


def back(action: str) -> Callable[[Thing, Facts, Arguments], Undo | None]:
    """What takes an action back: this one, to the same object."""

    def undo(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo | None:
        return Undo(action, (thing,))

    return undo
