"""New objects: what the server sets in their metadata, before their kind's defaults."""

import secrets

from tests.servers.kubernetes import defaults
from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.refusal import Json, inside
from tests.servers.kubernetes.store import new_uid, now

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def suffix() -> str:
    """Five letters as generateName appends."""
    return "".join(secrets.choice(_LETTERS) for _ in range(5))


def prepared(kind: Kind, space: str, body: Json) -> Json:
    """A new object with what the server sets; 422 if it is invalid."""
    meta: Json = inside(body, "metadata")
    if meta.get("generateName") and not meta.get("name"):
        meta = {"name": meta["generateName"] + suffix(), **meta}
    given = {"name": meta.get("name", "")}
    if "generateName" in meta:
        given["generateName"] = meta["generateName"]
    if kind.namespaced:
        given["namespace"] = space
    made: Json = {**given, "uid": new_uid(), "resourceVersion": ""}
    if kind.generation:
        made["generation"] = 1
    made["creationTimestamp"] = meta.get("creationTimestamp") or now()
    ours = {"uid", "resourceVersion", "generation", "creationTimestamp", "managedFields",
            "deletionTimestamp"}  # fmt: skip
    rest = {key: value for key, value in meta.items() if key not in {*made, *ours}}
    others = {key: value for key, value in body.items() if key not in {"metadata", "status"}}
    obj = {**others, "metadata": {**made, **rest}}
    if kind.custom and "status" in body and "status" not in kind.subresources:
        obj["status"] = body["status"]
    defaults.check(kind, obj)
    defaults.fill(kind, obj)
    return obj
