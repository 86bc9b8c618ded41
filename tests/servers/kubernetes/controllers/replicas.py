"""ReplicaSets: as many pods as wanted."""

from tests.servers.kubernetes.budgets import ready
from tests.servers.kubernetes.controllers.common import Hands, count_ready
from tests.servers.kubernetes.refusal import Json


def _first_to_go(pod: Json) -> tuple[bool, bool, str]:
    """Without a node before waiting before ready; of the ready the youngest."""
    placed = bool(pod["spec"].get("nodeName"))
    return (
        placed,
        ready(pod),
        "".join(chr(255 - ord(char)) for char in pod["metadata"]["creationTimestamp"]),
    )


class Replicas(Hands):
    """The controller."""

    def step(self, found: Json) -> None:
        spec, meta = found["spec"], found["metadata"]
        if "deletionTimestamp" in meta:
            return
        pods = self.pods(found)
        wanted: int = spec.get("replicas", 1)
        for _ in range(wanted - len(pods)):
            pod = self.pod(found, spec["template"])
            self.tell(found, "SuccessfulCreate", f"Created pod: {pod['metadata']['name']}",
                      "replicaset-controller")  # fmt: skip
        for pod in sorted(pods, key=_first_to_go)[: max(0, len(pods) - wanted)]:
            self.drop("pods", pod)
            self.tell(found, "SuccessfulDelete", f"Deleted pod: {pod['metadata']['name']}",
                      "replicaset-controller")  # fmt: skip
        pods = self.pods(found)
        well = count_ready(pods)
        status: Json = {"replicas": len(pods)}
        if pods:
            status["fullyLabeledReplicas"] = len(pods)
        if well:
            status |= {"readyReplicas": well, "availableReplicas": well}
        self.status("replicasets", found, {**status, "observedGeneration": meta["generation"]})
