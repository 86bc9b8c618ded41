"""When a cluster is wrong: pods that crash or wait, rollouts that stick, nodes that are away."""

from opsconsole.model import Level
from opsconsole.rule import Bound, Rule

_MIXIN = "kubernetes-mixin"
_QUARTER, _HOUR = 900.0, 3600.0
_PULL = ("ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName")
_CREATE = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")


def _words(level: Level, *words: str) -> dict[str, Level]:
    """These statuses, also while init containers have them."""
    return {f"{prefix}{word}": level for word in words for prefix in ("", "Init:")}


PODS = (
    Rule(
        id="kubernetes.pod-crash-loop",
        title="Pod crashes again and again",
        about="A container ends soon after each start; the pauses between the starts grow.",
        probe="kubernetes.pod-trouble",
        column="status",
        source=f"{_MIXIN}: KubePodCrashLooping, 15 minutes; ours: 5 to clear",
        remedies=("Read the log of its last run.", "kubernetes.undo-rollout"),
        words=_words(Level.WARN, "CrashLoopBackOff"),
        for_s=_QUARTER,
        clear_for_s=300,
    ),
    Rule(
        id="kubernetes.pod-not-ready",
        title="Pod is not ready",
        about="It gets no requests: it waits for a node, its probe fails, or its node is silent.",
        probe="kubernetes.pod-trouble",
        column="status",
        source=f"{_MIXIN}: KubePodNotReady, 15 minutes",
        remedies=("Describe it: its events say why.", "kubernetes.delete-pod"),
        words={
            **_words(Level.WARN, "Pending", "NotReady", "Unknown", "NodeLost"),
            **dict.fromkeys(("Unschedulable", "SchedulingGated"), Level.WARN),
        },
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.pod-waiting",
        title="Container cannot start",
        about="Its image cannot be had, or what it is configured with is missing.",
        probe="kubernetes.pod-trouble",
        column="status",
        source=f"{_MIXIN}: KubeContainerWaiting, 1 hour; ours: 15 minutes",
        remedies=("Describe it: its message names what is missing.", "kubernetes.undo-rollout"),
        words=_words(Level.WARN, *_PULL, *_CREATE),
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.pod-creating",
        title="Container is not created",
        about="Its node does not get on with it: a volume or the network is missing.",
        probe="kubernetes.pod-trouble",
        column="status",
        source=f"{_MIXIN}: KubeContainerWaiting, 1 hour",
        remedies=("Describe it: its events say what its node waits for.",),
        words=dict.fromkeys(("ContainerCreating", "PodInitializing"), Level.WARN),
        for_s=_HOUR,
    ),
    Rule(
        id="kubernetes.pod-failed",
        title="Pod has failed",
        about="It ended and is not started again; what it was for is not done.",
        probe="kubernetes.pod-trouble",
        column="status",
        source=f"{_MIXIN}: KubePodNotReady (phase Failed), 15 minutes",
        remedies=("Read its log.", "kubernetes.delete-pod"),
        words=_words(Level.WARN, "Failed", "Error", "Evicted", "OOMKilled", "DeadlineExceeded"),
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.pod-terminating",
        title="Pod does not go",
        about="It was deleted and is still there: a finalizer, or a node that is silent.",
        probe="kubernetes.pod-trouble",
        column="status",
        source="ours: 15 minutes",
        remedies=("Look at its finalizers and at its node.", "kubernetes.delete-pod"),
        words={"Terminating": Level.WARN},
        for_s=_QUARTER,
    ),
)

NODES = (
    Rule(
        id="kubernetes.node-not-ready",
        title="Node is not ready",
        about="Its pods are not served, and are moved to others after five minutes.",
        probe="kubernetes.node",
        column="status",
        source=f"{_MIXIN}: KubeNodeNotReady and KubeNodeUnreachable, 15 minutes; ours: 5",
        remedies=("Look at its kubelet and its network.", "kubernetes.cordon"),
        words={
            f"{word}{more}": Level.CRIT
            for word in ("NotReady", "Unknown")
            for more in ("", ",SchedulingDisabled")
        },
        for_s=300,
    ),
    Rule(
        id="kubernetes.node-pressure",
        title="Node is under pressure",
        about="Memory, disk or process numbers run out: it takes no pods, and evicts some.",
        probe="kubernetes.node",
        column="pressures",
        source=f"{_MIXIN}: KubeNodePressure, 10 minutes",
        remedies=("Look at what its pods use.", "kubernetes.cordon"),
        warn=Bound(1, 0),
        for_s=600,
    ),
    Rule(
        id="kubernetes.node-cordoned",
        title="Node takes no pods",
        about="It was cordoned and perhaps forgotten: the others carry its share.",
        probe="kubernetes.node",
        column="status",
        source="ours: a day",
        remedies=("kubernetes.uncordon",),
        words={"Ready,SchedulingDisabled": Level.WARN},
        for_s=86400,
    ),
    Rule(
        id="kubernetes.api-not-ready",
        title="API server is not ready",
        about="One of its own checks does not pass: soon nothing can be changed or seen.",
        probe="kubernetes.cluster",
        column="api",
        source="Kubernetes documentation, API health endpoints; ours: 1 minute",
        remedies=("Look at etcd, and at the log of the API server.",),
        words={"not ready": Level.CRIT},
        for_s=60,
    ),
)


