"""Kubernetes: what is wrong first, then pods, what keeps them, where they run, and all the rest."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from opsconsole.domains.cloud.kubernetes import objects
from opsconsole.domains.cloud.kubernetes.place import qualified
from opsconsole.model import Value
from opsconsole.spec import Board, Drill, Face, Pane, View

_TRIED = ("namespace", "name", "ready", "status", "message", "created", "images", "revision")


def _pane(name: str, title: str, probe: str, *columns: str, sort: str = "") -> Pane:
    return Pane(
        id=f"cloud.{name}",
        title=title,
        probes=(f"kubernetes.{probe}",),
        columns=columns,
        sort=sort,
    )


PODS = _pane(
    "pods",
    "Pods",
    "pod",
    "namespace",
    "name",
    "ready",
    "status",
    "restarts",
    "restarted",
    "last_exit",
    "cpu_cores",
    "memory_bytes",
    "memory_of_limit_percent",
    "created",
    "node",
    "owner_kind",
    "owner",
    "message",
)
NODES = _pane(
    "nodes",
    "Nodes",
    "node",
    "name",
    "status",
    "pressure",
    "ready_since",
    "roles",
    "version",
    "cpu_cores",
    "memory_bytes",
    "pods_max",
    "taints",
    "zone",
    "ip",
    "created",
)
EVENTS = _pane(
    "events",
    "Events",
    "event",
    "last",
    "type",
    "reason",
    "namespace",
    "kind_of",
    "object",
    "count",
    "message",
    sort="-last",
)

FORWARDS = _pane(
    "forwards",
    "Forwarded ports",
    "forward",
    "local",
    "remote",
    "state",
    "namespace",
    "pod",
    "service",
    "open",
    "connections",
    "received_bytes",
    "sent_bytes",
    "since",
    "error",
    sort="-since",
)

OBJECTS = Pane(
    id="cloud.objects",
    title="Objects",
    probes=("kubernetes.object",),
    columns=("namespace", "name", *objects.KEYS, "created"),
    titles="kubernetes.object-heads",
)


def _all(pane: Pane) -> Pane:
    """The same of all clusters in one list."""
    name = pane.id.partition(".")[2]
    return replace(pane, id=f"cloud.all-{name}", title=f"{pane.title} of all clusters")


ALL_PODS, ALL_NODES, ALL_EVENTS, ALL_FORWARDS = map(_all, (PODS, NODES, EVENTS, FORWARDS))


def exactly(key: str, value: Value | str) -> str:
    """A term of a filter that only this value passes."""
    said = "".join(
        letter if letter.isalnum() or letter in "-_" else "." if letter.isspace() else f"\\{letter}"
        for letter in str(value)
    )
    return f"{key}:^{said}$"


def _in(row: Mapping[str, Value], *terms: str) -> str:
    return " ".join((exactly("namespace", row["namespace"]), *terms))


_KINDS = {
    "Deployment": ("deployment", "deployments"),
    "StatefulSet": ("stateful-set", "stateful-sets"),
    "DaemonSet": ("daemon-set", "daemon-sets"),
    "ReplicaSet": ("replica-set", "replica-sets"),
    "Job": ("job", "jobs"),
    "CronJob": ("cron-job", "cron-jobs"),
    "Node": ("node", "nodes"),
}
"""Kinds that have or are had: their probe, and their pane."""


def _owned(kind: str) -> Callable[[Mapping[str, Value]], str]:
    """Rows of another pane that an object of that kind owns."""
    return lambda row: _in(row, exactly("owner_kind", kind), exactly("owner", row["name"]))


def _owner(kind: str) -> Callable[[Mapping[str, Value]], str]:
    """The row of the owner, where it is of that kind."""
    return lambda row: _in(row, exactly("name", row["owner"])) if row["owner_kind"] == kind else ""


def _made(row: Mapping[str, Value]) -> str:
    """Pods that a replica set made are named after it."""
    return _in(row, f"name:^{exactly('', row['name'])[2:-1]}-")


def _pods_of(node: Mapping[str, Value]) -> str:
    return exactly("node", node["name"])


def _kind(row: Mapping[str, Value]) -> str:
    """The name in full of a kind that can be watched."""
    if "watch" not in str(row["verbs"]).split(", "):
        return ""
    return qualified(*(str(row[key]) for key in ("resource", "version", "group")))


def _listed_under(row: Mapping[str, Value]) -> str:
    """The row of the kind of an object."""
    plural, _, rest = str(row["kind"]).partition(".")
    group = rest.partition(".")[2]
    return " ".join((exactly("resource", plural), exactly("group", group)))


DRILLS = (
    *(
        Drill(f"kubernetes.{_KINDS[kind][0]}", "pods", _owned(kind))
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "Job")
    ),
    Drill("kubernetes.replica-set", "pods", _made),
    Drill("kubernetes.cron-job", "jobs", _owned("CronJob")),
    Drill("kubernetes.node", "pods", _pods_of),
    Drill("kubernetes.node-load", "pods", _pods_of),
    Drill("kubernetes.node-use", "pods", _pods_of),
    *(
        Drill(f"kubernetes.{name}", "pods", lambda row: exactly("namespace", row["name"]))
        for name in ("namespace", "namespace-load")
    ),
    *(
        Drill(f"kubernetes.{name}", "containers", lambda row: _in(row, exactly("pod", row["name"])))
        for name in ("pod", "pod-trouble")
    ),
    *(
        Drill(f"kubernetes.{probe}", _KINDS[kind][1], _owner(kind), up=True)
        for probe in ("pod", "pod-trouble", "replica-set", "job")
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob")
    ),
    *(
        Drill(f"kubernetes.{probe}", "nodes", lambda row: exactly("name", row["node"]), up=True)
        for probe in ("pod", "pod-trouble")
    ),
    Drill(
        "kubernetes.container", "pods", lambda row: _in(row, exactly("name", row["pod"])), up=True
    ),
    Drill("kubernetes.forward", "pods", lambda row: _in(row, exactly("name", row["pod"])), up=True),
    Drill("kubernetes.kind", "objects", lambda _row: "", subject=_kind),
    Drill("kubernetes.object", "kinds", _listed_under, up=True),
    Drill(
        "kubernetes.event",
        "pods",
        lambda row: _in(row, exactly("name", row["object"])) if row["kind_of"] == "Pod" else "",
    ),
)

FACE = Face(
    kind="kubernetes",
    overview=Pane(
        id="cloud.clusters",
        title="Clusters",
        probes=("kubernetes.cluster", "kubernetes.pods", "kubernetes.nodes"),
        view=View.FLEET,
        columns=(
            "state",
            "why",
            "version",
            "api",
            "nodes",
            "nodes_unready",
            "pods",
            "pods_bad",
            "pods_worst",
            "restarts",
            "failed_checks",
        ),
        trends=("pods_bad",),
    ),
    detail=(
        PODS,
        _pane(
            "trouble",
            "Pods in trouble",
            "pod-trouble",
            "namespace",
            "name",
            "status",
            "restarts",
            "restarted",
            "last_exit",
            "owner",
            "node",
            "message",
            sort="-restarted",
        ),
        NODES,
        EVENTS,
        _pane("deployments", "Deployments", "deployment", *_TRIED),
        _pane("stateful-sets", "Stateful sets", "stateful-set", *_TRIED),
        _pane("daemon-sets", "Daemon sets", "daemon-set", *_TRIED),
        _pane("replica-sets", "Replica sets", "replica-set", *_TRIED, "owner"),
        _pane("containers", "Containers", "container"),
        _pane("jobs", "Jobs", "job"),
        _pane("cron-jobs", "Cron jobs", "cron-job"),
        _pane("services", "Services", "service"),
        _pane("ingresses", "Ingresses", "ingress"),
        _pane("autoscalers", "Autoscalers", "autoscaler"),
        _pane("disruption-budgets", "Disruption budgets", "disruption-budget"),
        _pane("volume-claims", "Volume claims", "volume-claim"),
        _pane("config-maps", "Config maps", "config-map"),
        _pane("secrets", "Secrets", "secret"),
        _pane("namespaces", "Namespaces", "namespace"),
        _pane("namespace-load", "Load by namespace", "namespace-load", sort="-pods"),
        _pane("node-load", "Load by node", "node-load", sort="-pods"),
        _pane("node-use", "Use of nodes", "node-use", sort="-cpu_used_cores"),
        _pane("kinds", "Kinds", "kind"),
        OBJECTS,
        FORWARDS,
        Pane("cloud.cluster", "Cluster", ("kubernetes.cluster",), View.FACTS),
        Pane(
            "cloud.pod-numbers",
            "Pods in numbers",
            ("kubernetes.pods",),
            View.FACTS,
        ),
    ),
    headline=(
        ("kubernetes.cluster", "version"),
        ("kubernetes.pods", "pods"),
        ("kubernetes.pods", "pods_worst"),
    ),
    drills=DRILLS,
    boards=(
        Board(0, 0, (("2fr", "pods"), ("1fr", "*"))),
        Board(140, 34, (("2fr", "pods pods"), ("1fr", "nodes *"))),
        Board(
            200,
            60,
            (
                ("2fr", "pods pods pods"),
                ("1fr", "nodes deployments *"),
                ("12", "events events trouble"),
            ),
        ),
    ),
)
