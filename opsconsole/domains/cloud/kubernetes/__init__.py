"""Kubernetes: nodes, pods and what keeps them, kept up to date by the cluster itself."""

from opsconsole.domains.cloud.kubernetes import (
    batch,
    bounds,
    cluster,
    event,
    forward,
    kind,
    net,
    node,
    objects,
    pods,
    printed,
    storage,
    use,
    workload,
)
from opsconsole.domains.cloud.kubernetes.action import ACTIONS
from opsconsole.domains.cloud.kubernetes.news import NEWS
from opsconsole.domains.cloud.kubernetes.rule import RULES
from opsconsole.domains.cloud.kubernetes.text import INQUIRIES
from opsconsole.domains.cloud.kubernetes.visit import VISITS
from opsconsole.question import Held, HttpRequest, Question, Watched
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.prod]
kind = "kubernetes"
kubeconfig = "~/.kube/config"
context = "prod"
"""

_WATCHED: dict[str, Watched] = {
    "pods": Watched("/api/v1/pods", page=250),  # 7 KB each: more at once is felt
    "nodes": Watched("/api/v1/nodes"),
    "deployments": Watched("/apis/apps/v1/deployments"),
    "replicasets": Watched("/apis/apps/v1/replicasets"),
    "statefulsets": Watched("/apis/apps/v1/statefulsets"),
    "daemonsets": Watched("/apis/apps/v1/daemonsets"),
    "jobs": Watched("/apis/batch/v1/jobs"),
    "cronjobs": Watched("/apis/batch/v1/cronjobs"),
    "services": Watched("/api/v1/services"),
    "ingresses": Watched("/apis/networking.k8s.io/v1/ingresses"),
    "autoscalers": Watched("/apis/autoscaling/v2/horizontalpodautoscalers"),
    "disruptionbudgets": Watched("/apis/policy/v1/poddisruptionbudgets"),
    "volumeclaims": Watched("/api/v1/persistentvolumeclaims"),
    "events": Watched("/api/v1/events"),
    "secrets": Watched("/api/v1/secrets", accept=printed.ACCEPT),
    "configmaps": Watched("/api/v1/configmaps", accept=printed.ACCEPT),
    "namespaces": Watched("/api/v1/namespaces", accept=printed.ACCEPT),
    "objects": Watched("", accept=printed.ACCEPT),
}
"""What is kept up to date while somebody looks; pods and nodes always, and what rules judge."""

_ALWAYS = frozenset({"pods", "nodes"})

_QUESTIONS: dict[str, tuple[Question, ...]] = {
    "cluster": (
        HttpRequest(cluster.VERSION),
        HttpRequest(cluster.CHECKS, statuses=(500,)),
    ),
    "kinds": kind.REQUESTS,
    "forwards": (Held(),),
    "pod-use": (HttpRequest(use.PODS),),
    "node-use": (HttpRequest(use.NODES),),
    **{name: (question,) for name, question in _WATCHED.items()},
}

INTEGRATION = Integration(
    kind="kubernetes",
    title="Kubernetes",
    exchanges=(
        Exchange("cluster", every=10, compared=False),
        *(
            Exchange(name, every=10, watched=True, on_demand=name not in _ALWAYS, compared=False)
            for name in _WATCHED
        ),
        # The metrics server measures every 15 to 60 s.
        Exchange("pod-use", every=30, on_demand=True, compared=False, cut=use.cut),
        Exchange("node-use", every=30, on_demand=True, compared=False),
        Exchange("forwards", every=2, on_demand=True, compared=False),
        Exchange("kinds", every=300, on_demand=True, compared=False),
    ),
    probes=(
        cluster.CLUSTER,
        cluster.PODS,
        cluster.TROUBLE,
        cluster.NODES,
        cluster.NAMESPACE_LOAD,
        cluster.NODE_LOAD,
        pods.POD,
        pods.CONTAINER,
        node.NODE,
        workload.DEPLOYMENT,
        workload.REPLICA_SET,
        workload.STATEFUL_SET,
        workload.DAEMON_SET,
        batch.JOB,
        batch.CRON_JOB,
        net.SERVICE,
        net.INGRESS,
        bounds.SCALER,
        bounds.BUDGET,
        storage.CLAIM,
        event.EVENT,
        printed.SECRET,
        printed.CONFIG_MAP,
        printed.NAMESPACE,
        use.POD_USE,
        use.NODE_USE,
        kind.KIND,
        objects.OBJECT,
        objects.HEADS,
        forward.FORWARD,
    ),
    setup=_SETUP,
    questions=_QUESTIONS,
    transports=("kubernetes",),
    rules=RULES,
    news=NEWS,
    actions=ACTIONS,
    inquiries=INQUIRIES,
    visits=VISITS,
)
