"""AWS: instances, disks, who can get in, balancers, databases, quotas and costs of an account."""

from opsconsole.domains.cloud.aws import (
    balancer,
    cost,
    database,
    inventory,
    metric,
    network,
    quota,
    storage,
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

# Describing is free, and throttled together with all that the account automates itself. CloudWatch
# takes money for each series, Cost Explorer for each request.
INTEGRATION = Integration(
    kind="aws",
    title="AWS",
    exchanges=(
        Exchange("inventory", every=60, timeout=_PATIENCE, compared=False),
        Exchange("calls", every=30),
        Exchange("balancer", every=60, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("storage", every=300, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("network", every=300, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("database", every=300, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("alarm", every=60, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("metric", every=300, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("database-metric", every=300, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("key", every=3600, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("quota", every=3600, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("cost", every=21_600, timeout=_PATIENCE, on_demand=True, compared=False),
        Exchange("usage", every=21_600, timeout=_PATIENCE, on_demand=True, compared=False),
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
        quota.QUOTA_PROBE,
        *cost.PROBES,
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
        "key": (watch.KEYS,),
        "quota": quota.CALLS,
        "cost": cost.CALLS,
        "usage": (metric.USAGE,),
    },
    transports=("aws",),
    actions=ACTIONS,
)
