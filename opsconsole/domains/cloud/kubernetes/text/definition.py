"""The definition of an object as YAML, and the values of a secret for who has a reason."""

import base64
import binascii
from collections.abc import Sequence

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes.emit import emitted
from opsconsole.domains.cloud.kubernetes.place import Json, place, within
from opsconsole.domains.cloud.kubernetes.text.kinds import OBJECTS, PINS, Answers, answered
from opsconsole.plan import Thing
from opsconsole.spec import Arguments, Facts, Form, Inquiry
from opsconsole.spec.inquiry import Reading

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""An annotation that repeats the whole object: also the values of a secret."""

KEYS, VALUE = 100, 8192
"""Keys of a secret that are revealed, and characters of a value."""


def tidied(found: Json) -> Json:
    """An object without what no reader wants, and without what a secret holds."""
    meta = {key: one for key, one in within(found, "metadata").items() if key != "managedFields"}
    secret = found.get("kind") == "Secret"
    marks = within(meta, "annotations")
    if secret and APPLIED in marks:
        meta["annotations"] = {**marks, APPLIED: f"<{len(str(marks[APPLIED]))} characters>"}
    hidden: Json = {
        part: {key: _length(value) for key, value in within(found, part).items()}
        for part in ("data", "stringData")
        if secret and part in found
    }
    return {**found, "metadata": meta, **hidden}


def _length(value: object) -> str:
    raw = _decoded(value)
    return f"<{len(raw)} bytes>" if raw is not None else "<unreadable>"


def _decoded(value: object) -> bytes | None:
    try:
        return base64.b64decode(str(value), validate=True) if isinstance(value, str) else None
    except (binascii.Error, ValueError):
        return None


def _calls(thing: Thing, _facts: Facts, _arguments: Arguments) -> tuple[Reading, ...]:
    return (Reading(("GET", place(thing).path())),)


def _page(thing: Thing, answers: Answers) -> Sequence[Clean]:
    lines = emitted(tidied(answered(thing, answers[0])))
    return [clean(line, 4 * VALUE) for line in lines]


YAML = Inquiry(
    id="kubernetes.yaml",
    title="YAML",
    letter="y",
    about="Its definition as the cluster stores it; of what a secret holds only the sizes.",
    probes=OBJECTS,
    pins=PINS,
    calls=_calls,
    form=Form.YAML,
    page=_page,
)


def _reveal(thing: Thing, answers: Answers) -> Sequence[Clean]:
    data = within(answered(thing, answers[0]), "data")
    lines: list[Clean] = []
    for key, value in list(data.items())[:KEYS]:
        lines += _shown(key, value)
    if len(data) > KEYS:
        lines.append(Clean(f"and {len(data) - KEYS} more keys"))
    return lines or [Clean("it holds nothing")]


def _shown(key: str, value: object) -> list[Clean]:
    name, raw = clean(key, 253), _decoded(value)
    if raw is None:
        return [Clean(f"{name}: is no base64")]
    try:
        said = raw.decode()
    except UnicodeDecodeError:
        said = "\0"
    if not all(one.isprintable() or one in "\t\r\n" for one in said):
        return [Clean(f"{name}: binary, {len(raw)} (0x{len(raw):x}) bytes")]
    more = [Clean(f"  and {len(said) - VALUE} more characters")] if len(said) > VALUE else []
    parts = said[:VALUE].splitlines() or [""]
    if len(parts) == 1:
        return [clean(f"{name}: {parts[0]}", 2 * VALUE), *more]
    return [Clean(f"{name}:"), *(clean(f"  {part}", 2 * VALUE) for part in parts), *more]


SECRET = Inquiry(
    id="kubernetes.secret",
    title="Values of the secret",
    letter="r",
    about="What a secret holds, in the clear.",
    probes=("kubernetes.secret",),
    pins=PINS,
    calls=_calls,
    page=_reveal,
    audited="it reveals what the secret holds",
)
