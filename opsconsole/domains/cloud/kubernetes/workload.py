"""What keeps pods: deployments, replica sets, stateful sets, daemon sets, as one kind of row."""

import msgspec

from opsconsole.clean import Clean, clean
from opsconsole.domains.cloud.kubernetes import values
from opsconsole.domains.cloud.kubernetes.parts import Condition, condition
from opsconsole.domains.cloud.kubernetes.pod import Container, owner
from opsconsole.domains.cloud.kubernetes.watched import Object, Reader
from opsconsole.model import Column, Quantity, Row
from opsconsole.spec import Probe
from opsconsole.turn import Turn

REVISION = "deployment.kubernetes.io/revision"
RESTARTED = "kubectl.kubernetes.io/restartedAt"


class Selector(msgspec.Struct, gc=False):
    """Which pods are its own."""

    labels: dict[str, str] | None = msgspec.field(default=None, name="matchLabels")


class TemplateMeta(msgspec.Struct, gc=False):
    """What its pods are marked with."""

    annotations: dict[str, str] | None = None


class TemplateSpec(msgspec.Struct, gc=False):
    """What its pods run."""

    containers: list[Container] | None = None


class Template(msgspec.Struct, gc=False):
    """What its pods are made from."""

    metadata: TemplateMeta | None = None
    spec: TemplateSpec = msgspec.field(default_factory=TemplateSpec)


class Strategy(msgspec.Struct, gc=False):
    """How pods are replaced."""

    type: str = ""


class Spec(msgspec.Struct, gc=False):
    """What is wanted."""

    replicas: int | None = None
    paused: bool = False
    selector: Selector | None = None
    template: Template = msgspec.field(default_factory=Template)
    strategy: Strategy | None = None
    update: Strategy | None = msgspec.field(default=None, name="updateStrategy")


class Status(msgspec.Struct, gc=False):
    """What is; daemon sets say the same in other words."""

    observed: int = msgspec.field(default=0, name="observedGeneration")
    replicas: int = 0
    ready: int = msgspec.field(default=0, name="readyReplicas")
    updated: int = msgspec.field(default=0, name="updatedReplicas")
    available: int = msgspec.field(default=0, name="availableReplicas")
    desired: int = msgspec.field(default=0, name="desiredNumberScheduled")
    misplaced: int = msgspec.field(default=0, name="numberMisscheduled")
    number_ready: int = msgspec.field(default=0, name="numberReady")
    number_updated: int = msgspec.field(default=0, name="updatedNumberScheduled")
    number_available: int = msgspec.field(default=0, name="numberAvailable")
    current: str = msgspec.field(default="", name="currentRevision")
    coming: str = msgspec.field(default="", name="updateRevision")
    conditions: list[Condition] | None = None

    @property
    def settled(self) -> bool:
        """Of a stateful set: all its pods are of one revision, whatever is counted."""
        return bool(self.current) and self.current == self.coming


class Workload(Object, gc=False):
    """What is read of one, of whatever kind."""

    spec: Spec = msgspec.field(default_factory=Spec)
    status: Status = msgspec.field(default_factory=Status)


READ = Reader(Workload)

_STUCK = "ProgressDeadlineExceeded"


class Counts(msgspec.Struct, gc=False):
    """How many pods there should be and are."""

    wanted: int
    ready: int
    updated: int
    available: int


def counts(one: Workload, *, daemon: bool) -> Counts:
    """In the words of its kind."""
    now = one.status
    if daemon:
        return Counts(now.desired, now.number_ready, now.number_updated, now.number_available)
    wanted = 1 if one.spec.replicas is None else one.spec.replicas
    return Counts(wanted, now.ready, now.updated, now.available)


def state(one: Workload, count: Counts, *, rolls: bool) -> tuple[Clean, Clean]:
    """How it stands, and the server's words on it."""
    progress = condition(one.status.conditions, "Progressing")
    failure = condition(one.status.conditions, "ReplicaFailure")
    if one.metadata.deleted:
        return Clean("Terminating"), Clean("")
    if failure is not None and failure.status == "True":
        return Clean("ReplicaFailure"), clean(failure.message, 300)
    if progress is not None and progress.reason == _STUCK:
        return Clean("Stuck"), clean(progress.message, 300)
    if one.spec.paused:
        return Clean("Paused"), Clean("")
    if one.status.observed < one.metadata.generation:
        return Clean("Progressing"), Clean("the controller has not seen the last change yet")
    if rolls and count.updated < count.wanted and not one.status.settled:
        return Clean("Progressing"), Clean(f"{count.updated} of {count.wanted} are of the new kind")
    if count.available < count.wanted:
        return Clean("Unavailable"), Clean(f"{count.available} of {count.wanted} are available")
    return Clean("Complete"), Clean("")


