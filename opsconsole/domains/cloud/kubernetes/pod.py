"""Pods as an operator reads them: the phase, and the real reason behind it."""

from collections.abc import Sequence, Set

import msgspec

from opsconsole.domains.cloud.kubernetes.parts import (
    NOTHING,
    belongs,
    condition,
    conditions,
)
from opsconsole.domains.cloud.kubernetes.watched import Meta, Reader

RUNNING, NOT_READY, COMPLETED = "Running", "NotReady", "Completed"


class Running(msgspec.Struct, gc=False):
    """A container that runs."""

    started: str | None = msgspec.field(default=None, name="startedAt")


class Waiting(msgspec.Struct, gc=False):
    """A container that does not run yet, or not again."""

    reason: str = ""
    message: str = ""


class Terminated(msgspec.Struct, gc=False):
    """A container that ended."""

    code: int = msgspec.field(default=0, name="exitCode")
    signal: int = 0
    reason: str = ""
    message: str = ""
    finished: str | None = msgspec.field(default=None, name="finishedAt")

    @property
    def word(self) -> str:
        """Why it ended, in one word."""
        if self.reason:
            return self.reason
        return f"Signal:{self.signal}" if self.signal else f"ExitCode:{self.code}"


class State(msgspec.Struct, gc=False):
    """Exactly one of these, or none: then it waits without a reason."""

    running: Running | None = None
    waiting: Waiting | None = None
    terminated: Terminated | None = None


class Status(msgspec.Struct, gc=False):
    """How one container is."""

    name: str = ""
    ready: bool = False
    started: bool | None = None
    restarts: int = msgspec.field(default=0, name="restartCount")
    state: State = msgspec.field(default_factory=State)
    last: State = msgspec.field(default_factory=State, name="lastState")


class Container(msgspec.Struct, gc=False):
    """What is to run."""

    name: str = ""
    image: str = ""
    resources: msgspec.Raw = NOTHING
    """What it asks for, and what it must not exceed: see `parts.needs`."""
    restart: str = msgspec.field(default="", name="restartPolicy")


class Spec(msgspec.Struct, gc=False):
    """What is wanted."""

    containers: list[Container] | None = None
    inits: list[Container] | None = msgspec.field(default=None, name="initContainers")
    node: str = msgspec.field(default="", name="nodeName")
    priority: str = msgspec.field(default="", name="priorityClassName")


class PodStatus(msgspec.Struct, gc=False):
    """What is."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    ip: str = msgspec.field(default="", name="podIP")
    qos: str = msgspec.field(default="", name="qosClass")
    conditions: msgspec.Raw = NOTHING
    containers: list[Status] | None = msgspec.field(default=None, name="containerStatuses")
    inits: list[Status] | None = msgspec.field(default=None, name="initContainerStatuses")


class PodMeta(msgspec.Struct, gc=False):
    """What is read of whom it is, and whose: see `parts.family`."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    created: str | None = msgspec.field(default=None, name="creationTimestamp")
    deleted: str | None = msgspec.field(default=None, name="deletionTimestamp")
    labels: msgspec.Raw = NOTHING
    owners: msgspec.Raw = msgspec.field(default=NOTHING, name="ownerReferences")


class Pod(msgspec.Struct, gc=False):
    """What is read of a pod; all else is skipped."""

    metadata: PodMeta = msgspec.field(default_factory=PodMeta)
    spec: Spec = msgspec.field(default_factory=Spec)
    status: PodStatus = msgspec.field(default_factory=PodStatus)


READ = Reader(Pod)
"""Shared by all probes that read pods, so that an answer is decoded once."""


class Summary(msgspec.Struct, gc=False):
    """What the containers of a pod come to."""

    word: str
    """`Running`, or why not: `CrashLoopBackOff`, `Init:1/3`, `Terminating`."""
    why: str
    """The server's words about it, empty when there are none."""
    ready: int
    of: int
    restarts: int
    restarted: str | None
    """When a container ended last."""
    last: str
    """Why it ended then: `OOMKilled`, `Error 1`."""


def summary(pod: Pod) -> Summary:
    """Read a pod as `kubectl get pods` does, and what it leaves out: that a probe fails."""
    return _well(pod) or closely(pod)


