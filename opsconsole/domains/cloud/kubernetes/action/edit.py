"""Change an object as it was edited: what differs, as a patch of the very version that was read."""

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any  # values of JSON

import msgspec

from opsconsole.domains.cloud.kubernetes.action.call import (
    KIND_PINS,
    SECONDS,
    dry,
    needs_of,
    says,
)
from opsconsole.domains.cloud.kubernetes.emit import emitted
from opsconsole.domains.cloud.kubernetes.place import (
    MOST,
    Json,
    Place,
    document,
    encoded,
    identity,
    is_object,
    named,
    parted,
    place,
    text,
    told,
    within,
)
from opsconsole.domains.cloud.kubernetes.text.definition import tidied
from opsconsole.errors import Refused
from opsconsole.model import Value
from opsconsole.plan import Pins, Step, Thing
from opsconsole.spec import Action, Argument, Arguments, Facts, Look, Rehearsal, Verify, Weight

PROBES = (
    "kubernetes.deployment",
    "kubernetes.replica-set",
    "kubernetes.stateful-set",
    "kubernetes.daemon-set",
    "kubernetes.job",
    "kubernetes.cron-job",
    "kubernetes.service",
    "kubernetes.ingress",
    "kubernetes.autoscaler",
    "kubernetes.disruption-budget",
    "kubernetes.volume-claim",
    "kubernetes.config-map",
    "kubernetes.object",
)
LONGEST = 256 << 10
"""Characters of a patch: all of it stands in the plan and in the audit log."""

WORDS = 4000
"""Characters of what a server says against it: of a pod it repeats the part that cannot change."""

DIFF_LINES = 200

TO_KUBECTL = "what a secret holds would stand in the audit log: use kubectl"

_FIXED = ("name", "namespace", "uid", "resourceVersion")
MOVING = ("resourceVersion", "generation", "managedFields")
"""Metadata that the server counts by itself."""


def where(thing: Thing) -> Place:
    """Where it is; raises `Refused` for a secret, whose values would stand in the audit log."""
    if not dict(thing.pins).get("kind"):
        how = "name it as KIND/NAMESPACE/NAME, or as KIND/NAME"
        raise Refused(f"{thing.target}: {thing.name}: {how}", "unknown")
    at = place(thing)
    if at.kind.kind == "Secret":
        raise Refused(f"{thing.target}: {thing.name}: {TO_KUBECTL}", "inapplicable")
    return at


def named_any(text: str) -> Pins:
    """Pins from `KIND/NAMESPACE/NAME`, or `KIND/NAME` of what is in no namespace."""
    kind, slash, rest = text.partition("/")
    if not slash or text.count("/") > 2:
        return (("name", text),)
    space, _, name = rest.rpartition("/")
    pins = named(f"{kind}/x/{name}")
    return tuple(
        (key, space if key == "namespace" else value)
        for key, value in pins
        if space or key != "namespace"
    )


def definition(found: Json) -> str:
    """What an object is told by, as it was written: not how it stands, nor its version."""
    meta = {k: v for k, v in within(found, "metadata").items() if k not in MOVING}
    lasting = {k: v for k, v in found.items() if k != "status"} | {"metadata": meta}
    raw = json.dumps(lasting, sort_keys=True)
    return hashlib.sha256(raw.encode()).hexdigest()[:16]


def _read(thing: Thing, status: int, out: bytes) -> Facts:
    found = document(thing, status, out)
    if found.get("kind") == "Secret":
        raise Refused(f"{thing.target}: {thing.name}: {TO_KUBECTL}", "inapplicable")
    return {
        **identity(found),
        "version": text(within(found, "metadata"), "resourceVersion"),
        "definition": definition(found),
        "_object": json.dumps(tidied(found)),
    }


def difference(before: Json, after: Json) -> dict[str, Any]:
    """The merge patch (RFC 7396) that makes one of the other."""
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        had = before.get(key)
        if is_object(had) and is_object(value):
            if inside := difference(had, value):
                patch[key] = inside
        elif key not in before or had != value:
            patch[key] = value
    return patch


