"""Pods and their containers as rows."""

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.parts import family, needs
from opsconsole.domains.cloud.kubernetes.pod import (
    READ,
    Container,
    Pod,
    Status,
    summary,
)
from opsconsole.model import Column, Limits, Quantity, Row, Value
from opsconsole.spec import Probe
from opsconsole.turn import Turn

_META, _SPEC, _STATUS = "pod metadata", "pod spec", "pod status"

NOTHING = Clean("")

MESSAGE = 300
"""Characters kept of the server's words about a pod."""


def pod_rows(turn: Turn[Pod], _before: Turn[Pod] | None) -> list[Row]:
    """One row per pod."""
    return [pod_row(one) for one in turn.put]


def pod_row(pod: Pod) -> Row:
    """The row of one pod."""
    meta, found = pod.metadata, summary(pod)
    labels, kind, manager = family(meta.labels, meta.owners)
    needed = needs([one.resources for one in pod.spec.containers or ()])
    cpu, cpu_limit, memory, memory_limit = needed
    names, short = values.NAMES, values.SHORT
    name, ip, uid = Clean(meta.name), Clean(pod.status.ip), Clean(meta.uid)
    if not values.plain(name + ip + uid):
        name, ip, uid = map(values.name, (name, ip, uid))
    return (
        names[meta.namespace],
        name,
        values.ready(found.ready, found.of),
        values.WORD[found.word],
        found.restarts,
        values.moment(found.restarted) if found.restarted else None,
        values.word(found.last, 60) if found.last else NOTHING,
        values.moment(meta.created),
        names[pod.spec.node],
        ip,
        kind,
        manager,
        cpu,
        cpu_limit,
        memory,
        memory_limit,
        short[pod.status.qos],
        short[pod.status.phase],
        clean(found.why, MESSAGE) if found.why else NOTHING,
        values.moment(meta.deleted) if meta.deleted else None,
        names[pod.spec.priority],
        max(0, found.of - found.ready),
        labels,
        uid,
        None,
        None,
        None,
        None,
    )


_NO_USE: Row = (None, None, None, None)
"""What a row ends with until somebody knows better."""


def with_use(row: Row, used: Row | None) -> Row:
    """The same pod with what it uses, and how much of its limits that is."""
    if used is None:
        return row if row[-len(_NO_USE) :] == _NO_USE else (*row[: -len(_NO_USE)], *_NO_USE)
    cpu, memory = used[2], used[3]
    shares = share(cpu, row[_CPU_LIMIT]), share(memory, row[_MEMORY_LIMIT])
    return (*row[: -len(_NO_USE)], cpu, memory, *shares)


def share(used: Value, limit: Value) -> float | None:
    """Percent of a limit; None without one."""
    if isinstance(used, int | float) and isinstance(limit, int | float) and limit:
        return 100.0 * used / limit
    return None


POD = Probe(
    "kubernetes.pod",
    "Pods",
    "pods",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, f"{_META}.namespace"),
        Column("name", "POD", Quantity.TEXT, f"{_META}.name"),
        Column("ready", "READY", Quantity.TEXT, f"{_STATUS}.containerStatuses ready, of all"),
        Column("status", "STATUS", Quantity.STATE,
               f"{_STATUS}: phase, or the reason of the container that is not well"),
        Column("restarts", "RESTARTS", Quantity.COUNT, f"{_STATUS}.containerStatuses restartCount"),
        Column("restarted", "RESTARTED", Quantity.SINCE,
               f"{_STATUS}.containerStatuses lastState.terminated.finishedAt, the newest"),
        Column("last_exit", "LAST EXIT", Quantity.TEXT,
               f"{_STATUS}.containerStatuses lastState.terminated reason"),
        Column("created", "AGE", Quantity.SINCE, f"{_META}.creationTimestamp"),
        Column("node", "NODE", Quantity.TEXT, f"{_SPEC}.nodeName"),
        Column("ip", "IP", Quantity.TEXT, f"{_STATUS}.podIP"),
        Column("owner_kind", "OWNER", Quantity.TEXT,
               f"{_META}.ownerReferences of the controller; a deployment for its replica set"),
        Column("owner", "OF", Quantity.TEXT, f"{_META}.ownerReferences name"),
        Column("cpu_request_cores", "CPU REQ", Quantity.NUMBER, f"{_SPEC}.containers requests"),
        Column("cpu_limit_cores", "CPU LIM", Quantity.NUMBER,
               f"{_SPEC}.containers limits; none when one has none"),
        Column("memory_request_bytes", "MEM REQ", Quantity.BYTES, f"{_SPEC}.containers requests"),
        Column("memory_limit_bytes", "MEM LIM", Quantity.BYTES,
               f"{_SPEC}.containers limits; none when one has none"),
        Column("qos", "QOS", Quantity.TEXT, f"{_STATUS}.qosClass"),
        Column("phase", "PHASE", Quantity.STATE, f"{_STATUS}.phase"),
        Column("message", "MESSAGE", Quantity.TEXT,
               f"{_STATUS}: message of what is not well"),
        Column("terminating", "GOING", Quantity.SINCE, f"{_META}.deletionTimestamp"),
        Column("priority", "PRIORITY", Quantity.TEXT, f"{_SPEC}.priorityClassName"),
        Column("unready", "UNREADY", Quantity.COUNT, f"{_STATUS}.containerStatuses not ready"),
        Column("labels", "LABELS", Quantity.TEXT, f"{_META}.labels"),
        Column("uid", "UID", Quantity.TEXT, f"{_META}.uid"),
        Column("cpu_cores", "CPU", Quantity.NUMBER, "kubernetes.pod-use"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES, "kubernetes.pod-use"),
        Column("cpu_of_limit_percent", "CPU/LIM", Quantity.PERCENT,
               "kubernetes.pod-use, of the limit", Limits(80, 95, "ours: throttling begins")),
        Column("memory_of_limit_percent", "MEM/LIM", Quantity.PERCENT,
               "kubernetes.pod-use, of the limit", Limits(80, 95, "ours: the kernel kills at 100")),
    ),
    ("namespace", "name"),
    READ,
    pod_rows,
    beside=("kubernetes.pod-use", with_use),
    named=("namespace", "name"),
)  # fmt: skip
_CPU_LIMIT, _MEMORY_LIMIT = POD.index("cpu_limit_cores"), POD.index("memory_limit_bytes")


