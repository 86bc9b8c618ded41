"""The scale subresource: a small view of a workload, and a way to change its replicas."""

from typing import Any  # values of JSON have no narrower type here

from tests.servers.kubernetes import patches, reads, writes
from tests.servers.kubernetes.asking import Ask
from tests.servers.kubernetes.cluster import Cluster
from tests.servers.kubernetes.refusal import Json, Refusal, bad_request, conflict, inside, invalid
from tests.servers.kubernetes.selectors import spelled


def shown(obj: Json) -> Json:
    """The Scale of an object."""
    meta, status = obj["metadata"], inside(obj, "status")
    keys = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    told = {"replicas": status.get("replicas", 0), "selector": spelled(obj["spec"].get("selector"))}
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: meta[key] for key in keys if key in meta},
        "spec": {"replicas": obj["spec"].get("replicas", 1)} if obj["spec"].get("replicas", 1)
        else {},
        "status": told,
    }  # fmt: skip


def get(cluster: Cluster, ask: Ask) -> Json:
    return shown(reads.find(cluster, ask).obj)


async def change(cluster: Cluster, ask: Ask) -> Json:
    """PUT or PATCH."""
    entry = reads.find(cluster, ask)
    obj = entry.obj
    scale = shown(obj)
    scale["spec"].setdefault("replicas", 0)
    after = await _wanted(ask, scale)
    told = inside(after, "metadata").get("resourceVersion")
    if told not in (None, "", str(entry.rv)):
        text = ("the object has been modified; please apply your changes to the latest version and"
                " try again")  # fmt: skip
        raise conflict(ask.kind.qualified, ask.name, text, ask.kind.group)
    replicas: Any = inside(after, "spec").get("replicas", 0)
    if not isinstance(replicas, int):
        raise bad_request('Scale in version "v1" cannot be handled as a Scale: replicas')
    if replicas < 0:
        text = f"Invalid value: {replicas}: must be greater than or equal to 0"
        cause = ("FieldValueInvalid", text, "spec.replicas")
        raise invalid("Scale", ask.name, "autoscaling", cause)
    if obj["spec"].get("replicas", 1) == replicas:
        return scale
    obj["spec"]["replicas"] = replicas
    if ask.kind.generation:
        obj["metadata"]["generation"] = obj["metadata"].get("generation", 0) + 1
    return shown(writes.kept(cluster, ask, obj).obj)


async def _wanted(ask: Ask, scale: Json) -> Json:
    after: Json
    if ask.request.method == "PUT":
        return await ask.json()
    content = ask.request.headers.get("Content-Type", "").partition(";")[0].strip()
    if content not in {patches.MERGE, patches.STRATEGIC, patches.JSON}:
        raise Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    body: Any = patches.read(await ask.request.content.read(), content)
    if content == patches.JSON:
        return patches.json_patch(scale, body)
    after = patches.merge(scale, body)
    return after
