"""Columns and cells of every built-in kind, as the server's printers make them.

A column's name ends with `*` when only a wide table shows it.
"""

from collections.abc import Callable
from typing import Any  # values of JSON have no narrower type here

from tests.servers.kubernetes import podcells
from tests.servers.kubernetes.moments import Since, human, seconds
from tests.servers.kubernetes.refusal import Json, inside, listed
from tests.servers.kubernetes.selectors import spelled

Cells = Callable[[Json], list[object]]


def _age(obj: Json) -> Since:
    return Since(seconds(obj["metadata"].get("creationTimestamp")))


def _name(obj: Json) -> str:
    return str(obj["metadata"]["name"])


def _images(obj: Json) -> list[object]:
    spec = obj["spec"]
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    parts: list[Json] = spec["template"]["spec"].get("containers") or []
    joined = (",".join(str(part.get(key)) for part in parts) for key in ("name", "image"))
    return list(joined)


def _selector(obj: Json) -> str:
    return spelled(obj["spec"].get("selector")) or "<none>"


def _count(obj: Json, key: str) -> int:
    return int(inside(obj, "status").get(key) or 0)


def _plain(obj: Json) -> list[object]:
    return [_name(obj), _age(obj)]


def _node(obj: Json) -> list[object]:
    status, meta = inside(obj, "status"), obj["metadata"]
    ready = {each["type"]: each["status"] for each in listed(status, "conditions")}.get("Ready")
    words = {"True": "Ready", "False": "NotReady", "Unknown": "NotReady"}
    word = words.get(str(ready), "Unknown")
    if obj["spec"].get("unschedulable"):
        word += ",SchedulingDisabled"
    start = "node-role.kubernetes.io/"
    labels: Json = inside(meta, "labels")
    roles = sorted(key.removeprefix(start) for key in labels if key.startswith(start))
    hosts = {each["type"]: each["address"] for each in listed(status, "addresses")}
    info: Json = inside(status, "nodeInfo")
    told = (info.get(key) or "<unknown>"
            for key in ("osImage", "kernelVersion", "containerRuntimeVersion"))  # fmt: skip
    return [
        meta["name"], word, ",".join(roles) or "<none>", _age(obj), info.get("kubeletVersion", ""),
        hosts.get("InternalIP", "<none>"), hosts.get("ExternalIP", "<none>"), *told,
    ]  # fmt: skip


def _space(obj: Json) -> list[object]:
    return [_name(obj), inside(obj, "status").get("phase", ""), _age(obj)]


def _event(obj: Json) -> list[object]:
    about = inside(obj, "involvedObject")
    series = inside(obj, "series")
    last = series.get("lastObservedTime") or obj.get("lastTimestamp") or obj.get("eventTime")
    first = obj.get("firstTimestamp") or obj.get("eventTime")
    source = inside(obj, "source")
    place = source.get("component") or obj.get("reportingComponent") or ""
    host = f", {source['host']}" if source.get("host") else ""
    return [
        Since(seconds(last)), obj.get("type", ""), obj.get("reason", ""),
        f"{about.get('kind', '').lower()}/{about.get('name', '')}", about.get("fieldPath", ""),
        place + host, (obj.get("message") or "").strip(), Since(seconds(first)),
        series.get("count") or obj.get("count") or 1, _name(obj),
    ]  # fmt: skip


def _service(obj: Json) -> list[object]:
    spec = obj["spec"]
    kind = spec.get("type", "ClusterIP")
    balancer: Json = inside(inside(obj, "status"), "loadBalancer")
    given: list[str] = [e.get("ip") or e["hostname"] for e in listed(balancer, "ingress")]
    outside = ",".join(listed(spec, "externalIPs") or given)
    waiting = "<pending>" if kind == "LoadBalancer" else "<none>"
    ports = ",".join(
        f"{port['port']}{':' + str(port['nodePort']) if port.get('nodePort') else ''}"
        f"/{port.get('protocol', 'TCP')}"
        for port in listed(spec, "ports")
    )
    wanted = ",".join(f"{key}={value}" for key, value in inside(spec, "selector").items())
    outside = spec.get("externalName", "") if kind == "ExternalName" else outside or waiting
    return [_name(obj), kind, spec.get("clusterIP") or "<none>", outside, ports or "<none>",
            _age(obj), wanted or "<none>"]  # fmt: skip


def _data(obj: Json) -> int:
    return len(inside(obj, "data")) + len(inside(obj, "binaryData"))


_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX",
          "ReadWriteOncePod": "RWOP"}  # fmt: skip


def _modes(found: Json) -> str:
    modes: list[str] = listed(found, "accessModes")
    return ",".join(_MODES.get(each, each) for each in modes)