def _well(pod: Pod) -> Summary | None:
    """What most pods come to, at a glance; None for one that is to be looked at closely."""
    status, spec = pod.status, pod.spec
    if status.phase != RUNNING or status.reason or pod.metadata.deleted:
        return None
    restarts = 0
    if spec.inits or status.inits:
        if _sidecars(spec):
            return None
        for one in status.inits or ():
            ended = one.state.terminated
            if ended is None or ended.code or one.last.terminated is not None:
                return None
            restarts += one.restarts
    containers = status.containers or ()
    for one in containers:
        state = one.state
        runs = one.ready and state.running is not None
        if not runs or state.waiting or state.terminated or one.last.terminated is not None:
            return None
        restarts += one.restarts
    if b"False" in bytes(status.conditions):
        return None
    return Summary(
        RUNNING, status.message, len(containers), len(spec.containers or ()), restarts, None, ""
    )


def closely(pod: Pod) -> Summary:
    """The same of any pod."""
    status = pod.status
    inits, containers = status.inits or (), status.containers or ()
    sidecars = _sidecars(pod.spec) if pod.spec.inits else frozenset[str]()
    word, why, ready, restarts = status.reason or status.phase or "Unknown", status.message, 0, 0
    for one in containers:
        restarts += one.restarts
        ready += one.ready and one.state.running is not None
    for one in inits:
        restarts += one.restarts
        ready += one.ready and one.name in sidecars and one.state.running is not None
    if (init := _initialising(pod, sidecars)) is not None:
        word, why = init
    else:
        word, why = _worst(status, word, why)
    # Where it has a node it was scheduled.
    if status.phase == "Pending" and not pod.spec.node:
        gated = condition(conditions(status.conditions), "PodScheduled")
        if gated is not None and gated.status == "False":
            word, why = gated.reason or word, gated.message
    if pod.metadata.deleted:
        if status.reason == "NodeLost":
            word = "Unknown"
        elif status.phase not in ("Succeeded", "Failed"):
            word = "Terminating"
    ended, last = _last(inits, containers)
    of = len(pod.spec.containers or ()) + len(sidecars)
    return Summary(word, why, ready, of, restarts, ended, last)


def _sidecars(spec: Spec) -> Set[str]:
    """Init containers that run on beside the others."""
    return {one.name for one in spec.inits or () if one.restart == "Always"}


def _initialising(pod: Pod, sidecars: Set[str]) -> tuple[str, str] | None:
    """Word and reason while init containers are not through; None afterwards."""
    of = len(pod.spec.inits or ())
    for at, one in enumerate(pod.status.inits or ()):
        ended, waiting = one.state.terminated, one.state.waiting
        if ended is not None and ended.code == 0:
            continue
        if one.name in sidecars and one.started:
            continue
        if ended is not None:
            return f"Init:{ended.word}", ended.message
        if waiting is not None and waiting.reason not in ("", "PodInitializing"):
            return f"Init:{waiting.reason}", waiting.message
        return f"Init:{at}/{of}", ""
    return None


def _worst(status: PodStatus, word: str, why: str) -> tuple[str, str]:
    """The first container that is not well speaks for the pod."""
    runs = False
    for one in reversed(status.containers or ()):
        ended, waiting = one.state.terminated, one.state.waiting
        if waiting is not None and waiting.reason:
            word, why = waiting.reason, waiting.message
        elif ended is not None:
            word, why = ended.word, ended.message
        elif one.ready and one.state.running is not None:
            runs = True
    if word not in (COMPLETED, RUNNING):
        return word, why
    aspect = condition(conditions(status.conditions), "Ready")
    if word == COMPLETED and runs:
        word = RUNNING if aspect is None or aspect.status == "True" else NOT_READY
    if word == RUNNING and aspect is not None and aspect.status == "False":
        word, why = NOT_READY, aspect.message
    return word, why


def _last(*lists: Sequence[Status]) -> tuple[str | None, str]:
    """When and why a container ended last."""
    newest, when = None, ""
    for statuses in lists:
        for one in statuses:
            ended = one.last.terminated
            if ended is None or ended.finished is None:
                continue
            if newest is None or ended.finished > when:
                newest, when = ended, ended.finished
    if newest is None:
        return None, ""
    return when, newest.word if newest.reason != "Error" else f"Error {newest.code}"


def owner(meta: Meta) -> tuple[str, str]:
    """Kind and name of what manages it; the deployment for what its replica set does."""
    return belongs(meta.owners or (), meta.labels or {})
