"""Ports of this machine that are joined to ports of pods, as the transport keeps them."""

from collections.abc import Sequence

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.errors import Malformed
from opsconsole.model import Column, Quantity, Row
from opsconsole.question import parted
from opsconsole.spec import Probe


class Forward(msgspec.Struct):
    """One of them; see `transports.kubernetes.forwards`."""

    number: str
    namespace: str
    pod: str
    local: int
    remote: int
    state: str
    uid: str = ""
    service: str = ""
    since: float = 0.0
    open: int = 0
    connections: int = 0
    received: int = 0
    sent: int = 0
    error: str = ""


class Forwards(msgspec.Struct):
    """All of a target."""

    forwards: list[Forward]
    free: int = 0
    """A port of ours that nobody listened on just now."""


def read_all(body: bytes) -> Forwards:
    """The document of the transport; raises `Malformed`."""
    try:
        return msgspec.json.decode(body, type=Forwards)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Malformed(f"what is forwarded cannot be read: {error}") from error


def read(payload: bytes) -> list[Forward]:
    """Raises `Malformed`."""
    return read_all(parted(payload, 1)[0].body).forwards


def rows(now: Sequence[Forward], _before: Sequence[Forward] | None) -> list[Row]:
    """One row each, the oldest first."""
    return [
        (
            clean(one.number, 20),
            values.word(one.namespace),
            values.name(one.pod),
            values.word(one.service),
            Clean(str(one.local)),
            Clean(str(one.remote)),
            values.word(one.state, 20),
            one.since,
            one.open,
            one.connections,
            one.received,
            one.sent,
            clean(one.error, 300),
        )
        for one in now
    ]


_SOURCE = "the collector's own count"

FORWARD = Probe(
    "kubernetes.forward",
    "Forwarded ports",
    "forwards",
    (
        Column("number", "NO", Quantity.TEXT, "in order of their beginning"),
        Column("namespace", "NAMESPACE", Quantity.TEXT, "of the pod"),
        Column("pod", "POD", Quantity.TEXT, "pod metadata.name"),
        Column("service", "SERVICE", Quantity.TEXT, "for which the pod was chosen, if for one"),
        Column("local", "LOCAL", Quantity.TEXT, "port of 127.0.0.1 where the collector runs"),
        Column("remote", "REMOTE", Quantity.TEXT, "port of the pod"),
        Column("state", "STATUS", Quantity.STATE, "listening; failing: the last connection;"
               " unreachable: the cluster; ended: the pod"),
        Column("since", "AGE", Quantity.SINCE, "when it began"),
        Column("open", "OPEN", Quantity.COUNT, f"connections: {_SOURCE}"),
        Column("connections", "IN ALL", Quantity.COUNT, f"connections: {_SOURCE}"),
        Column("received_bytes", "FROM POD", Quantity.BYTES, _SOURCE),
        Column("sent_bytes", "TO POD", Quantity.BYTES, _SOURCE),
        Column("error", "LAST ERROR", Quantity.TEXT, "what went wrong last, if anything"),
    ),
    ("number",),
    read,
    rows,
    named=("namespace", "pod", "local"),
)  # fmt: skip
