"""What can be done: with pods, with what keeps them, with nodes, with jobs, with ports."""

from opsconsole.domains.cloud.kubernetes.action import forward, job, node, pod, rollout
from opsconsole.domains.cloud.kubernetes.action.delete import DELETE
from opsconsole.domains.cloud.kubernetes.action.drain import DRAIN
from opsconsole.domains.cloud.kubernetes.action.edit import EDIT
from opsconsole.domains.cloud.kubernetes.action.scale import SCALE
from opsconsole.domains.cloud.kubernetes.action.undo import UNDO

ACTIONS = (
    pod.DELETE,
    pod.EVICT,
    SCALE,
    rollout.RESTART,
    UNDO,
    rollout.PAUSE,
    rollout.RESUME,
    job.TRIGGER,
    job.SUSPEND,
    job.RESUME,
    job.DELETE,
    node.CORDON,
    node.UNCORDON,
    DRAIN,
    node.TAINT,
    node.UNTAINT,
    EDIT,
    DELETE,
    forward.FORWARD,
    forward.FORWARD_SERVICE,
    forward.END,
)
