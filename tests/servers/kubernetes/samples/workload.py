"""A deployment, its ReplicaSet and one pod of it, 7.5 KB with its managedFields."""

import copy

from tests.servers.kubernetes.refusal import Json

NAME, NODE, ADDRESS = b"xx-name-xx", b"xx-node-xx", b"xx-address-xx"
_TIME = "2026-09-21T14:13:20Z"


def _container(name: str, app: str) -> Json:
    probe = {"httpGet": {"path": f"/{name}/healthz", "port": 8080, "scheme": "HTTP"},
             "initialDelaySeconds": 5, "timeoutSeconds": 2, "periodSeconds": 10,
             "successThreshold": 1, "failureThreshold": 3}  # fmt: skip
    return {
        "name": name,
        "image": f"registry.example.com/shop/{app}-{name}:2.14.{len(app)}",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "HTTP_TIMEOUT_SECONDS", "value": "30"},
            {"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://collector:4317"},
            {"name": "CACHE_SIZE_BYTES", "value": "67108864"},
            {"name": "FEATURE_FLAGS_URL", "value": "http://flags.platform.svc:8013"},
            {"name": "SHUTDOWN_GRACE_SECONDS", "value": "25"},
            {"name": "TRACE_SAMPLE_RATIO", "value": "0.05"},
            {"name": "DATABASE_URL",
             "valueFrom": {"secretKeyRef": {"name": f"{app}-db", "key": "url"}}},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1",
                                                            "fieldPath": "metadata.name"}}},
        ],
        "resources": {"limits": {"cpu": "1", "memory": "512Mi"},
                      "requests": {"cpu": "100m", "memory": "256Mi"}},
        "volumeMounts": [{"name": "config", "readOnly": True, "mountPath": "/etc/app"},
                         {"name": "cache", "mountPath": "/var/cache/app"}],
        "livenessProbe": probe, "readinessProbe": probe,
        "securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]}},
    }  # fmt: skip


def deployment(name: str, replicas: int) -> Json:
    """Two containers, probes, a config map and a cache."""
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "shop"}
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": "8080",
                   "checksum/config": "9f86d081" * 8}  # fmt: skip
    spec: Json = {
        "containers": [_container("app", name), _container("proxy", name)],
        "volumes": [{"name": "config", "configMap": {"name": f"{name}-config", "defaultMode": 420}},
                    {"name": "cache", "emptyDir": {}}],
        "serviceAccountName": name, "serviceAccount": name,
        "topologySpreadConstraints": [
            {"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone",
             "whenUnsatisfiable": "ScheduleAnyway", "labelSelector": {"matchLabels": labels}}],
    }  # fmt: skip
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                 "template": {"metadata": {"labels": labels, "annotations": annotations},
                              "spec": spec}},
    }  # fmt: skip


def status(size: int, well: int, replica_set: str) -> Json:
    """Of the deployment."""
    counts = {"replicas": size, "updatedReplicas": size, "readyReplicas": well,
              "availableReplicas": well, "unavailableReplicas": size - well}  # fmt: skip
    good = well >= size - size // 4
    available = "MinimumReplicasAvailable" if good else "MinimumReplicasUnavailable"
    has = "has" if good else "does not have"
    done = size == well
    progress = "has successfully progressed." if done else "is progressing."
    times = {"lastUpdateTime": _TIME, "lastTransitionTime": _TIME}
    return {
        "observedGeneration": 1,
        **{key: value for key, value in counts.items() if value},
        "terminatingReplicas": 0,
        "conditions": [
            {"type": "Available", "status": str(good), **times, "reason": available,
             "message": f"Deployment {has} minimum availability."},
            {"type": "Progressing", "status": "True", **times,
             "reason": "NewReplicaSetAvailable" if done else "ReplicaSetUpdated",
             "message": f'ReplicaSet "{replica_set}" {progress}'},
        ],
    }  # fmt: skip


def _owner(obj: Json) -> Json:
    meta = obj["metadata"]
    return {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": meta["name"],
            "uid": meta["uid"], "controller": True, "blockOwnerDeletion": True}  # fmt: skip


