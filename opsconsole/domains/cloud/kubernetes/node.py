"""Nodes: whether they take pods, what presses them, and how much they have."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.parts import Condition, condition
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn

_META, _SPEC, _STATUS = "node metadata", "node spec", "node status"
_ROLE = "node-role.kubernetes.io/"
_ZONE = "topology.kubernetes.io/zone"
_TYPE = "node.kubernetes.io/instance-type"


class Taint(msgspec.Struct, gc=False):
    """What keeps pods away that do not tolerate it."""

    key: str = ""
    value: str = ""
    effect: str = ""

    def __str__(self) -> str:
        """As kubectl writes it."""
        value = f"={self.value}" if self.value else ""
        return f"{self.key}{value}:{self.effect}"


class Spec(msgspec.Struct, gc=False):
    """What is wanted."""

    unschedulable: bool = False
    taints: list[Taint] | None = None
    provider: str = msgspec.field(default="", name="providerID")


class Info(msgspec.Struct, gc=False):
    """What it runs."""

    kubelet: str = msgspec.field(default="", name="kubeletVersion")
    kernel: str = msgspec.field(default="", name="kernelVersion")
    image: str = msgspec.field(default="", name="osImage")
    runtime: str = msgspec.field(default="", name="containerRuntimeVersion")


class Address(msgspec.Struct, gc=False):
    """How it is reached."""

    type: str = ""
    address: str = ""


class Status(msgspec.Struct, gc=False):
    """What is."""

    conditions: list[Condition] | None = None
    addresses: list[Address] | None = None
    allocatable: dict[str, str | float] | None = None
    info: Info = msgspec.field(default_factory=Info, name="nodeInfo")


class Node(Object, gc=False):
    """What is read of a node."""

    spec: Spec = msgspec.field(default_factory=Spec)
    status: Status = msgspec.field(default_factory=Status)


READ = Reader(Node)

_READY = "Ready"


def state(node: Node) -> Clean:
    """`Ready`, `NotReady`, `Unknown` (its kubelet is silent), with `SchedulingDisabled`."""
    found = condition(node.status.conditions, _READY)
    status = found.status if found else "Unknown"
    word = {"True": _READY, "False": "NotReady"}.get(status, "Unknown")
    return values.word(f"{word},SchedulingDisabled" if node.spec.unschedulable else word, 60)


def pressure(node: Node) -> Clean:
    """Conditions that should not hold: `MemoryPressure, DiskPressure`."""
    bad = [one.type for one in node.status.conditions or () if _presses(one)]
    return values.word(", ".join(sorted(bad)), 200)


def _presses(one: Condition) -> bool:
    return one.type != _READY and one.status == "True"


def node_rows(turn: Turn[Node], _before: Turn[Node] | None) -> list[Row]:
    """One row per node."""
    return [_row(one) for one in turn.put]


def _row(node: Node) -> Row:
    meta, status = node.metadata, node.status
    labels = meta.labels or {}
    roles = sorted(key.removeprefix(_ROLE) for key in labels if key.startswith(_ROLE))
    addresses = {one.type: one.address for one in reversed(status.addresses or ())}
    has = status.allocatable or {}
    found = condition(status.conditions, _READY)
    return (
        values.name(meta.name),
        state(node),
        pressure(node),
        clean(found.message, 300) if found and found.status != "True" else Clean(""),
        values.moment(found.changed) if found else None,
        values.word(", ".join(roles), 100),
        values.word(status.info.kubelet, 60),
        values.moment(meta.created),
        values.quantity(has.get("cpu")),
        values.quantity(has.get("memory")),
        values.quantity(has.get("pods")),
        values.word(", ".join(map(str, node.spec.taints or ())), 400),
        values.name(addresses.get("InternalIP", "")),
        values.name(addresses.get("ExternalIP", "")),
        values.word(labels.get(_ZONE, "")),
        values.word(labels.get(_TYPE, "")),
        values.word(status.info.image, 100),
        values.word(status.info.kernel, 100),
        values.word(status.info.runtime, 100),
        node.spec.unschedulable,
        clean(node.spec.provider, 200),
        sum(map(_presses, status.conditions or ())),
        values.word(values.pairs(meta.labels), 400),
        values.name(meta.uid),
    )


NODE = Probe(
    "kubernetes.node",
    "Nodes",
    "nodes",
    (
        Column("name", "NODE", Quantity.TEXT, f"{_META}.name"),
        Column("status", "STATUS", Quantity.STATE,
               f"{_STATUS}.conditions Ready, and {_SPEC}.unschedulable"),
        Column("pressure", "PRESSURE", Quantity.TEXT,
               f"{_STATUS}.conditions besides Ready that hold"),
        Column("message", "MESSAGE", Quantity.TEXT, f"{_STATUS}.conditions Ready message"),
        Column("ready_since", "FOR", Quantity.SINCE,
               f"{_STATUS}.conditions Ready lastTransitionTime"),
        Column("roles", "ROLES", Quantity.TEXT, f"{_META}.labels {_ROLE}*"),
        Column("version", "VERSION", Quantity.TEXT, f"{_STATUS}.nodeInfo.kubeletVersion"),
        Column("created", "AGE", Quantity.SINCE, f"{_META}.creationTimestamp"),
        Column("cpu_cores", "CPU", Quantity.NUMBER, f"{_STATUS}.allocatable cpu"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES, f"{_STATUS}.allocatable memory"),
        Column("pods_max", "PODS MAX", Quantity.COUNT, f"{_STATUS}.allocatable pods"),
        Column("taints", "TAINTS", Quantity.TEXT, f"{_SPEC}.taints"),
        Column("ip", "IP", Quantity.TEXT, f"{_STATUS}.addresses InternalIP"),
        Column("external_ip", "EXTERNAL", Quantity.TEXT, f"{_STATUS}.addresses ExternalIP"),
        Column("zone", "ZONE", Quantity.TEXT, f"{_META}.labels {_ZONE}"),
        Column("instance_type", "TYPE", Quantity.TEXT, f"{_META}.labels {_TYPE}"),
        Column("os", "OS", Quantity.TEXT, f"{_STATUS}.nodeInfo.osImage"),
        Column("kernel", "KERNEL", Quantity.TEXT, f"{_STATUS}.nodeInfo.kernelVersion"),
        Column("runtime", "RUNTIME", Quantity.TEXT, f"{_STATUS}.nodeInfo.containerRuntimeVersion"),
        Column("cordoned", "CORDONED", Quantity.FLAG, f"{_SPEC}.unschedulable"),
        Column("provider", "PROVIDER", Quantity.TEXT, f"{_SPEC}.providerID"),
        Column("pressures", "PRESSURES", Quantity.COUNT,
               f"{_STATUS}.conditions besides Ready that hold, how many"),
        Column("labels", "LABELS", Quantity.TEXT, f"{_META}.labels"),
        Column("uid", "UID", Quantity.TEXT, f"{_META}.uid"),
    ),
    ("name",),
    READ,
    node_rows,
    on_demand=False,
    quiet=True,
)  # fmt: skip
