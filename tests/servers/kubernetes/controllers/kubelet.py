"""The scheduler and the kubelets: pods get a node, start, crash, end and go.

What a test can ask for by a container's image: `no-such-image` is never pulled, `never-ready` runs
without getting ready, `crash` ends at once with 1, again and again; of a job, `fails` ends with 1.
"""

import time

from tests.servers.kubernetes.controllers.common import Hands
from tests.servers.kubernetes.moments import stamp
from tests.servers.kubernetes.refusal import Json, inside, listed
from tests.servers.kubernetes.selectors import matches
from tests.servers.kubernetes.store import Entry, now


def tolerated(taint: Json, tolerations: list[Json]) -> bool:
    """Whether any toleration lets a taint pass."""
    return any(
        each.get("effect") in (None, "", taint["effect"])
        and (each.get("key") in (None, "", taint["key"]))
        and (each.get("operator") == "Exists" or each.get("value", "") == taint.get("value", ""))
        for each in tolerations
    )


def fits(node: Json, spec: Json, daemon: bool = False) -> bool:
    """Whether a pod of this spec may run on a node."""
    if node["spec"].get("unschedulable") and not daemon:
        return False
    wanted: Json = inside(spec, "nodeSelector")
    if not matches({"matchLabels": wanted}, inside(node["metadata"], "labels")):
        return False
    own = {"node.kubernetes.io/unschedulable", "node.kubernetes.io/not-ready",
           "node.kubernetes.io/unreachable"} if daemon else set[str]()  # fmt: skip
    return all(
        tolerated(taint, spec.get("tolerations") or [])
        for taint in listed(node["spec"], "taints")
        if taint["effect"] in {"NoSchedule", "NoExecute"} and taint["key"] not in own
    )


class Kubelet(Hands):
    """All kubelets, and the scheduler."""

    _turn = 0

    def step(self, pod: Json) -> None:
        """The next thing that happens to a pod, if anything does."""
        meta, spec, status = pod["metadata"], pod["spec"], pod["status"]
        on = self.cluster.settings
        if not spec.get("nodeName") and "deletionTimestamp" not in meta:
            if on.scheduler:
                self._place(pod)
        elif not on.kubelet:
            return
        elif "deletionTimestamp" in meta:
            self._end(pod)
        elif status.get("phase") == "Pending" and not status.get("containerStatuses"):
            self._start(pod)
        elif status.get("phase") == "Running" and spec.get("restartPolicy") != "Always":
            self._finish(pod)

    def _end(self, pod: Json) -> None:
        meta = pod["metadata"]
        if meta.get("finalizers"):
            return
        if meta.get("deletionGracePeriodSeconds"):
            self.tell(pod, "Killing", f"Stopping container {_first(pod)}", "kubelet")
            meta["deletionGracePeriodSeconds"] = 0
            meta["deletionTimestamp"] = now()
            self.put("pods", pod)
        entry = self.store.entry(self.kind("pods"), (meta["namespace"], meta["name"]))
        if entry is not None:
            self.store.remove(entry)
            self.cluster.logs.ended(entry.uid)

    def _place(self, pod: Json) -> None:
        nodes = [entry.obj for entry in self.store.entries(self.kind("nodes"))]
        good = [node for node in nodes if fits(node, pod["spec"])]
        if not good:
            self._nowhere(pod, len(nodes))
            return
        self._turn += 1
        name = good[self._turn % len(good)]["metadata"]["name"]
        pod["spec"]["nodeName"] = name
        meta = pod["metadata"]
        pod["status"]["conditions"] = [_condition("PodScheduled", True)]
        self.put("pods", pod)
        where = f"{meta['namespace']}/{meta['name']}"
        text = f"Successfully assigned {where} to {name}"
        self.tell(pod, "Scheduled", text, "default-scheduler", action="Binding")

    def _nowhere(self, pod: Json, nodes: int) -> None:
        text = (
            f"0/{nodes} nodes are available: {nodes} node(s) were unschedulable. preemption:"
            f" 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling."
            if nodes
            else "no nodes available to schedule pods"
        )
        known: list[Json] = pod["status"].get("conditions") or []
        if any(each.get("message") == text for each in known):
            return
        told = {**_condition("PodScheduled", False), "reason": "Unschedulable", "message": text}
        pod["status"]["conditions"] = [told]
        self.put("pods", pod)
        self.tell(pod, "FailedScheduling", text, "default-scheduler", warn=True,
                  action="Scheduling")  # fmt: skip

    def _start(self, pod: Json) -> None:
        spec, status = pod["spec"], pod["status"]
        statuses = [_begun(each) for each in spec["containers"]]
        ready = all(each["ready"] for each in statuses)
        pulled = all("waiting" not in each["state"] or each["restartCount"] for each in statuses)
        node = self.store.get(spec["nodeName"], "", "nodes") or {}
        hosts: list[Json] = inside(node, "status").get("addresses") or []
        address = pod_address(pod["metadata"]["uid"])
        status |= {
            "phase": "Running" if pulled else "Pending",
            "conditions": [
                _condition("PodReadyToStartContainers", True), _condition("Initialized", True),
                _condition("Ready", ready), _condition("ContainersReady", ready),
                _condition("PodScheduled", True),
            ],
            "hostIP": next((each["address"] for each in hosts), "10.0.0.1"),
            "podIP": address, "podIPs": [{"ip": address}], "startTime": now(),
            "containerStatuses": statuses,
        }  # fmt: skip
        self.put("pods", pod)
        for each in statuses:
            waiting = inside(each["state"], "waiting").get("reason")
            if waiting:
                text = f"Back-off: {each['name']}: {waiting}"
                self.tell(pod, "BackOff", text, "kubelet", warn=True)
            else:
                self.tell(pod, "Started", f"Started container {each['name']}", "kubelet")

    def _finish(self, pod: Json) -> None:
        """The end of a pod that is not to run for ever."""
        failed = any("fails" in each["image"] for each in pod["spec"]["containers"])
        ended = {"exitCode": int(failed), "reason": "Error" if failed else "Completed",
                 "startedAt": now(), "finishedAt": now()}  # fmt: skip
        for each in pod["status"]["containerStatuses"]:
            each |= {"ready": False, "started": False, "state": {"terminated": ended}}
        pod["status"]["phase"] = "Failed" if failed else "Succeeded"
        for each in pod["status"]["conditions"]:
            if each["type"] in {"Ready", "ContainersReady"}:
                each |= {"status": "False", "reason": "PodCompleted" if not failed else "PodFailed"}
        self.put("pods", pod)

    def crash(self, entry: Entry, container: str, code: int) -> None:
        """A container ends with a code, and runs again."""
        pod = entry.obj
        for each in listed(pod["status"], "containerStatuses"):
            if each["name"] == container:
                began = inside(each["state"], "running").get("startedAt", now())
                ended = {"exitCode": code, "reason": "OOMKilled" if code == 137 else "Error",
                         "startedAt": began, "finishedAt": now(),
                         "containerID": each.get("containerID", "")}  # fmt: skip
                each |= {"restartCount": each["restartCount"] + 1,
                         "lastState": {"terminated": ended},
                         "state": {"running": {"startedAt": now()}}}  # fmt: skip
        self.put("pods", pod)
        self.cluster.logs.restarted(entry.uid, container)


