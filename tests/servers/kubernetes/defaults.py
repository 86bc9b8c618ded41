"""What the API server fills in, and what it refuses as invalid, for the kinds that tests create."""

import re
from collections.abc import Callable
from typing import Any  # values of JSON have no narrower type here

from tests.servers.kubernetes.kinds import Kind
from tests.servers.kubernetes.refusal import Json, Refusal, inside, invalid, is_object, listed

_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_PATH_NAMES = {"roles", "rolebindings", "clusterroles", "clusterrolebindings"}
"""Kinds whose names may hold any character that fits in a segment of a path."""
_LABEL_NAMES = {"namespaces", "services"}

_BAD_NAME = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.',"
    " and must start and end with an alphanumeric character (e.g. 'example.com', regex used for "
    r"validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_BAD_LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
    " start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for"
    " validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)

TOLERATIONS: list[Json] = [
    {"key": f"node.kubernetes.io/{what}", "operator": "Exists", "effect": "NoExecute",
     "tolerationSeconds": 300} for what in ("not-ready", "unreachable")
]  # fmt: skip


def _container(found: Json) -> Json:
    image: str = found.get("image") or ""
    tag = image.rpartition("/")[2].partition(":")[2]
    policy = "IfNotPresent" if tag and tag != "latest" else "Always"
    base: Json = {
        "resources": {},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": policy,
    }
    named: Json = {key: found[key] for key in ("name", "image") if key in found}
    return {**named, **base, **found}


def _template(spec: Json) -> Json:
    base: Json = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
    }
    filled = {**base, **spec}
    for key in ("containers", "initContainers"):
        if key in filled:
            filled[key] = [_container(each) for each in filled[key] or ()]
    return filled


def _pod(obj: Json) -> None:
    spec = _template(obj["spec"])
    mine: list[Json] = spec.get("tolerations") or []
    known = {(each.get("key"), each.get("effect")) for each in mine}
    more = [each for each in TOLERATIONS if (each["key"], each["effect"]) not in known]
    spec["tolerations"] = [*mine, *more]
    spec.setdefault("priority", 0)
    spec.setdefault("enableServiceLinks", True)
    spec.setdefault("preemptionPolicy", "PreemptLowerPriority")
    obj["spec"] = spec
    obj["status"] = {"phase": "Pending", "qosClass": _quality(spec), **obj.get("status", {})}


def _quality(spec: Json) -> str:
    """`status.qosClass` from requests and limits."""
    parts = [inside(each, "resources") for each in spec["containers"]]
    if not any(part.get("requests") or part.get("limits") for part in parts):
        return "BestEffort"
    for part in parts:
        limits: Json = inside(part, "limits")
        wanted: Json = part.get("requests") or limits
        if any(key not in limits or wanted.get(key) != limits[key] for key in ("cpu", "memory")):
            return "Burstable"
    return "Guaranteed"


def _workload(obj: Json, **more: Any) -> None:
    spec = obj["spec"]
    spec.setdefault("template", {})["spec"] = _template(inside(spec["template"], "spec"))
    for key, value in more.items():
        spec.setdefault(key, value)
    obj.setdefault("status", {})


def _deployment(obj: Json) -> None:
    rolling = {"type": "RollingUpdate"}
    spec = obj["spec"]
    _workload(obj, replicas=1, strategy=rolling, revisionHistoryLimit=10,
              progressDeadlineSeconds=600)  # fmt: skip
    if spec["strategy"].setdefault("type", "RollingUpdate") == "RollingUpdate":
        rates: Json = inside(spec["strategy"], "rollingUpdate")
        base: Json = {"maxUnavailable": "25%", "maxSurge": "25%"}
        spec["strategy"]["rollingUpdate"] = {**base, **rates}


def _job(obj: Json) -> None:
    uid = obj["metadata"]["uid"]
    _workload(obj, parallelism=1, backoffLimit=6, completionMode="NonIndexed", suspend=False,
              podReplacementPolicy="TerminatingOrFailed", manualSelector=False)  # fmt: skip
    if obj["spec"].get("parallelism") == 1:
        obj["spec"].setdefault("completions", 1)
    labels = {"batch.kubernetes.io/controller-uid": uid,
              "batch.kubernetes.io/job-name": obj["metadata"]["name"],
              "controller-uid": uid, "job-name": obj["metadata"]["name"]}  # fmt: skip
    meta = obj["spec"]["template"].setdefault("metadata", {})
    meta["labels"] = {**inside(meta, "labels"), **labels}
    obj["spec"].setdefault("selector", {"matchLabels": {next(iter(labels)): uid}})


