"""Pods that do not run well."""

from tests.servers.kubernetes.refusal import Json

_TIME = "2026-09-21T15:00:00Z"
NAMES = (
    "CrashLoopBackOff",
    "ImagePullBackOff",
    "Unschedulable",
    "NotReady",
    "Restarted",
    "Evicted",
)


def _not_ready(status: Json) -> None:
    for each in status["conditions"]:
        if each["type"] in {"Ready", "ContainersReady"}:
            each |= {"status": "False", "reason": "ContainersNotReady"}


def made(obj: Json, body: Json, state: str) -> Json:
    """The object with the status of the body, changed to a state; the empty one is a good one."""
    obj["status"] = status = body["status"]
    if "managedFields" in body["metadata"]:
        obj["metadata"]["managedFields"] = body["metadata"]["managedFields"]
    first = status["containerStatuses"][0]
    ended = {"exitCode": 137, "reason": "OOMKilled", "startedAt": _TIME, "finishedAt": _TIME}
    match state:
        case "CrashLoopBackOff":
            _not_ready(status)
            waiting = {"reason": state, "message": "back-off 5m0s restarting failed container=app"}
            first |= {"ready": False, "started": False, "restartCount": 42,
                      "lastState": {"terminated": ended},
                      "state": {"waiting": waiting}}  # fmt: skip
        case "ImagePullBackOff":
            _not_ready(status)
            status["phase"] = "Pending"
            waiting = {"reason": state, "message": f'Back-off pulling image "{first["image"]}"'}
            first |= {"ready": False, "started": False, "state": {"waiting": waiting}}
        case "Unschedulable":
            del obj["spec"]["nodeName"]
            text = "0/5 nodes are available: 5 Insufficient cpu."
            told = {"type": "PodScheduled", "status": "False", "lastProbeTime": None,
                    "lastTransitionTime": _TIME, "reason": state, "message": text}  # fmt: skip
            obj["status"] = {"phase": "Pending", "conditions": [told], "qosClass": "Burstable"}
        case "NotReady":
            _not_ready(status)
            first["ready"] = False
        case "Restarted":
            first |= {"restartCount": 3, "lastState": {"terminated": ended}}
        case "Evicted":
            _not_ready(status)
            text = "The node was low on resource: memory."
            obj["status"] = {"phase": "Failed", "reason": state, "message": text,
                             "conditions": status["conditions"], "startTime": _TIME}  # fmt: skip
        case _:
            pass
    return obj