def replicas(found: Json, mark: str) -> Json:
    """The ReplicaSet of a deployment."""
    spec = found["spec"]
    template = copy.deepcopy(spec["template"])
    labels = {**template["metadata"]["labels"], "pod-template-hash": mark}
    template["metadata"]["labels"] = labels
    annotations = {"deployment.kubernetes.io/desired-replicas": str(spec["replicas"]),
                   "deployment.kubernetes.io/revision": "1"}  # fmt: skip
    return {
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {"name": f"{found['metadata']['name']}-{mark}", "labels": labels,
                     "annotations": annotations, "ownerReferences": [_owner(found)]},
        "spec": {"replicas": spec["replicas"],
                 "selector": {"matchLabels": {**spec["selector"]["matchLabels"],
                                              "pod-template-hash": mark}},
                 "template": template},
    }  # fmt: skip


def _managed(spec: Json, labels: Json) -> list[Json]:
    """Who set what: the controller made the pod, a kubelet reports on it."""
    parts: Json = {
        f'k:{{"name":"{each["name"]}"}}': {
            ".": {}, **{f"f:{key}": {} for key in each},
            "f:env": {f'k:{{"name":"{one["name"]}"}}': {".": {}, "f:name": {}, "f:value": {}}
                      for one in each["env"]},
            "f:livenessProbe": {f"f:{key}": {} for key in each["livenessProbe"]},
            "f:readinessProbe": {f"f:{key}": {} for key in each["readinessProbe"]},
        } for each in spec["containers"]
    }  # fmt: skip
    fields: Json = {"f:metadata": {"f:annotations": {".": {}, "f:prometheus.io/scrape": {}},
                             "f:generateName": {},
                             "f:labels": {".": {}, **{f"f:{key}": {} for key in labels}},
                             "f:ownerReferences": {".": {}}},
              "f:spec": {"f:containers": parts, **{f"f:{key}": {} for key in spec}}}  # fmt: skip
    told = ("conditions", "containerStatuses", "hostIP", "hostIPs", "phase", "podIP", "podIPs",
            "startTime", "qosClass")  # fmt: skip
    kubelet: Json = {"f:status": {f"f:{key}": {} for key in told}}
    base = {"operation": "Update", "apiVersion": "v1", "time": _TIME, "fieldsType": "FieldsV1"}
    return [
        {"manager": "kube-controller-manager", **base, "fieldsV1": fields},
        {"manager": "kubelet", **base, "fieldsV1": kubelet, "subresource": "status"},
    ]


def pod(owner: Json, managed: bool) -> Json:
    """A pod of a ReplicaSet, running, with marks where pods differ."""
    meta = copy.deepcopy(owner["spec"]["template"]["metadata"])
    meta |= {"name": NAME.decode(), "generateName": f"{owner['metadata']['name']}-",
             "ownerReferences": [_owner(owner)]}  # fmt: skip
    spec = copy.deepcopy(owner["spec"]["template"]["spec"])
    if managed:
        meta["managedFields"] = _managed(spec, meta["labels"])
    spec["nodeName"] = NODE.decode()
    return {"metadata": meta, "spec": spec, "status": _status(spec)}


def _status(spec: Json) -> Json:
    kinds = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
    return {
        "phase": "Running",
        "conditions": [{"type": kind, "status": "True", "lastProbeTime": None,
                        "lastTransitionTime": _TIME} for kind in kinds],
        "hostIP": "10.1.0.7", "hostIPs": [{"ip": "10.1.0.7"}], "podIP": ADDRESS.decode(),
        "podIPs": [{"ip": ADDRESS.decode()}], "startTime": _TIME,
        "containerStatuses": [
            {"name": each["name"], "state": {"running": {"startedAt": _TIME}}, "lastState": {},
             "ready": True, "restartCount": 0, "image": each["image"],
             "imageID": f"registry.example.com/shop@sha256:{'ab12' * 16}",
             "containerID": f"containerd://{'cd34' * 16}", "started": True}
            for each in spec["containers"]
        ],
        "qosClass": "Burstable",
    }  # fmt: skip


def event(space: str, name: str, at: int, when: str) -> Json:
    """A warning about a pod, or a word that all is well."""
    warn = at % 3 == 0
    text = (
        f"Back-off restarting failed container app in pod {name}" if warn else "Started container"
    )
    return {
        "metadata": {"name": f"{name}.{at:016x}"},
        "involvedObject": {"kind": "Pod", "namespace": space, "name": name, "apiVersion": "v1",
                           "fieldPath": "spec.containers{app}"},
        "reason": "BackOff" if warn else "Started", "message": text,
        "source": {"component": "kubelet", "host": "node-001"}, "firstTimestamp": when,
        "lastTimestamp": when, "count": 1 + at % 9, "type": "Warning" if warn else "Normal",
        "eventTime": None, "reportingComponent": "kubelet", "reportingInstance": "node-001",
    }  # fmt: skip