def _cron(obj: Json) -> None:
    spec = obj["spec"]
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    obj.setdefault("status", {})


def _budget(obj: Json) -> None:
    counts = ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")
    obj.setdefault("status", dict.fromkeys(counts, 0))


def _space(obj: Json) -> None:
    meta = obj["metadata"]
    meta["labels"] = {"kubernetes.io/metadata.name": meta["name"], **inside(meta, "labels")}
    obj["spec"] = {"finalizers": ["kubernetes"]}
    obj["status"] = {"phase": "Active"}


def _service(obj: Json) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("type", "ClusterIP")
    if spec["type"] != "ExternalName":
        number = sum(obj["metadata"]["uid"].encode()) * 7 % 60_000
        spec.setdefault("clusterIP", f"10.96.{number // 256}.{number % 256}")
    for port in listed(spec, "ports"):
        port.setdefault("protocol", "TCP")
        port.setdefault("targetPort", port["port"])
    spec.setdefault("sessionAffinity", "None")
    obj.setdefault("status", {"loadBalancer": {}})


def _stateful(obj: Json) -> None:
    _workload(obj, replicas=1, podManagementPolicy="OrderedReady", revisionHistoryLimit=10,
              updateStrategy={"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
              serviceName="")  # fmt: skip


def _daemon(obj: Json) -> None:
    rates = {"maxUnavailable": 1, "maxSurge": 0}
    strategy = {"type": "RollingUpdate", "rollingUpdate": rates}
    _workload(obj, revisionHistoryLimit=10, updateStrategy=strategy)


def _secret(obj: Json) -> None:
    obj.setdefault("type", "Opaque")


def _bare(obj: Json) -> None:
    obj.setdefault("status", {})
    obj.setdefault("spec", {})


_FILLED: dict[str, Callable[[Json], None]] = {
    "pods": _pod,
    "deployments": _deployment,
    "replicasets": lambda obj: _workload(obj, replicas=1),
    "statefulsets": _stateful,
    "daemonsets": _daemon,
    "jobs": _job,
    "cronjobs": _cron,
    "poddisruptionbudgets": _budget,
    "namespaces": _space,
    "services": _service,
    "nodes": _bare,
    "persistentvolumeclaims": _bare,
    "secrets": _secret,
}


def fill(kind: Kind, obj: Json) -> None:
    """Default what the kind has defaults for; call after `check`."""
    if not kind.custom and kind.plural in _FILLED:
        _FILLED[kind.plural](obj)


def typed(kind: Kind, obj: Json) -> None:
    """What a typed object always has: a pod's status as clients may have written it."""
    if kind.plural != "pods" or kind.custom:
        return
    status: Json = inside(obj, "status")
    times: Json = {"lastProbeTime": None, "lastTransitionTime": None}
    if "conditions" in status:
        status["conditions"] = [{**times, **each} for each in listed(status, "conditions")]
    for key in ("containerStatuses", "initContainerStatuses"):
        if key in status:
            status[key] = [{"lastState": {}, **each} for each in listed(status, key)]


_WITH_TEMPLATE = {"deployments", "replicasets", "statefulsets", "daemonsets"}


def check(kind: Kind, obj: Json) -> None:
    """Refuse with 422 what the real server would refuse, as far as tests need it."""
    meta: Json = obj["metadata"]
    name: str = meta.get("name") or ""
    causes = [*_name(kind, name), *_negative(obj)]
    if not kind.custom and kind.plural == "pods":
        causes += _containers(inside(obj, "spec"), "spec")
    if not kind.custom and kind.plural in _WITH_TEMPLATE:
        causes += _selected(obj)
    if causes:
        raise invalid(kind.kind, name, kind.group, *causes)


def _name(kind: Kind, name: str) -> list[tuple[str, str, str]]:
    if not name:
        text = "Required value: name or generateName is required"
        return [("FieldValueRequired", text, "metadata.name")]
    if kind.plural in _PATH_NAMES:
        good, why = "/" not in name and "%" not in name, "may not contain '/' or '%'"
    elif kind.plural in _LABEL_NAMES:
        good, why = bool(_LABEL.fullmatch(name)) and len(name) <= 63, _BAD_LABEL
    else:
        good, why = bool(_SUBDOMAIN.fullmatch(name)) and len(name) <= 253, _BAD_NAME
    return [] if good else [("FieldValueInvalid", f'Invalid value: "{name}": {why}',
                             "metadata.name")]  # fmt: skip


def _negative(obj: Json) -> list[tuple[str, str, str]]:
    spec = obj.get("spec")
    count = spec.get("replicas") if is_object(spec) else None
    if isinstance(count, int) and count < 0:
        text = f"Invalid value: {count}: must be greater than or equal to 0"
        return [("FieldValueInvalid", text, "spec.replicas")]
    return []


def _containers(spec: Json, at: str) -> list[tuple[str, str, str]]:
    if not spec.get("containers"):
        return [("FieldValueRequired", "Required value", f"{at}.containers")]
    return [
        ("FieldValueRequired", "Required value", f"{at}.containers[{i}].{key}")
        for i, each in enumerate(spec["containers"])
        for key in ("name", "image")
        if not each.get(key)
    ]


def _selected(obj: Json) -> list[tuple[str, str, str]]:
    spec: Json = inside(obj, "spec")
    template: Json = inside(spec, "template")
    wanted: Json = inside(spec, "selector").get("matchLabels") or {}
    labels: Json = inside(template, "metadata").get("labels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        text = f"Invalid value: {labels}: `selector` does not match template `labels`"
        return [("FieldValueInvalid", text, "spec.template.metadata.labels")]
    return _containers(inside(template, "spec"), "spec.template.spec")


_FIXED = {
    "deployments": ("selector",),
    "replicasets": ("selector",),
    "daemonsets": ("selector",),
    "statefulsets": ("selector", "serviceName"),
    "jobs": ("selector", "template"),
}


_POD = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions"
    " to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it"
    " was previously negative)"
)
"""A real server goes on with the difference, in the words of its own language."""


_PROVIDER = 'Forbidden: node updates may not change providerID except from "" to valid'


def _lasting(pod: Json) -> Json:
    """What of a pod's spec cannot be changed; of tolerations nothing is checked."""
    spec = inside(pod, "spec")
    free = {"activeDeadlineSeconds", "tolerations"}
    return {
        key: [{**each, "image": ""} for each in value] if key.endswith("ontainers") else value
        for key, value in spec.items()
        if key not in free
    }


def unchanged(kind: Kind, before: Json, after: Json) -> None:
    """Refuse changes of what cannot be changed."""
    meta, was = after["metadata"], before["metadata"]
    if meta.get("uid") not in (None, was["uid"]):
        message = (
            f"Precondition failed: UID in precondition: {meta['uid']}, "
            f"UID in object meta: {was['uid']}"
        )
        raise Refusal(409, "Conflict", message, {"name": was["name"], "kind": kind.plural})
    if meta.get("name") != was["name"]:
        text = f'Invalid value: "{meta.get("name")}": field is immutable'
        cause = ("FieldValueInvalid", text, "metadata.name")
        raise invalid(kind.kind, was["name"], kind.group, cause)
    if kind.plural == "pods" and not kind.custom and _lasting(before) != _lasting(after):
        raise invalid(kind.kind, was["name"], kind.group, ("FieldValueForbidden", _POD, "spec"))
    if kind.plural == "nodes" and not kind.custom:
        old, new = (inside(one, "spec").get("providerID") for one in (before, after))
        if old and old != new:
            cause = ("FieldValueForbidden", _PROVIDER, "spec.providerID")
            raise invalid(kind.kind, was["name"], kind.group, cause)
    for key in _FIXED.get(kind.plural, ()) if not kind.custom else ():
        old, new = before["spec"].get(key), after.get("spec", {}).get(key)
        if old and old != new:
            text = "Forbidden: field is immutable"
            raise invalid(kind.kind, was["name"], kind.group,
                          ("FieldValueForbidden", text, f"spec.{key}"))  # fmt: skip
