"""RabbitMQ: cluster, nodes, queues, connections (HTTP API of its management plug-in)."""

from opsconsole.domains.database.rabbitmq.action import ACTIONS
from opsconsole.domains.database.rabbitmq.probe import CONNECTION, NODE, OVERVIEW, QUEUE
from opsconsole.domains.database.rabbitmq.rule import RULES
from opsconsole.question import HttpRequest
from opsconsole.spec import Exchange, Integration

_SETUP = """\
# estate.toml
[target.mq]
kind = "rabbitmq"
url = "https://mq.example:15671"
user = "ops"
password = { file = "~/.secrets/mq" }
"""

MOST = 500
"""The API's own bound of a page: the longest queues, the first connections."""

_COLUMNS = (
    "name,vhost,type,state,messages_ready,messages_unacknowledged,consumers,message_bytes,memory,"
    "consumer_capacity,node,policy,idle_since,message_stats.publish_details.rate,"
    "message_stats.deliver_get_details.rate,message_stats.ack_details.rate,"
    "message_stats.redeliver_details.rate"
)

INTEGRATION = Integration(
    kind="rabbitmq",
    title="RabbitMQ",
    exchanges=(
        Exchange("overview", every=10, compared=False),
        Exchange("queues", every=10, on_demand=True, compared=False),
        Exchange("connections", every=10, on_demand=True, compared=False),
    ),
    probes=(OVERVIEW, NODE, QUEUE, CONNECTION),
    setup=_SETUP,
    rules=RULES,
    questions={
        "overview": (HttpRequest("/api/overview"), HttpRequest("/api/nodes")),
        "queues": (
            HttpRequest(
                f"/api/queues?page=1&page_size={MOST}&sort=messages&sort_reverse=true"
                f"&columns={_COLUMNS}"
            ),
        ),
        "connections": (HttpRequest(f"/api/connections?page=1&page_size={MOST}"),),
    },
    transports=("http",),
    actions=ACTIONS,
)
