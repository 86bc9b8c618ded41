"""Programs on this terminal: a shell in a container, an object in the operator's editor."""

import re

from opsconsole.clean import clean
from opsconsole.domains.cloud.kubernetes.action.edit import PROBES
from opsconsole.domains.cloud.kubernetes.place import place
from opsconsole.domains.cloud.kubernetes.text.kinds import PINS
from opsconsole.errors import UsageError
from opsconsole.plan import Thing
from opsconsole.spec import Visit

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]*")
"""No name of an object begins like an option of a command."""


def _words(thing: Thing, *keys: str) -> list[str]:
    pins = dict(thing.pins)
    words = [pins.get(key, "") for key in keys]
    for word in words:
        if not _NAME.fullmatch(word):
            raise UsageError(f"{clean(word, 60)!r} is no name that a command can be given")
    return words


def _shell(thing: Thing) -> tuple[str, ...]:
    if "pod" in dict(thing.pins):
        space, pod, container = _words(thing, "namespace", "pod", "name")
        return ("kubernetes", "exec", thing.target, f"{space}/{pod}", "-c", container)
    space, pod = _words(thing, "namespace", "name")
    return ("kubernetes", "exec", thing.target, f"{space}/{pod}")


SHELL = Visit(
    id="kubernetes.shell",
    title="Shell",
    letter="s",
    about="A shell in the container, on this terminal; written to the audit log first.",
    probes=("kubernetes.pod", "kubernetes.container"),
    pins=PINS,
    argv=_shell,
    fits=lambda row: "Running" in (row.get("phase"), row.get("status")),
)


def _edit(thing: Thing) -> tuple[str, ...]:
    pins = dict(thing.pins)
    (name,) = _words(thing, "name")
    (kind,) = _words(thing, "kind") if "kind" in pins else (place(thing).kind.kind,)
    space = f"{_words(thing, 'namespace')[0]}/" if pins.get("namespace") else ""
    return ("kubernetes", "edit", thing.target, f"{kind}/{space}{name}")


EDIT = Visit(
    id="kubernetes.editor",
    title="Edit",
    letter="E",
    about="Its definition in $EDITOR: tried by the server, shown as a difference, then asked.",
    probes=(*PROBES, "kubernetes.pod", "kubernetes.node", "kubernetes.namespace"),
    pins=PINS,
    argv=_edit,
)

VISITS = (SHELL, EDIT)
