"""How objects end: at once, after a grace period, when their finalizers and dependents allow."""

import time

import msgspec

from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.moments import stamp
from tests.servers.kubernetes.refusal import Json, bad_request, conflict, inside
from tests.servers.kubernetes.store import Entry, now

FOREGROUND = "foregroundDeletion"


def options(ask: Ask, raw: bytes) -> Json:
    """DeleteOptions of the body; of the query only where there is none, as real servers do."""
    told: Json = {}
    if raw.strip():
        try:
            told = dict(msgspec.json.decode(raw))
        except (msgspec.DecodeError, TypeError, ValueError) as error:
            raise bad_request(f"error decoding body: {error}") from None
    elif ask.dry:
        told["dryRun"] = ["All"]
    if not raw.strip() and "gracePeriodSeconds" in ask.query:
        told["gracePeriodSeconds"] = ask.number("gracePeriodSeconds")
    if not raw.strip() and "propagationPolicy" in ask.query:
        told["propagationPolicy"] = ask.query["propagationPolicy"]
    if told.get("propagationPolicy") not in (None, "Background", "Foreground", "Orphan"):
        raise bad_request(f"invalid propagation policy {told['propagationPolicy']}")
    return told


def preconditions(ask: Ask, entry: Entry, told: Json) -> None:
    wanted: Json = inside(told, "preconditions")
    meta = {"uid": entry.uid, "resourceVersion": str(entry.rv)}
    names = {"uid": ("UID", "UID"), "resourceVersion": ("ResourceVersion", "ResourceVersion")}
    for key, (title, kind) in names.items():
        if wanted.get(key) not in (None, meta[key]):
            text = (
                f"Precondition failed: {title} in precondition: {wanted[key]}, {kind} in object"
                f" meta: {meta[key]}"
            )
            raise conflict(ask.kind.qualified, entry.place[1], text, ask.kind.group)


def delete_one(cluster: Cluster, ask: Ask, entry: Entry, raw: bytes) -> tuple[Entry, bool]:
    """What remains of it now, and whether it has gone."""
    told = options(ask, raw)
    preconditions(ask, entry, told)
    dry = bool(told.get("dryRun"))
    return ended(cluster, entry, told, dry)


def _grace(entry: Entry, obj: Json, told: Json) -> int:
    if not entry.kind.graceful:
        return 0
    wanted = told.get("gracePeriodSeconds")
    if wanted is None:
        wanted = obj["spec"].get("terminationGracePeriodSeconds", 30)
    placed = obj["spec"].get("nodeName")
    over = obj.get("status", {}).get("phase") in {"Succeeded", "Failed"}
    return 0 if not placed or over else int(wanted)


def ended(cluster: Cluster, entry: Entry, told: Json, dry: bool = False) -> tuple[Entry, bool]:
    """Begin to delete, or delete at once; the version that the client is shown."""
    obj = entry.obj
    meta = obj["metadata"]
    policy = told.get("propagationPolicy", "Background")
    if dry:
        return entry, True
    if policy == "Foreground" and cluster.store.dependents(entry.uid):
        held: list[str] = meta.get("finalizers") or []
        meta["finalizers"] = [*held, FOREGROUND] if FOREGROUND not in held else held
    if policy == "Orphan":
        orphan(cluster, entry)
    grace = _grace(entry, obj, told)
    waits = bool(meta.get("finalizers")) or entry.kind.plural == "namespaces"
    if not grace and not waits:
        if entry.kind.graceful:
            meta |= {"deletionTimestamp": meta.get("deletionTimestamp") or now(),
                     "deletionGracePeriodSeconds": 0}  # fmt: skip
            entry = cluster.store.put(entry.kind, obj)
        return cluster.store.remove(entry), True
    if meta.get("deletionTimestamp") and grace >= meta.get("deletionGracePeriodSeconds", 0):
        return entry, False
    return cluster.store.put(entry.kind, _marked(entry, obj, grace)), False


def _marked(entry: Entry, obj: Json, grace: int) -> Json:
    """The object as one that is being deleted."""
    meta = obj["metadata"]
    if entry.kind.generation and "deletionTimestamp" not in meta:
        meta["generation"] = meta.get("generation", 0) + 1
    more: Json = {"deletionTimestamp": stamp(time.time() + grace)}
    if entry.kind.plural != "namespaces":
        more["deletionGracePeriodSeconds"] = grace
    else:
        obj["status"] = {**obj.get("status", {}), "phase": "Terminating"}
    ordered: Json = {}
    for key, value in meta.items():
        ordered |= {key: value} if key not in more else {}
        if key == "creationTimestamp":
            ordered |= more
    obj["metadata"] = ordered
    return obj


def orphan(cluster: Cluster, entry: Entry) -> None:
    """Let its dependents stay, without an owner."""
    for each in cluster.store.dependents(entry.uid):
        obj = each.obj
        owners = [one for one in obj["metadata"]["ownerReferences"] if one["uid"] != entry.uid]
        obj["metadata"].pop("ownerReferences")
        obj["metadata"] |= {"ownerReferences": owners} if owners else {}
        cluster.store.put(each.kind, obj)