def _claim(obj: Json) -> list[object]:
    spec, status = obj["spec"], inside(obj, "status")
    phase = "Terminating" if obj["metadata"].get("deletionTimestamp") else status.get("phase", "")
    size = inside(status, "capacity").get("storage", "") if spec.get("volumeName") else ""
    return [
        _name(obj), phase, spec.get("volumeName", ""), size,
        _modes(status) if spec.get("volumeName") else "", spec.get("storageClassName", ""),
        spec.get("volumeAttributesClassName") or "<unset>", _age(obj),
        spec.get("volumeMode", "<unset>"),
    ]  # fmt: skip


def _volume(obj: Json) -> list[object]:
    spec, status = obj["spec"], inside(obj, "status")
    claim = inside(spec, "claimRef")
    return [
        _name(obj), inside(spec, "capacity").get("storage", ""), _modes(spec),
        spec.get("persistentVolumeReclaimPolicy", ""), status.get("phase", ""),
        f"{claim['namespace']}/{claim['name']}" if claim else "", spec.get("storageClassName", ""),
        spec.get("volumeAttributesClassName") or "<unset>", status.get("reason", ""), _age(obj),
        spec.get("volumeMode", "<unset>"),
    ]  # fmt: skip


def _deployment(obj: Json) -> list[object]:
    wanted = obj["spec"].get("replicas", 1)
    return [
        _name(obj), f"{_count(obj, 'readyReplicas')}/{wanted}", _count(obj, "updatedReplicas"),
        _count(obj, "availableReplicas"), _age(obj), *_images(obj), _selector(obj),
    ]  # fmt: skip


def _replicas(obj: Json) -> list[object]:
    return [
        _name(obj), obj["spec"].get("replicas", 1), _count(obj, "replicas"),
        _count(obj, "readyReplicas"), _age(obj), *_images(obj), _selector(obj),
    ]  # fmt: skip


def _stateful(obj: Json) -> list[object]:
    ready = f"{_count(obj, 'readyReplicas')}/{obj['spec'].get('replicas', 1)}"
    return [_name(obj), ready, _age(obj), *_images(obj)]


def _daemon(obj: Json) -> list[object]:
    wanted: Json = inside(obj["spec"]["template"]["spec"], "nodeSelector")
    keys = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady",
            "updatedNumberScheduled", "numberAvailable")  # fmt: skip
    told = ",".join(f"{key}={value}" for key, value in wanted.items())
    return [_name(obj), *(_count(obj, key) for key in keys), told or "<none>", _age(obj),
            *_images(obj), _selector(obj)]  # fmt: skip


def _revision(obj: Json) -> list[object]:
    owners: list[Json] = obj["metadata"].get("ownerReferences") or []
    owner = next((each for each in owners if each.get("controller")), None)
    group = owner["apiVersion"].partition("/")[0] if owner else ""
    told = f"{owner['kind'].lower()}.{group}/{owner['name']}" if owner else "<none>"
    return [_name(obj), told, obj.get("revision", 0), _age(obj)]


def _job(obj: Json) -> list[object]:
    spec, status = obj["spec"], inside(obj, "status")
    met = {each["type"] for each in listed(status, "conditions") if each["status"] == "True"}
    words = ("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet")
    word = next((each for each in words if each in met), "Running")
    if word == "Running" and obj["metadata"].get("deletionTimestamp"):
        word = "Terminating"
    wanted = spec.get("completions")
    start, end = seconds(status.get("startTime")), seconds(status.get("completionTime"))
    took: object = "" if start is None else Since(start)
    if start is not None and end is not None:
        took = human(end - start)
    total = wanted if wanted is not None else f"1 of {spec.get('parallelism', 1)}"
    return [_name(obj), word, f"{status.get('succeeded', 0)}/{total}", took, _age(obj),
            *_images(obj), _selector(obj)]  # fmt: skip


def _cron(obj: Json) -> list[object]:
    spec, status = obj["spec"], inside(obj, "status")
    last = status.get("lastScheduleTime")
    return [
        _name(obj), spec.get("schedule", ""), spec.get("timeZone") or "<none>",
        str(spec.get("suspend", False)).title(), len(listed(status, "active")),
        Since(seconds(last)) if last else "<none>", _age(obj), *_images(obj),
        _selector({"spec": spec["jobTemplate"]["spec"]}),
    ]  # fmt: skip


