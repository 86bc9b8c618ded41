"""What pods and nodes use, as the metrics server measured it last."""

from collections.abc import Iterator

import msgspec

from opsconsole.domains.cloud.kubernetes import values
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import Part, joined, parted
from opsconsole.spec import Probe

PODS = "/apis/metrics.k8s.io/v1beta1/pods"
NODES = "/apis/metrics.k8s.io/v1beta1/nodes"


class _Container(msgspec.Struct, gc=False):
    usage: dict[str, str | float] | None = None


class _Meta(msgspec.Struct, gc=False):
    name: str = ""
    namespace: str = ""


class Measured(msgspec.Struct, gc=False):
    """One pod, or one node."""

    metadata: _Meta = msgspec.field(default_factory=_Meta)
    containers: list[_Container] | None = None
    usage: dict[str, str | float] | None = None
    at: str | None = msgspec.field(default=None, name="timestamp")

    def used(self, what: str) -> float | None:
        """In cores or bytes; None when nothing was measured."""
        said = (
            [self.usage or {}] if self.usage else [one.usage or {} for one in self.containers or ()]
        )
        found = [amount for one in said if (amount := values.quantity(one.get(what))) is not None]
        return sum(found) if found else None


class _List(msgspec.Struct, gc=False):
    items: list[Measured] | None = None


PIECE = 128 << 10
"""Bytes of an answer that are read at once: some 250 pods."""

HEAD = 16 << 10
"""Bytes in which the first of them begins."""

_ITEMS = b'"items":['
_OPEN, _CLOSE = b'{"items":[', b"]}"

_LIST = msgspec.json.Decoder(_List)


def cut(payload: bytes) -> Iterator[bytes]:
    """The same measurements in answers of some hundred each.

    No text in JSON holds what stands between two of them, since a quote within a text is escaped.
    What is cut on another level than that of the list cannot be read: its brackets do not match.
    """
    at = payload.find(_ITEMS, 0, HEAD) + len(_ITEMS)
    begins = payload[at : payload.find(b":", at, at + 40) + 1]
    """How each of them does: `{"metadata":`, or `{"kind":`."""
    if at < len(_ITEMS) or not begins.startswith(b"{") or not payload.startswith(b"200 "):
        yield payload
        return
    while end := payload.find(b"}," + begins, at + PIECE) + 1:
        yield _piece(payload[at:end] + _CLOSE)
        at = end + 1
    yield _piece(payload[at:])


def _piece(items: bytes) -> bytes:
    return joined([Part(200, _OPEN + items)])


def read(payload: bytes) -> list[Measured]:
    """Raises `Malformed`, which a cluster without a metrics server does, too: it prints a text."""
    (part,) = parted(payload, 1)
    try:
        return _LIST.decode(part.body).items or []
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"no metrics: {error}", "install the metrics server") from error


def pod_rows(now: list[Measured], _before: list[Measured] | None) -> list[Row]:
    """One row per pod that was measured."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            one.used("cpu"),
            one.used("memory"),
            values.moment(one.at),
        )
        for one in now
    ]


def node_rows(now: list[Measured], _before: list[Measured] | None) -> list[Row]:
    """One row per node that was measured."""
    return [
        (
            values.name(one.metadata.name),
            one.used("cpu"),
            one.used("memory"),
            values.moment(one.at),
        )
        for one in now
    ]


POD_USE = Probe(
    "kubernetes.pod-use",
    "Use of pods",
    "pod-use",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, f"GET {PODS} metadata.namespace"),
        Column("name", "POD", Quantity.TEXT, f"GET {PODS} metadata.name"),
        Column("cpu_cores", "CPU", Quantity.NUMBER, f"GET {PODS} containers usage cpu"),
        Column("memory_bytes", "MEMORY", Quantity.BYTES, f"GET {PODS} containers usage memory"),
        Column("measured", "MEASURED", Quantity.SINCE, f"GET {PODS} timestamp"),
    ),
    ("namespace", "name"),
    read,
    pod_rows,
    quiet=True,
    named=("namespace", "name"),
)
NODE_USE = Probe(
    "kubernetes.node-use",
    "Use of nodes",
    "node-use",
    (
        Column("name", "NODE", Quantity.TEXT, f"GET {NODES} metadata.name"),
        Column("cpu_used_cores", "CPU", Quantity.NUMBER, f"GET {NODES} usage cpu", history=True),
        Column(
            "memory_used_bytes", "MEMORY", Quantity.BYTES, f"GET {NODES} usage memory", history=True
        ),
        Column("measured", "MEASURED", Quantity.SINCE, f"GET {NODES} timestamp"),
    ),
    ("name",),
    read,
    node_rows,
)
