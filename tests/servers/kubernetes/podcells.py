"""Cells of a pod's row: above all its status, which is a word from many places."""

from tests.servers.kubernetes.moments import Since, seconds
from tests.servers.kubernetes.refusal import Json, inside, listed


def cells(obj: Json) -> list[object]:
    """As the server prints a pod."""
    spec, status = obj["spec"], inside(obj, "status")
    restarts, last, ready, word = _told(spec, status)
    if obj["metadata"].get("deletionTimestamp"):
        word = "Unknown" if status.get("reason") == "NodeLost" else "Terminating"
    ips = listed(status, "podIPs")
    gates = listed(spec, "readinessGates")
    again: object = str(restarts)
    if restarts and last is not None:
        again = Since(last, f"{restarts} ({{}} ago)")
    return [
        obj["metadata"]["name"],
        f"{ready}/{len(spec.get('containers') or ()) + _sidecars(spec)}",
        word,
        again,
        Since(seconds(obj["metadata"].get("creationTimestamp"))),
        ips[0]["ip"] if ips else status.get("podIP") or "<none>",
        spec.get("nodeName") or "<none>",
        status.get("nominatedNodeName") or "<none>",
        f"0/{len(gates)}" if gates else "<none>",
    ]


def _sidecars(spec: Json) -> int:
    return sum(each.get("restartPolicy") == "Always" for each in listed(spec, "initContainers"))


def _told(spec: Json, status: Json) -> tuple[int, float | None, int, str]:
    """Restarts, when the last was, how many containers are ready, and the word."""
    word: str = status.get("reason") or status.get("phase") or "Unknown"
    for condition in listed(status, "conditions"):
        if condition["type"] == "PodScheduled" and condition.get("reason") == "SchedulingGated":
            word = "SchedulingGated"
    waiting, restarts, last = _initial(spec, status)
    if waiting is not None:
        return restarts, last, 0, waiting
    running, ready = False, 0
    for each in reversed(listed(status, "containerStatuses")):
        restarts += each.get("restartCount", 0)
        last = _latest(last, each)
        state: Json = inside(each, "state")
        if "running" in state and each.get("ready"):
            running = True
            ready += 1
        else:
            word = _ended(state) or word
    if word == "Completed" and running:
        condition = {one["type"]: one["status"] for one in listed(status, "conditions")}
        word = "Running" if condition.get("Ready") == "True" else "NotReady"
    return restarts, last, ready, word


def _ended(state: Json) -> str:
    if reason := inside(state, "waiting").get("reason"):
        return str(reason)
    if (ended := state.get("terminated")) is not None:
        if ended.get("reason"):
            return str(ended["reason"])
        if ended.get("signal"):
            return f"Signal:{ended['signal']}"
        return f"ExitCode:{ended.get('exitCode', 0)}"
    return ""


def _latest(last: float | None, each: Json) -> float | None:
    ended = inside(inside(each, "lastState"), "terminated")
    at = seconds(ended.get("finishedAt"))
    return at if last is None or (at is not None and at > last) else last


def _initial(spec: Json, status: Json) -> tuple[str | None, int, float | None]:
    """The word while init containers are not through; else nothing."""
    total = len(listed(spec, "initContainers"))
    restarts, last = 0, None
    for at, each in enumerate(listed(status, "initContainerStatuses")):
        restarts += each.get("restartCount", 0)
        last = _latest(last, each)
        state: Json = inside(each, "state")
        ended = state.get("terminated")
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if each.get("started") and each.get("ready"):
            continue
        said = _ended(state)
        if said and said != "PodInitializing":
            return f"Init:{said}", restarts, last
        return f"Init:{at}/{total}", restarts, last
    return None, 0, last
