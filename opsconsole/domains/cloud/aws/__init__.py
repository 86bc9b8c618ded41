"""AWS: instances, disks, who can get in, balancers, databases, quotas and costs of an account."""

from opsconsole.domains.cloud.aws import (
    balancer,
    bucket,
    budget,
    change,
    cost,
    database,
    filesystem,
    gateway,
    idle,
    inventory,
    metric,
    network,
    patch,
    queue,
    quota,
    storage,
    traffic,
    watch,
)
from opsconsole.domains.cloud.aws.action import ACTIONS
from opsconsole.domains.cloud.aws.rule import RULES
from opsconsole.domains.cloud.news import states
from opsconsole.spec import Exchange, Integration, News

_SETUP = """\
# estate.toml
[target.shop-production]
kind = "aws"
profile = "shop-production"   # of ~/.aws/config: keys, SSO or a role; without one, boto3's chain
regions = "eu-west-1 us-east-1"
"""

_PATIENCE = 40.0
"""Seconds for an exchange: behind the deadline of a region."""

# While somebody looks, or a rule needs it.
_PACE = {
    "balancer": 60,
    "alarm": 60,
    "storage": 300,
    "network": 300,
    "database": 300,
    "metric": 300,
    "database-metric": 300,
    "traffic": 300,
    "gateway": 300,
    "filesystem": 300,
    "queue": 300,
    "change": 300,
    "burst": 1800,
    "key": 3600,
    "quota": 3600,
    "patch": 3600,
    "image": 21_600,
    "bucket": 21_600,
    "idle": 21_600,
    "budget": 21_600,
    "cost": 21_600,
    "usage": 21_600,
}


def _asked(name: str, every: float) -> Exchange:
    return Exchange(name, every=every, timeout=_PATIENCE, on_demand=True, compared=False)


# Describing is free, and throttled together with all that the account automates itself. CloudWatch
# takes money for each series, Cost Explorer for each request.
INTEGRATION = Integration(
    kind="aws",
    title="AWS",
    exchanges=(
        Exchange("inventory", every=60, timeout=_PATIENCE, compared=False),
        Exchange("calls", every=30),
        *(_asked(name, every) for name, every in _PACE.items()),
    ),
    probes=(
        inventory.ACCOUNT,
        inventory.INSTANCE,
        inventory.REGION,
        *storage.PROBES,
        *network.PROBES,
        *balancer.PROBES,
        *database.PROBES,
        *metric.PROBES,
        traffic.TRAFFIC,
        *gateway.PROBES,
        filesystem.FILESYSTEM,
        queue.QUEUE,
        bucket.BUCKET,
        *patch.PROBES,
        *idle.PROBES,
        quota.QUOTA_PROBE,
        *cost.PROBES,
        budget.BUDGET_PROBE,
        change.CHANGE,
        *watch.PROBES,
    ),
    setup=_SETUP,
    rules=RULES,
    news=(News(inventory.INSTANCE.id, states),),
    questions={
        "inventory": inventory.CALLS,
        "calls": (watch.COUNTER,),
        "balancer": balancer.CALLS,
        "storage": storage.CALLS,
        "network": network.CALLS,
        "database": database.CALLS,
        "alarm": (watch.ALARMS,),
        "metric": (metric.METRICS,),
        "database-metric": (metric.DATABASES,),
        "burst": (metric.BURST,),
        "traffic": traffic.CALLS,
        "gateway": gateway.CALLS,
        "filesystem": filesystem.CALLS,
        "queue": queue.CALLS,
        "bucket": bucket.CALLS,
        "patch": patch.CALLS,
        "image": patch.IMAGE_CALLS,
        "idle": idle.CALLS,
        "budget": budget.CALLS,
        "change": change.CALLS,
        "key": (watch.KEYS,),
        "quota": quota.CALLS,
        "cost": cost.CALLS,
        "usage": (metric.USAGE,),
    },
    transports=("aws",),
    actions=ACTIONS,
)
