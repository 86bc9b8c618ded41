"""Pods as an operator reads them: the phase, and the real reason behind it."""

import msgspec

from opsconsole.domains.cloud.kubernetes.watched import Meta, Object, Reader

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
    image: str = ""
    state: State = msgspec.field(default_factory=State)
    last: State = msgspec.field(default_factory=State, name="lastState")


class Resources(msgspec.Struct, gc=False):
    """What it asks for, and what it must not exceed."""

    requests: dict[str, str | float] | None = None
    limits: dict[str, str | float] | None = None


class Container(msgspec.Struct, gc=False):
    """What is to run."""

    name: str = ""
    image: str = ""
    resources: Resources | None = None
    restart: str = msgspec.field(default="", name="restartPolicy")


class Spec(msgspec.Struct, gc=False):
    """What is wanted."""

    containers: list[Container] | None = None
    inits: list[Container] | None = msgspec.field(default=None, name="initContainers")
    node: str = msgspec.field(default="", name="nodeName")
    priority: str = msgspec.field(default="", name="priorityClassName")


class Condition(msgspec.Struct, gc=False):
    """One aspect: `Ready`, `PodScheduled`, `Progressing`."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    changed: str | None = msgspec.field(default=None, name="lastTransitionTime")


class PodStatus(msgspec.Struct, gc=False):
    """What is."""

    phase: str = ""
    reason: str = ""
    message: str = ""
    ip: str = msgspec.field(default="", name="podIP")
    qos: str = msgspec.field(default="", name="qosClass")
    conditions: list[Condition] | None = None
    containers: list[Status] | None = msgspec.field(default=None, name="containerStatuses")
    inits: list[Status] | None = msgspec.field(default=None, name="initContainerStatuses")


class Pod(Object, gc=False):
    """What is read of a pod; all else is skipped."""

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


def condition(conditions: list[Condition] | None, kind: str) -> Condition | None:
    """That aspect, if it is there."""
    for one in conditions or ():
        if one.type == kind:
            return one
    return None


def summary(pod: Pod) -> Summary:
    """Read a pod as `kubectl get pods` does, and what it leaves out: that a probe fails."""
    status = pod.status
    word, why = status.reason or status.phase or "Unknown", status.message
    sidecars = _sidecars(pod.spec)
    every = [*(status.inits or ()), *(status.containers or ())]
    long_lived = [one for one in every if one.name in sidecars] + list(status.containers or ())
    ready = sum(one.ready and one.state.running is not None for one in long_lived)
    of = len(pod.spec.containers or ()) + len(sidecars)
    if (init := _initialising(pod, sidecars)) is not None:
        word, why = init
    else:
        word, why = _worst(status, word, why)
    gated = condition(status.conditions, "PodScheduled")
    if gated is not None and gated.status == "False" and status.phase == "Pending":
        word, why = gated.reason or word, gated.message
    if pod.metadata.deleted:
        if status.reason == "NodeLost":
            word = "Unknown"
        elif status.phase not in ("Succeeded", "Failed"):
            word = "Terminating"
    ended, last = _last(every)
    return Summary(word, why, ready, of, sum(one.restarts for one in every), ended, last)


def _sidecars(spec: Spec) -> set[str]:
    """Init containers that run on beside the others."""
    return {one.name for one in spec.inits or () if one.restart == "Always"}


def _initialising(pod: Pod, sidecars: set[str]) -> tuple[str, str] | None:
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
    aspect = condition(status.conditions, "Ready")
    if word == COMPLETED and runs:
        word = RUNNING if aspect is None or aspect.status == "True" else NOT_READY
    if word == RUNNING and aspect is not None and aspect.status == "False":
        word, why = NOT_READY, aspect.message
    return word, why


def _last(every: list[Status]) -> tuple[str | None, str]:
    """When and why a container ended last."""
    ended = [
        found
        for one in every
        if (found := one.last.terminated) is not None and found.finished is not None
    ]
    if not ended:
        return None, ""
    newest = max(ended, key=lambda one: one.finished or "")
    return newest.finished, newest.word if newest.reason != "Error" else f"Error {newest.code}"


def owner(meta: Meta) -> tuple[str, str]:
    """Kind and name of what manages it; the deployment for what its replica set does."""
    one = meta.controller
    if one is None:
        return "", ""
    mark = (meta.labels or {}).get("pod-template-hash")
    if one.kind == "ReplicaSet" and mark and one.name.endswith(f"-{mark}"):
        return "Deployment", one.name.removesuffix(f"-{mark}")
    return one.kind, one.name