def pod_address(uid: str) -> str:
    number = int(uid.replace("-", "")[:6], 16)
    return f"10.{244 + number % 8}.{number // 8 % 256}.{number // 2048 % 254 + 1}"


def _first(pod: Json) -> str:
    return str(pod["spec"]["containers"][0]["name"])


def _condition(kind: str, met: bool) -> Json:
    return {"type": kind, "status": "True" if met else "False", "lastProbeTime": None,
            "lastTransitionTime": now()}  # fmt: skip


def _begun(container: Json) -> Json:
    """containerStatus of a container that has just been started."""
    image: str = container["image"]
    base: Json = {"name": container["name"], "state": {"running": {"startedAt": now()}},
                  "lastState": {}, "ready": True, "restartCount": 0, "image": image,
                  "imageID": f"docker.io/{image}@sha256:{'0' * 64}", "started": True,
                  "containerID": f"containerd://{container['name'].encode().hex():0<64}",
                  }  # fmt: skip
    if "no-such-image" in image:
        text = f'Back-off pulling image "{image}"'
        waiting = {"reason": "ImagePullBackOff", "message": text}
        return {**base, "ready": False, "started": False, "imageID": "",
                "state": {"waiting": waiting}}  # fmt: skip
    if "crash" in image:
        text = f"back-off 40s restarting failed container={container['name']}"
        waiting = {"reason": "CrashLoopBackOff", "message": text}
        ended = {"exitCode": 1, "reason": "Error", "startedAt": stamp(time.time() - 1),
                 "finishedAt": now()}  # fmt: skip
        return {**base, "ready": False, "started": False, "restartCount": 3,
                "state": {"waiting": waiting}, "lastState": {"terminated": ended}}  # fmt: skip
    return {**base, "ready": "never-ready" not in image}
