"""What the actions share: guarded patches, dry runs, and what an answer says."""

import json
from collections.abc import Callable, Sequence
from typing import Any  # values of JSON

from opsconsole.clean import Clean
from opsconsole.domains.cloud.kubernetes.place import (
    Place,
    encoded,
    need,
    place,
    told,
    with_query,
)
from opsconsole.errors import Refused
from opsconsole.plan import Step, Thing, Undo
from opsconsole.spec import Arguments, Facts, Need, Rehearsal

SECONDS = 30.0
"""For one call: an API server gives up its own webhooks after as long."""

Steps = Callable[[Thing, Facts, Arguments], tuple[Step, ...]]
Needs = Callable[[Thing, Facts, Arguments], tuple[Need, ...]]
Undoing = Callable[[Thing, Facts, Arguments], Undo | None]

PINS = ("name", "namespace", "uid")
KIND_PINS = ("name", "namespace", "kind", "uid")
"""Of actions on rows of several kinds."""


def patched(at: Place, facts: Facts, *changes: dict[str, Any], sub: str = "") -> Step:
    """Changes of this very object: of another one of the same name the server refuses them."""
    guard = {"op": "test", "path": "/metadata/uid", "value": facts["uid"]}
    body = encoded([guard, *changes])
    return Step(("PATCH", at.path(sub), body, "json-patch"), SECONDS, root=False)


def set_to(path: str, value: object) -> dict[str, Any]:
    """One change: `add` replaces what is there."""
    return {"op": "add", "path": path, "value": value}


def deleted(at: Place, facts: Facts, **options: object) -> Step:
    """Delete this very object."""
    body = {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": facts["uid"]},
        **options,
    }
    return Step(("DELETE", at.path(), encoded(body)), SECONDS, root=False)


def says(status: int, out: bytes) -> str:
    """What an answer says: the objects that servers answer with are not for the eye."""
    return told(status, out) if status else "accepted"


def dry(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The same call, of which the server only says what would come of it.

    A server that is sent a body with DELETE reads no options from the path: there they must stand
    in the body, or the dry run is none.
    """
    path = with_query(argv[1], dryRun="All")
    if argv[0] != "DELETE":
        return (argv[0], path, *argv[2:])
    return (argv[0], path, encoded({**json.loads(argv[2]), "dryRun": ["All"]}))


def rehearsed(steps: Steps, more: Callable[[Thing, Facts, Arguments], Sequence[str]]) -> Rehearsal:
    """A dry run of all steps by the server itself, with its checks, quotas and webhooks."""

    def calls(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[tuple[str, ...], ...]:
        return tuple(dry(step.argv) for step in steps(thing, facts, arguments))

    def read(
        thing: Thing, facts: Facts, arguments: Arguments, answers: Sequence[tuple[int, bytes]]
    ) -> Sequence[str]:
        for status, out in answers:
            if status:
                rule = "right" if status == 403 else "inapplicable"
                raise Refused(f"{thing.target}: its dry run says no: {told(status, out)}", rule)
        return [*more(thing, facts, arguments), "dry run: the API server would take it"]

    return Rehearsal(calls, read)


def needing(verb: str, kind: str = "", sub: str = "") -> Needs:
    """One right on the object itself."""
    return lambda thing, _facts, _arguments: (need(verb, place(thing, kind), sub),)


def needs_of(find: Callable[[Thing], Place], verb: str, sub: str = "") -> Needs:
    """The same, where the kind stands in the row."""
    return lambda thing, _facts, _arguments: (need(verb, find(thing), sub),)


def nothing_more(_thing: Thing, _facts: Facts, _arguments: Arguments) -> Sequence[str]:
    """No lines besides the dry run's own."""
    return ()


def undoing(action: str, **arguments: str) -> Undoing:
    """Another action on the same object takes it back."""

    def undo(thing: Thing, _facts: Facts, _arguments: Arguments) -> Undo:
        return Undo(action, (again(thing),), dict(arguments))

    return undo


def always(words: str) -> Callable[[Thing, Facts, Arguments], str]:
    """The same words for every object."""
    return lambda _thing, _facts, _arguments: words


def barred_if(fact: str, why: str) -> Callable[[Thing, Facts, Arguments], str]:
    """A bar while that fact holds."""
    return lambda _thing, facts, _arguments: why if facts[fact] else ""


def barred_unless(fact: str, why: str) -> Callable[[Thing, Facts, Arguments], str]:
    """A bar unless that fact holds."""
    return lambda _thing, facts, _arguments: "" if facts[fact] else why


def again(thing: Thing) -> Thing:
    """The object as it is pinned now."""
    return Thing(thing.target, thing.pins, Clean(thing.name))
