"""Redis and Valkey: servers, their clients and copies, clusters (INFO and its relatives)."""

from opsconsole.domains.database.redis.action import ACTIONS
from opsconsole.domains.database.redis.client import CLIENT
from opsconsole.domains.database.redis.cluster import CLUSTER, NODE
from opsconsole.domains.database.redis.memory import KEYSPACE, MEMORY
from opsconsole.domains.database.redis.news import NEWS
from opsconsole.domains.database.redis.overview import OVERVIEW
from opsconsole.domains.database.redis.persistence import PERSISTENCE
from opsconsole.domains.database.redis.replication import REPLICATION
from opsconsole.domains.database.redis.rule import RULES
from opsconsole.domains.database.redis.slow import COMMAND, LATENCY, SLOW
from opsconsole.question import Command
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.cache-1]
kind = "redis"
address = "cache-1.example"
user = "ops"
password = { file = "~/.secrets/cache" }
"""

INTEGRATION = Integration(
    kind="redis",
    title="Redis",
    exchanges=(
        Exchange("info", every=5),
        Exchange("clients", every=5, on_demand=True, compared=False),
        Exchange("slow", every=10, on_demand=True, compared=False),
        Exchange("commands", every=5, on_demand=True),
        Exchange("cluster", every=10, on_demand=True, compared=False),
    ),
    probes=(
        OVERVIEW,
        MEMORY,
        PERSISTENCE,
        REPLICATION,
        KEYSPACE,
        CLIENT,
        SLOW,
        LATENCY,
        COMMAND,
        CLUSTER,
        NODE,
    ),
    setup=_SETUP,
    rules=RULES,
    questions={
        "info": (Command(("INFO",)),),
        "clients": (Command(("CLIENT", "LIST")),),
        "slow": (Command(("SLOWLOG", "GET", "128")), Command(("LATENCY", "LATEST"))),
        "commands": (Command(("INFO", "server")), Command(("INFO", "commandstats"))),
        "cluster": (Command(("CLUSTER", "INFO")), Command(("CLUSTER", "NODES"))),
    },
    transports=("redis",),
    actions=ACTIONS,
    news=NEWS,
)
