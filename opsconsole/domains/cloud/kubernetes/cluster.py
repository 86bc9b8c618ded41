"""The cluster as a whole: its version, the checks of its API server, pods and nodes in numbers."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from opsconsole.clean import Clean, clean_bytes
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.node import NODE
from opsconsole.domains.cloud.kubernetes.pods import POD
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row, Value
from opsconsole.question import parted
from opsconsole.spec import Probe

VERSION = "/version"
CHECKS = "/readyz?verbose"


class _Version(msgspec.Struct):
    version: str = msgspec.field(default="", name="gitVersion")
    platform: str = ""


class Cluster(NamedTuple):
    """What the API server says of itself."""

    version: _Version
    ready: bool
    failed: tuple[str, ...]
    """Names of checks that do not pass."""


def read_cluster(payload: bytes) -> Cluster:
    """Two answers: the version, and one line per check. Raises `Malformed`."""
    version, checks = parted(payload, 2)
    try:
        found = msgspec.json.decode(version.body, type=_Version)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"{VERSION} is no version: {error}") from error
    failed = tuple(
        clean_bytes(line[3:].split(b" ")[0], 60)
        for line in checks.body.splitlines()[:200]
        if line.startswith(b"[-]")
    )
    return Cluster(found, checks.status == 200, failed)


def cluster_rows(now: Cluster, _before: Cluster | None) -> list[Row]:
    """The only row."""
    return [
        (
            values.word(now.version.version.removeprefix("v"), 40),
            Clean("ready" if now.ready else "not ready"),
            values.word(", ".join(now.failed), 300),
            values.word(now.version.platform, 40),
        )
    ]


CLUSTER = Probe(
    "kubernetes.cluster",
    "Cluster",
    "cluster",
    (
        Column("version", "VERSION", Quantity.TEXT, f"GET {VERSION} gitVersion"),
        Column("api", "API", Quantity.STATE, f"GET {CHECKS}: whether all checks pass"),
        Column("failed_checks", "FAILED", Quantity.TEXT, f"GET {CHECKS}: checks that do not pass"),
        Column("platform", "PLATFORM", Quantity.TEXT, f"GET {VERSION} platform"),
    ),
    (),
    read_cluster,
    cluster_rows,
    on_demand=False,
)


def summed(_payload: bytes) -> Sequence[Row]:
    """A probe over another one's rows reads no answer of its own."""
    return ()


_NAMESPACE, _STATUS, _PHASE = (POD.index(key) for key in ("namespace", "status", "phase"))
_NODE, _UNREADY = POD.index("node"), POD.index("unready")
_CPU, _MEMORY = POD.index("cpu_request_cores"), POD.index("memory_request_bytes")
_RESTARTS = POD.index("restarts")

_ENDED = frozenset({"Succeeded", "Failed"})
_PHASES = (Clean("Running"), Clean("Pending"), Clean("Failed"))
_WELL = frozenset({"Running", "Completed", "Succeeded"})


class Sums:
    """What some pods come to: column by column, since there may be 20,000 each ten seconds."""

    __slots__ = (
        "bad",
        "cpu",
        "failed",
        "memory",
        "pending",
        "pods",
        "restarts",
        "running",
        "words",
    )

    def __init__(self, pods: Sequence[Row]) -> None:
        phases: Counter[Value] = Counter([row[_PHASE] for row in pods])
        self.pods = len(pods)
        self.running, self.pending, self.failed = map(phases.__getitem__, _PHASES)
        self.restarts = sum([int(row[_RESTARTS] or 0) for row in pods])
        statuses = [row[_STATUS] for row in pods]
        bad = [status for status in statuses if status not in _WELL]
        self.bad = len(bad)
        self.words = Counter(status for status in bad if isinstance(status, str))
        # Those that ended ask for nothing any more.
        live = [row for row in pods if row[_PHASE] not in _ENDED]
        self.cpu = sum([float(row[_CPU] or 0) for row in live])
        self.memory = sum([float(row[_MEMORY] or 0) for row in live])

    @property
    def worst(self) -> Clean:
        """`CrashLoopBackOff 3, Pending 1`."""
        return values.word(", ".join(f"{word} {n}" for word, n in self.words.most_common(4)), 200)

    @property
    def row(self) -> Row:
        """In the columns that all sums share."""
        return (
            self.pods,
            self.running,
            self.pending,
            self.failed,
            self.bad,
            self.worst,
            self.restarts,
            self.cpu,
            self.memory,
        )


def _sums(where: str) -> tuple[Column, ...]:
    return (
        Column("pods", "PODS", Quantity.COUNT, f"pods {where}", history=True),
        Column("pods_running", "RUNNING", Quantity.COUNT, f"pods {where}: status.phase Running"),
        Column("pods_pending", "PENDING", Quantity.COUNT, f"pods {where}: status.phase Pending"),
        Column("pods_failed", "FAILED", Quantity.COUNT, f"pods {where}: status.phase Failed"),
        Column("pods_bad", "NOT WELL", Quantity.COUNT,
               f"pods {where} whose status is not Running, Completed or Succeeded", history=True),
        Column("pods_worst", "WORST", Quantity.TEXT, f"pods {where}: the statuses of those"),
        Column("restarts", "RESTARTS", Quantity.COUNT, f"pods {where}: restartCount in all"),
        Column("cpu_asked_cores", "CPU ASKED", Quantity.NUMBER, f"pods {where}: requests"),
        Column("memory_asked_bytes", "MEM ASKED", Quantity.BYTES, f"pods {where}: requests"),
    )  # fmt: skip


