"""Cloud: clusters and accounts of every provider in one list, each with what runs there."""

from opsconsole.domains.cloud import instance
from opsconsole.spec import Domain, Pane
from screens.face import aws, cloud, kubernetes

_INSTANCES = Pane(
    id="cloud.all-instances",
    title="Instances of all accounts",
    probes=("aws.instance", "cloud.instance"),
    columns=instance.SHOWN,
)

DOMAIN = Domain(
    id="cloud",
    title="Cloud",
    key="c",
    order=11,
    noun="Clusters and accounts",
    faces=(kubernetes.FACE, aws.FACE, cloud.FACE),
    across=(
        kubernetes.ALL_PODS,
        kubernetes.ALL_NODES,
        kubernetes.ALL_EVENTS,
        kubernetes.ALL_FORWARDS,
        _INSTANCES,
    ),
)
