"""Workloads as an action sees them: what is wanted, how far a rollout is, who keeps the number."""

import re

from opsconsole.domains.cloud.kubernetes.place import (
    KINDS,
    MOST,
    Json,
    Place,
    controller,
    document,
    identity,
    many,
    parted,
    place,
    text,
    whole,
    within,
)
from opsconsole.domains.cloud.kubernetes.workload import RESTARTED, REVISION
from opsconsole.errors import Refused, TargetError
from opsconsole.plan import Thing
from opsconsole.spec import Facts, Look

DEPLOYMENT, REPLICA_SET = "kubernetes.deployment", "kubernetes.replica-set"
STATEFUL_SET, DAEMON_SET = "kubernetes.stateful-set", "kubernetes.daemon-set"
ROLLED = (DEPLOYMENT, STATEFUL_SET, DAEMON_SET)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    rf"[A-Z][a-z]{{2}}, (\d\d) ({'|'.join(_MONTHS)}) (\d{{4}}) (\d\d:\d\d:\d\d) GMT", re.ASCII
)
"""As HTTP writes times; in no language but that."""

_KINDS = frozenset({"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"})


def workload(thing: Thing) -> Place:
    """Where a workload is; raises `Refused` when nobody says of which kind it is."""
    kind = dict(thing.pins).get("kind", "")
    if kind not in _KINDS:
        why = "name it as KIND/NAMESPACE/NAME: deployment/shop/web"
        raise Refused(f"{thing.target}: {thing.name}: {why}", "unknown")
    return place(thing, kind)


def rolled(found: Json) -> bool:
    """Whether all its pods are of the present template, and take requests."""
    meta, spec, status = (within(found, key) for key in ("metadata", "spec", "status"))
    if whole(status, "observedGeneration") < whole(meta, "generation"):
        return False
    if "desiredNumberScheduled" in status:
        wanted = whole(status, "desiredNumberScheduled")
        keys = ("updatedNumberScheduled", "numberAvailable")
        return all(whole(status, key) >= wanted for key in keys)
    wanted = whole(spec, "replicas", 1)
    if whole(status, "availableReplicas") < wanted or whole(status, "replicas") > wanted:
        return False
    current = status.get("currentRevision")
    if current is not None:
        return bool(current == status.get("updateRevision"))
    return whole(status, "updatedReplicas") >= wanted


def read(thing: Thing, status: int, out: bytes) -> Facts:
    """Facts of one, of whatever kind; `_now` is the server's own time."""
    found = document(thing, status, out)
    meta, spec, now = (within(found, key) for key in ("metadata", "spec", "status"))
    marks = within(spec, "template", "metadata", "annotations")
    strategy = within(spec, "updateStrategy") or within(spec, "strategy")
    ready = whole(now, "numberReady") if "numberReady" in now else whole(now, "readyReplicas")
    return {
        **identity(found),
        "replicas": str(whole(spec, "replicas", 1)),
        "ready": str(ready),
        "pods": str(whole(now, "replicas")),
        "owner": controller(found),
        "paused": text(spec, "paused"),
        "strategy": text(strategy, "type"),
        "revision": text(within(meta, "annotations"), REVISION),
        "restarted": text(marks, RESTARTED),
        "rolled out": "yes" if rolled(found) else "",
        "_now": moment(out),
    }


def moment(out: bytes) -> str:
    """The time of an answer, as Kubernetes writes times; empty where the server has no clock."""
    found = _DATE.fullmatch(parted(out)[0])
    if found is None:
        return ""
    day, month, year, time = found.groups()
    return f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{time}Z"


LOOK = Look(lambda thing: ("GET", workload(thing).path()), read, most=MOST)


def scaled_by(thing: Thing, status: int, out: bytes) -> Facts:
    """Which autoscaler decides how many there are."""
    at = workload(thing)
    try:
        found = document(thing, status, out, "autoscalers")
    except TargetError as error:
        return {"autoscaler": "", "autoscalers": f"not known: {error}"[:200]}
    for one in many(found, "items"):
        aim = within(one, "spec", "scaleTargetRef")
        if (text(aim, "kind"), text(aim, "name")) == (at.kind.kind, at.name):
            return {"autoscaler": text(within(one, "metadata"), "name")}
    return {"autoscaler": ""}


def _autoscalers(thing: Thing, _facts: Facts) -> tuple[Look, ...]:
    path = workload(thing).beside("HorizontalPodAutoscaler")
    return (Look(lambda _thing: ("GET", path), scaled_by, most=MOST),)


SCALED = Look(LOOK.argv, read, then=_autoscalers, most=MOST)


def of(kind: str, namespace: str) -> Place:
    """All of a kind in a namespace."""
    return Place(KINDS[kind], namespace, "")
