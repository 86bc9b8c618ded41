"""Create, update, patch and delete."""

from typing import Any  # values of JSON have no narrower type here

from tests.servers.kubernetes import defaults, managed, patches, reads
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.deleting import delete_one
from tests.servers.kubernetes.objects import prepared
from tests.servers.kubernetes.refusal import (
    Json,
    Refusal,
    bad_request,
    conflict,
    details,
    exists,
    inside,
    is_object,
    not_found,
)
from tests.servers.kubernetes.store import Entry


def _matching(ask: Ask, body: Json) -> None:
    """Refuse a body that speaks of another kind or namespace than the path."""
    kind = ask.kind
    if body.get("kind", kind.kind) != kind.kind:
        raise bad_request(
            f'{body["kind"]} in version "{body.get("apiVersion", "")}" cannot be handled as a'
            f" {kind.kind}: converting to {kind.kind}"
        )
    space = inside(body, "metadata").get("namespace") or ask.namespace
    if kind.namespaced and space != ask.namespace:
        raise bad_request("the namespace of the provided object does not match the namespace"
                          f" sent on the request ({space!r})")  # fmt: skip


def create(cluster: Cluster, ask: Ask, body: Json) -> Entry:
    """201; 404 without the namespace, 409 if it is there, 422 if invalid."""
    kind, store = ask.kind, cluster.store
    _matching(ask, body)
    if kind.namespaced:
        space = store.get(ask.namespace, "", "namespaces")
        if space is None:
            raise not_found("namespaces", ask.namespace)
        if space["metadata"].get("deletionTimestamp"):
            text = (f"unable to create new content in namespace {ask.namespace} because it is"
                    " being terminated")  # fmt: skip
            cause = {
                "reason": "NamespaceTerminating",
                "message": text,
                "field": "metadata.namespace",
            }
            name = inside(body, "metadata").get("name", "")
            told = details(kind.plural, name, kind.group, causes=[cause])
            message = f'{kind.qualified} "{name}" is forbidden: {text}'
            raise Refusal(403, "Forbidden", message, told)
    obj = prepared(kind, ask.namespace, body)
    meta = obj["metadata"]
    if store.entry(kind, (meta.get("namespace", ""), meta["name"])) is not None:
        raise exists(kind.qualified, meta["name"], kind.group)
    told = {key: value for key, value in obj.items() if key != "status"}
    managed.note(obj, None, ask.manager, "Update", kind.api_version, applied=told)
    return kept(cluster, ask, obj)


def kept(cluster: Cluster, ask: Ask, obj: Json) -> Entry:
    """Store it, or only say what would be stored."""
    if ask.dry:
        rv = int(obj["metadata"].get("resourceVersion") or 0)
        return cluster.store.made(ask.kind, obj, rv)
    return cluster.store.put(ask.kind, obj)


def _versioned(ask: Ask, before: Entry, body: Json) -> None:
    """409 if the body is of an older version of the object."""
    told = inside(body, "metadata").get("resourceVersion")
    if told and told != str(before.rv):
        text = ("the object has been modified; please apply your changes to the latest version and"
                " try again")  # fmt: skip
        raise conflict(ask.kind.qualified, ask.name, text, ask.kind.group)


def _settled(ask: Ask, before: Json, after: Json) -> Json:
    """The new object with what a client may not set taken from the old one."""
    kind = ask.kind
    was, meta = before["metadata"], after["metadata"]
    keep = ("namespace", "uid", "creationTimestamp", "deletionTimestamp",
            "deletionGracePeriodSeconds", "generateName", "generation",
            "resourceVersion", "managedFields")  # fmt: skip
    fixed = {key: was[key] for key in keep if key in was}
    ordered = {key: {**meta, **fixed}[key] for key in [*was, *meta] if key in {**meta, **fixed}}
    obj = {**after, "metadata": ordered}
    if ask.subresource == "status":
        obj = {**before, "status": inside(after, "status")}
        obj["metadata"] = {**was}
    elif "status" in kind.subresources:
        obj.pop("status", None)
        obj |= {"status": before["status"]} if "status" in before else {}
    changed = {key: obj.get(key) for key in obj if key not in {"metadata", "status"}}
    if kind.generation and any(before.get(key) != value for key, value in changed.items()):
        obj["metadata"]["generation"] = was.get("generation", 0) + 1
    return obj


