"""Clouds: clusters of Kubernetes, instances of every provider."""

from opsconsole.spec import Domain
from screens.face import kubernetes

DOMAIN = Domain(
    id="cloud",
    title="Cloud",
    key="c",
    order=11,
    noun="Clusters and accounts",
    faces=(kubernetes.FACE,),
    across=(kubernetes.PODS, kubernetes.NODES, kubernetes.EVENTS),
)