def container_rows(turn: Turn[Pod], _before: Turn[Pod] | None) -> list[Row]:
    """One row per container, init containers first."""
    return [row for one in turn.put for row in _containers(one)]


def _containers(pod: Pod) -> list[Row]:
    status = pod.status
    known = {one.name: one for one in (*(status.inits or ()), *(status.containers or ()))}
    inits = [
        (one, "sidecar" if one.restart == "Always" else "init") for one in pod.spec.inits or ()
    ]
    usual = [(one, "") for one in pod.spec.containers or ()]
    return [
        _container(pod, one, role, known.get(one.name, Status())) for one, role in (*inits, *usual)
    ]


def _container(pod: Pod, one: Container, role: str, now: Status) -> Row:
    running, waiting, ended = now.state.running, now.state.waiting, now.state.terminated
    word, why, since = "Waiting", "", None
    if running is not None:
        word, since = "Running", running.started
    elif ended is not None:
        word, why, since = ended.word, ended.message, ended.finished
    elif waiting is not None:
        word, why = waiting.reason or word, waiting.message
    last = now.last.terminated
    return (
        values.word(pod.metadata.namespace),
        values.name(pod.metadata.name),
        values.word(one.name),
        Clean(role),
        values.word(word, 80),
        now.ready,
        now.restarts,
        values.moment(since),
        values.word(last.word, 60) if last else Clean(""),
        last.code if last else None,
        values.moment(last.finished) if last else None,
        values.word(one.image, 400),
        *needs([one.resources]),
        clean(why or (last.message if last else ""), MESSAGE),
        values.word(pod.spec.node),
        values.name(pod.metadata.uid),
    )


CONTAINER = Probe(
    "kubernetes.container",
    "Containers",
    "pods",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, f"{_META}.namespace"),
        Column("pod", "POD", Quantity.TEXT, f"{_META}.name"),
        Column("name", "CONTAINER", Quantity.TEXT, f"{_SPEC}.containers name"),
        Column("role", "ROLE", Quantity.TEXT,
               "which list of the pod's spec it is in: init, sidecar (an init container that goes"
               " on), or none of them"),
        Column("status", "STATUS", Quantity.STATE, f"{_STATUS}.containerStatuses state"),
        Column("ready", "READY", Quantity.FLAG, f"{_STATUS}.containerStatuses ready"),
        Column("restarts", "RESTARTS", Quantity.COUNT, f"{_STATUS}.containerStatuses restartCount"),
        Column("since", "SINCE", Quantity.SINCE,
               f"{_STATUS}.containerStatuses state: startedAt or finishedAt"),
        Column("last_exit", "LAST EXIT", Quantity.TEXT,
               f"{_STATUS}.containerStatuses lastState.terminated reason"),
        Column("last_code", "CODE", Quantity.COUNT, "the same, exitCode"),
        Column("last_at", "EXITED", Quantity.SINCE, "the same, finishedAt"),
        Column("image", "IMAGE", Quantity.TEXT, f"{_SPEC}.containers image"),
        Column("cpu_request_cores", "CPU REQ", Quantity.NUMBER, f"{_SPEC}.containers requests"),
        Column("cpu_limit_cores", "CPU LIM", Quantity.NUMBER, f"{_SPEC}.containers limits"),
        Column("memory_request_bytes", "MEM REQ", Quantity.BYTES, f"{_SPEC}.containers requests"),
        Column("memory_limit_bytes", "MEM LIM", Quantity.BYTES, f"{_SPEC}.containers limits"),
        Column("message", "MESSAGE", Quantity.TEXT,
               f"{_STATUS}.containerStatuses message, of now or of its last end"),
        Column("node", "NODE", Quantity.TEXT, f"{_SPEC}.nodeName"),
        Column("uid", "UID", Quantity.TEXT, f"{_META}.uid of the pod"),
    ),
    ("namespace", "pod", "name"),
    READ,
    container_rows,
    parts=1,
    named=("namespace", "pod", "name"),
)  # fmt: skip