def _workload(kind: str, title: str, mixin: str) -> tuple[Rule, ...]:
    probe = f"kubernetes.{kind}"
    return (
        Rule(
            id=f"kubernetes.{kind}-short",
            title=f"{title} is short of pods",
            about="Fewer pods can take requests than are wanted.",
            probe=probe,
            column="missing",
            source=f"{_MIXIN}: {mixin}, 15 minutes",
            remedies=("Look at its pods and their events.", "kubernetes.undo-rollout"),
            warn=Bound(1, 0),
            for_s=_QUARTER,
        ),
        Rule(
            id=f"kubernetes.{kind}-unseen",
            title=f"{title} is not looked after",
            about="Its controller has not taken up the last change.",
            probe=probe,
            column="unseen",
            source=f"{_MIXIN}: generation mismatch, 15 minutes",
            remedies=("Look at the controller manager.",),
            warn=Bound(1, 0),
            for_s=_QUARTER,
        ),
    )


WORKLOADS = (
    *_workload("deployment", "Deployment", "KubeDeploymentReplicasMismatch"),
    *_workload("stateful-set", "Stateful set", "KubeStatefulSetReplicasMismatch"),
    *_workload("daemon-set", "Daemon set", "KubeDaemonSetRolloutStuck"),
    Rule(
        id="kubernetes.rollout-stuck",
        title="Rollout is stuck",
        about="The new pods did not become ready in time; the old ones serve on.",
        probe="kubernetes.deployment",
        column="status",
        source=f"{_MIXIN}: KubeDeploymentRolloutStuck, 15 minutes; progressDeadlineSeconds passed",
        remedies=("Look at the new pods.", "kubernetes.undo-rollout"),
        words={"Stuck": Level.CRIT, "ReplicaFailure": Level.CRIT},
        for_s=60,
    ),
    Rule(
        id="kubernetes.job-failed",
        title="Job has failed",
        about="It is not tried again; what it was for is not done.",
        probe="kubernetes.job",
        column="status",
        source=f"{_MIXIN}: KubeJobFailed, 15 minutes",
        remedies=("Read the log of its pods.",),
        words={"Failed": Level.WARN},
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.job-long",
        title="Job does not end",
        about="It has been at work for half a day.",
        probe="kubernetes.job",
        column="status",
        source=f"{_MIXIN}: KubeJobNotCompleted, 12 hours",
        remedies=("Read the log of its pods.",),
        words={"Running": Level.WARN},
        for_s=43200,
    ),
    Rule(
        id="kubernetes.autoscaler-full",
        title="Autoscaler is at its end",
        about="It has as many pods as it may have: more load is served worse.",
        probe="kubernetes.autoscaler",
        column="used_percent",
        source=f"{_MIXIN}: KubeHpaMaxedOut, 15 minutes",
        remedies=("Raise its maximum, or find what asks for so much.",),
        warn=Bound(100, 99),
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.autoscaler-blind",
        title="Autoscaler cannot scale",
        about="It cannot read its metrics, or not change what it scales: the load decides nothing.",
        probe="kubernetes.autoscaler",
        column="status",
        source=f"{_MIXIN}: KubeHpaReplicasMismatch, 15 minutes",
        remedies=("Look at the metrics server, and at its message.",),
        words={"Unable": Level.WARN, "Inactive": Level.WARN},
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.budget-short",
        title="Too few healthy pods",
        about="Fewer are healthy than its disruption budget wants: nothing may be evicted.",
        probe="kubernetes.disruption-budget",
        column="missing",
        source=f"{_MIXIN}: KubePdbNotEnoughHealthyPods, 15 minutes",
        remedies=("Look at the pods that its selector names.",),
        warn=Bound(1, 0),
        for_s=_QUARTER,
    ),
    Rule(
        id="kubernetes.claim-unbound",
        title="Claim has no volume",
        about="Pods that need it cannot start; a lost one has lost its data.",
        probe="kubernetes.volume-claim",
        column="status",
        source=f"{_MIXIN}: KubePersistentVolumeErrors, 5 minutes; ours: 15 for Pending",
        remedies=("Describe it: its events say what the provisioner waits for.",),
        words={"Lost": Level.CRIT, "Pending": Level.WARN},
        for_s=_QUARTER,
    ),
)

RULES = (*PODS, *NODES, *WORKLOADS)
