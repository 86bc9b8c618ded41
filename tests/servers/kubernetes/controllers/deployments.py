"""Deployments: a ReplicaSet for each template, pods moved from the old to the new."""

import copy

from tests.servers.kubernetes.controllers.common import Hands, condition, digest, share
from tests.servers.kubernetes.refusal import Json, inside

REVISION = "deployment.kubernetes.io/revision"
_DESIRED = "deployment.kubernetes.io/desired-replicas"
_MOST = "deployment.kubernetes.io/max-replicas"


def _revision(obj: Json) -> int:
    return int(inside(obj["metadata"], "annotations").get(REVISION, 0))


def _available(found: Json) -> int:
    return int(inside(found, "status").get("availableReplicas", 0))


class Deployments(Hands):
    """The controller."""

    def step(self, found: Json) -> None:
        if "deletionTimestamp" in found["metadata"]:
            return
        sets = sorted(self.owned(found, "replicasets"), key=_revision)
        mark = digest(found["spec"]["template"])
        labels = "pod-template-hash"
        new = next((e for e in sets if e["metadata"]["labels"].get(labels) == mark), None)
        if found["spec"].get("paused"):
            self._resize_paused(found, sets)
        else:
            new = self._newest(found, sets, new, mark)
            old = [each for each in self.owned(found, "replicasets")
                   if each["metadata"]["uid"] != new["metadata"]["uid"]]  # fmt: skip
            if found["spec"]["strategy"]["type"] == "Recreate":
                self._recreate(found, new, old)
            else:
                self._roll(found, new, old)
            self._clean(found, old)
        self._report(found, mark)

    def _newest(self, found: Json, sets: list[Json], new: Json | None, mark: str) -> Json:
        """The ReplicaSet of the present template, made or made the newest."""
        top = max(map(_revision, sets), default=0)
        if new is None:
            new = self._created(found, mark, top + 1)
        elif _revision(new) < top or not _revision(new):
            new["metadata"].setdefault("annotations", {})[REVISION] = str(top + 1)
            new = self.put("replicasets", new).obj
        if _revision(found) != _revision(new):
            meta = found["metadata"]
            meta["annotations"] = {**inside(meta, "annotations"), REVISION: str(_revision(new))}
            found |= self.put("deployments", found).obj
        return new

    def _created(self, found: Json, mark: str, revision: int) -> Json:
        template = copy.deepcopy(found["spec"]["template"])
        meta = template.setdefault("metadata", {})
        meta["labels"] = {**inside(meta, "labels"), "pod-template-hash": mark}
        selector = copy.deepcopy(found["spec"]["selector"])
        selector["matchLabels"] = {
            **inside(selector, "matchLabels"), "pod-template-hash": mark,
        }  # fmt: skip
        wanted = found["spec"]["replicas"]
        rolling = inside(found["spec"]["strategy"], "rollingUpdate")
        most = wanted + share(rolling.get("maxSurge"), wanted, up=True)
        annotations = {_DESIRED: str(wanted), REVISION: str(revision), _MOST: str(most)}
        body: Json = {
            "metadata": {"name": f"{found['metadata']['name']}-{mark}", "labels": meta["labels"],
                         "annotations": annotations},
            "spec": {"replicas": 0, "selector": selector, "template": template},
        }  # fmt: skip
        return self.make("replicasets", found, body)

    def _scale(self, found: Json, each: Json, to: int) -> int:
        """Set the replicas of a ReplicaSet; how many it had."""
        had: int = each["spec"]["replicas"]
        if had != to:
            each["spec"]["replicas"] = to
            each["metadata"]["generation"] += 1
            each["metadata"].setdefault("annotations", {})[_DESIRED] = str(
                found["spec"]["replicas"]
            )
            each |= self.put("replicasets", each).obj
            way = "up" if to > had else "down"
            text = f"Scaled {way} replica set {each['metadata']['name']} from {had} to {to}"
            self.tell(found, "ScalingReplicaSet", text, "deployment-controller")
        return had

    def _resize_paused(self, found: Json, sets: list[Json]) -> None:
        """A paused rollout still follows its replicas, with the newest that has any."""
        total = sum(each["spec"]["replicas"] for each in sets)
        wanted = found["spec"]["replicas"]
        active = [each for each in sets if each["spec"]["replicas"]] or sets[-1:]
        if active and total != wanted:
            mine = active[-1]
            self._scale(found, mine, max(0, mine["spec"]["replicas"] + wanted - total))

    def _recreate(self, found: Json, new: Json, old: list[Json]) -> None:
        for each in old:
            self._scale(found, each, 0)
        if not any(self.owned(each, "pods") for each in old):
            self._scale(found, new, found["spec"]["replicas"])

    def _roll(self, found: Json, new: Json, old: list[Json]) -> None:
        wanted: int = found["spec"]["replicas"]
        rates: Json = inside(found["spec"]["strategy"], "rollingUpdate")
        surge = share(rates.get("maxSurge", "25%"), wanted, up=True)
        away = share(rates.get("maxUnavailable", "25%"), wanted, up=False)
        if not surge and not away:
            away = 1
        had: int = new["spec"]["replicas"]
        total = had + sum(each["spec"]["replicas"] for each in old)
        if had > wanted:
            self._scale(found, new, wanted)
            return
        room = wanted + surge - total
        if had < wanted and room > 0:
            self._scale(found, new, min(wanted, had + room))
            return
        self._shrink(found, new, old, wanted - away)

    def _shrink(self, found: Json, new: Json, old: list[Json], least: int) -> None:
        """Take from the old what is not needed: what does not run first."""
        total = new["spec"]["replicas"] + sum(each["spec"]["replicas"] for each in old)
        starting = new["spec"]["replicas"] - _available(new)
        may = total - least - starting
        for each in old:
            idle = min(each["spec"]["replicas"] - _available(each), may)
            if idle > 0:
                self._scale(found, each, each["spec"]["replicas"] - idle)
                may -= idle
        running = _available(new) + sum(_available(each) for each in old)
        may = min(may, running - least)
        for each in old:
            part = min(each["spec"]["replicas"], may)
            if part > 0:
                self._scale(found, each, each["spec"]["replicas"] - part)
                may -= part

    def _clean(self, found: Json, old: list[Json]) -> None:
        """Forget ReplicaSets beyond the revisionHistoryLimit."""
        idle = [
            each
            for each in sorted(old, key=_revision)
            if not each["spec"]["replicas"] and not inside(each, "status").get("replicas")
        ]
        keep = found["spec"].get("revisionHistoryLimit", 10)
        for each in idle[: max(0, len(idle) - keep)]:
            self.drop("replicasets", each)

    def _report(self, found: Json, mark: str) -> None:
        sets = self.owned(found, "replicasets")
        new = next(
            (e for e in sets if e["metadata"]["labels"].get("pod-template-hash") == mark), None
        )
        wanted: int = found["spec"]["replicas"]
        total = sum(inside(each, "status").get("replicas", 0) for each in sets)
        well = sum(inside(each, "status").get("readyReplicas", 0) for each in sets)
        fresh: int = inside(new, "status").get("replicas", 0) if new else 0
        counts = {"replicas": total, "updatedReplicas": fresh, "readyReplicas": well,
                  "availableReplicas": well,
                  "unavailableReplicas": max(0, max(total, wanted) - well)}  # fmt: skip
        status: Json = {"observedGeneration": found["metadata"]["generation"]}
        status |= {key: value for key, value in counts.items() if value}
        gone = [pod for each in sets for pod in self.owned(each, "pods")]
        status["terminatingReplicas"] = sum("deletionTimestamp" in e["metadata"] for e in gone)
        before: list[Json] = inside(found, "status").get("conditions") or []
        rates: Json = inside(found["spec"]["strategy"], "rollingUpdate")
        least = wanted - share(rates.get("maxUnavailable", 0), wanted, up=False)
        status["conditions"] = [_available_condition(well >= least, before)]
        done = fresh == wanted and well >= wanted and total == wanted
        if found["spec"].get("paused"):
            text = "Deployment is paused"
            told = condition("Progressing", True, "DeploymentPaused", text, before)
            told["status"] = "Unknown"
        elif done:
            name = (new or found)["metadata"]["name"]
            text = f'ReplicaSet "{name}" has successfully progressed.'
            told = condition("Progressing", True, "NewReplicaSetAvailable", text, before)
        else:
            name = (new or found)["metadata"]["name"]
            text = f'ReplicaSet "{name}" is progressing.'
            told = condition("Progressing", True, "ReplicaSetUpdated", text, before)
        status["conditions"].append(told)
        self.status("deployments", found, status)


def _available_condition(met: bool, before: list[Json]) -> Json:
    if met:
        text = "Deployment has minimum availability."
        return condition("Available", True, "MinimumReplicasAvailable", text, before)
    text = "Deployment does not have minimum availability."
    return condition("Available", False, "MinimumReplicasUnavailable", text, before)