def _rows(one: Workload, own: Clean, *, daemon: bool, rolls: bool) -> Row:
    meta, spec = one.metadata, one.spec
    count = counts(one, daemon=daemon)
    word, why = state(one, count, rolls=rolls)
    kind, manager = owner(meta)
    marks = spec.template.metadata.annotations if spec.template.metadata else None
    strategy = spec.strategy or spec.update
    return (
        values.word(meta.namespace),
        values.name(meta.name),
        values.ready(count.ready, count.wanted),
        word,
        why,
        count.wanted,
        count.ready,
        count.updated if rolls else None,
        count.available,
        max(0, count.wanted - count.available),
        values.moment(meta.created),
        _whole((meta.annotations or {}).get(REVISION)),
        values.moment((marks or {}).get(RESTARTED)),
        values.word(", ".join(part.image for part in spec.template.spec.containers or ()), 400),
        values.word(strategy.type if strategy else "", 40),
        spec.paused,
        max(0, meta.generation - one.status.observed),
        values.word(kind, 60),
        values.word(manager),
        values.word(values.pairs(spec.selector.labels if spec.selector else None), 400),
        values.word(values.pairs(meta.labels), 400),
        own,
        values.name(meta.uid),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def deployment_rows(turn: Turn[Workload], _before: Turn[Workload] | None) -> list[Row]:
    """One row per deployment."""
    return [_rows(one, Clean("Deployment"), daemon=False, rolls=True) for one in turn.put]


def replica_set_rows(turn: Turn[Workload], _before: Turn[Workload] | None) -> list[Row]:
    """One row per replica set: those with pods, and old revisions without."""
    return [_rows(one, Clean("ReplicaSet"), daemon=False, rolls=False) for one in turn.put]


def stateful_set_rows(turn: Turn[Workload], _before: Turn[Workload] | None) -> list[Row]:
    """One row per stateful set."""
    return [_rows(one, Clean("StatefulSet"), daemon=False, rolls=True) for one in turn.put]


def daemon_set_rows(turn: Turn[Workload], _before: Turn[Workload] | None) -> list[Row]:
    """One row per daemon set."""
    return [_rows(one, Clean("DaemonSet"), daemon=True, rolls=True) for one in turn.put]


def _columns(kind: str, title: str, *, daemon: bool = False) -> tuple[Column, ...]:
    meta, spec, status = f"{kind} metadata", f"{kind} spec", f"{kind} status"
    wanted = f"{status}.desiredNumberScheduled" if daemon else f"{spec}.replicas"
    ready = f"{status}.numberReady" if daemon else f"{status}.readyReplicas"
    updated = f"{status}.updatedNumberScheduled" if daemon else f"{status}.updatedReplicas"
    available = f"{status}.numberAvailable" if daemon else f"{status}.availableReplicas"
    return (
        Column("namespace", "NAMESPACE", Quantity.TEXT, f"{meta}.namespace"),
        Column("name", title, Quantity.TEXT, f"{meta}.name"),
        Column("ready", "READY", Quantity.TEXT, f"{ready}, of {wanted}"),
        Column("status", "STATUS", Quantity.STATE,
               f"{status}.conditions, and whether the pods are as wanted"),
        Column("message", "MESSAGE", Quantity.TEXT, f"{status}.conditions message"),
        Column("wanted", "WANTED", Quantity.COUNT, wanted),
        Column("ready_pods", "PODS", Quantity.COUNT, ready),
        Column("updated", "UPDATED", Quantity.COUNT, updated),
        Column("available", "AVAILABLE", Quantity.COUNT, available),
        Column("missing", "MISSING", Quantity.COUNT, f"{wanted} without {available}"),
        Column("created", "AGE", Quantity.SINCE, f"{meta}.creationTimestamp"),
        Column("revision", "REVISION", Quantity.COUNT, f"{meta}.annotations {REVISION}"),
        Column("restarted", "RESTARTED", Quantity.SINCE,
               f"{spec}.template annotations {RESTARTED}: kubectl rollout restart"),
        Column("images", "IMAGES", Quantity.TEXT, f"{spec}.template containers image"),
        Column("strategy", "STRATEGY", Quantity.TEXT, f"{spec}.strategy or updateStrategy"),
        Column("paused", "PAUSED", Quantity.FLAG, f"{spec}.paused"),
        Column("unseen", "UNSEEN", Quantity.COUNT,
               f"{meta}.generation without {status}.observedGeneration"),
        Column("owner_kind", "OWNER", Quantity.TEXT, f"{meta}.ownerReferences"),
        Column("owner", "OF", Quantity.TEXT, f"{meta}.ownerReferences name"),
        Column("selector", "SELECTOR", Quantity.TEXT, f"{spec}.selector.matchLabels"),
        Column("labels", "LABELS", Quantity.TEXT, f"{meta}.labels"),
        Column("kind", "KIND", Quantity.TEXT, f"{kind} kind"),
        Column("uid", "UID", Quantity.TEXT, f"{meta}.uid"),
    )  # fmt: skip


_KEY = ("namespace", "name")

DEPLOYMENT = Probe(
    "kubernetes.deployment",
    "Deployments",
    "deployments",
    _columns("deployment", "DEPLOYMENT"),
    _KEY,
    READ,
    deployment_rows,
    named=_KEY,
)
REPLICA_SET = Probe(
    "kubernetes.replica-set",
    "Replica sets",
    "replicasets",
    _columns("replica set", "REPLICASET"),
    _KEY,
    READ,
    replica_set_rows,
    named=_KEY,
)
STATEFUL_SET = Probe(
    "kubernetes.stateful-set",
    "Stateful sets",
    "statefulsets",
    _columns("stateful set", "STATEFUL"),
    _KEY,
    READ,
    stateful_set_rows,
    named=_KEY,
)
DAEMON_SET = Probe(
    "kubernetes.daemon-set",
    "Daemon sets",
    "daemonsets",
    _columns("daemon set", "DAEMONSET", daemon=True),
    _KEY,
    READ,
    daemon_set_rows,
    named=_KEY,
)