def _stored(cluster: Cluster, ask: Ask, before: Entry, after: Json, operation: str,
            applied: Json | None = None) -> Entry:  # fmt: skip
    """Check, note the manager, store; what changes nothing gets no new version."""
    was = before.obj
    after.setdefault("metadata", {})
    defaults.unchanged(ask.kind, was, after)
    obj = _settled(ask, was, after)
    defaults.typed(ask.kind, obj)
    if ask.subresource != "status":
        defaults.check(ask.kind, obj)
    plain = {key: value for key, value in was.items() if key not in {"kind", "apiVersion"}}
    same = {key: value for key, value in obj.items() if key not in {"kind", "apiVersion"}} == plain
    if same and applied is None:
        return before
    kind = ask.kind
    managed.note(obj, was, ask.manager, operation, kind.api_version, ask.subresource, applied)
    if same and obj["metadata"] == was["metadata"]:
        return before
    entry = kept(cluster, ask, obj)
    meta = obj["metadata"]
    if meta.get("deletionTimestamp") and not meta.get("finalizers") and not kind.graceful:
        current = cluster.store.entry(kind, entry.place)
        if current is not None and not ask.dry and kind.plural != "namespaces":
            cluster.store.remove(current)
    return entry


def update(cluster: Cluster, ask: Ask, body: Json) -> Entry:
    """PUT."""
    _matching(ask, body)
    before = reads.find(cluster, ask)
    _versioned(ask, before, body)
    body.setdefault("metadata", {}).setdefault("name", ask.name)
    if not ask.subresource:
        defaults.fill(ask.kind, {**body, "metadata": before.obj["metadata"]})
    return _stored(cluster, ask, before, body, "Update")


async def patch(cluster: Cluster, ask: Ask) -> tuple[Entry, bool]:
    """PATCH; the object, and whether it was created by it."""
    content = ask.request.headers.get("Content-Type", "").partition(";")[0].strip()
    known = (patches.JSON, patches.MERGE, patches.STRATEGIC, patches.APPLY)
    if content not in known or (content == patches.STRATEGIC and ask.kind.custom):
        raise Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    change: Any = patches.read(await ask.request.content.read(), content)
    space = ask.namespace if ask.kind.namespaced else ""
    before = cluster.store.entry(ask.kind, (space, ask.name))
    if before is None and content == patches.APPLY and not ask.subresource:
        return _applied_new(cluster, ask, change), True
    if before is None:
        raise not_found(ask.kind.qualified, ask.name, ask.kind.group)
    if content != patches.JSON:
        if not is_object(change):
            raise bad_request("error decoding patch: json: cannot unmarshal into map")
        _versioned(ask, before, change)
    after, applied = _patched(ask, before, content, change)
    operation = "Apply" if content == patches.APPLY else "Update"
    return _stored(cluster, ask, before, after, operation, applied), False


def _patched(ask: Ask, before: Entry, content: str, change: Any) -> tuple[Json, Json | None]:
    obj = before.obj
    after: Json
    match content:
        case patches.JSON:
            return patches.json_patch(obj, change), None
        case patches.MERGE:
            after = patches.merge(obj, change)
        case patches.STRATEGIC:
            after = patches.strategic(obj, change)
        case _:
            change = {key: value for key, value in change.items() if value is not None}
            manager = ask.query.get("fieldManager", "")
            return patches.apply(obj, change, manager, ask.flag("force")), change
    return after, None


def _applied_new(cluster: Cluster, ask: Ask, change: Any) -> Entry:
    body: Json = patches.apply({"metadata": {}}, change, ask.query.get("fieldManager", ""), True)
    body.setdefault("metadata", {}).setdefault("name", ask.name)
    obj = prepared(ask.kind, ask.namespace, body)
    managed.note(obj, None, ask.manager, "Apply", ask.kind.api_version, applied=body)
    return kept(cluster, ask, obj)


async def delete_all(cluster: Cluster, ask: Ask) -> bytes:
    """DELETE of a collection: every object that the selectors let through."""
    raw = await ask.request.content.read()
    space = ask.namespace if ask.kind.namespaced else ""
    found = reads.judged(ask, cluster.store.entries(ask.kind, space))
    if not ask.dry:
        for entry in found:
            delete_one(cluster, ask, entry, raw)
    return reads.answered(cluster, ask) if ask.dry else reads.written(ask, found, cluster.store.rv)
