"""Pods as an API server tells of them, and a probe that reads them: what `watched` is fed with."""

from collections.abc import Iterator

import msgspec

from opsconsole.clean import clean
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Pane, Probe
from opsconsole.turn import Phase, Turn, body_of, framed, phase_of, settled

PAGE = 500
"""Pods of a page."""

BURST = 50
"""Events of a turn."""


class Meta(msgspec.Struct):
    """What is read of an object's metadata."""

    name: str
    namespace: str
    uid: str
    creationTimestamp: str = ""  # noqa: N815 - the server's name for it


class ContainerStatus(msgspec.Struct):
    """What is read of a container."""

    ready: bool = False
    restartCount: int = 0  # noqa: N815 - the server's name for it


class Spec(msgspec.Struct):
    """What is read of what is wanted."""

    nodeName: str = ""  # noqa: N815 - the server's name for it
    priority: int = 0
    serviceAccountName: str = ""  # noqa: N815 - the server's name for it
    schedulerName: str = ""  # noqa: N815 - the server's name for it


class Status(msgspec.Struct):
    """What is read of what is there."""

    phase: str = ""
    podIP: str = ""  # noqa: N815 - the server's name for it
    hostIP: str = ""  # noqa: N815 - the server's name for it
    qosClass: str = ""  # noqa: N815 - the server's name for it
    reason: str = ""
    containerStatuses: list[ContainerStatus] = []  # noqa: N815 - the server's name for it


class Pod(msgspec.Struct):
    """What is read of a pod; all else is skipped by the decoder."""

    metadata: Meta
    spec: Spec
    status: Status


class PodList(msgspec.Struct):
    """A page of them."""

    items: list[Pod]


class Event(msgspec.Struct):
    """One line of a watch."""

    type: str
    object: Pod


_LIST = msgspec.json.Decoder(PodList)
_EVENT = msgspec.json.Decoder(Event)
TITLES = (
    "namespace", "name", "phase", "reason", "ready", "wanted", "restarts", "node", "ip", "host",
    "qos", "account", "priority", "scheduler", "created",
)  # fmt: skip
_NUMBERS = {"ready", "wanted", "restarts", "priority"}
COLUMNS = tuple(
    Column(
        name,
        name.upper(),
        Quantity.COUNT if name in _NUMBERS else Quantity.TEXT,
        "made up",
        history=name == "restarts",
    )
    for name in TITLES
)


def read(payload: bytes) -> Turn[Pod]:
    """What a probe's `read` does."""
    phase, body = phase_of(payload), body_of(payload)
    if phase is not Phase.EVENTS:
        return Turn(phase, _LIST.decode(body).items)
    events = _EVENT.decode_lines(body)
    put, gone = settled(
        (
            (e.object.metadata.namespace, e.object.metadata.name),
            e.object,
            e.type != "DELETED",
        )
        for e in events
    )
    return Turn(phase, put, gone)


def rows(turn: Turn[Pod], before: Turn[Pod] | None) -> list[Row]:
    """What its `rows` does."""
    del before
    return [_row(pod) for pod in turn.put]


def _row(pod: Pod) -> Row:
    meta, spec, status = pod.metadata, pod.spec, pod.status
    containers = status.containerStatuses
    return (
        clean(meta.namespace),
        clean(meta.name),
        clean(status.phase),
        clean(status.reason),
        sum([each.ready for each in containers]),
        len(containers),
        sum([each.restartCount for each in containers]),
        clean(spec.nodeName),
        clean(status.podIP),
        clean(status.hostIP),
        clean(status.qosClass),
        clean(spec.serviceAccountName),
        spec.priority,
        clean(spec.schedulerName),
        clean(meta.creationTimestamp),
    )


POD = Probe("kube.pod", "Pods", "pods", COLUMNS, ("namespace", "name"), read, rows)
PANE = Pane("kube.pods", "Pods", ("kube.pod",), sort="name")


_FIELDS: dict[str, object] = {
    f'k:{{"name":"VARIABLE_{at}"}}': {".": {}, "f:name": {}, "f:value": {}} for at in range(58)
}
_SET: dict[str, object] = {"f:spec": {"f:containers": {'k:{"name":"main"}': {"f:env": _FIELDS}}}}
# Made once: what feeds the measured program must not fill its memory with dictionaries.
_MANAGED = msgspec.Raw(
    msgspec.json.encode([{"manager": "kubelet", "fieldsType": "FieldsV1", "fieldsV1": _SET}])
)
_CONTAINERS = msgspec.Raw(
    msgspec.json.encode(
        [
            {
                "name": "main",
                "image": "registry.example/checkout@sha256:" + "0" * 64,
                "env": [{"name": f"VARIABLE_{at}", "value": "x" * 12} for at in range(58)],
            }
        ]
    )
)


def _status(number: int, change: int) -> dict[str, object]:
    return {
        "phase": ("Running", "Pending")[change % 2],
        "podIP": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "hostIP": f"192.168.1.{number % 250}",
        "qosClass": "Burstable",
        "containerStatuses": [
            {
                "name": "main",
                "ready": change % 2 == 0,
                "restartCount": change // 5000,
                "state": {"running": {}},
            }
        ],
    }


def pod(number: int, change: int = 0) -> dict[str, object]:
    """A pod as an API server says it, 7.5 KB with what its fields were set by."""
    name, namespace = f"checkout-{number % 97}-{number:08x}", f"team-{number % 40}"
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "uid": f"0c6e1f4e-0000-4000-8000-{number:012x}",
            "resourceVersion": str(10_000_000 + number + change),
            "creationTimestamp": "2026-01-02T03:04:05Z",
            "labels": {"app": "checkout", "pod-template-hash": f"{number:010x}"},
            "ownerReferences": [{"kind": "ReplicaSet", "name": f"checkout-{number % 97}"}],
            "managedFields": _MANAGED,
        },
        "spec": {
            "nodeName": f"node-{number % 500}",
            "priority": 0,
            "serviceAccountName": "default",
            "schedulerName": "default-scheduler",
            "containers": _CONTAINERS,
        },
        "status": _status(number, change),
    }


def pages(pods: int) -> Iterator[bytes]:
    """The turns of a whole list."""
    for first in range(0, pods, PAGE):
        items = [pod(number) for number in range(first, min(pods, first + PAGE))]
        yield framed(Phase.PAGE if first else Phase.FIRST, msgspec.json.encode({"items": items}))
    yield framed(Phase.LISTED)


def bursts(pods: int, events: int) -> Iterator[bytes]:
    """Turns of events: nine in ten change a pod, the others remove one or bring it back."""
    for first in range(0, events, BURST):
        lines: list[bytes] = []
        for at in range(first, min(events, first + BURST)):
            number = at * 7919 % pods
            kind = "DELETED" if at % 20 == 0 else "ADDED" if at % 20 == 1 else "MODIFIED"
            event = {"type": kind, "object": pod(number, at)}
            lines.append(msgspec.json.encode(event))
        yield framed(Phase.EVENTS, b"\n".join(lines))
