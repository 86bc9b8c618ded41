"""Redis Sentinel: whom it watches, who stands in, and whether enough of them can agree.

A kind of its own: it holds no data, so that nothing of a server's memory, disk or clients makes
sense for it, and what can be done there is something else.
"""

from opsconsole.domains.database.sentinel.action import ACTIONS
from opsconsole.domains.database.sentinel.news import NEWS
from opsconsole.domains.database.sentinel.peer import PEER
from opsconsole.domains.database.sentinel.primary import OVERVIEW, PRIMARY
from opsconsole.domains.database.sentinel.rule import RULES
from opsconsole.question import Command
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.sentinel-1]
kind = "redis-sentinel"
address = "sentinel-1.example"
port = 26379
"""

_MASTERS = ("SENTINEL", "MASTERS")

INTEGRATION = Integration(
    kind="redis-sentinel",
    title="Redis Sentinel",
    exchanges=(
        Exchange("masters", every=5, compared=False),
        Exchange("peers", every=10, on_demand=True, compared=False),
    ),
    probes=(OVERVIEW, PRIMARY, PEER),
    setup=_SETUP,
    rules=RULES,
    questions={
        "masters": (
            Command(("INFO",)),
            Command(_MASTERS),
            Command(("SENTINEL", "CKQUORUM", "*"), each=_MASTERS),
        ),
        "peers": (
            Command(("SENTINEL", "REPLICAS", "*"), each=_MASTERS),
            Command(("SENTINEL", "SENTINELS", "*"), each=_MASTERS),
        ),
    },
    transports=("redis",),
    actions=ACTIONS,
    news=NEWS,
)
