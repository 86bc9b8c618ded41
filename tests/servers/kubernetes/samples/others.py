"""One object of each kind that is not about pods alone."""

from tests.servers.kubernetes.refusal import Json
from tests.servers.kubernetes.samples.workload import deployment

_TIME = "2026-09-21T14:13:20Z"
_METRIC = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
_CURRENT = {"name": "cpu", "current": {"averageUtilization": 55, "averageValue": "110m"}}


def _of(kind: str, name: str, api_version: str = "v1", **rest: object) -> Json:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


def workloads() -> list[Json]:
    """A StatefulSet, a DaemonSet, a Job and a CronJob, with the status they had."""
    template: Json = deployment("db", 1)["spec"]["template"]
    selector = {"matchLabels": template["metadata"]["labels"]}
    spec: Json = {"template": template, "selector": selector}
    once: Json = {"metadata": {}, "spec": {**template["spec"], "restartPolicy": "Never"}}
    counts = ("currentNumberScheduled", "desiredNumberScheduled", "numberReady",
              "updatedNumberScheduled", "numberAvailable")  # fmt: skip
    done = {"type": "Complete", "status": "True", "lastTransitionTime": _TIME}
    return [
        _of("StatefulSet", "db", "apps/v1", spec={**spec, "serviceName": "db", "replicas": 3},
            status={"replicas": 3, "readyReplicas": 2, "currentRevision": "db-1",
                    "updateRevision": "db-1"}),
        _of("DaemonSet", "agent", "apps/v1", spec=spec,
            status={**dict.fromkeys(counts, 3), "numberMisscheduled": 0}),
        _of("ControllerRevision", "db-1", "apps/v1", data={"spec": spec}, revision=1),
        _of("Job", "migrate", "batch/v1", spec={"template": once},
            status={"succeeded": 1, "startTime": _TIME, "completionTime": "2026-09-21T14:15:00Z",
                    "conditions": [done]}),
        _of("CronJob", "nightly", "batch/v1",
            spec={"schedule": "0 3 * * *", "timeZone": "Etc/UTC",
                  "jobTemplate": {"spec": {"template": once}}},
            status={"lastScheduleTime": _TIME}),
    ]  # fmt: skip


def network() -> list[Json]:
    """Services, an Ingress, a NetworkPolicy."""
    ports = [{"name": "http", "port": 80, "targetPort": 8080, "nodePort": 30080}]
    balanced = {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}}
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    hosts = [{"host": f"{name}.example.com", "http": {"paths": paths}} for name in "abcd"]
    return [
        _of("Service", "web", spec={"selector": {"app": "web"}, "ports": ports[:1]}),
        _of("Service", "edge", spec={"type": "LoadBalancer", "ports": ports}, status=balanced),
        _of("Service", "away", spec={"type": "ExternalName", "externalName": "db.example.com"}),
        _of("Ingress", "web", "networking.k8s.io/v1", status=balanced,
            spec={"ingressClassName": "nginx", "rules": hosts, "tls": [{"hosts": ["a"]}]}),
        _of("NetworkPolicy", "quiet", "networking.k8s.io/v1", spec={"podSelector": {}}),
    ]  # fmt: skip


def settings() -> list[Json]:
    """ConfigMaps and their like, a claim, an autoscaler, a budget."""
    claim = {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast", "volumeName": "pv-1",
             "volumeMode": "Filesystem",
             "resources": {"requests": {"storage": "10Gi"}}}  # fmt: skip
    bound = {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "10Gi"}}
    to = {"kind": "Deployment", "name": "app-0000", "apiVersion": "apps/v1"}
    scaled = {"currentReplicas": 3, "desiredReplicas": 3,
              "currentMetrics": [{"type": "Resource", "resource": _CURRENT}]}  # fmt: skip
    return [
        _of("ConfigMap", "config", data={"a": "1", "b": "2"}),
        _of("Secret", "login", data={"password": "c2VjcmV0"}, type="kubernetes.io/basic-auth"),
        _of("ServiceAccount", "app"),
        _of("PersistentVolumeClaim", "data-db-0", spec=claim, status=bound),
        _of("HorizontalPodAutoscaler", "web", "autoscaling/v2", status=scaled,
            spec={"scaleTargetRef": to, "minReplicas": 2, "maxReplicas": 9,
                  "metrics": [{"type": "Resource", "resource": _METRIC}]}),
        _of("PodDisruptionBudget", "web", "policy/v1",
            spec={"maxUnavailable": "25%", "selector": {"matchLabels": {"app": "web"}}}),
    ]  # fmt: skip


def cluster_wide() -> list[Json]:
    """A volume and a class of them."""
    claim = {"namespace": "default", "name": "data-db-0"}
    volume = {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "claimRef": claim,
              "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "fast",
              "volumeMode": "Filesystem"}  # fmt: skip
    return [
        _of("PersistentVolume", "pv-1", spec=volume, status={"phase": "Bound"}),
        _of("StorageClass", "fast", "storage.k8s.io/v1", provisioner="ebs.csi.aws.com"),
    ]


def others() -> list[Json]:
    """One of each kind that lives in a namespace."""
    return [*workloads(), *network(), *settings()]
