"""Disruption budgets: how many pods may go, and evictions that ask them."""

import math

from tests.servers.kubernetes import deleting, reads
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.refusal import SUCCESS, Json, Refusal, inside, listed, not_found
from tests.servers.kubernetes.selectors import matches
from tests.servers.kubernetes.store import Entry, now

BLOCKED = "Cannot evict pod as it would violate the pod's disruption budget."
TWO = (
    "This pod has more than one PodDisruptionBudget, which the eviction subresource does not"
    " support."
)


def ready(pod: Json) -> bool:
    conditions = listed(inside(pod, "status"), "conditions")
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _rounded(value: int | str, of: int) -> int:
    if isinstance(value, int):
        return value
    return math.ceil(of * int(value.rstrip("%")) / 100)


def _expected(cluster: Cluster, pods: list[Json]) -> int:
    """The sum of what the owners of these pods want."""
    total, seen = 0, set[str]()
    for pod in pods:
        owners: list[Json] = pod["metadata"].get("ownerReferences") or []
        owner = next((each for each in owners if each.get("controller")), None)
        if owner is None:
            total += 1
        elif owner["uid"] not in seen:
            seen.add(owner["uid"])
            space = pod["metadata"]["namespace"]
            found = cluster.store.get(owner["name"], space, owner["kind"])
            total += int((found or {}).get("spec", {}).get("replicas", 1))
    return total


def counts(cluster: Cluster, budget: Json) -> Json:
    """`status` of a budget as it is now."""
    spec, meta = budget["spec"], budget["metadata"]
    store = cluster.store
    pods = [
        entry.obj
        for entry in store.entries(store.kinds.named("pods"), meta["namespace"])
        if matches(spec.get("selector"), entry.labels)
    ]
    healthy = sum(ready(pod) and "deletionTimestamp" not in pod["metadata"] for pod in pods)
    if "maxUnavailable" in spec:
        expected = _expected(cluster, pods)
        desired = max(0, expected - _rounded(spec["maxUnavailable"], expected))
    else:
        least: int | str = spec.get("minAvailable", 1)
        expected = len(pods) if isinstance(least, int) else _expected(cluster, pods)
        desired = _rounded(least, expected)
    free = max(0, healthy - desired) if expected else 0
    allowed = "True" if free else "False"
    reason = "SufficientPods" if free else "InsufficientPods"
    told: list[Json] = inside(budget, "status").get("conditions") or [{}]
    since = told[0].get("lastTransitionTime") if told[0].get("status") == allowed else None
    return {
        "observedGeneration": meta.get("generation", 1),
        "disruptionsAllowed": free,
        "currentHealthy": healthy,
        "desiredHealthy": desired,
        "expectedPods": expected,
        "conditions": [
            {"type": "DisruptionAllowed", "status": allowed,
             "observedGeneration": meta.get("generation", 1),
             "lastTransitionTime": since or now(), "reason": reason, "message": ""}
        ],
    }  # fmt: skip


def _guards(cluster: Cluster, pod: Entry) -> list[Json]:
    store = cluster.store
    return [
        entry.obj
        for entry in store.entries(store.kinds.named("poddisruptionbudgets"), pod.place[0])
        if matches(entry.obj["spec"].get("selector"), pod.labels)
    ]


def _permit(cluster: Cluster, pod: Entry) -> None:
    """429 if a budget forbids that the pod goes."""
    obj = pod.obj
    phase = inside(obj, "status").get("phase")
    if phase in {"Succeeded", "Failed", "Pending"} or "deletionTimestamp" in obj["metadata"]:
        return
    budgets = _guards(cluster, pod)
    if len(budgets) > 1:
        raise Refusal(500, "InternalError", TWO, {"causes": [{"message": TWO}]})
    for budget in budgets:
        told = counts(cluster, budget)
        needs, has = told["desiredHealthy"], told["currentHealthy"]
        if not ready(obj):
            policy = budget["spec"].get("unhealthyPodEvictionPolicy", "IfHealthyBudget")
            if policy == "AlwaysAllow" or (needs > 0 and has >= needs):
                return
        if told["disruptionsAllowed"] < 1:
            name = budget["metadata"]["name"]
            text = (
                f"The disruption budget {name} needs {needs} healthy pods and has {has} currently"
            )
            causes = [{"reason": "DisruptionBudget", "message": text}]
            raise Refusal(429, "TooManyRequests", BLOCKED, {"causes": causes})


def evict(cluster: Cluster, ask: Ask, body: Json) -> Json:
    """POST of an Eviction."""
    pod = reads.find(cluster, ask)
    if inside(body, "metadata").get("name", ask.name) != ask.name:
        raise not_found("pods", body["metadata"]["name"])
    told: Json = inside(body, "deleteOptions")
    _permit(cluster, pod)
    dry = ask.dry or bool(told.get("dryRun"))
    deleting.preconditions(ask, pod, told)
    if not dry:
        obj = pod.obj
        conditions: list[Json] = obj.setdefault("status", {}).setdefault("conditions", [])
        conditions.append(
            {"type": "DisruptionTarget", "status": "True", "lastProbeTime": None,
             "lastTransitionTime": now(), "reason": "EvictionByEvictionAPI",
             "message": "Eviction API: evicting"}
        )  # fmt: skip
        deleting.ended(cluster, cluster.store.put(pod.kind, obj), told)
    return {**SUCCESS, "code": 201}
