"""Pods as an API server tells of them, and their probe: what `watched` is fed with."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from opsconsole.domains.cloud.kubernetes.pod import READ
from opsconsole.domains.cloud.kubernetes.pods import POD
from opsconsole.turn import Phase, framed
from screens.face.kubernetes import PODS

__all__ = ["PANE", "POD", "READ", "bursts", "pages", "pod"]

PAGE = 500
"""Pods of a page."""

BURST = 50
"""Events of a turn."""

PANE = replace(PODS, sort="name")
"""As on the board, but sorted, which costs more than the order of arrival."""

_STARTED = '{"running":{"startedAt":"2026-01-02T03:04:09Z"}}'
_STATES = (
    ("Running", "True", "true", _STARTED),
    ("Pending", "False", "false", '{"waiting":{"reason":"ContainerCreating"}}'),
)
"""Half of all changes are of pods that start."""


def _container(name: str) -> dict[str, object]:
    probe = {
        "httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"},
        "initialDelaySeconds": 5,
        "timeoutSeconds": 2,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    amounts = {"cpu": "100m", "memory": "256Mi"}
    return {
        "name": name,
        "image": f"registry.example/shop/{name}:sha256-" + "0" * 64,
        "resources": {"limits": {"cpu": "1", "memory": "512Mi"}, "requests": amounts},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": f"VARIABLE_{at}", "value": "x" * 12} for at in range(16)],
        "volumeMounts": [{"name": "config", "readOnly": True, "mountPath": "/etc/app"}],
        "livenessProbe": probe,
        "readinessProbe": probe,
        "securityContext": {"capabilities": {"drop": ["ALL"]}},
    }


def _status(name: str) -> dict[str, object]:
    return {
        "name": name,
        "state": msgspec.Raw(b"@STATE@"),
        "lastState": {},
        "ready": msgspec.Raw(b"@READY@"),
        "restartCount": msgspec.Raw(b"@RESTARTS@"),
        "image": f"registry.example/shop/{name}:2.14.8",
        "imageID": "registry.example/shop:sha256-" + "a" * 64,
        "containerID": "containerd://" + "c" * 64,
        "started": True,
    }


_METADATA: dict[str, object] = {
    "name": "checkout-@HASH@-@NUMBER@",
    "generateName": "checkout-@HASH@-",
    "namespace": "team-@TEAM@",
    "uid": "0c6e1f4e-0000-4000-8000-0000@NUMBER@",
    "resourceVersion": "@VERSION@",
    "creationTimestamp": "2026-01-02T03:@MINUTE@:05Z",
    "labels": {
        "app.kubernetes.io/name": "checkout",
        "app.kubernetes.io/part-of": "shop",
        "pod-template-hash": "@HASH@",
    },
    "annotations": {"prometheus.io/scrape": "true", "checksum/config": "9f86d081" * 8},
    "ownerReferences": [
        {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "name": "checkout-@HASH@",
            "uid": "c86c6bbd-4570-4498-85b6-000000@HASH@",
            "controller": True,
            "blockOwnerDeletion": True,
        }
    ],
    "managedFields": [
        {
            "manager": manager,
            "operation": "Update",
            "fieldsType": "FieldsV1",
            "fieldsV1": {f"f:field{at}": {f"f:part{one}": {} for one in range(6)}
                         for at in range(7)},
        }
        for manager in ("kube-controller-manager", "kubelet")
    ],
}  # fmt: skip

_POD = msgspec.json.encode(
    {
        "metadata": _METADATA,
        "spec": {
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "containers": [_container("app"), _container("proxy")],
            "volumes": [{"name": "config", "configMap": {"name": "checkout", "defaultMode": 420}}],
            "serviceAccountName": "default",
            "nodeName": "node-@NODE@",
            "schedulerName": "default-scheduler",
            "priority": 0,
        },
        "status": {
            "phase": "@PHASE@",
            "conditions": [
                {
                    "type": kind,
                    "status": "@ASPECT@" if kind == "Ready" else "True",
                    "lastProbeTime": None,
                    "lastTransitionTime": "2026-01-02T03:04:09Z",
                }
                for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
            ],
            "hostIP": "192.168.1.@NODE@",
            "podIP": "@ADDRESS@",
            "podIPs": [{"ip": "@ADDRESS@"}],
            "startTime": "2026-01-02T03:04:05Z",
            "containerStatuses": [_status("app"), _status("proxy")],
            "qosClass": "Burstable",
        },
    }
).decode()

_PIECES = _POD.split("@")
"""Text and names of what is put between, in turns."""


def pod(number: int, change: int = 0) -> bytes:
    """A pod as an API server says it, 7 KB with what its fields were set by."""
    phase, aspect, ready, state = _STATES[change % 2]
    said = {
        "NUMBER": f"{number:08x}",
        "HASH": f"{number % 970:06x}",
        "TEAM": str(number % 40),
        "VERSION": str(10_000_000 + number + change),
        "MINUTE": f"{number % 60:02}",
        "NODE": str(number % 250),
        "PHASE": phase,
        "ASPECT": aspect,
        "READY": ready,
        "STATE": state,
        "RESTARTS": str(change // 5000),
        "ADDRESS": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
    pieces = [said.get(piece, piece) if at % 2 else piece for at, piece in enumerate(_PIECES)]
    return "".join(pieces).encode()


def pages(pods: int) -> Iterator[bytes]:
    """The turns of a whole list."""
    for first in range(0, pods, PAGE):
        items = b",".join(pod(number) for number in range(first, min(pods, first + PAGE)))
        yield framed(Phase.PAGE if first else Phase.FIRST, b'{"items":[%s]}' % items)
    yield framed(Phase.LISTED)


def bursts(pods: int, events: int) -> Iterator[bytes]:
    """Turns of events: nine in ten change a pod, the others remove one or bring it back."""
    for first in range(0, events, BURST):
        lines: list[bytes] = []
        for at in range(first, min(events, first + BURST)):
            number = at * 7919 % pods
            kind = b"DELETED" if at % 20 == 0 else b"ADDED" if at % 20 == 1 else b"MODIFIED"
            lines.append(b'{"type":"%s","object":%s}' % (kind, pod(number, at)))
        yield framed(Phase.EVENTS, b"\n".join(lines))