def pods_rows(pods: Sequence[Row], _before: object) -> list[Row]:
    """The only row."""
    return [Sums(pods).row]


def _grouped(pods: Sequence[Row], place: int) -> dict[str, Sums]:
    found: dict[str, list[Row]] = {}
    for row in pods:
        key = row[place]
        if isinstance(key, str):
            found.setdefault(key, []).append(row)
    return {key: Sums(rows) for key, rows in found.items()}


def namespace_load_rows(pods: Sequence[Row], _before: object) -> list[Row]:
    """One row per namespace that has pods."""
    return [(Clean(name), *sums.row) for name, sums in _grouped(pods, _NAMESPACE).items()]


def node_load_rows(pods: Sequence[Row], _before: object) -> list[Row]:
    """One row per node that has pods; those that wait for one are under an empty name."""
    return [(Clean(name), *sums.row) for name, sums in _grouped(pods, _NODE).items()]


PODS = Probe(
    "kubernetes.pods",
    "Pods in numbers",
    "pods",
    _sums("of the cluster"),
    (),
    summed,
    pods_rows,
    on_demand=False,
    over="kubernetes.pod",
)
NAMESPACE_LOAD = Probe(
    "kubernetes.namespace-load",
    "Namespaces",
    "pods",
    (
        Column("name", "NAMESPACE", Quantity.TEXT, "pod metadata.namespace"),
        *_sums("of the namespace"),
    ),
    ("name",),
    summed,
    namespace_load_rows,
    over="kubernetes.pod",
)
NODE_LOAD = Probe(
    "kubernetes.node-load",
    "Nodes in numbers",
    "pods",
    (Column("name", "NODE", Quantity.TEXT, "pod spec.nodeName"), *_sums("on the node")),
    ("name",),
    summed,
    node_load_rows,
    over="kubernetes.pod",
)

_TROUBLE = tuple(
    POD.index(key)
    for key in ("namespace", "name", "status", "unready", "restarts", "restarted", "last_exit")
) + tuple(POD.index(key) for key in ("owner_kind", "owner", "node", "message", "created", "uid"))


def trouble_rows(pods: Sequence[Row], _before: object) -> list[Row]:
    """Pods that are not well, not ready, or were restarted once: what rules look at.

    A pod that crashes again and again is well between two crashes, and must not be forgotten.
    """
    return [
        tuple(row[place] for place in _TROUBLE)
        for row in pods
        if row[_STATUS] not in _WELL
        or row[_RESTARTS]
        or (row[_UNREADY] and row[_PHASE] not in _ENDED)
    ]


TROUBLE = Probe(
    "kubernetes.pod-trouble",
    "Pods in trouble",
    "pods",
    tuple(POD.columns[place] for place in _TROUBLE),
    ("namespace", "name"),
    summed,
    trouble_rows,
    on_demand=False,
    quiet=True,
    over="kubernetes.pod",
    named=("namespace", "name"),
)

_READY_AT, _PRESSURE_AT = NODE.index("status"), NODE.index("pressure")
_CORDONED_AT = NODE.index("cordoned")
_HAS_CPU, _HAS_MEMORY, _HAS_PODS = (
    NODE.index(key) for key in ("cpu_cores", "memory_bytes", "pods_max")
)


def nodes_rows(nodes: Sequence[Row], _before: object) -> list[Row]:
    """The only row."""
    ready = sum(str(row[_READY_AT]).split(",")[0] == "Ready" for row in nodes)
    return [
        (
            len(nodes),
            ready,
            len(nodes) - ready,
            sum(row[_CORDONED_AT] is True for row in nodes),
            sum(bool(row[_PRESSURE_AT]) for row in nodes),
            sum(float(row[_HAS_CPU] or 0) for row in nodes),
            sum(float(row[_HAS_MEMORY] or 0) for row in nodes),
            sum(float(row[_HAS_PODS] or 0) for row in nodes),
        )
    ]


NODES = Probe(
    "kubernetes.nodes",
    "Nodes in numbers",
    "nodes",
    (
        Column("nodes", "NODES", Quantity.COUNT, "nodes"),
        Column("nodes_ready", "READY", Quantity.COUNT, "nodes: status.conditions Ready"),
        Column("nodes_unready", "NOT READY", Quantity.COUNT, "nodes that are not Ready"),
        Column("nodes_cordoned", "CORDONED", Quantity.COUNT, "nodes: spec.unschedulable"),
        Column("nodes_pressed", "PRESSED", Quantity.COUNT, "nodes with a condition that is bad"),
        Column("cpu_cores", "CPU", Quantity.NUMBER, "nodes: status.allocatable cpu in all"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES, "nodes: status.allocatable memory"),
        Column("pods_max", "PODS MAX", Quantity.COUNT, "nodes: status.allocatable pods"),
    ),
    (),
    summed,
    nodes_rows,
    on_demand=False,
    over="kubernetes.node",
)
