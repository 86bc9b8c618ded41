"""Kubernetes: what is wrong first, then pods, what keeps them, where they run, and all the rest."""

from dataclasses import replace

from opsconsole.spec import Board, Face, Pane, View

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


def _all(pane: Pane) -> Pane:
    """The same of all clusters in one list."""
    name = pane.id.partition(".")[2]
    return replace(pane, id=f"cloud.all-{name}", title=f"{pane.title} of all clusters")


ALL_PODS, ALL_NODES, ALL_EVENTS = map(_all, (PODS, NODES, EVENTS))

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
