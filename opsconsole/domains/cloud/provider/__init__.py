"""Clouds that libcloud reaches: OpenStack, Azure, Google, Alibaba and DigitalOcean."""

from opsconsole.domains.cloud.news import states
from opsconsole.domains.cloud.provider import door, net
from opsconsole.domains.cloud.provider.action import ACTIONS
from opsconsole.domains.cloud.provider.change import CHANGE
from opsconsole.domains.cloud.provider.probe import INSTANCE, PROBES
from opsconsole.domains.cloud.provider.rule import RULES
from opsconsole.question import CloudCall
from opsconsole.spec import Exchange, Integration, News

_SETUP = """\
# estate.toml
[target.lab]
kind = "cloud"
provider = "openstack"        # or azure, gce, aliyun, digitalocean
auth_url = "https://keystone.example:5000"
project = "lab"
user = "opsconsole"
password = { file = "~/.secrets/lab" }
regions = "RegionOne"
"""

INTEGRATION = Integration(
    kind="cloud",
    title="Cloud",
    # Azure is asked for the state and the addresses of each instance by itself.
    exchanges=(
        Exchange("inventory", every=120, timeout=110.0, compared=False),
        Exchange("calls", every=30),
        Exchange("storage", every=600, timeout=90.0, on_demand=True, compared=False),
        Exchange("network", every=900, timeout=90.0, on_demand=True, compared=False),
        Exchange("change", every=300, timeout=60.0, on_demand=True, compared=False),
        Exchange("quota", every=3600, timeout=60.0, on_demand=True, compared=False),
    ),
    probes=(*PROBES, *net.PROBES, CHANGE),
    setup=_SETUP,
    rules=RULES,
    news=(News(INSTANCE.id, states),),
    questions={
        "inventory": (
            CloudCall("compute", "list_nodes"),
            CloudCall("compute", "list_health"),
            CloudCall("compute", "list_tags"),
        ),
        "calls": (CloudCall("opsconsole", "calls"),),
        "storage": (
            CloudCall("compute", "list_volumes"),
            CloudCall("compute", "list_snapshots"),
        ),
        "network": (
            CloudCall("compute", "list_openings"),
            CloudCall("compute", "list_addresses"),
        ),
        "change": (CloudCall("compute", "list_changes"),),
        "quota": (CloudCall("compute", "list_quotas"),),
    },
    transports=("libcloud",),
    actions=(*ACTIONS, *door.ACTIONS),
)
