"""StatefulSets and DaemonSets: pods that are told apart, and revisions of their template."""

import copy

from tests.servers.kubernetes.budgets import ready
from tests.servers.kubernetes.controllers.common import Hands, digest, share
from tests.servers.kubernetes.controllers.kubelet import fits
from tests.servers.kubernetes.refusal import Json, inside

HASH = "controller-revision-hash"


class Revisions(Hands):
    """ControllerRevisions of an owner."""

    def revision(self, owner: Json) -> str:
        """The name of the revision of the present template, which is the newest from now on."""
        meta, template = owner["metadata"], owner["spec"]["template"]
        name = f"{meta['name']}-{digest(template)}"
        known = self.owned(owner, "controllerrevisions")
        top = max((each["revision"] for each in known), default=0)
        mine = next((each for each in known if each["metadata"]["name"] == name), None)
        if mine is None:
            data = {"spec": {"template": {**copy.deepcopy(template), "$patch": "replace"}}}
            labels = {**inside(inside(template, "metadata"), "labels"), HASH: name}
            body: Json = {"metadata": {"name": name, "labels": labels}, "data": data,
                          "revision": top + 1}  # fmt: skip
            self.make("controllerrevisions", owner, body)
        elif mine["revision"] < top:
            self.put("controllerrevisions", {**mine, "revision": top + 1})
        return name


def _labels(pod: Json) -> Json:
    found: Json = inside(pod["metadata"], "labels")
    return found


def _ordinal(pod: Json) -> int:
    return int(pod["metadata"]["name"].rpartition("-")[2])


class Stateful(Revisions):
    """StatefulSets."""

    def step(self, found: Json) -> None:
        if "deletionTimestamp" in found["metadata"]:
            return
        newest = self.revision(found)
        before: Json = inside(found, "status")
        current: str = before.get("currentRevision") or newest
        pods = {_ordinal(pod): pod for pod in self.owned(found, "pods")}
        wanted: int = found["spec"]["replicas"]
        if not self._resize(found, pods, wanted, newest):
            self._update(found, pods, wanted, newest)
        self._report(found, current, newest)

    def _resize(self, found: Json, pods: dict[int, Json], wanted: int, newest: str) -> bool:
        """One more or one less, in order; whether anything was to do."""
        ordered = found["spec"].get("podManagementPolicy") != "Parallel"
        acted = False
        for at in range(wanted):
            if at not in pods:
                name = f"{found['metadata']['name']}-{at}"
                more = {"statefulset.kubernetes.io/pod-name": name, HASH: newest,
                        "apps.kubernetes.io/pod-index": str(at)}  # fmt: skip
                self.pod(found, found["spec"]["template"], name, more)
                text = f"create Pod {name} in StatefulSet {found['metadata']['name']} successful"
                self.tell(found, "SuccessfulCreate", text, "statefulset-controller")
                acted = True
            if ordered and (acted or not ready(pods[at])):
                return True
        for at in sorted((each for each in pods if each >= wanted), reverse=True):
            if "deletionTimestamp" not in pods[at]["metadata"]:
                self.drop("pods", pods[at])
            acted = True
            if ordered:
                return True
        return acted

    def _update(self, found: Json, pods: dict[int, Json], wanted: int, newest: str) -> None:
        """From the highest number down: one pod with an old template goes, if all others run."""
        strategy: Json = found["spec"]["updateStrategy"]
        if strategy.get("type") == "OnDelete" or not all(map(ready, pods.values())):
            return
        first = inside(strategy, "rollingUpdate").get("partition", 0)
        for at in range(wanted - 1, first - 1, -1):
            if _labels(pods[at]).get(HASH) != newest:
                self.drop("pods", pods[at])
                return

    def _report(self, found: Json, current: str, newest: str) -> None:
        pods = self.pods(found)
        well = sum(map(ready, pods))
        fresh = sum(_labels(pod).get(HASH) == newest for pod in pods)
        if fresh == len(pods) == found["spec"]["replicas"] == well:
            current = newest
        counts = {"readyReplicas": well,
                  "currentReplicas": sum(_labels(pod).get(HASH) == current for pod in pods),
                  "updatedReplicas": fresh}  # fmt: skip
        status: Json = {
            "observedGeneration": found["metadata"]["generation"],
            "replicas": len(pods),
            **{key: value for key, value in counts.items() if value},
            "currentRevision": current,
            "updateRevision": newest,
            "collisionCount": 0,
            "availableReplicas": well,
        }
        self.status("statefulsets", found, status)


class Daemons(Revisions):
    """DaemonSets."""

    def step(self, found: Json) -> None:
        if "deletionTimestamp" in found["metadata"]:
            return
        newest = self.revision(found)
        mark = newest.rpartition("-")[2]
        spec = found["spec"]["template"]["spec"]
        nodes = [entry.obj for entry in self.store.entries(self.kind("nodes"))]
        wanted = {node["metadata"]["name"] for node in nodes if fits(node, spec, daemon=True)}
        pods = {pod["spec"].get("nodeName"): pod for pod in self.owned(found, "pods")}
        for name in sorted(wanted - set(pods)):
            template = copy.deepcopy(found["spec"]["template"])
            template["spec"]["nodeName"] = name
            self.pod(found, template, more={HASH: mark, "pod-template-generation": "1"})
        for name, pod in pods.items():
            if name not in wanted and "deletionTimestamp" not in pod["metadata"]:
                self.drop("pods", pod)
        self._update(found, mark, len(wanted))
        self._report(found, mark, len(wanted))

    def _update(self, found: Json, mark: str, wanted: int) -> None:
        strategy: Json = found["spec"]["updateStrategy"]
        if strategy.get("type") == "OnDelete":
            return
        rates: Json = inside(strategy, "rollingUpdate")
        may = max(1, share(rates.get("maxUnavailable", 1), wanted, up=True))
        pods = self.pods(found)
        may -= wanted - sum(map(ready, pods))
        old = [pod for pod in pods if _labels(pod).get(HASH) != mark]
        for pod in sorted(old, key=ready)[: max(0, may)]:
            self.drop("pods", pod)

    def _report(self, found: Json, mark: str, wanted: int) -> None:
        pods = self.pods(found)
        well = sum(map(ready, pods))
        status: Json = {
            "currentNumberScheduled": len(pods),
            "numberMisscheduled": 0,
            "desiredNumberScheduled": wanted,
            "numberReady": well,
            "observedGeneration": found["metadata"]["generation"],
            "updatedNumberScheduled": sum(_labels(pod).get(HASH) == mark for pod in pods),
            "numberAvailable": well,
            "numberUnavailable": wanted - well,
        }
        shown = {key: value for key, value in status.items()
                 if value or key not in {"numberUnavailable", "numberAvailable"}}  # fmt: skip
        self.status("daemonsets", found, shown)
