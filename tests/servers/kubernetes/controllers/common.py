"""What the controllers share: pods from templates, owners, hashes, events."""

import copy
import hashlib
import math

import msgspec

from tests.servers.kubernetes import managed, objects
from tests.servers.kubernetes.budgets import ready
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.deleting import ended
from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.refusal import Json, inside
from tests.servers.kubernetes.store import Entry, now

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def digest(template: Json) -> str:
    """Ten letters that say which template it is."""
    plain = copy.deepcopy(template)
    labels = inside(inside(plain, "metadata"), "labels")
    labels.pop("pod-template-hash", None)
    raw = hashlib.blake2b(msgspec.json.encode(plain, order="sorted"), digest_size=10).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in raw)


def share(value: int | str | None, of: int, up: bool) -> int:
    """A number, or a percentage of another, rounded."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    part = of * int(value.rstrip("%")) / 100
    return math.ceil(part) if up else math.floor(part)


def is_active(pod: Json) -> bool:
    phase = inside(pod, "status").get("phase")
    return "deletionTimestamp" not in pod["metadata"] and phase not in {"Succeeded", "Failed"}


class Hands:
    """How a controller touches the store."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.store = cluster, cluster.store

    def kind(self, name: str) -> Kind:
        return self.store.kinds.named(name)

    def owned(self, owner: Json, of: str) -> list[Json]:
        kind = self.kind(of)
        return [entry.obj for entry in self.store.dependents(owner["metadata"]["uid"], kind)]

    def pods(self, owner: Json) -> list[Json]:
        """Those of an owner that are not about to go."""
        return [pod for pod in self.owned(owner, "pods") if is_active(pod)]

    def make(self, of: str, owner: Json, body: Json) -> Json:
        """A new object that an owner controls."""
        kind, meta = self.kind(of), owner["metadata"]
        body["metadata"]["ownerReferences"] = [
            {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": meta["name"],
             "uid": meta["uid"], "controller": True, "blockOwnerDeletion": True}
        ]  # fmt: skip
        return self.store.put(kind, objects.prepared(kind, meta.get("namespace", ""), body)).obj

    def pod(self, owner: Json, template: Json, name: str = "", more: Json | None = None) -> Json:
        """A pod from a template; with labels on top, and a given or a made name."""
        meta = copy.deepcopy(inside(template, "metadata"))
        meta["labels"] = {**inside(meta, "labels"), **(more or {})}
        meta |= {"name": name} if name else {"generateName": f"{owner['metadata']['name']}-"}
        body: Json = {"metadata": meta, "spec": copy.deepcopy(template["spec"])}
        return self.make("pods", owner, body)

    def drop(self, of: str, obj: Json, grace: int | None = None) -> None:
        """Delete as a client would."""
        told: Json = {} if grace is None else {"gracePeriodSeconds": grace}
        meta = obj["metadata"]
        entry = self.store.entry(self.kind(of), (meta.get("namespace", ""), meta["name"]))
        if entry is not None:
            ended(self.cluster, entry, told)

    def status(self, of: str, obj: Json, status: Json) -> None:
        """Write the status if it says something new."""
        if obj.get("status") != status:
            self.put(of, {**obj, "status": status})

    def put(self, of: str, obj: Json) -> Entry:
        return self.store.put(self.kind(of), obj)

    def tell(self, about: Json, reason: str, message: str, component: str, *,
             warn: bool = False, action: str = "") -> None:  # fmt: skip
        """An event; one more of the same only counts up. With an action it is one as the scheduler
        writes it: with eventTime, and without count and source.
        """
        meta = about["metadata"]
        space = meta.get("namespace") or "default"
        kind = self.kind("events")
        mark = hashlib.blake2b(f"{reason}{message}".encode(), digest_size=8).hexdigest()
        place = (space, f"{meta['name'][:236].rstrip('.-')}.{mark}")  # a name has 253 at most
        known = self.store.entry(kind, place)
        if known is not None:
            obj = known.obj
            again = {"count": obj.get("count", 1) + 1, "lastTimestamp": now()}
            self.store.put(kind, {**obj, **again})
            return
        keys = ("namespace", "name", "uid", "resourceVersion")
        involved = {"kind": about["kind"], **{key: meta[key] for key in keys if key in meta},
                    "apiVersion": about["apiVersion"]}  # fmt: skip
        body: Json = {
            "metadata": {"name": place[1]}, "involvedObject": involved, "reason": reason,
            "message": message, "source": {"component": component}, "firstTimestamp": now(),
            "lastTimestamp": now(), "count": 1, "type": "Warning" if warn else "Normal",
            "eventTime": None, "reportingComponent": component, "reportingInstance": "",
        }  # fmt: skip
        if action:
            del body["count"]
            body |= {"source": {}, "firstTimestamp": None, "lastTimestamp": None,
                     "eventTime": now()[:-1] + ".000000Z", "action": action,
                     "reportingInstance": f"{component}-vm"}  # fmt: skip
        made = objects.prepared(kind, space, body)
        managed.note(made, None, component, "Update", "v1", applied=made)
        self.store.put(kind, made)


def condition(kind: str, met: bool, reason: str, message: str, before: list[Json]) -> Json:
    """A condition whose time of transition is kept while its status is."""
    word = "True" if met else "False"
    old = next((each for each in before if each["type"] == kind), None)
    since = old["lastTransitionTime"] if old and old["status"] == word else now()
    updated = old.get("lastUpdateTime") if old and old.get("reason") == reason else now()
    return {"type": kind, "status": word, "lastUpdateTime": updated, "lastTransitionTime": since,
            "reason": reason, "message": message}  # fmt: skip


def count_ready(pods: list[Json]) -> int:
    return sum(ready(pod) for pod in pods)