def _ingress(obj: Json) -> list[object]:
    spec = obj["spec"]
    hosts = [each["host"] for each in listed(spec, "rules") if each.get("host")]
    more = f" + {len(hosts) - 3} more..." if len(hosts) > 3 else ""
    balancer: Json = inside(inside(obj, "status"), "loadBalancer")
    given: list[str] = [e.get("ip") or e["hostname"] for e in listed(balancer, "ingress")]
    return [_name(obj), spec.get("ingressClassName") or "<none>", ",".join(hosts[:3]) + more or "*",
            ",".join(given), "80, 443" if spec.get("tls") else "80", _age(obj)]  # fmt: skip


def _target(metric: Json, current: list[Json]) -> str:
    if metric["type"] != "Resource":
        return f"<unknown>/{metric['type']}"
    name, wanted = metric["resource"]["name"], metric["resource"]["target"]
    mine = (each["resource"] for each in current if each.get("type") == "Resource")
    now: Json = {}
    for each in mine:
        now = each["current"] if each["name"] == name else now
    if "averageUtilization" in wanted:
        used = now.get("averageUtilization")
        said = "<unknown>" if used is None else f"{used}%"
        return f"{name}: {said}/{wanted['averageUtilization']}%"
    return f"{name}: {now.get('averageValue', '<unknown>')}/{wanted.get('averageValue')}"


def _scaler(obj: Json) -> list[object]:
    spec, status = obj["spec"], inside(obj, "status")
    to = spec["scaleTargetRef"]
    current: list[Json] = status.get("currentMetrics") or []
    told = ", ".join(_target(each, current) for each in listed(spec, "metrics")) or "<none>"
    return [_name(obj), f"{to['kind']}/{to['name']}", told, str(spec.get("minReplicas", 1)),
            spec["maxReplicas"], status.get("currentReplicas", 0), _age(obj)]  # fmt: skip


def _budget(obj: Json) -> list[object]:
    spec = obj["spec"]
    told: list[Any] = [spec.get(key) for key in ("minAvailable", "maxUnavailable")]
    return [_name(obj), *("N/A" if each is None else str(each) for each in told),
            _count(obj, "disruptionsAllowed"), _age(obj)]  # fmt: skip


_TAIL = "Containers* Images* Selector*"
PRINTERS: dict[str, tuple[str, Cells]] = {
    "pods": ("Name Ready Status Restarts Age IP* Node* Nominated_Node* Readiness_Gates*",
             podcells.cells),
    "nodes": ("Name Status Roles Age Version Internal-IP* External-IP* OS-Image* Kernel-Version*"
              " Container-Runtime*", _node),
    "namespaces": ("Name Status Age", _space),
    "events": ("Last_Seen Type Reason Object Subobject* Source* Message First_Seen* Count* Name*",
               _event),
    "services": ("Name Type Cluster-IP External-IP Port(s) Age Selector*", _service),
    "configmaps": ("Name Data Age", lambda obj: [_name(obj), _data(obj), _age(obj)]),
    "secrets": ("Name Type Data Age",
                lambda obj: [_name(obj), obj.get("type", ""), _data(obj), _age(obj)]),
    "serviceaccounts": ("Name Secrets Age",
                        lambda obj: [_name(obj), len(listed(obj, "secrets")), _age(obj)]),
    "persistentvolumeclaims": ("Name Status Volume Capacity Access_Modes StorageClass"
                               " VolumeAttributesClass Age VolumeMode*", _claim),
    "persistentvolumes": ("Name Capacity Access_Modes Reclaim_Policy Status Claim StorageClass"
                          " VolumeAttributesClass Reason Age VolumeMode*", _volume),
    "deployments": (f"Name Ready Up-to-date Available Age {_TAIL}", _deployment),
    "replicasets": (f"Name Desired Current Ready Age {_TAIL}", _replicas),
    "replicationcontrollers": (f"Name Desired Current Ready Age {_TAIL}", _replicas),
    "statefulsets": ("Name Ready Age Containers* Images*", _stateful),
    "daemonsets": (f"Name Desired Current Ready Up-to-date Available Node_Selector Age {_TAIL}",
                   _daemon),
    "controllerrevisions": ("Name Controller Revision Age", _revision),
    "jobs": (f"Name Status Completions Duration Age {_TAIL}", _job),
    "cronjobs": (f"Name Schedule Timezone Suspend Active Last_Schedule Age {_TAIL}", _cron),
    "ingresses": ("Name Class Hosts Address Ports Age", _ingress),
    "horizontalpodautoscalers": ("Name Reference Targets MinPods MaxPods Replicas Age", _scaler),
    "poddisruptionbudgets": ("Name Min_Available Max_Unavailable Allowed_Disruptions Age", _budget),
}  # fmt: skip
PLAIN: tuple[str, Cells] = ("Name Age", _plain)
