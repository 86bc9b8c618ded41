"""metrics.k8s.io: what pods and nodes use, invented from their names but steady."""

import hashlib

import msgspec

from tests.servers.kubernetes import selectors
from tests.servers.kubernetes.asking import NoSuchPage
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.refusal import Json, not_found
from tests.servers.kubernetes.store import Entry, now


def _invented(name: str, most: int) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) % most


def _used(name: str, cpu: int, memory: int) -> Json:
    """`cpu` in thousandths of a core and `memory` in MiB at most."""
    return {
        "cpu": f"{(_invented(name, cpu) + 1) * 1_000_000}n",
        "memory": f"{(_invented(name + '/memory', memory) + 1) * 1024}Ki",
    }


def _measured(kind: str, entry: Entry, more: Json) -> Json:
    meta: Json = {"name": entry.place[1]}
    if entry.place[0]:
        meta["namespace"] = entry.place[0]
    meta |= {"creationTimestamp": now(), "labels": entry.labels}
    head = {"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1"}
    return {**head, "metadata": meta, "timestamp": now(), "window": "30s", **more}


def _node(entry: Entry) -> Json:
    return _measured("NodeMetrics", entry, {"usage": _used(entry.place[1], 16_000, 65_536)})


def _pod(entry: Entry) -> Json:
    names = [each["name"] for each in entry.obj["spec"]["containers"]]
    told = [{"name": name, "usage": _used(f"{entry.place}{name}", 500, 512)} for name in names]
    return _measured("PodMetrics", entry, {"containers": told})


def answer(cluster: Cluster, rest: list[str], query: dict[str, str]) -> bytes:
    """What stands below /apis/metrics.k8s.io/v1beta1."""
    space = ""
    if rest[0] == "namespaces" and len(rest) > 2:
        space, rest = rest[1], rest[2:]
    if rest[0] not in {"nodes", "pods"}:
        raise NoSuchPage
    kind = cluster.kinds.named(rest[0])
    measure = _node if rest[0] == "nodes" else _pod
    if len(rest) > 1:
        entry = cluster.store.entry(kind, (space, rest[1]))
        if entry is None:
            qualified = (
                f"{'nodemetrics' if kind.plural == 'nodes' else 'podmetrics'}.metrics.k8s.io"
            )
            raise not_found(qualified, f"{space}/{rest[1]}".lstrip("/"), "metrics.k8s.io")
        return msgspec.json.encode(measure(entry))
    by_label = selectors.labels(query.get("labelSelector", ""))
    found = [
        measure(entry)
        for entry in cluster.store.entries(kind, space)
        if by_label(entry.labels)
        and (kind.plural == "nodes" or entry.fields["status.phase"] == "Running")
    ]
    head: Json = {"kind": "NodeMetricsList" if kind.plural == "nodes" else "PodMetricsList",
            "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}}  # fmt: skip
    return msgspec.json.encode({**head, "items": found})
