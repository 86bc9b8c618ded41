"""Claims for volumes."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.parts import Condition
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn


class Resources(msgspec.Struct, gc=False):
    """How much is wanted."""

    requests: dict[str, str | float] | None = None


class Spec(msgspec.Struct, gc=False):
    """What is wanted."""

    volume: str = msgspec.field(default="", name="volumeName")
    kind: str | None = msgspec.field(default="", name="storageClassName")
    modes: list[str] | None = msgspec.field(default=None, name="accessModes")
    resources: Resources = msgspec.field(default_factory=Resources)


class Status(msgspec.Struct, gc=False):
    """What is."""

    phase: str = ""
    capacity: dict[str, str | float] | None = None
    conditions: list[Condition] | None = None


class Claim(Object, gc=False):
    """What is read of a persistent volume claim."""

    spec: Spec = msgspec.field(default_factory=Spec)
    status: Status = msgspec.field(default_factory=Status)


READ = Reader(Claim)


def claim_rows(turn: Turn[Claim], _before: Turn[Claim] | None) -> list[Row]:
    """One row per claim."""
    return [
        (
            values.word(one.metadata.namespace),
            values.name(one.metadata.name),
            values.word("Terminating" if one.metadata.deleted else one.status.phase, 20),
            clean(
                "; ".join(part.message or part.type for part in one.status.conditions or ()), 300
            ),
            values.quantity((one.status.capacity or {}).get("storage")),
            values.quantity((one.spec.resources.requests or {}).get("storage")),
            values.name(one.spec.volume),
            values.word(one.spec.kind or ""),
            values.word(", ".join(one.spec.modes or ()), 100),
            values.moment(one.metadata.created),
            Clean("PersistentVolumeClaim"),
            values.name(one.metadata.uid),
        )
        for one in turn.put
    ]


CLAIM = Probe(
    "kubernetes.volume-claim",
    "Volume claims",
    "volumeclaims",
    (
        Column("namespace", "NAMESPACE", Quantity.TEXT, "PVC metadata.namespace"),
        Column("name", "CLAIM", Quantity.TEXT, "PVC metadata.name"),
        Column("status", "STATUS", Quantity.STATE, "PVC status.phase"),
        Column("message", "MESSAGE", Quantity.TEXT, "PVC status.conditions message"),
        Column("capacity_bytes", "CAPACITY", Quantity.BYTES, "PVC status.capacity storage"),
        Column("request_bytes", "WANTED", Quantity.BYTES, "PVC spec.resources.requests storage"),
        Column("volume", "VOLUME", Quantity.TEXT, "PVC spec.volumeName"),
        Column("class", "CLASS", Quantity.TEXT, "PVC spec.storageClassName"),
        Column("modes", "MODES", Quantity.TEXT, "PVC spec.accessModes"),
        Column("created", "AGE", Quantity.SINCE, "PVC metadata.creationTimestamp"),
        Column("kind", "KIND", Quantity.TEXT, "PVC kind"),
        Column("uid", "UID", Quantity.TEXT, "PVC metadata.uid"),
    ),
    ("namespace", "name"),
    READ,
    claim_rows,
    named=("namespace", "name"),
)