def _patch(arguments: Arguments) -> Json:
    try:
        found = msgspec.json.decode(arguments.get("patch", "").encode())
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    return found if is_object(found) else {}


def _check(value: str) -> str:
    if len(value) > LONGEST:
        return f"longer than {LONGEST >> 10} KiB"
    return "" if value == "{}" or _patch({"patch": value}) else "a merge patch: an object of JSON"


def _bars(_thing: Thing, facts: Facts, arguments: Arguments) -> str:
    patch = _patch(arguments)
    if not patch:
        return "nothing is changed"
    meta = within(patch, "metadata")
    if fixed := [key for key in _FIXED if key in meta]:
        return f"metadata.{fixed[0]} is what tells it from others: that cannot be edited"
    if fixed := [key for key in ("kind", "apiVersion", "status") if key in patch]:
        return f"{fixed[0]} cannot be edited"
    opened = arguments.get("version", "")
    same = arguments.get("definition") == facts["definition"]
    if opened and opened != facts["version"] and not same:
        return f"it was changed meanwhile: it is at version {facts['version']}, not {opened}"
    return ""


def _steps(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[Step, ...]:
    patch = _patch(arguments)
    guard = {"uid": facts["uid"], "resourceVersion": facts["version"]}
    body = {**patch, "metadata": {**within(patch, "metadata"), **guard}}
    return (Step(("PATCH", where(thing).path(), encoded(body), "merge"), SECONDS, root=False),)


def _calls(thing: Thing, facts: Facts, arguments: Arguments) -> tuple[tuple[str, ...], ...]:
    return tuple(dry(step.argv) for step in _steps(thing, facts, arguments))


def _forecast(
    thing: Thing, facts: Facts, _arguments: Arguments, answers: Sequence[tuple[int, bytes]]
) -> Sequence[str]:
    """What would be stored against what is."""
    ((status, out),) = answers
    if status:
        rule = "right" if status == 403 else "inapplicable"
        raise Refused(f"{thing.target}: its dry run says no: {told(status, out, WORDS)}", rule)
    try:
        after = msgspec.json.decode(parted(out)[1])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Refused(f"{thing.target}: its dry run cannot be read", "inapplicable") from None
    old, new = (emitted(_lasting(one)) for one in (json.loads(facts["_object"]), after))
    lines = difflib.unified_diff(old, new, "stored", "edited", lineterm="", n=2)
    return list(islice(lines, DIFF_LINES))


def _lasting(found: object) -> Json:
    kept = {key: value for key, value in tidied(within(found)).items() if key != "status"}
    meta = {k: v for k, v in within(kept, "metadata").items() if k not in MOVING}
    return {**kept, "metadata": meta}


def _held(before: Facts, now: Facts | None, _arguments: Arguments) -> bool:
    return now is not None and now["definition"] != before["definition"]


def _nowhere(_row: Mapping[str, Value]) -> bool:
    """No menu has an editor."""
    return False


def _effect(_thing: Thing, facts: Facts, _arguments: Arguments) -> str:
    return f"it becomes what was edited, if it is still at version {facts['version']}"


EDIT = Action(
    id="kubernetes.edit",
    title="Edit",
    letter="i",
    about="Changes an object as it was edited: `opsconsole kubernetes edit`.",
    probes=PROBES,
    pins=KIND_PINS,
    weight=Weight.NOTICED,
    look=Look(lambda thing: ("GET", where(thing).path()), _read, most=MOST),
    steps=_steps,
    effect=_effect,
    verify=Verify("another definition is stored", _held, 30.0),
    timeout=SECONDS,
    expected_s=2.0,
    fits=_nowhere,
    bars=_bars,
    preview=Rehearsal(_calls, _forecast),
    needs=needs_of(where, "patch"),
    says=says,
    named=named_any,
    arguments=(
        Argument("patch", "What differs, as a merge patch", default="{}", check=_check),
        Argument("version", "The version that was edited"),
        Argument("definition", "Its definition then: another version may be another status alone"),
    ),
)
